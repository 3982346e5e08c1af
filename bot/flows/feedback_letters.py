"""The letters about questions whose answer was known; one reviewer gets each."""

from datetime import datetime

from bot.feedback import Answered, feedback_of
from bot.flows.delivering import Notice
from bot.flows.loading import content_of, load
from bot.gold import asked_in
from bot.letters import Letter
from config.policies import Rulebook
from storage.unit import Unit


def gold_feedback(unit: Unit, rulebook: Rulebook, notice: Notice, _now: datetime) -> Letter | None:
    """What was right, and what this reviewer said."""
    body = notice.body
    item = load(unit, str(body["item"]))
    asked = asked_in(content_of(unit, item.id))
    queue = rulebook.queues.get(item.queue)
    title = queue.title if queue else item.queue
    answered = Answered(body["choice"], body["answer"], body["left"])
    return Letter(feedback_of(item, asked, title, answered))

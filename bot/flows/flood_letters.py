"""What a channel is told about a flood, counted when it is sent."""

from datetime import datetime

from bot import flood_words
from bot.flows.delivering import Notice
from bot.letters import Letter
from config.policies import Rulebook
from storage import floods
from storage.unit import Unit

COUNTED_TO = 1_000


def summary(unit: Unit, rulebook: Rulebook, notice: Notice, _now: datetime) -> Letter | None:
    """The one message about a flood; None when it has run dry meanwhile."""
    name, producer = str(notice.body["queue"]), str(notice.body["producer"])
    queue = rulebook.queues.get(name)
    waiting = floods.count_waiting(unit.connection, name, producer, COUNTED_TO)
    if queue is None or not waiting:
        return None
    shown = floods.count_shown(unit.connection, name, producer, queue.policy.cards_at_most)
    return Letter(flood_words.summary(producer, shown, waiting, COUNTED_TO, queue.policy.due_in))

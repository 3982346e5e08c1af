"""What a channel is told about its queue's budget."""

from datetime import datetime
from decimal import Decimal

from bot.card_parts import Reply, Strong
from bot.figure_words import dollars
from bot.flows.delivering import Notice
from bot.headlines import brief
from bot.letters import Letter
from bot.measures.cost import Budget
from bot.safe_text import say, shown
from config.policies import Rulebook
from storage.unit import Unit

NAME_MAX = 60


def alarm(_unit: Unit, rulebook: Rulebook, notice: Notice, _now: datetime) -> Letter | None:
    """The alarm; None when the queue is no more."""
    body = notice.body
    queue = rulebook.queues.get(str(body["queue"]))
    if queue is None:
        return None
    title = brief(shown(queue.title), NAME_MAX)
    spent, budget = dollars(Decimal(body["spent"])), dollars(Decimal(body["budget"]))
    is_over = body["state"] == Budget.OVER
    told = (
        say("The month's budget of {title} is spent: {spent} of {budget}.", title=title,
            spent=spent, budget=budget)
        if is_over
        else say("Most of the month's budget of {title} is spent: {spent} of {budget}.",
                 title=title, spent=spent, budget=budget)
    )  # fmt: skip
    return Letter(
        Reply(
            (
                (Strong(told),),
                (say("Reviewing goes on: nothing is approved or left out to save money. "
                     "“signoff cost --what-if” shows what another threshold would cost."),),
            )
        )
    )  # fmt: skip

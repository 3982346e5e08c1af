"""Notices: put into the outbox in the unit that they tell of, written when they are sent."""

from collections.abc import Callable
from datetime import datetime

from bot.flows import (
    budget_letters,
    digest_letters,
    feedback_letters,
    flood_letters,
    oncall_letters,
    ping_letters,
)
from bot.flows.delivering import Notice
from bot.letters import Letter
from config.policies import Rulebook
from storage.unit import Unit

Writer = Callable[[Unit, Rulebook, Notice, datetime], Letter | None]
PLATFORMS = ("slack", "discord")


def write(unit: Unit, rulebook: Rulebook, notice: Notice, now: datetime) -> Letter | None:
    """What the notice says as things stand; None when there is nothing to say any more."""
    return WRITERS[notice.template](unit, rulebook, notice, now)


WRITERS: dict[str, Writer] = {
    "budget": budget_letters.alarm,
    "digest": digest_letters.head,
    "digest-rest": digest_letters.rest,
    "flood": flood_letters.summary,
    "gold-feedback": feedback_letters.gold_feedback,
    "oncall-gap": oncall_letters.gap,
    "oncall-shift": oncall_letters.given,
    "page": oncall_letters.page,
    "page-end": oncall_letters.page_end,
    "ping": ping_letters.ping,
    "ping-direct": ping_letters.ping_direct,
    "ping-nobody": ping_letters.nobody,
    "reminder": ping_letters.reminder,
}

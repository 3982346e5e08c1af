"""A platform cannot say who clicks: that is written down, and soon the seniors have the item."""

from datetime import datetime, timedelta

from bot.errors import UncheckedError
from bot.facts import Item, Status, Trigger
from bot.flows.advancing import follow_time, hand_over
from bot.flows.loading import lock
from bot.flows.saving import line
from bot.rules.authority import bar_for
from config.policies import Rulebook
from storage import ledger
from storage.unit import Unit

FAILURES = 3  # clicks on one item that could not be checked,
WITHIN = timedelta(minutes=10)  # in so long


def note_failure(
    unit: Unit, rulebook: Rulebook, item_id: str, problem: UncheckedError, now: datetime
) -> Item:
    """Keeps that a click could not be checked; the third hands the item over. None of them counts.

    Only clicks of accounts that the rules list, as far as their ids tell, are kept: nobody else
    moves an item, and no row of failures ever decides one.

    Raises:
        UnknownItemError: there is no such item.
    """
    item = follow_time(unit, rulebook, lock(unit, item_id), now)
    person = rulebook.person_at(problem.platform, problem.user_ref)
    if item.status is not Status.OPEN or item.settles_at is not None:
        return item
    if person is None or bar_for(item, person, rulebook) is not None:
        return item
    said = line("look-up-failed", item.id, now, problem.user_ref, problem.platform)
    ledger.append(unit.connection, said)
    if _count(unit, item, now) < FAILURES or not rulebook.members(item.policy.seniors):
        return item
    return hand_over(unit, rulebook, item, Trigger.LOOKUP, now)


def _count(unit: Unit, item: Item, now: datetime) -> int:
    lines = ledger.of_item(unit.connection, item.id, "look-up-failed")
    return sum(now - WITHIN < each.at <= now for each in lines)

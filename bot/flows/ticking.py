"""Time passes: whatever is due is done, once, however many clocks tick."""

from datetime import datetime

from bot.flows import granting, pausing
from bot.flows.advancing import follow_time
from bot.flows.loading import load
from config.policies import Rulebook
from storage import items
from storage.unit import Unit

BATCH = 100  # items a unit; the rest waits for the next one


def tick(unit: Unit, rulebook: Rulebook, now: datetime) -> int:
    """Settles, expires and escalates what is due, grants too; how many items that were.

    The items come locked, and those that another clock holds are left to it.
    """
    due = items.due(unit.connection, now, BATCH)
    for item_id in due:
        follow_time(unit, rulebook, load(unit, item_id), now)
    grant_count = granting.follow_due(unit, now, BATCH)
    return len(due) + grant_count + pausing.flag_cards(unit)

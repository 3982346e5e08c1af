"""Time passes: whatever is due is done, once, however many clocks tick."""

from datetime import datetime

from bot.flows import (
    budgeting,
    digesting,
    errands,
    escalating,
    flooding,
    granting,
    pausing,
    reminding,
)
from bot.flows.advancing import follow_time
from bot.flows.loading import load
from config.policies import Rulebook
from storage import items
from storage.unit import Unit

BATCH = 100  # items a unit; the rest waits for the next one


def tick(unit: Unit, rulebook: Rulebook, now: datetime) -> int:
    """Settles, expires and escalates what is due, grants and errands too; how many that were.

    The items come locked, and those that another clock holds are left to it.
    """
    ran = errands.run_due(unit, rulebook, now, BATCH)
    due = items.due(unit.connection, now, BATCH)
    for item_id in due:
        follow_time(unit, rulebook, load(unit, item_id), now)
    asked = escalating.follow_due(unit, rulebook, now, BATCH)
    flooding.release(unit, rulebook, now)
    digesting.make_due(unit, rulebook, now)
    budgeting.look(unit, rulebook, now)
    reminding.remind_due(unit, rulebook, now, BATCH)
    grant_count = granting.follow_due(unit, now, BATCH)
    return ran + len(due) + asked + grant_count + pausing.flag_cards(unit)

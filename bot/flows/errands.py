"""What the clock does about items besides their deadlines: audits, tests, repeats, corrections."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.facts import Item
from bot.flows import auditing, comparing, correcting, probing
from bot.flows.loading import load, lock
from bot.rules.sampling import Task, errand_of
from config.policies import Rulebook
from storage import audits
from storage.unit import Unit

STALE_AFTER = {  # what came so late is left: it would come in a burst, or out of all context
    Task.PLANT: timedelta(hours=1),
    Task.REPEAT: timedelta(days=1),
}

Run = Callable[[Unit, Rulebook, Item, datetime], object]


def run_due(unit: Unit, rulebook: Rulebook, now: datetime, limit: int) -> int:
    """Does what is due about items; how many those were.

    The items come locked, and those that another clock holds are left to it. Whatever they are
    about is locked next, in one order, before anything is written.
    """
    due = audits.errands(unit.connection, now, limit)
    if not due:
        return 0
    audits.clear_errands(unit.connection, due)
    by_task: defaultdict[Task, list[Item]] = defaultdict(list)
    for item_id in due:
        item = load(unit, item_id)
        errand = errand_of(item)
        if errand and now - errand.at <= STALE_AFTER.get(errand.task, timedelta.max):
            by_task[errand.task].append(item)
    looked_at = (*by_task[Task.CONCLUDE], *by_task[Task.CONFIRM])
    for about_id in sorted({item.about_id for item in looked_at if item.about_id}):
        lock(unit, about_id)
    auditing.draw(unit, rulebook, by_task.pop(Task.DRAW, []), now)
    for task, items in by_task.items():
        for item in items:
            _RUNS[task](unit, rulebook, item, now)
    return len(due)


def _confirm(unit: Unit, _rulebook: Rulebook, item: Item, now: datetime) -> None:
    correcting.confirm(unit, item, now)


_RUNS: Mapping[Task, Run] = {
    Task.CONCLUDE: auditing.conclude,
    Task.CONFIRM: _confirm,
    Task.FEED_BACK: probing.give_feedback,
    Task.REPEAT: comparing.repeat,
    Task.PLANT: probing.plant,
}

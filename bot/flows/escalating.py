"""An item is with the seniors: one of them is asked, then the next, until somebody decides."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import NotAllowedError, SettledError, SignoffError, UnknownItemError
from bot.facts import Identity, Item, Status
from bot.flows import asking, oncall
from bot.flows.loading import load, lock
from bot.flows.saving import CLOCK, line, save
from bot.rules.authority import authorise, eligible
from bot.rules.escalation import (
    AGAIN_AFTER,
    Asked,
    due_after,
    plan_of,
    steps_left,
)
from config.policies import Rulebook
from storage import escalations
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Attendance:
    """What became of "I am on it"."""

    item: Item | None
    until: datetime | None = None
    refusal: SignoffError | None = None


def begin(unit: Unit, rulebook: Rulebook, item: Item, now: datetime) -> None:
    """Asks the first senior of an item that was handed over just now."""
    plan = plan_of(item.policy, rulebook, item.due_at - now)
    if escalations.start(unit.connection, item.id, now + plan[0].after):
        _follow(unit, rulebook, item, now)


def follow_due(unit: Unit, rulebook: Rulebook, now: datetime, limit: int) -> int:
    """Does every step that is due; how many items that were.

    The items come locked, and those that another clock holds are left to it. A clock that stood
    still makes up for one step an item: the following ones wait their full time, so that nobody
    gets three calls at once.
    """
    due = escalations.due(unit.connection, now, limit)
    for item_id in due:
        _follow(unit, rulebook, load(unit, item_id), now)
    return len(due)


def attend(
    unit: Unit, rulebook: Rulebook, item_id: str, who: Identity, now: datetime
) -> Attendance:
    """Somebody who may decide says that they are on it: the next step waits for a while.

    It never comes sooner for that: who is asked next after an hour is asked after an hour.
    """
    try:
        item = lock(unit, item_id)
        person = authorise(item, who, rulebook)
    except UnknownItemError as refusal:
        return Attendance(None, refusal=refusal)
    except NotAllowedError as refusal:
        return Attendance(item, refusal=_not_on_it(item) or refusal)
    if (refused := _not_on_it(item)) is not None:
        return Attendance(item, refusal=refused)
    row = escalations.find(unit.connection, item.id)
    planned = row.next_at if row is not None and row.next_at is not None else now
    until = min(max(now + item.policy.acknowledge_for, planned), item.due_at)
    said = line("attended", item.id, now, person.id, who.platform, until=until.isoformat())
    after = replace(item, attended_by=person.id, attended_until=until)
    saved = save(unit, item, after, said)
    escalations.wake(unit.connection, item.id, until)
    return Attendance(saved, until)


def _not_on_it(item: Item) -> SignoffError | None:
    if item.outcome is not None:
        return SettledError(
            "This item is decided, so nobody needs to be on it.", item.id, item.outcome
        )
    if item.status is not Status.ESCALATED:
        return NotAllowedError("The reviewers are still being asked. Vote on the card if you may.")
    return None


def _follow(unit: Unit, rulebook: Rulebook, item: Item, now: datetime) -> None:
    row = escalations.find(unit.connection, item.id)
    if row is None or row.next_at is None or row.next_at > now:
        return  # another clock was here
    if item.status is not Status.ESCALATED:
        oncall.resolve_pages(unit, item.id, now)
        escalations.drop(unit.connection, item.id)
        return
    was_attended = item.attended_until is not None
    if was_attended:
        item = _lapse(unit, item, now)
    asked = [Asked(*each) for each in escalations.asked_in(row)]
    plan = plan_of(item.policy, rulebook, item.due_at - (item.escalated_at or now))
    steps = steps_left(plan, row.step, again=was_attended)
    newly, number = list[Asked](), row.step
    for number, step in enumerate(steps, row.step + 1):
        newly = asking.ask(unit, rulebook, item, step, asked, number - 1, now)
        if newly:
            break
    next_at = due_after(plan, number, now)
    if steps and not newly:
        asking.tell_nobody(unit, item, steps, row.step, now)
        number, next_at = row.step, _try_again_at(rulebook, item, now)
    escalations.change(
        unit.connection,
        item.id,
        step=number,
        next_at=next_at,
        last_step_at=now,
        asked=[(each.person_id, each.at, each.step) for each in (*asked, *newly)],
    )


def _lapse(unit: Unit, item: Item, now: datetime) -> Item:
    said = line("attendance-lapsed", item.id, now, CLOCK, person=item.attended_by)
    return save(unit, item, replace(item, attended_by=None, attended_until=None), said)


def _try_again_at(rulebook: Rulebook, item: Item, now: datetime) -> datetime | None:
    """Everybody rests, sleeps or is away: that passes. None when there is nobody at all."""
    return now + AGAIN_AFTER if eligible(item, rulebook) else None

"""An item is with the seniors: one of them is asked, then the next, until somebody decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.errors import NotAllowedError, SettledError, SignoffError, UnknownItemError
from bot.facts import Identity, Item, Status
from bot.flows import oncall, outbox, resting
from bot.flows.loading import content_of, lock
from bot.flows.saving import CLOCK, line, save
from bot.headlines import headline_of
from bot.rules.authority import authorise, eligible
from bot.rules.escalation import (
    Asked,
    due_after,
    in_turn,
    members_of,
    plan_of,
    remind_at,
)
from bot.rules.oncall import Gap
from config.policies import Rulebook, Step
from storage import cards, escalations, ledger
from storage.unit import Unit

REMINDED_MAX = 10  # people, of one item
SLOT = timedelta(minutes=15)  # nobody gets two reminders in one
CHANNEL = "channel"
SCHEDULE = "schedule:"


@dataclass(frozen=True, slots=True)
class Attendance:
    """What became of "I am on it"."""

    item: Item | None
    until: datetime | None = None
    refusal: SignoffError | None = None


@dataclass(frozen=True, slots=True)
class _Choice:
    """Somebody to ask, or the channel."""

    target: str
    person_id: str | None  # None: the channel


def begin(unit: Unit, rulebook: Rulebook, item: Item, now: datetime) -> None:
    """Asks the first senior of an item that was handed over just now."""
    plan = plan_of(item.policy, rulebook, item.due_at - now)
    if escalations.start(unit.connection, item.id, now + plan[0].after):
        _follow(unit, rulebook, item, now)


def follow_due(unit: Unit, rulebook: Rulebook, now: datetime, limit: int) -> int:
    """Does every step that is due; how many items that were.

    A clock that stood still makes up for one step an item: the following ones wait their full
    time, so that nobody gets three calls at once.
    """
    due = escalations.due(unit.connection, now, limit)
    for item_id in sorted(due):  # locked in one order, whoever ticks
        _follow(unit, rulebook, lock(unit, item_id), now)
    return len(due)


def attend(
    unit: Unit, rulebook: Rulebook, item_id: str, who: Identity, now: datetime
) -> Attendance:
    """Somebody who may decide says that they are on it: the next step waits for a while."""
    try:
        item = lock(unit, item_id)
        person = authorise(item, who, rulebook)
    except UnknownItemError as refusal:
        return Attendance(None, refusal=refusal)
    except NotAllowedError as refusal:
        return Attendance(item, refusal=_not_on_it(item) or refusal)
    if (refused := _not_on_it(item)) is not None:
        return Attendance(item, refusal=refused)
    until = min(now + item.policy.acknowledge_for, item.due_at)
    said = line("attended", item.id, now, person.id, who.platform, until=until.isoformat())
    after = replace(item, attended_by=person.id, attended_until=until)
    saved = save(unit, item, after, said)
    escalations.wake(unit.connection, item.id, until)
    return Attendance(saved, until)


def remind_due(unit: Unit, rulebook: Rulebook, now: datetime, limit: int) -> int:
    """Reminds, once an item, whoever may judge it and has not; of how many items."""
    taken = escalations.take_reminders(unit.connection, now, limit)
    items = [lock(unit, item_id) for item_id in sorted(taken)]
    waiting = [item for item in items if _waits_for_reviewers(item, now)]
    for item in waiting:
        _remind(unit, rulebook, item, now)
    return len(waiting)


def want_reminder(unit: Unit, item: Item) -> None:
    """Has the reviewers reminded of a new item at half time."""
    if item.policy.remind and not item.is_settled:
        until = item.escalate_at or item.due_at
        escalations.remind(unit.connection, item.id, remind_at(item.opened_at, until))


def _waits_for_reviewers(item: Item, now: datetime) -> bool:
    return item.status is Status.OPEN and item.settles_at is None and item.due_at > now


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
    if item.attended_until is not None:
        item = _lapse(unit, item, now)
    asked = [Asked(*each) for each in escalations.asked_in(row)]
    plan = plan_of(item.policy, rulebook, item.due_at - (item.escalated_at or now))
    step, newly = row.step, list[Asked]()
    while step < len(plan) and not newly:
        newly = _ask(unit, rulebook, item, plan[step], asked, step, now)
        step += 1
    if not newly:
        _tell_nobody(unit, item, plan[row.step :], row.step, now)
    escalations.change(
        unit.connection,
        item.id,
        step=step,
        next_at=due_after(plan, step, now),
        last_step_at=now,
        asked=[(each.person_id, each.at, each.step) for each in (*asked, *newly)],
    )


def _lapse(unit: Unit, item: Item, now: datetime) -> Item:
    said = line("attendance-lapsed", item.id, now, CLOCK, person=item.attended_by)
    return save(unit, item, replace(item, attended_by=None, attended_until=None), said)


def _ask(
    unit: Unit,
    rulebook: Rulebook,
    item: Item,
    step: Step,
    asked: Sequence[Asked],
    number: int,
    now: datetime,
) -> list[Asked]:
    """Asks one person of each target; who that was. The channel counts as nobody in particular."""
    newly: list[Asked] = []
    for choice in _choices(unit, rulebook, item, step, asked, now):
        person_id = choice.person_id or ""
        if any(each.person_id == person_id for each in newly):
            continue
        newly.append(Asked(person_id, now, number))
        _send(unit, rulebook, item, choice, number, now)
        if choice.target.startswith(SCHEDULE):
            _page(unit, rulebook, item, choice, now)
    return newly


def _choices(
    unit: Unit,
    rulebook: Rulebook,
    item: Item,
    step: Step,
    asked: Sequence[Asked],
    now: datetime,
) -> Iterator[_Choice]:
    may = eligible(item, rulebook)
    for target in step.to:
        if target == CHANNEL:
            yield _Choice(target, None)
            continue
        is_duty = target.startswith(SCHEDULE)
        candidates = _on_duty(unit, rulebook, target, now) if is_duty else ()
        candidates = candidates or in_turn(members_of(target, item.policy, rulebook), asked)
        for person_id in candidates:
            if person_id in may and _can_be_asked(unit, rulebook, person_id, now, is_duty=is_duty):
                yield _Choice(target, person_id)
                break


def _can_be_asked(
    unit: Unit, rulebook: Rulebook, person_id: str, now: datetime, *, is_duty: bool
) -> bool:
    """Whoever is on duty is asked in their quiet hours too, and never while they rest."""
    if oncall.is_away(unit, person_id, now):
        return False
    if is_duty:
        return resting.resting(unit, rulebook, person_id, now) is None
    return resting.may_be_pinged(unit, rulebook, person_id, now)


def _on_duty(unit: Unit, rulebook: Rulebook, target: str, now: datetime) -> tuple[str, ...]:
    """Who is on call, then the others of the schedule; in a gap its stand-ins."""
    name = target.removeprefix(SCHEDULE)
    found = oncall.who_is_on_call(unit, rulebook, name, now)
    if isinstance(found, Gap):
        schedule = rulebook.schedules.get(name)
        return tuple(sorted(rulebook.members(schedule.otherwise))) if schedule else ()
    line_up = list(found.holders)
    while (after := oncall.next_in_line(unit, rulebook, name, now, line_up)) is not None:
        line_up.append(after)
    return tuple(line_up)


def _send(
    unit: Unit, rulebook: Rulebook, item: Item, choice: _Choice, number: int, now: datetime
) -> None:
    """Names the person in the thread of each card, and writes to them; one line of history."""
    body: dict[str, Any] = {"person": choice.person_id, "target": choice.target}
    occasion = f"ping:{item.id}:{number}:{choice.person_id or CHANNEL}"
    _send_to_threads(unit, item, "ping", occasion, body, now)
    person = rulebook.people.get(choice.person_id or "")
    if person is not None:
        outbox.send_to_person(
            unit,
            person,
            key=f"{occasion}:direct",
            template="ping-direct",
            due_at=now,
            item_id=item.id,
            body=body,
        )
    ledger.append(unit.connection, line("asked", item.id, now, CLOCK, step=number, **body))


def _send_to_threads(
    unit: Unit, item: Item, template: str, occasion: str, body: dict[str, Any], now: datetime
) -> None:
    for card in cards.of_item(unit.connection, item.id):
        if card.gone is None:
            outbox.send(
                unit,
                key=f"{occasion}:{card.id}",
                template=template,
                platform=card.platform,
                channel_ref=card.channel_ref,
                due_at=now,
                item_id=item.id,
                body=body,
            )


def _page(unit: Unit, rulebook: Rulebook, item: Item, choice: _Choice, now: datetime) -> None:
    queue = rulebook.queues.get(item.queue)
    headline = headline_of(item, content_of(unit, item.id), queue.title if queue else "")
    schedule = choice.target.removeprefix(SCHEDULE)
    oncall.page(
        unit,
        rulebook,
        item,
        now,
        person_id=choice.person_id,
        schedule=schedule,
        headline=str(headline),
    )


def _tell_nobody(unit: Unit, item: Item, steps: Sequence[Step], number: int, now: datetime) -> None:
    tried = sorted({target for step in steps for target in step.to})
    body = {"tried": tried}
    _send_to_threads(unit, item, "ping-nobody", f"nobody:{item.id}:{number}", body, now)
    ledger.append(unit.connection, line("asked-nobody", item.id, now, CLOCK, tried=tried))


def _remind(unit: Unit, rulebook: Rulebook, item: Item, now: datetime) -> None:
    voted = {vote.person_id for vote in item.votes}
    slot = int(now.timestamp() // SLOT.total_seconds())
    reminded: list[str] = []
    for person_id in sorted(eligible(item, rulebook) - voted):
        if len(reminded) == REMINDED_MAX:
            break
        if not resting.may_be_pinged(unit, rulebook, person_id, now):
            continue
        key = f"reminder:{person_id}:{slot}"
        person = rulebook.people[person_id]
        outbox.send_to_person(unit, person, key=key, template="reminder", due_at=now,
                               body={"person": person_id})  # fmt: skip
        reminded.append(person_id)
    if reminded:
        ledger.append(unit.connection, line("reminded", item.id, now, CLOCK, people=reminded))

"""Reminders: once an item, at half time; to one person at most one in fifteen minutes."""

from datetime import datetime, timedelta
from zlib import crc32

from bot.facts import Item, Status
from bot.flows import outbox, resting
from bot.flows.loading import load
from bot.flows.saving import CLOCK, line
from bot.rules.authority import eligible
from bot.rules.escalation import remind_at
from config.policies import Person, Rulebook
from storage import escalations, ledger, notices
from storage.unit import Unit

REMINDED_MAX = 10  # people, of one item
APART = timedelta(minutes=15)  # between two reminders of one person
LOOKS_BACK = 100  # times APART, for the last one: a day


def want_reminder(unit: Unit, item: Item) -> None:
    """Has the reviewers reminded of a new item at half time."""
    if item.policy.remind and not item.is_settled:
        until = item.escalate_at or item.due_at
        escalations.remind(unit.connection, item.id, remind_at(item.opened_at, until))


def remind_due(unit: Unit, rulebook: Rulebook, now: datetime, limit: int) -> int:
    """Reminds, once an item, whoever may judge it and has not; of how many items."""
    taken = escalations.take_reminders(unit.connection, now, limit)
    waiting = [
        item for item_id in sorted(taken) if _waits_for_reviewers(item := load(unit, item_id), now)
    ]
    for item in waiting:
        _remind(unit, rulebook, item, now)
    return len(waiting)


def remind_person(unit: Unit, person: Person, now: datetime) -> bool:
    """Sees to it that a reminder to come tells this person all that waits; False: no account.

    It is written when it is sent, so one that is still to come tells of what is new as well. The
    next one follows when the last was sent `APART` ago, however late that was.
    """
    due_at, slot = now, _slot(now)
    known = [_key(person, slot + 1 - back) for back in range(LOOKS_BACK)]
    last = notices.newest(unit.connection, known)
    if last is not None:
        if last.sent_at is None and last.gone is None:
            return True
        due_at = max(now, (last.sent_at or last.due_at) + APART)
    key = _key(person, _slot(due_at))
    return outbox.send_to_person(
        unit, person, key=key, template="reminder", due_at=due_at, body={"person": person.id}
    )


def _remind(unit: Unit, rulebook: Rulebook, item: Item, now: datetime) -> None:
    """Of many, those by lot: each item's is another, so that it is not always the same people."""
    voted = {vote.person_id for vote in item.votes}
    by_lot = sorted(
        eligible(item, rulebook) - voted, key=lambda each: crc32(f"{item.id}:{each}".encode())
    )
    reminded: list[str] = []
    for person_id in by_lot:
        if len(reminded) == REMINDED_MAX:
            break
        may = resting.may_be_pinged(unit, rulebook, person_id, now)
        if may and remind_person(unit, rulebook.people[person_id], now):
            reminded.append(person_id)
    if reminded:
        said = line("reminded", item.id, now, CLOCK, people=sorted(reminded))
        ledger.append(unit.connection, said)


def _waits_for_reviewers(item: Item, now: datetime) -> bool:
    return item.status is Status.OPEN and item.settles_at is None and item.due_at > now


def _slot(at: datetime) -> int:
    return int(at.timestamp() // APART.total_seconds())


def _key(person: Person, slot: int) -> str:
    """Named by the quarter of an hour in which it is due."""
    return f"reminder:{person.id}:{slot}"

"""Calendars: copies of those elsewhere, and our own under secret addresses."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import SignoffError
from bot.flows import rosters
from bot.rules.oncall import OnCall, oncall, shifts
from bot.rules.oncall.calendars import Entry
from bot.rules.oncall.feed import write_feed
from config.policies import Rulebook
from config.schedules import Schedule
from storage import ledger
from storage import oncall as memory
from storage.ledger import Line
from storage.tables import EPOCH, MICROSECOND
from storage.unit import Unit

READ_EVERY = timedelta(minutes=15)  # a calendar; PagerDuty as well
AGAIN_AFTER = timedelta(minutes=3)  # a failed try
BACK = timedelta(days=2)  # how much of the past is kept of a calendar
AHEAD = timedelta(days=400)  # how much of what is to come: a calendar lost for a year still serves
FEED_BACK, FEED_AHEAD = timedelta(days=30), timedelta(days=180)
MARK = "oncall_"  # what secret scanners may look for


@dataclass(frozen=True, slots=True)
class Errand:
    """A calendar, or PagerDuty, to be read for a schedule."""

    schedule: Schedule
    source: str  # "calendar" or "pagerduty"
    origin: str


def take_errands(unit: Unit, rulebook: Rulebook, now: datetime) -> tuple[Errand, ...]:
    """What is to be read now, and is left to nobody else until it is due again."""
    return tuple(
        errand
        for errand in _errands(rulebook)
        if memory.take_look(unit.connection, _work(errand), now, now + READ_EVERY)
    )


def span_of(now: datetime) -> tuple[datetime, datetime]:
    """How much of a calendar is read."""
    return now - BACK, now + AHEAD


def keep_entries(unit: Unit, errand: Errand, entries: Iterable[Entry], now: datetime) -> None:
    """Keeps shifts in place of the copy before."""
    bookings = [
        [_number(entry.start), _number(entry.end), [list(names) for names in entry.people]]
        for entry in entries
    ]
    memory.put_calendar(
        unit.connection,
        schedule=errand.schedule.name,
        source=errand.source,
        origin=errand.origin,
        bookings=json.dumps(bookings),
        got_at=now,
        tried_at=now,
        problem=None,
    )


def keep_problem(unit: Unit, errand: Errand, problem: str, now: datetime) -> None:
    """Writes down why a source could not be read; the last good copy stays."""
    name = errand.schedule.name
    rows = {row.source: row for row in memory.calendars(unit.connection, [name])}
    row = rows.get(errand.source)
    is_same = row is not None and row.origin == errand.origin
    memory.put_calendar(
        unit.connection,
        schedule=name,
        source=errand.source,
        origin=errand.origin,
        bookings=row.bookings if row is not None and is_same else "[]",
        got_at=row.got_at if row is not None and is_same else None,
        tried_at=now,
        problem=problem[:300],
    )
    memory.hurry_look(unit.connection, _work(errand), now + AGAIN_AFTER)


def add_feed(
    unit: Unit,
    rulebook: Rulebook,
    name: str,
    now: datetime,
    *,
    schedule: str | None = None,
    person_id: str | None = None,
) -> str:
    """A new feed's secret, which is not kept and cannot be shown again.

    Raises:
        SignoffError: the name is taken, or there is no such schedule or person.
    """
    if schedule is not None and schedule not in rulebook.schedules:
        raise SignoffError(f"There is no schedule {schedule!r}.")
    if person_id is not None and person_id not in rulebook.people:
        raise SignoffError(f"people.toml names nobody {person_id!r}.")
    secret = MARK + secrets.token_urlsafe(32)
    added = memory.add_feed(
        unit.connection,
        name=name,
        hash=_hash(secret),
        schedule=schedule,
        person_id=person_id,
        created_at=now,
    )
    if not added:
        raise SignoffError(f"There is a feed named {name!r} already; choose another name.")
    ledger.append(unit.connection, Line(now, "feed-added", None, "cli", "cli", {"name": name}))
    return secret


def revoke_feed(unit: Unit, name: str, now: datetime) -> None:
    """Makes a feed's address useless from now on.

    Raises:
        SignoffError: there is no living feed of this name.
    """
    if not memory.revoke_feed(unit.connection, name, now):
        raise SignoffError(f"There is no living feed named {name!r}.")
    ledger.append(unit.connection, Line(now, "feed-revoked", None, "cli", "cli", {"name": name}))


def list_feeds(unit: Unit) -> list[dict[str, object]]:
    """Every feed's name, what is in it, and dates."""
    names = ("name", "schedule", "person_id", "created_at", "last_used_at", "revoked_at")
    return [{each: getattr(row, each) for each in names} for row in memory.feeds(unit.connection)]


def feed_of(unit: Unit, rulebook: Rulebook, secret: str, now: datetime) -> tuple[str, bytes] | None:
    """The name of the feed that a secret opens, and its calendar; None for no living feed."""
    row = memory.feed(unit.connection, _hash(secret))
    if row is None:
        return None
    wanted = [row.schedule] if row.schedule is not None else list(rulebook.schedules)
    schedules = [rulebook.schedules[name] for name in wanted if name in rulebook.schedules]
    found = [
        (schedule, shift)
        for schedule in schedules
        for shift in _shifts_of(unit, rulebook, schedule, now)
        if row.person_id is None or row.person_id in shift.holders
    ]
    title = f"On call: {schedules[0].title}" if len(schedules) == 1 else "On call"
    return row.name, write_feed(title, found, rulebook.people, now)


def touch_feed(unit: Unit, name: str, now: datetime) -> None:
    """Keeps when a feed was last read."""
    memory.touch_feed(unit.connection, name, now)


def _shifts_of(
    unit: Unit, rulebook: Rulebook, schedule: Schedule, now: datetime
) -> Iterator[OnCall]:
    """The shifts around now, the first one whole."""
    known = rosters.known_of(unit, rulebook, schedule, now)
    first = oncall(schedule, known, now - FEED_BACK).start
    for tile in shifts(schedule, known, first, now + FEED_AHEAD):
        if isinstance(tile, OnCall):
            yield tile


def _errands(rulebook: Rulebook) -> Iterator[Errand]:
    for schedule in rulebook.schedules.values():
        for source, origin in rosters.origins_of(schedule).items():
            yield Errand(schedule, source, origin)


def _work(errand: Errand) -> str:
    """The name of an errand among the clock's work: another origin is another errand."""
    origin = hashlib.sha256(errand.origin.encode()).hexdigest()[:16]
    return f"read:{errand.source}:{errand.schedule.name}:{origin}"


def _number(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def _hash(secret: str) -> str:
    """SHA-256; a secret holds 256 random bits, so it needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()

"""Reading who is on call: the schedules, with what chat, calendars and absences make of them."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from bot.rules.oncall import (
    Absence,
    Booking,
    Gap,
    Known,
    OnCall,
    Override,
    in_line,
    oncall,
)
from bot.rules.oncall.people import people_in
from config.policies import Rulebook
from config.schedules import Schedule
from storage import oncall as memory
from storage.tables import EPOCH, MICROSECOND
from storage.unit import Unit

BACK = timedelta(days=35)  # how far back what was said is looked at: a shift may have begun there
STALE_AFTER = timedelta(hours=24)  # a copy of a calendar older than that is remarked on


@dataclass(frozen=True, slots=True)
class Copy:
    """How good a schedule's copy of a calendar or of PagerDuty is."""

    source: str
    got_at: datetime | None
    problem: str | None
    unmatched: tuple[str, ...]  # names in it that mean nobody of ours

    def is_stale(self, now: datetime) -> bool:
        """Whether it is too old to be taken without a remark."""
        return self.got_at is None or now - self.got_at > STALE_AFTER


@dataclass(frozen=True, slots=True)
class Standing:
    """One schedule as it stands: who is on call, who comes next, and what it is known from."""

    schedule: Schedule
    now: OnCall | Gap
    next: OnCall | Gap
    copies: tuple[Copy, ...]


def known_of(unit: Unit, rulebook: Rulebook, schedule: Schedule, since: datetime) -> Known:
    """All that changes who is on call from some time before this instant on."""
    rows = memory.overrides(unit.connection, [schedule.name], since - BACK)
    return Known(
        people=rulebook.people,
        overrides=tuple(_override(row) for row in rows),
        absences=_absences(unit, since - BACK),
        bookings=tuple(_bookings(unit, rulebook, schedule)),
    )


def who_is_on_call(unit: Unit, rulebook: Rulebook, schedule: str, now: datetime) -> OnCall | Gap:
    """Who is on call in a schedule, from when and until when; a gap says why nobody is."""
    found = rulebook.schedules.get(schedule)
    if found is None:
        return Gap(f"there is no schedule {schedule}", now, now)
    return oncall(found, known_of(unit, rulebook, found, now), now)


def next_in_line(
    unit: Unit, rulebook: Rulebook, schedule: str, now: datetime, passed: Collection[str]
) -> str | None:
    """The first person in line of a schedule who is available and not passed over."""
    found = rulebook.schedules.get(schedule)
    if found is None:
        return None
    return in_line(found, known_of(unit, rulebook, found, now), now, passed)


def is_away(unit: Unit, person_id: str, now: datetime) -> bool:
    """Whether somebody said that they are away at this time."""
    return any(
        absence.person_id == person_id and absence.start <= now < absence.end
        for absence in _absences(unit, now)
    )


def standings(
    unit: Unit, rulebook: Rulebook, now: datetime, names: Sequence[str] | None = None
) -> tuple[Standing, ...]:
    """How schedules stand: those named, or all."""
    wanted = rulebook.schedules if names is None else {n: rulebook.schedules[n] for n in names}
    return tuple(_standing(unit, rulebook, schedule, now) for schedule in wanted.values())


def _standing(unit: Unit, rulebook: Rulebook, schedule: Schedule, now: datetime) -> Standing:
    known = known_of(unit, rulebook, schedule, now)
    found = oncall(schedule, known, now)
    copies = tuple(_copies(unit, rulebook, schedule))
    return Standing(schedule, found, oncall(schedule, known, found.until), copies)


def _override(row: Row[Any]) -> Override:
    is_swap = row.swap_id is not None
    return Override(row.id, row.person_id, row.start_at, row.end_at, is_swap)


def _absences(unit: Unit, ended_after: datetime) -> tuple[Absence, ...]:
    rows = memory.absences(unit.connection, ended_after)
    return tuple(Absence(row.person_id, row.start_at, row.end_at) for row in rows)


def _rows_of(unit: Unit, schedule: Schedule) -> list[Row[Any]]:
    """The copies that come from where the schedule says now."""
    origins = origins_of(schedule)
    rows = memory.calendars(unit.connection, [schedule.name])
    return [row for row in rows if origins.get(row.source) == row.origin]


def origins_of(schedule: Schedule) -> Mapping[str, str]:
    """Where else the schedule says that people are listed, by the kind of source."""
    pagerduty = (*schedule.pagerduty_schedules, *schedule.pagerduty_policies)
    found = {"calendar": schedule.calendar or "", "pagerduty": ",".join(pagerduty)}
    return {source: origin for source, origin in found.items() if origin}


def _bookings(unit: Unit, rulebook: Rulebook, schedule: Schedule) -> Iterator[Booking]:
    for row in _rows_of(unit, schedule):
        for start, end, named in json.loads(row.bookings):
            people = _people(named, rulebook)
            if people:
                span = (EPOCH + start * MICROSECOND, EPOCH + end * MICROSECOND)
                yield Booking(people, *span, row.source)


def _copies(unit: Unit, rulebook: Rulebook, schedule: Schedule) -> Iterator[Copy]:
    rows = {row.source: row for row in _rows_of(unit, schedule)}
    for source in origins_of(schedule):
        row = rows.get(source)
        if row is None:
            yield Copy(source, None, None, ())
            continue
        unmatched = [
            names[0]
            for _, _, named in json.loads(row.bookings)
            for names in named
            if not _people(named, rulebook)
        ]
        yield Copy(source, row.got_at, row.problem, tuple(dict.fromkeys(unmatched)))


def _people(named: Sequence[Sequence[str]], rulebook: Rulebook) -> tuple[str, ...]:
    """The ids of those whom a booking names: per person, the names that they may go by."""
    found = dict.fromkeys(person for names in named for person in people_in(names, rulebook))
    return tuple(found)

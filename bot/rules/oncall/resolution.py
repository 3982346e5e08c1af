"""Who is on call at an instant: overrides, then calendars and PagerDuty, then layers by rank.

Whoever is inactive or away is passed over for the next in line; a source with nobody left leaves
it to the source below.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.rules.oncall.facts import Known
from bot.rules.oncall.rotation import counts_at, line_at, turn_at
from config.schedules import Schedule

NOBODY_MEANT = "an override says that nobody is"
NOBODY_COVERS = "nothing in the schedule covers this time"
NOBODY_LEFT = "everybody whose turn it could be is inactive or away"


@dataclass(frozen=True, slots=True)
class Claim:
    """One source's word about an instant."""

    source: str
    key: int  # the turn, the override: another one is another shift
    line: tuple[str, ...]  # who is asked, in this order; empty: nobody is meant to be
    takes_all: bool = False  # everybody in line is on call together, not only the first


@dataclass(frozen=True, slots=True)
class Ruling:
    """What holds at an instant: `holders` by a source, or nobody and why."""

    holders: tuple[str, ...]
    source: str  # or why nobody is
    key: int = 0


def ruling_at(schedule: Schedule, known: Known, at: datetime) -> Ruling:
    """Who is on call at an instant."""
    why = NOBODY_COVERS
    for claim in claims_at(schedule, known, at):
        if not claim.line:
            return Ruling((), NOBODY_MEANT, claim.key)
        able = tuple(person for person in claim.line if known.is_available(person, at))
        if able:
            return Ruling(able if claim.takes_all else able[:1], claim.source, claim.key)
        why = NOBODY_LEFT
    return Ruling((), why)


def in_line(
    schedule: Schedule, known: Known, at: datetime, passed: Collection[str] = ()
) -> str | None:
    """The first person in line who is available and is not passed over; None: there is nobody."""
    for claim in claims_at(schedule, known, at):
        if not claim.line:
            return None
        for person in claim.line:
            if person not in passed and known.is_available(person, at):
                return person
    return None


def claims_at(schedule: Schedule, known: Known, at: datetime) -> Iterator[Claim]:
    """What each source says about an instant, the strongest first."""
    overrides = [each for each in known.overrides if each.start <= at < each.end]
    for override in sorted(overrides, key=lambda each: -each.id):
        line = (override.person_id,) if override.person_id is not None else ()
        yield Claim("swap" if override.is_swap else "override", override.id, line)
    yield from _booked_at(known, at)
    zone = schedule.place
    for layer in schedule.layers:
        turn = turn_at(layer, zone, at)
        if turn is not None and counts_at(layer, zone, at):
            yield Claim(f"layer {layer.name}", turn, line_at(layer, turn))


def _booked_at(known: Known, at: datetime) -> Iterator[Claim]:
    for source in ("calendar", "pagerduty"):
        booked = [
            booking
            for booking in known.bookings
            if booking.source == source and booking.start <= at < booking.end
        ]
        people = dict.fromkeys(person for booking in booked for person in booking.people)
        if people:
            yield Claim(source, 0, tuple(people), takes_all=True)

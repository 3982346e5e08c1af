"""What on-call rules reason about besides the schedule. Spans are half-open: [start, end)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from config.policies import Person


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody, or nobody, in place of whoever else would be on call."""

    id: int  # a later one goes before an earlier one
    person_id: str | None  # None: nobody is on call, and that is meant
    start: datetime
    end: datetime
    is_swap: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """A time in which a person is not asked."""

    person_id: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Booking:
    """What a calendar or PagerDuty says; people of ours only."""

    people: tuple[str, ...]
    start: datetime
    end: datetime
    source: str  # "calendar" or "pagerduty"


@dataclass(frozen=True, slots=True)
class Known:
    """All that may change who is on call, and who there is."""

    people: Mapping[str, Person]
    overrides: tuple[Override, ...] = ()  # of this schedule
    absences: tuple[Absence, ...] = ()
    bookings: tuple[Booking, ...] = ()  # of this schedule

    def is_available(self, person_id: str, at: datetime) -> bool:
        """Whether the person may be asked now: active, and not away."""
        person = self.people.get(person_id)
        return person is not None and person.active and not self._is_away(person_id, at)

    def _is_away(self, person_id: str, at: datetime) -> bool:
        return any(
            absence.person_id == person_id and absence.start <= at < absence.end
            for absence in self.absences
        )


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who is on call in a span; one person, unless a calendar or PagerDuty names several."""

    holders: tuple[str, ...]  # person ids, in the order to ask
    source: str  # "layer weekly", "override", "swap", "calendar", "pagerduty"
    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in which nobody is on call."""

    why: str
    start: datetime
    until: datetime

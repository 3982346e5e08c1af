"""Does the house do its work? The clock itself would not notice its own death."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import watching
from storage.unit import Unit

LATE_AFTER = {  # how long each kind of work may be due
    "deadlines": timedelta(seconds=60),
    "escalations": timedelta(seconds=60),
    "cards": timedelta(minutes=5),
    "notices": timedelta(minutes=5),
}


@dataclass(frozen=True, slots=True)
class Overdue:
    """Work of one kind that nobody does."""

    kind: str  # a key of LATE_AFTER
    late_by: timedelta


def overdue(unit: Unit, now: datetime) -> tuple[Overdue, ...]:
    """What has been due for longer than it may be."""
    due = watching.oldest(unit.connection)
    late = [Overdue(kind, now - at) for kind, at in due.items() if at is not None]
    return tuple(each for each in late if each.late_by > LATE_AFTER[each.kind])


def revision(unit: Unit) -> str | None:
    """The schema's revision, which whoever serves must know."""
    return watching.revision(unit.connection)

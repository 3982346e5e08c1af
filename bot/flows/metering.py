"""What a monitor reads: levels as they are now, and the last day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.flows import pausing, targets
from bot.flows.figures import spending
from bot.measures.queue_figures import month_of
from bot.measures.sla import Sla
from config.policies import Rulebook
from storage import counts, digests, ledger, watching
from storage.unit import Unit

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QueueMeter:
    """One queue's levels."""

    name: str
    open_count: int
    escalated_count: int
    oldest: timedelta
    settled_by_rule: dict[str, int]  # in the last day
    vote_count: int  # in the last day
    sla: Sla  # of what was asked in the last day
    month_usd: Decimal


@dataclass(frozen=True, slots=True)
class Meters:
    """All levels."""

    queues: tuple[QueueMeter, ...]
    late_by: dict[str, timedelta]  # by kind of work; zero when nothing is due
    ledger_count: int
    is_paused: bool


def meters(unit: Unit, rulebook: Rulebook, now: datetime) -> Meters:
    """What a monitor may know: counts and times, never a person, a program or a content."""
    due = watching.oldest(unit.connection)
    nothing = timedelta(0)
    return Meters(
        queues=tuple(_queue(unit, rulebook, name, now) for name in rulebook.queues),
        late_by={
            kind: max(nothing, now - at) if at else nothing for kind, at in sorted(due.items())
        },
        ledger_count=ledger.head(unit.connection).count,
        is_paused=pausing.current(unit) is not None,
    )


def _queue(unit: Unit, rulebook: Rulebook, name: str, now: datetime) -> QueueMeter:
    connection, since = unit.connection, now - DAY
    waiting = digests.waiting(connection, name)
    return QueueMeter(
        name=name,
        open_count=waiting.open_count - waiting.escalated_count,
        escalated_count=waiting.escalated_count,
        oldest=now - waiting.oldest if waiting.oldest else timedelta(0),
        settled_by_rule=counts.settled_by_rule(connection, name, since, now),
        vote_count=counts.count_votes(connection, name, since, now),
        sla=targets.sla(unit, rulebook.queues[name], since, now, now),
        month_usd=spending(unit, name, month_of(now), now).total_usd,
    )

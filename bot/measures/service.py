"""Whether answers came in time, of the items that people were asked about."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from bot.measures.intervals import Estimate, proportion
from bot.measures.judged import BY_PEOPLE
from bot.measures.record import Record

MINIMUM = 10  # items
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """How long a program waits."""

    on_time: Estimate  # share that people decided by the deadline
    median: timedelta | None  # from asking to the outcome, of those that people decided
    slow: timedelta | None  # nine of ten were faster
    expired_count: int


def service_figures(record: Record) -> ServiceFigures:
    """How promptly people answered; items that a machine settled or a program withdrew are out."""
    asked = ~record.settled_by("auto", "judge", "cancelled")
    decided = record.settled_by(*BY_PEOPLE)
    in_time = decided & (record.decided_at <= record.due_at)
    took = (record.decided_at - record.opened_at)[decided] / MICROSECONDS
    median, slow = np.quantile(took, [0.5, 0.9]).tolist() if len(took) else (None, None)
    return ServiceFigures(
        on_time=proportion(int(in_time.sum()), int(asked.sum()), minimum=MINIMUM),
        median=None if median is None else timedelta(seconds=median),
        slow=None if slow is None else timedelta(seconds=slow),
        expired_count=int(record.settled_by("timeout").sum()),
    )

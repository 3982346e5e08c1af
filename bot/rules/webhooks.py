"""How often a receiver is tried, and when it is left alone."""

from dataclasses import dataclass
from datetime import timedelta

PAUSES = (  # after the first attempt, the second, …; together a little under three days
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=20),
)  # source: the schedule that the Standard Webhooks specification recommends, cut at three days
SPREAD = 0.2  # by how much a pause may be shorter, so that many do not come back at once
ASKED_MAX = timedelta(hours=20)  # that a receiver may ask to be left alone
DISABLED_AFTER = timedelta(days=2)  # without one success, when something is given up
GONE = 410  # HTTP: the receiver says itself that it is no more


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of sending once."""

    status: int | None = None  # None: nothing came back
    problem: str | None = None  # why, in words for an operator
    retry_after: float = 0.0  # seconds that the receiver asks for

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


def pause_after(tries: int, attempt: Attempt, chance: float) -> timedelta | None:
    """How long to leave a receiver alone; None: this was the last attempt.

    Args:
        tries: attempts so far, the failed one included.
        attempt: the failed one.
        chance: 0 to 1, by lot.
    """
    if tries > len(PAUSES) or attempt.status == GONE:
        return None
    own = PAUSES[tries - 1] * (1 - SPREAD * chance)
    return max(own, min(ASKED_MAX, timedelta(seconds=attempt.retry_after)))

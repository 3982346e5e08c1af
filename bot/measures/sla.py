"""How long people let programs wait, against what the team has set itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.measures.intervals import Estimate, proportion

MINIMUM = 5  # items


@dataclass(frozen=True, slots=True)
class Wait:
    """One item's waits. An instant that has not come is None."""

    opened_at: datetime
    first_vote_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """One target: how often it was kept, and the usual wait."""

    target: timedelta | None  # None: the team has none
    share: Estimate
    median: timedelta | None  # of those whose wait is over
    slow: timedelta | None  # nine of ten were faster


@dataclass(frozen=True, slots=True)
class Sla:
    """Both targets of a queue."""

    first_vote: Kept
    outcome: Kept


def sla_of(
    waits: Sequence[Wait],
    *,
    first_vote_within: timedelta | None,
    outcome_within: timedelta | None,
    now: datetime,
) -> Sla:
    """How the targets were kept.

    An item that still waits counts as missed once its target has passed, and not at all before:
    leaving it out for good would flatter those who answer only what is easy.

    Args:
        waits: of items that people were asked about.
        first_vote_within: the target for the first vote, if there is one.
        outcome_within: the target for the outcome, if there is one.
        now: the end of what is known.
    """
    votes = [(wait.opened_at, wait.first_vote_at or _given_up(wait)) for wait in waits]
    ends = [(wait.opened_at, wait.decided_at) for wait in waits]
    return Sla(_kept(votes, first_vote_within, now), _kept(ends, outcome_within, now))


def _given_up(wait: Wait) -> datetime | None:
    """Decided without any vote: the wait for one never ended, and is as long as the item's."""
    return wait.decided_at


def _kept(
    spans: Sequence[tuple[datetime, datetime | None]], target: timedelta | None, now: datetime
) -> Kept:
    over = sorted(end - start for start, end in spans if end is not None)
    median = over[(len(over) - 1) // 2] if over else None
    slow = over[min(len(over) - 1, int(0.9 * len(over)))] if over else None
    limit = target or timedelta.max
    late = sum(1 for start, end in spans if end is None and now - start > limit)
    kept = sum(1 for length in over if length <= limit)
    share = proportion(kept, len(over) + late, minimum=MINIMUM)
    return Kept(target, share, median, slow)

"""Wall clock and instants.

A time that a zone skips is the first minute after the gap; a time that a zone has twice is the
first of the two. (Python's own `aware + timedelta` would be an hour wrong.)
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)


@lru_cache(maxsize=65_536)  # a sweep over a year asks for the same handoffs again and again
def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the zone's clocks show this.

    Args:
        wall: naive.
        zone: whose clocks.
    """
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if wall_of(first, zone) == wall:
        return first
    return _end_of_gap(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first, zone)


def wall_of(at: datetime, zone: ZoneInfo) -> datetime:
    """What the zone's clocks show at an instant; naive."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks were put forward, between two instants around it.

    In a gap, fold 0 counts with the offset before it and so lands behind it, fold 1 in front
    (PEP 495).
    """
    old = before.astimezone(zone).utcoffset()
    low, high = 0, (after - before) // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if (before + middle * SECOND).astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return before + high * SECOND

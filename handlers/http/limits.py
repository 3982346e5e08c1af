"""How often a key may ask: a bucket of requests that fills evenly, a minute's worth at most.

Each process counts for itself: two doors let through twice as much.
"""

from dataclasses import dataclass
from math import ceil

MINUTE = 60.0  # seconds


@dataclass(slots=True)
class Bucket:
    """What is left of a key's minute."""

    rate: int  # requests a minute, and the most that fit
    level: float
    at: float  # seconds, of the loop's clock

    def take(self, cost: int, now: float) -> float:
        """Seconds until this much may be asked; 0: it was taken.

        What costs more than a whole minute's worth goes when the bucket is full, and is owed.
        """
        self.level = min(self.rate, self.level + (now - self.at) * self.rate / MINUTE)
        self.at = now
        lacking = min(cost, self.rate) - self.level
        if lacking > 0:
            return lacking * MINUTE / self.rate
        self.level -= cost
        return 0.0


class Limits:
    """The buckets of all keys, by name."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}

    def take(self, name: str, rate: int, cost: int, now: float) -> tuple[float, dict[str, str]]:
        """Seconds to wait, 0 when it may go; and the headers that say how the key stands."""
        bucket = self._buckets.get(name)
        if bucket is None or bucket.rate != rate:
            bucket = self._buckets[name] = Bucket(rate, rate, now)
        wait = bucket.take(cost, now)
        return wait, _headers(bucket)


def _headers(bucket: Bucket) -> dict[str, str]:
    """Source: draft-ietf-httpapi-ratelimit-headers-10."""
    left = max(0, int(bucket.level))
    full_in = ceil((bucket.rate - bucket.level) * MINUTE / bucket.rate)
    return {
        "RateLimit-Policy": f'"key";q={bucket.rate};w={MINUTE:.0f}',
        "RateLimit": f'"key";r={left};t={full_in}',
    }

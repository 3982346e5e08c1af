import math
from dataclasses import dataclass

from localchat.clock import Clock
from localchat.slack.errors import SlackError
from localchat.slack.options import Options

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}  # by tier; docs.slack.dev/apis/web-api/rate-limits
SPECIAL = 0  # chat.postMessage: by channel
UNTIERED_PER_MINUTE = 600  # auth.test: "hundreds of requests per minute"
UNTIERED = 5


class RateLimitedError(SlackError):
    """429: come back after `retry_after` whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


@dataclass(slots=True)
class Bucket:
    """Calls that may still be made at once, filling up again at `per_second`."""

    size: float
    per_second: float
    level: float
    filled_at: float

    def wait(self, now: float) -> float:
        """Seconds until one more call fits; 0.0 takes it."""
        self.level = min(self.size, self.level + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.level < 1:
            return (1 - self.level) / self.per_second
        self.level -= 1
        return 0.0


class RateLimits:
    """Slack's budgets: by method and app, and by channel for chat.postMessage."""

    def __init__(self, clock: Clock, options: Options) -> None:
        self._clock = clock
        self._options = options
        self.clear()

    def clear(self) -> None:
        """Give everybody their whole budget back."""
        self._buckets: dict[tuple[str, str, str], Bucket] = {}

    def spend(self, app_id: str, method: str, tier: int, channel: str) -> None:
        """Count one call.

        Raises:
            RateLimitedError: there was no budget left for it.
        """
        if self._options.rate_limits == "off":
            return
        if tier == SPECIAL:
            burst, rate = self._options.post_burst, self._options.posts_per_second
            self._take((app_id, method, channel), burst, rate)
            per_minute = self._options.posts_per_minute
        else:
            per_minute = PER_MINUTE.get(tier, UNTIERED_PER_MINUTE)
        self._take((app_id, method, ""), per_minute, per_minute / 60)

    def _take(self, key: tuple[str, str, str], size: float, per_second: float) -> None:
        now = self._clock.now()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(size, per_second, size, now)
        if wait := bucket.wait(now):
            raise RateLimitedError(max(1, math.ceil(wait)))

"""Budgets. Discord publishes none but the global one: the others here are ours."""

import hashlib
import math
from dataclasses import dataclass
from typing import Literal

from localchat.clock import Clock
from localchat.discord.errors import DiscordError
from localchat.discord.options import Options

Scope = Literal["user", "global", "shared"]
INVALID_WINDOW = 600.0  # seconds
VIA = "1.1 google"  # without it discord.py takes a 429 for a ban


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    limit: int
    per: float


DEFAULT = Rate(5, 1.0)
RATES = {  # by the name of a route's bucket; numbers are ours
    "messages": Rate(5, 5.0),
    "edits": Rate(5, 5.0),
    "deletes": Rate(5, 1.0),
    "reactions": Rate(1, 0.25),
    "webhooks": Rate(5, 2.0),
    "commands": Rate(5, 20.0),
}


@dataclass(slots=True)
class Window:
    """What is left until the budget is full again."""

    rate: Rate
    resets_at: float
    left: int


class RateLimits:
    """Windows by bucket and major parameter, the global limit, the count of invalid requests."""

    def __init__(self, clock: Clock, options: Options) -> None:
        self._clock = clock
        self._options = options
        self.clear()

    def clear(self) -> None:
        """Give everybody their whole budget back."""
        self._windows: dict[tuple[str, str], Window] = {}
        self._global = Window(Rate(self._options.requests_per_second, 1.0), 0.0, 0)
        self._invalid_count = 0
        self._invalid_since = 0.0

    @property
    def invalid_count(self) -> int:
        """Requests that were answered 401, 403 or 429 in these ten minutes: D27."""
        if self._clock.now() - self._invalid_since > INVALID_WINDOW:
            return 0
        return self._invalid_count

    @property
    def is_banned(self) -> bool:
        """True when there were too many of them: nothing is served any more."""
        return self.invalid_count >= self._options.invalid_requests_max

    def count_invalid(self) -> None:
        """Count an answer of 401, 403 or 429 (unless its scope is shared)."""
        now = self._clock.now()
        if now - self._invalid_since > INVALID_WINDOW:
            self._invalid_since, self._invalid_count = now, 0
        self._invalid_count += 1

    def spend(self, bucket: str, major: str, *, is_global: bool = True) -> dict[str, str]:
        """Count one request, and return the headers that tell of its budget.

        Raises:
            DiscordError: 429: nothing was left.
        """
        if self._options.rate_limits == "off":
            return {}
        if is_global and not _take(self._global, self._clock.now()):
            raise self._exceeded(self._global, "global", {})
        rate = RATES.get(bucket, DEFAULT)
        key = (bucket, major)
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = Window(rate, 0.0, 0)
        is_taken = _take(window, self._clock.now())
        headers = self._headers(bucket, window)
        if not is_taken:
            raise self._exceeded(window, "user", headers)
        return headers

    def _headers(self, bucket: str, window: Window) -> dict[str, str]:
        left_for = max(0.0, window.resets_at - self._clock.now())
        name = hashlib.blake2b(bucket.encode(), digest_size=16).hexdigest()
        return {
            "X-RateLimit-Limit": str(window.rate.limit),
            "X-RateLimit-Remaining": str(window.left),
            "X-RateLimit-Reset": f"{window.resets_at:.3f}",
            "X-RateLimit-Reset-After": f"{left_for:.3f}",
            "X-RateLimit-Bucket": name,
        }

    def _exceeded(self, window: Window, scope: Scope, headers: dict[str, str]) -> DiscordError:
        retry_after = max(0.001, window.resets_at - self._clock.now())
        error = too_many(retry_after, scope)
        error.headers |= headers
        return error


def too_many(retry_after: float, scope: Scope) -> DiscordError:
    """429, with a fraction of a second in the body and whole seconds in the header."""
    is_global = scope == "global"
    error = DiscordError(
        429,
        0,
        "You are being rate limited."
        if scope != "shared"
        else "The resource is being rate limited.",
        retry_after=round(retry_after, 3),
    )
    error.fields["global"] = is_global
    error.headers = {
        "Retry-After": str(math.ceil(retry_after)),
        "X-RateLimit-Scope": scope,
        **({"X-RateLimit-Global": "true"} if is_global else {}),
    }
    return error


def _take(window: Window, now: float) -> bool:
    if now >= window.resets_at:
        window.resets_at, window.left = now + window.rate.per, window.rate.limit
    if window.left == 0:
        return False
    window.left -= 1
    return True

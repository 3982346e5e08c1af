from collections import deque

from localchat.clock import Clock
from localchat.discord.options import Options
from localchat.wire import Json

DAY = 86_400.0  # seconds


class IdentifyBudget:
    """How often sessions may begin: so many a day, and one every few seconds."""

    def __init__(self, clock: Clock, options: Options) -> None:
        self._clock = clock
        self._options = options
        self.clear()

    def clear(self) -> None:
        """Give the whole budget back."""
        self.spent_at: deque[float] = deque()

    @property
    def left(self) -> int:
        """How many are left today."""
        now = self._clock.now()
        while self.spent_at and self.spent_at[0] < now - DAY:
            self.spent_at.popleft()
        return max(0, self._options.identifies_per_day - len(self.spent_at))

    def spend(self) -> bool:
        """Count an IDENTIFY; False when it comes too soon after the last one."""
        now = self._clock.now()
        is_limited = self._options.rate_limits == "discord"
        too_soon = bool(self.spent_at) and now - self.spent_at[-1] < self._options.identify_every
        if is_limited and too_soon:
            return False
        self.spent_at.append(now)
        return True

    def as_json(self) -> Json:
        """`session_start_limit` of GET /gateway/bot."""
        left = self.left
        resets_in = DAY - (self._clock.now() - self.spent_at[0]) if self.spent_at else 0.0
        return {
            "total": self._options.identifies_per_day,
            "remaining": left,
            "reset_after": int(resets_in * 1000),
            "max_concurrency": 1,
        }

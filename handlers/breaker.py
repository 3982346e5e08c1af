"""While a platform refuses our token, one call in a while asks whether it still does."""

import logging
from datetime import datetime, timedelta

FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=5)

log = logging.getLogger(__name__)


class Breaker:
    """Closed while all is well; open after a refusal of the token itself."""

    def __init__(self, platform: str, remedy: str) -> None:
        self._platform = platform
        self._remedy = remedy
        self._pause = FIRST
        self._until: datetime | None = None

    def wait_until(self, now: datetime) -> datetime | None:
        """When to come back; None when this call may go, and then it is the only one."""
        if self._until is None:
            return None
        if now < self._until:
            return self._until
        self._until = now + self._pause
        return None

    def trip(self, error: str, now: datetime) -> datetime:
        """The platform refused the token; when the next call may go."""
        self._pause = FIRST if self._until is None else min(LONGEST, self._pause * 2)
        self._until = now + self._pause
        log.error(
            "%s refuses our token: %s. Nothing is sent until it accepts it; next try in %d s. %s",
            self._platform,
            error,
            self._pause.total_seconds(),
            self._remedy,
        )
        return self._until

    def reset(self) -> None:
        """The platform took a call: all is well."""
        if self._until is not None:
            log.warning("%s accepts our token again.", self._platform)
        self._until = None

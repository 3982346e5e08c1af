import time


class Clock:
    """The workspace's time: the machine's, plus what a test has moved it forward by."""

    def __init__(self) -> None:
        self._ahead = 0.0  # seconds

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let time pass at once: triggers and response URLs grow old, nobody waits."""
        self._ahead += seconds

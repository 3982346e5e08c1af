import secrets

from localchat.clock import Clock

EPOCH_MS = 1_420_070_400_000  # the first second of 2015; Discord's docs, reference, Snowflakes


class Snowflakes:
    """New ids, each greater than the one before, with the time inside."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def new(self) -> str:
        """An id, as text: JavaScript cannot hold it as a number."""
        now_ms = int(self._clock.now() * 1000)
        self._last = max((now_ms - EPOCH_MS) << 22, self._last + 1)
        return str(self._last)


def made_at(snowflake: str) -> float:
    """When an id was made, in seconds since 1970."""
    return ((int(snowflake) >> 22) + EPOCH_MS) / 1000


def secret(length: int = 32) -> str:
    """Letters and digits that nobody can guess."""
    return secrets.token_hex(length // 2)

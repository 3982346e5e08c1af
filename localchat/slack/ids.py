import itertools
import secrets

from localchat.clock import Clock

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FIRST = 36**7  # makes ids of eight digits


class Ids:
    """New ids and timestamps, none given out twice."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(FIRST)
        self._last_micros = 0

    def new(self, prefix: str) -> str:
        """An id such as `V0A1B2C3D`: the prefix says what it names."""
        return prefix + _base36(next(self._numbers))

    def number(self) -> int:
        """A number that nothing else carries."""
        return next(self._numbers)

    def ts(self) -> str:
        """A message's timestamp: seconds with six decimals, later than any given before."""
        micros = max(int(self._clock.now() * 1_000_000), self._last_micros + 1)
        self._last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06}"


def secret(length: int = 24) -> str:
    """Letters and digits that nobody can guess."""
    return secrets.token_hex(length // 2)


def _base36(number: int) -> str:
    digits = []
    while number:
        number, rest = divmod(number, 36)
        digits.append(ALPHABET[rest])
    return "".join(reversed(digits))

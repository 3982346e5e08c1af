import time
from datetime import UTC, datetime


def iso(seconds: float) -> str:
    """A moment as Discord writes it, in UTC with microseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def elapsed_ms(started: float) -> float:
    """Milliseconds since `time.perf_counter()` said `started`."""
    return (time.perf_counter() - started) * 1000

"""Periods as people type them: `7d`, `2026-03-01`, `2026-03-01T12:00+01:00`."""

from datetime import UTC, datetime
from typing import Any

import click

from config.durations import read_duration
from config.problems import WrongValueError


class When(click.ParamType[str]):
    """An instant, or a length of time before now; it is read by `instant_of`, which knows now."""

    name = "7d|DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text, once it can be read."""
        try:
            instant_of(str(value), datetime(2000, 1, 1, tzinfo=UTC))
        except ValueError as problem:
            self.fail(str(problem), param, ctx)
        return str(value)


def instant_of(text: str, now: datetime) -> datetime:
    """The instant that a text names: so long before now, or a date; UTC without a zone.

    Raises:
        ValueError: it is neither.
    """
    try:
        return now - read_duration(text)
    except (WrongValueError, OverflowError):
        pass
    try:
        stated = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is neither a length of time such as 7d nor a date such as 2026-03-01"
        raise ValueError(message) from None
    return stated.replace(tzinfo=UTC) if stated.tzinfo is None else stated.astimezone(UTC)


def period_of(
    since: str | None, until: str | None, now: datetime
) -> tuple[datetime | None, datetime]:
    """From when to when: everything until now, where nothing is stated."""
    begin = None if since is None else instant_of(since, now)
    return begin, now if until is None else instant_of(until, now)

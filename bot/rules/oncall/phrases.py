"""Spans of time as people type them: `fri 18:00–mon 09:00`, `3 apr 9:00 to 17:00`, `now for 2h`.

Times are those of a schedule's zone. What could mean two things is refused, with both.
"""  # noqa: RUF002  people type such a dash

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import SignoffError
from bot.rules.oncall.walls import instant_of, wall_of
from config.durations import read_duration
from config.problems import WrongValueError

SPAN_MAX = timedelta(days=92)
DAY = timedelta(days=1)
EXAMPLE = "fri 18:00 to mon 09:00"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
          "october", "november", "december")  # fmt: skip
TOKEN = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
    r"|(?P<time>[0-9]{1,2}:[0-9]{2}(?: ?[ap]m\b)?|[0-9]{1,2} ?[ap]m\b)"
    r"|(?P<for>\bfor\s+(?:[0-9]+ ?[dhm] ?)+)"
    r"|(?P<to>[-\u2010-\u2015\u2212]+|\.{2,}|\b(?:to|till|until)\b)"
    r"|(?P<slashed>[0-9]{1,2}[/.][0-9]{1,2}(?:[/.][0-9]{2,4})?)"
    r"|(?P<number>[0-9]+)(?:st|nd|rd|th)?"
    r"|(?P<word>[a-z]+)"
    r"|(?P<odd>[^\s,])"
)
IGNORED = ("at", "from", "the", "on", "of", "next", "this", "hours", "h", "uhr")


class UnclearSpanError(SignoffError):
    """What was typed is no span of time, or could mean two."""


@dataclass(slots=True)
class _Point:
    """One end, as far as it was typed."""

    day: date | None = None
    weekday: int | None = None
    clock: time | None = None
    is_now: bool = False
    numbers: list[int] = field(default_factory=list)
    month: int | None = None


def read_span(text: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """The instants that a text names; a start that is past begins now.

    Args:
        text: what was typed.
        zone: whose clocks it means.
        now: what "fri" and "today" go by.

    Raises:
        UnclearSpanError: it is not one span that lies ahead; says what would be right.
    """
    here = wall_of(now, zone)
    tokens = _tokens(text)
    ends = [place for place, (kind, _) in enumerate(tokens) if kind in ("to", "for")]
    if len(ends) != 1:
        raise UnclearSpanError(
            f"That has not one start and one end. Write them as in: {EXAMPLE}; or: now for 2h."
        )
    first, (kind, words), rest = tokens[: ends[0]], tokens[ends[0]], tokens[ends[0] + 1 :]
    start = _start(_point(first, here), here)
    if kind == "for":
        if rest:
            raise UnclearSpanError(f"Nothing can follow “{words}”. Write, for example: now for 2h.")
        return _checked(now if start is None else instant_of(start, zone), words, None, zone, now)
    end = _end(_point(rest, here), start or here)
    return _checked(now if start is None else instant_of(start, zone), "", end, zone, now)


def _checked(
    start: datetime, length: str, end_wall: datetime | None, zone: ZoneInfo, now: datetime
) -> tuple[datetime, datetime]:
    end = start + _length(length) if end_wall is None else instant_of(end_wall, zone)
    if end <= start:
        raise UnclearSpanError("It would end before it starts. Nothing was changed.")
    if end <= now:
        raise UnclearSpanError("It is over already. Nothing was changed.")
    if end - start > SPAN_MAX:
        raise UnclearSpanError(
            f"It would last longer than {SPAN_MAX.days} days. Change the schedule in oncall.toml."
        )
    return max(start, now), end


def _length(words: str) -> timedelta:
    try:
        return read_duration(words.removeprefix("for").replace(" ", ""))
    except WrongValueError as problem:
        raise UnclearSpanError(
            f"“{words}” is no length of time: write, for example, 2h."
        ) from problem


def _tokens(text: str) -> list[tuple[str, str]]:
    found = TOKEN.finditer(text.lower())
    tokens = [(str(match.lastgroup), match[match.lastgroup or 0].strip()) for match in found]
    return [token for token in tokens if token not in [("word", word) for word in IGNORED]]


def _point(tokens: Sequence[tuple[str, str]], here: datetime) -> _Point:
    point = _Point()
    for kind, text in tokens:
        READ[kind](point, text, here)
    return _dated(point, here)


def _read_date(point: _Point, text: str, _here: datetime) -> None:
    try:
        point.day = date(*(int(part) for part in text.split("-")))
    except ValueError:
        raise UnclearSpanError(f"There is no day {text}.") from None


def _read_time(point: _Point, text: str, _here: datetime) -> None:
    digits, half = re.sub("[ apm]", "", text), text[-2:] if text.endswith("m") else ""
    hour, _, minute = digits.partition(":")
    number = int(hour)
    if half and not 1 <= number <= 12:
        raise UnclearSpanError(f"There is no time {text}. Write it as in 18:00.")
    number = number % 12 + (12 if half == "pm" else 0) if half else number
    try:
        point.clock = time(number, int(minute or 0))
    except ValueError:
        if (number, minute) == (24, "00"):
            raise UnclearSpanError("Write 00:00 and the day that begins then.") from None
        raise UnclearSpanError(f"There is no time {text}. Write it as in 18:00.") from None


def _read_word(point: _Point, text: str, here: datetime) -> None:
    if text == "now":
        point.is_now = True
    elif text in ("today", "tonight", "tomorrow"):
        point.day = here.date() + (DAY if text == "tomorrow" else timedelta())
    elif text in ("noon", "midday"):
        point.clock = time(12)
    elif text == "midnight":
        raise UnclearSpanError("Midnight belongs to two days. Write 00:00 and the day that begins.")
    elif (number := _named(text, WEEKDAYS)) is not None:
        point.weekday = number
    elif (number := _named(text, MONTHS)) is not None:
        point.month = number + 1
    else:
        raise UnclearSpanError(f"“{text[:40]}” says no time. Write it as in: {EXAMPLE}.")


def _named(text: str, names: Sequence[str]) -> int | None:
    found = [place for place, name in enumerate(names) if len(text) >= 3 and name.startswith(text)]
    return found[0] if len(found) == 1 else None


def _read_number(point: _Point, text: str, _here: datetime) -> None:
    point.numbers.append(int(text[:9]))


def _read_slashed(_point: _Point, text: str, _here: datetime) -> None:
    raise UnclearSpanError(
        f"“{text}” could be a day or a month first. Write the day as in 2026-04-03 or 3 apr."
    )


def _read_odd(_point: _Point, text: str, _here: datetime) -> None:
    raise UnclearSpanError(f"“{text}” does not belong there. Write it as in: {EXAMPLE}.")


READ = {"date": _read_date, "time": _read_time, "word": _read_word, "number": _read_number,
        "slashed": _read_slashed, "odd": _read_odd}  # fmt: skip


def _dated(point: _Point, here: datetime) -> _Point:
    """The point with its day and month put together; numbers that mean nothing are refused."""
    numbers = list(point.numbers)
    if point.month is not None:
        if len(numbers) not in (1, 2):
            raise UnclearSpanError("Write the day of the month beside its name, as in 3 apr.")
        year = numbers[1] if len(numbers) == 2 else _year_of(point.month, numbers[0], here)
        _read_date(point, f"{year}-{point.month}-{numbers[0]}", here)
    elif numbers:
        number = numbers[0]
        if number <= 12:
            raise UnclearSpanError(
                f"“{number}” could be {number}:00 or {number + 12 if number < 12 else 0}:00. "
                "Write the time as in 09:00 or 21:00."
            )
        raise UnclearSpanError(f"“{number}” says no time. Write it as in 18:00.")
    return point


def _year_of(month: int, day: int, here: datetime) -> int:
    """This year, or the next one when that day is over."""
    return here.year + ((month, day) < (here.month, here.day))


def _start(point: _Point, here: datetime) -> datetime | None:
    """The start by the wall clock; None: now."""
    if point.is_now:
        return None
    if point.clock is None:
        raise UnclearSpanError(f"Say at what time it starts, as in: {EXAMPLE}.")
    if point.day is not None:
        return datetime.combine(point.day, point.clock)
    if point.weekday is None:
        clock = f"{point.clock:%H:%M}"
        raise UnclearSpanError(
            f"Say on which day it starts: is it today {clock}, or tomorrow {clock}?"
        )
    ahead = (point.weekday - here.weekday()) % 7
    start = datetime.combine(here.date() + ahead * DAY, point.clock)
    if start < here:
        raise UnclearSpanError(
            f"{WEEKDAYS[point.weekday].capitalize()} {point.clock:%H:%M} is past today. Write now, "
            f"or {start.date() + 7 * DAY} {point.clock:%H:%M}."
        )
    return start


def _end(point: _Point, start: datetime) -> datetime:
    """The first such time after the start."""
    if point.is_now or point.clock is None:
        raise UnclearSpanError(f"Say at what time it ends, as in: {EXAMPLE}.")
    if point.day is not None:
        return datetime.combine(point.day, point.clock)
    ahead = 0 if point.weekday is None else (point.weekday - start.weekday()) % 7
    end = datetime.combine(start.date() + ahead * DAY, point.clock)
    if end <= start:
        end += DAY if point.weekday is None else 7 * DAY
    return end

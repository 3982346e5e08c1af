"""Single values of `oncall.toml`: times of day, days, turns and where else people are listed."""

import re
from datetime import date, datetime, time
from urllib.parse import urlsplit

from config.problems import WrongValueError, nearest, shown
from config.schedules import Unit, Window

CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
TURN = re.compile(r"([1-9][0-9]{0,2}) ?(h|d|w)")
UNITS: dict[str, Unit] = {"h": "hours", "d": "days", "w": "weeks"}
LONGEST = {"h": 24 * 31, "d": 366, "w": 52}  # of a turn
BETWEEN = re.compile(r"\s*(\S+?)\s*(?:[-\u2013\u2014]|\bto\b)\s*(\S+)\s*")
WEEKDAYS = {
    "mon": "monday", "tue": "tuesday", "wed": "wednesday", "thu": "thursday",
    "fri": "friday", "sat": "saturday", "sun": "sunday",
}  # fmt: skip
PAGERDUTY_ID = re.compile(r"[A-Z0-9]{5,20}")
MIDNIGHT = 24 * 60  # minutes


def read_time(value: object) -> time:
    """A time of day, to the minute.

    Raises:
        WrongValueError: it is none, or has seconds.
    """
    if isinstance(value, time) and value.tzinfo is None and not value.second | value.microsecond:
        return value
    match = CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise WrongValueError(
            f"{shown(value)} is not a time of day", 'Write hours and minutes, such as "09:00"'
        )
    return time(int(match[1]), int(match[2]))


def read_day(value: object) -> date:
    """A day of the calendar.

    Raises:
        WrongValueError: it is none, or is too far away to be meant.
    """
    found = value
    if isinstance(value, str):
        try:
            found = date.fromisoformat(value.strip())
        except ValueError:
            found = None
    if not isinstance(found, date) or isinstance(found, datetime):
        raise WrongValueError(
            f"{shown(value)} is not a day", "Write year, month and day, such as 2026-01-05"
        )
    if not 2000 <= found.year <= 2100:
        raise WrongValueError(f"{found} is far from now", "Write a day from 2000 to 2100")
    return found


def read_every(value: object) -> tuple[int, Unit]:
    """How long a turn lasts: hours, days or weeks by the wall clock.

    Raises:
        WrongValueError: it is none of these, or is too long.
    """
    right = 'Write hours, days or weeks in quotes, such as "12h", "1d" or "2w"'
    match = TURN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise WrongValueError(f"{shown(value)} is not the length of a turn", right)
    count = int(match[1])
    if count > LONGEST[match[2]]:
        raise WrongValueError(f"{shown(value)} is longer than a turn may be", right)
    return count, UNITS[match[2]]


def read_weekday(value: object) -> str:
    """The first three letters of a day's name.

    Raises:
        WrongValueError: there is no such day.
    """
    name = value.strip().lower() if isinstance(value, str) else ""
    for short, long in WEEKDAYS.items():
        if name in (short, long):
            return short
    right = nearest(name, WEEKDAYS, kind="days") if name else 'Write ["mon", "tue"]'
    raise WrongValueError(f"{shown(value)} is not a day of the week", right)


def read_windows(value: object) -> tuple[Window, ...]:
    """One part of the day, or several.

    Raises:
        WrongValueError: it is none, or begins where it ends.
    """
    listed = value if isinstance(value, list) else [value]
    return tuple(_window(each) for each in listed)


def read_priority(value: object) -> int:
    """A layer's rank.

    Raises:
        WrongValueError: it is no whole number from 0 to 99.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 99:
        raise WrongValueError(
            f"{shown(value)} is not a priority",
            "Write a whole number from 0 to 99, without quotes; the highest is asked first",
        )
    return value


def read_calendar(value: object) -> str:
    """Where a calendar is: an https address, or a file.

    Raises:
        WrongValueError: it is neither.
    """
    text = value.strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        scheme, host = parts.scheme, parts.hostname
    except ValueError:
        scheme, host = "?", None
    if scheme == "webcal":
        raise WrongValueError(
            f"{shown(value)} is for calendar programs", "Write https:// in place of webcal://"
        )
    is_address = scheme in ("https", "http") and bool(host)
    is_file = scheme in ("", "file") and text.lower().endswith(".ics")
    if not is_address and not is_file:
        raise WrongValueError(
            f"{shown(value)} is neither the address of a calendar nor an .ics file",
            'Write "https://…", or the file\'s name beside this one, such as "team.ics"',
        )
    return text


def read_pagerduty_id(value: object) -> str:
    """PagerDuty's id of something.

    Raises:
        WrongValueError: it is not written as one.
    """
    if not isinstance(value, str) or not PAGERDUTY_ID.fullmatch(value):
        raise WrongValueError(
            f"{shown(value)} is not an id of PagerDuty",
            "It stands at the end of its page's address, such as PI7DH85",
        )
    return value


def _window(value: object) -> Window:
    right = 'Write it as "18:00-09:00"; one that ends earlier than it starts goes over midnight'
    match = BETWEEN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise WrongValueError(f"{shown(value)} is not a part of the day", right)
    start = _minutes(match[1], right)
    end = MIDNIGHT if match[2] in ("24:00", "00:00", "0:00") else _minutes(match[2], right)
    if start == end:
        wrong = f"{shown(value)} begins where it ends: is it the whole day, or nothing?"
        raise WrongValueError(wrong, "Leave the line out for the whole day")
    return Window(start=start, end=end)


def _minutes(text: str, right: str) -> int:
    try:
        found = read_time(text)
    except WrongValueError as problem:
        raise WrongValueError(problem.wrong, right) from None
    return found.hour * 60 + found.minute

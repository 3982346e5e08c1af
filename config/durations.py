"""Lengths of time as people write them: `30s`, `1h30m`, `PT30M`."""

import re
from datetime import timedelta

from config.problems import WrongValueError, shown

LONGEST = timedelta(days=365)  # of anything: a mistyped unit is likelier than a wish
EXAMPLES = 'Write it in quotes with its unit, such as "30s", "30m", "2h", "1d" or "1h30m"'
PLAIN = re.compile(
    r"(?:(?P<days>[0-9]{1,9})d)? ?(?:(?P<hours>[0-9]{1,9})h)? ?"
    r"(?:(?P<minutes>[0-9]{1,9})m)? ?(?:(?P<seconds>[0-9]{1,9})s)?"
)
ISO = re.compile(  # source: ISO 8601-1:2019, 5.5.2.2; years and months have no fixed length
    r"P(?:(?P<weeks>[0-9]{1,9})W)?(?:(?P<days>[0-9]{1,9})D)?"
    r"(?:T(?:(?P<hours>[0-9]{1,9})H)?(?:(?P<minutes>[0-9]{1,9})M)?(?:(?P<seconds>[0-9]{1,9})S)?)?"
)
UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))  # seconds each


def read_duration(value: object) -> timedelta:
    """The length of time that a text states: whole seconds, zero to a year.

    Raises:
        WrongValueError: it is no text, has no unit, or is longer than a year.
    """
    if isinstance(value, bool) or not isinstance(value, str):
        raise _without_unit(value)
    text = value.strip()
    if re.fullmatch(r"[0-9.,]+", text):
        raise _without_unit(value)
    match = PLAIN.fullmatch(text) or ISO.fullmatch(text)
    parts = {unit: int(n) for unit, n in match.groupdict().items() if n} if match else {}
    if not parts or text.endswith("T"):
        raise WrongValueError(f"{shown(value)} is not a length of time", EXAMPLES)
    length = _sum(parts)
    if length > LONGEST:
        raise WrongValueError(f"{shown(value)} is longer than a year", EXAMPLES)
    return length


def spell(length: timedelta) -> str:
    """The length as `read_duration` reads it: `1h30m`; zero is `0s`."""
    rest = int(length.total_seconds())
    words = []
    for unit, seconds in UNITS:
        count, rest = divmod(rest, seconds)
        if count:
            words.append(f"{count}{unit}")
    return "".join(words) or "0s"


def third_of(length: timedelta) -> timedelta:
    """About a third, in whole minutes or else seconds, at least a second: an example to suggest."""
    seconds = int(length.total_seconds()) // 3
    return timedelta(seconds=max(1, seconds - seconds % 60 if seconds >= 60 else seconds))


def _sum(parts: dict[str, int]) -> timedelta:
    try:
        return timedelta(**parts)
    except OverflowError:
        return timedelta.max


def _without_unit(value: object) -> WrongValueError:
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        return WrongValueError(
            f"{shown(value)} has no unit: are these seconds or minutes?", EXAMPLES
        )
    return WrongValueError(f"{shown(value)} is not a length of time", EXAMPLES)

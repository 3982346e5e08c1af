"""`digest` in `queues.toml`: how often a queue's figures are told, and when on whose clocks."""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Literal

from config.durations import read_duration
from config.policies import DigestRule
from config.problems import WrongValueError, listed, nearest, shown
from config.values import read_zone

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS = ("every", "on", "at", "zone")
EXAMPLE = '{ every = "week", on = "mon", at = "09:00", zone = "Europe/Berlin" }'
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=31)
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def read_digest(value: object) -> DigestRule:
    """The rule that a table states.

    Raises:
        WrongValueError: it states none.
    """
    if not isinstance(value, Mapping):
        raise WrongValueError(f"{shown(value)} is not a table", f"Write it as {EXAMPLE}")
    unknown = [str(key) for key in value if key not in KEYS]
    if unknown:
        right = nearest(unknown[0], KEYS, kind="keys of a digest")
        raise WrongValueError(f"it has no key {listed(unknown)}", right)
    if "every" not in value:
        raise WrongValueError('it does not say how often: there is no "every"', f"Write {EXAMPLE}")
    every = _every(value["every"])
    needless = [key for key in ("on", "at") if key in value and isinstance(every, timedelta)]
    if needless or ("on" in value and every == "day"):
        wrong = f"{listed(needless or ['on'])} means nothing beside every = {shown(value['every'])}"
        raise WrongValueError(wrong, 'Take it out, or write every = "week"')
    return DigestRule(
        every=every,
        on=_day(value["on"]) if "on" in value else 0,
        at=_time(value["at"]) if "at" in value else time(9),
        zone=read_zone(value["zone"]) if "zone" in value else "UTC",
    )


def _every(value: object) -> Literal["day", "week"] | timedelta:
    if value == "day":
        return "day"
    if value == "week":
        return "week"
    try:
        length = read_duration(value)
    except WrongValueError:
        length = timedelta(0)
    if not SHORTEST <= length <= LONGEST:
        raise WrongValueError(
            f"every = {shown(value)} is not how often a digest can come",
            'Write "day", "week", or a length from "1m" to "31d"',
        )
    return length


def _day(value: object) -> int:
    name = str(value).lower()[:3] if isinstance(value, str) else ""
    if name not in DAYS:
        raise WrongValueError(f"{shown(value)} is not a day of the week", 'Write it as "mon"')
    return DAYS.index(name)


def _time(value: object) -> time:
    match = CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise WrongValueError(f"{shown(value)} is not a time of day", 'Write it as "09:00"')
    return time(int(match[1]), int(match[2]))

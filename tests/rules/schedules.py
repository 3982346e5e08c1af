"""Schedules for tests: each call states only what its test is about."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.rules.oncall import Gap, Known, OnCall, oncall
from config.policies import Person
from config.schedules import Layer, Schedule, Window

NAMES = ("ann", "ben", "cleo", "dora")
ZONES = (
    "UTC", "Europe/Berlin", "America/Chicago", "America/Sao_Paulo", "Australia/Lord_Howe",
    "Africa/Casablanca", "Pacific/Chatham", "Asia/Kathmandu", "Pacific/Apia", "Asia/Gaza",
    "America/St_Johns", "Africa/Cairo",
)  # fmt: skip


def utc(*parts: int) -> datetime:
    """An instant."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # it takes that many


def at(zone: str, *parts: int, fold: int = 0) -> datetime:
    """What a zone's clocks show, as an instant."""
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)  # type: ignore[arg-type, misc]  # as above


def a_layer(*people: str, **stated: Any) -> Layer:
    """A week each, from Monday 9:00."""
    given = {
        "name": "weekly",
        "people": people or ("ann", "ben"),
        "unit": "weeks",
        "every": 1,
        "handoff": time(9),
        "starts_on": date(2026, 1, 5),
    }
    return Layer(**{**given, **stated})


def a_schedule(*layers: Layer, **stated: Any) -> Schedule:
    """One weekly layer in Berlin."""
    given = {"name": "ops", "title": "Operations", "zone": "Europe/Berlin"}
    return Schedule(**{**given, "layers": layers or (a_layer(),), **stated})


def a_window(start: str, end: str) -> Window:
    """A part of the day, as "18:00" and "09:00"."""
    first, last = (int(each[:2]) * 60 + int(each[3:]) for each in (start, end))
    return Window(start=first, end=last)


def known(*names: str, **stated: Any) -> Known:
    """These people, all of them there; Ann, Ben, Cleo and Dora when nobody is named."""
    people = {name: Person(id=name, name=name.title()) for name in names or NAMES}
    return Known(**{"people": people, **stated})


def holder(schedule: Schedule, instant: datetime, given: Known | None = None) -> str | None:
    """Who is on call; None in a gap."""
    found = oncall(schedule, given or known(), instant)
    return found.holders[0] if isinstance(found, OnCall) else None


def is_gap(tile: OnCall | Gap) -> bool:
    """Whether nobody is on call."""
    return isinstance(tile, Gap)

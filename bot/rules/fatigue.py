"""When a person should rest, and when they do not want to be told anything. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from config.policies import Limits

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
CLOCKS_MOVE = timedelta(hours=2)  # more than any zone puts its clocks forward or back

PingBy = Literal["channel", "dm", "off"]


class RestReason(StrEnum):
    """Why somebody rests."""

    BREAK = "break"  # they said so
    HOUR = "hour"  # they have reviewed as much as an hour may hold
    STRETCH = "stretch"  # they have worked for long without a pause


@dataclass(frozen=True, slots=True)
class Rest:
    """Somebody rests: why, and until when."""

    until: datetime
    why: RestReason


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of each day in which somebody is told nothing; over midnight where `start` is later."""

    start: time  # on the wall clock of their zone; included
    end: time  # not included


@dataclass(frozen=True, slots=True)
class Wishes:
    """How one person wants to be told that they are needed."""

    ping_by: PingBy = "channel"
    quiet: Quiet | None = None
    zone: str = "UTC"


def looks_back(limits: Limits) -> timedelta:
    """How far back reviews matter for whether somebody should rest."""
    return max(HOUR, limits.break_after + limits.break_for)


def rest(
    reviews: Sequence[datetime], limits: Limits, now: datetime, *, held_count: int = 0
) -> Rest | None:
    """Whether a person should rest now, by what they have reviewed; None when they need not.

    Args:
        reviews: the instants of their reviews, in any order, at least those of `looks_back`. One
            after `now` is a clock's mistake and counts for nothing.
        limits: the team's.
        now: this instant.
        held_count: what they hold and may still review; it fills the hour as reviews do.
    """
    past = sorted(review for review in reviews if review <= now)
    found = [_hour_is_full(past, limits, now, held_count), _stretch_is_long(past, limits, now)]
    return max((each for each in found if each), key=lambda each: each.until, default=None)


def _hour_is_full(
    past: Sequence[datetime], limits: Limits, now: datetime, held_count: int
) -> Rest | None:
    """The window is the sixty minutes up to now; the review that stands at its edge is out."""
    counted = [review for review in past if review > now - HOUR]
    room = limits.max_per_hour - held_count
    if not counted or len(counted) < room:
        return None
    leaving = counted[len(counted) - max(room, 1)]
    return Rest(leaving + HOUR, RestReason.HOUR)


def _stretch_is_long(past: Sequence[datetime], limits: Limits, now: datetime) -> Rest | None:
    """A stretch lasts from its first review until a pause of `break_for`."""
    if not past or now - past[-1] >= limits.break_for:
        return None
    first = past[-1]
    for review in reversed(past):
        if first - review >= limits.break_for:
            break
        first = review
    if now - first < limits.break_after:
        return None
    return Rest(past[-1] + limits.break_for, RestReason.STRETCH)


def is_quiet(wishes: Wishes, now: datetime) -> bool:
    """Whether it is quiet hours where this person is."""
    return quiet_until(wishes, now) is not None


def quiet_until(wishes: Wishes, now: datetime) -> datetime | None:
    """When this person's quiet hours end, on their own wall clock; None when it is not quiet."""
    quiet = wishes.quiet
    if quiet is None or quiet.start == quiet.end:
        return None
    zone = ZoneInfo(wishes.zone)
    local = now.astimezone(zone)
    if not _is_within(quiet, local.time()):
        return None
    day = local.date() if local.time() < quiet.end else local.date() + timedelta(days=1)
    end = datetime.combine(day, quiet.end, zone).astimezone(UTC)
    minute = max(now, end - CLOCKS_MOVE).replace(second=0, microsecond=0)
    while minute <= now or _is_within(quiet, minute.astimezone(zone).time()):
        minute += MINUTE
    return minute


def _is_within(quiet: Quiet, at: time) -> bool:
    if quiet.start < quiet.end:
        return quiet.start <= at < quiet.end
    return at >= quiet.start or at < quiet.end

"""One layer: whose turn it is, and when it counts at all."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.rules.oncall.walls import instant_of, wall_of
from config.schedules import Layer

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MIDNIGHT = time()

Span = tuple[datetime, datetime]


def handoff(layer: Layer, zone: ZoneInfo, turn: int) -> datetime:
    """When a turn begins: the wall clock moves on by whole turns, whatever the zone does."""
    return instant_of(layer.first + turn * layer.turn_for, zone)


def turn_at(layer: Layer, zone: ZoneInfo, at: datetime) -> int | None:
    """The number of the turn at an instant, from 0; None before the first."""
    turn = (wall_of(at, zone) - layer.first) // layer.turn_for
    while handoff(layer, zone, turn) > at:  # clocks were put back: not yet
        turn -= 1
    while handoff(layer, zone, turn + 1) <= at:  # or forward: already
        turn += 1
    return turn if turn >= 0 else None


def line_at(layer: Layer, turn: int) -> tuple[str, ...]:
    """Whose turn it is, and then who comes next."""
    first = turn % len(layer.people)
    return layer.people[first:] + layer.people[:first]


def counts_at(layer: Layer, zone: ZoneInfo, at: datetime) -> bool:
    """Whether the layer's days and windows let it count at an instant."""
    if not layer.is_restricted:
        return True
    today = wall_of(at, zone).date()
    days = (today - DAY, today, today + DAY)  # clocks put back may show a day that was over
    return any(start <= at < end for day in days for start, end in _windows_of(layer, zone, day))


def edges_between(layer: Layer, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Span]:
    """Spans around which something changes in this layer: its turns and its windows."""
    turn = max((wall_of(start, zone) - layer.first) // layer.turn_for - 1, 0)
    while (begins := handoff(layer, zone, turn)) < end:
        turn += 1
        yield begins, handoff(layer, zone, turn)
    if layer.is_restricted:
        day, last = wall_of(start, zone).date() - DAY, wall_of(end, zone).date() + DAY
        while day <= last:
            yield from _windows_of(layer, zone, day)
            day += DAY


def _windows_of(layer: Layer, zone: ZoneInfo, day: date) -> Iterator[Span]:
    """The windows that begin on a day; those that the zone skips whole are none."""
    if day.weekday() not in layer.weekdays:
        return
    midnight = datetime.combine(day, MIDNIGHT)
    bounds = [(window.start, window.end) for window in layer.windows] or [(0, 24 * 60)]
    for first, last in bounds:
        over = DAY if last <= first else timedelta()
        start = instant_of(midnight + first * MINUTE, zone)
        end = instant_of(midnight + over + last * MINUTE, zone)
        if start < end:
            yield start, end

"""Time cut into shifts and gaps: between two edges of the sources nothing can change."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.rules.oncall.facts import Gap, Known, OnCall
from bot.rules.oncall.resolution import Ruling, ruling_at
from bot.rules.oncall.rotation import edges_between
from config.schedules import Schedule

NEAR = timedelta(days=3)  # how far from an instant its shift is looked for at first
FAR = timedelta(days=768)  # and at last: then its end is said to be there

Span = tuple[datetime, datetime]


def shifts(
    schedule: Schedule, known: Known, start: datetime, end: datetime
) -> tuple[OnCall | Gap, ...]:
    """The span from start to end, tiled: who is on call, or a gap, one after the other."""
    if start >= end:
        return ()
    edges = {start, *(edge for edge in _edges(schedule, known, start, end) if start < edge < end)}
    begun: list[tuple[datetime, Ruling]] = []
    for edge in sorted(edges):
        ruling = ruling_at(schedule, known, edge)
        if not begun or begun[-1][1] != ruling:
            begun.append((edge, ruling))
    ends = [edge for edge, _ in begun[1:]] + [end]
    return tuple(_tile(*first, until) for first, until in zip(begun, ends, strict=True))


def oncall(schedule: Schedule, known: Known, at: datetime) -> OnCall | Gap:
    """Who is on call at an instant, from when, and until when."""
    reach = NEAR
    while True:
        start, end = at - reach, at + reach
        tiles = shifts(schedule, known, start, end)
        found = next(tile for tile in tiles if tile.start <= at < tile.until)
        if (start < found.start and found.until < end) or reach >= FAR:
            return found
        reach *= 4


def gaps(schedule: Schedule, known: Known, start: datetime, end: datetime) -> tuple[Gap, ...]:
    """The spans between start and end in which nobody is on call, joined where they touch."""
    joined: list[Gap] = []
    for tile in shifts(schedule, known, start, end):
        if not isinstance(tile, Gap):
            continue
        if joined and joined[-1].until == tile.start:
            joined[-1] = Gap(joined[-1].why, joined[-1].start, tile.until)
        else:
            joined.append(tile)
    return tuple(joined)


def _tile(start: datetime, ruling: Ruling, until: datetime) -> OnCall | Gap:
    if ruling.holders:
        return OnCall(ruling.holders, ruling.source, start, until)
    return Gap(ruling.source, start, until)


def _edges(schedule: Schedule, known: Known, start: datetime, end: datetime) -> Iterator[datetime]:
    for first, last in _spans(schedule, known, start, end):
        yield first
        yield last


def _spans(schedule: Schedule, known: Known, start: datetime, end: datetime) -> Iterator[Span]:
    for layer in schedule.layers:
        yield from edges_between(layer, schedule.place, start, end)
    yield from ((each.start, each.end) for each in known.overrides)
    yield from ((each.start, each.end) for each in known.absences)
    yield from ((each.start, each.end) for each in known.bookings)

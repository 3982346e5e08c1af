"""Clock changes: in every zone, every minute has exactly one holder or is a declared gap."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.oncall import Absence, Gap, Known, OnCall, Override, oncall, shifts
from bot.rules.oncall.resolution import ruling_at
from bot.rules.oncall.walls import instant_of, wall_of
from config.schedules import Layer, Schedule, Window
from tests.rules.schedules import NAMES, ZONES, a_layer, a_schedule, a_window, at, known, utc

START, END = utc(2026, 1, 1), utc(2029, 1, 1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def a_busy_schedule(zone: str) -> Schedule:
    """Everything at once: nights over the change of clocks, weekends, half days, hours."""
    return a_schedule(
        a_layer("ann", "ben", name="nights", windows=(a_window("22:00", "02:30"),)),
        a_layer("cleo", "dora", name="days", unit="days", windows=(a_window("02:30", "18:00"),)),
        a_layer("ben", "dora", name="weekend", unit="hours", every=8, weekdays=frozenset({5, 6})),
        zone=zone,
    )  # fmt: skip


# -- single instants -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        ("Europe/Berlin", (2026, 3, 29, 2, 30), utc(2026, 3, 29, 1)),
        ("America/Chicago", (2026, 3, 8, 2), utc(2026, 3, 8, 8)),
        ("Australia/Lord_Howe", (2026, 10, 4, 2, 15), utc(2026, 10, 3, 15, 30)),
        ("Asia/Gaza", (2026, 3, 28, 2, 59), utc(2026, 3, 28, 0)),
        ("Pacific/Apia", (2011, 12, 30, 12), utc(2011, 12, 30, 10)),
    ],
)
def test_a_time_in_a_gap_is_the_first_minute_after_it(
    zone: str, wall: tuple[int, ...], instant: datetime
) -> None:
    assert instant_of(datetime(*wall), ZoneInfo(zone)) == instant  # type: ignore[arg-type]  # noqa: DTZ001  a wall


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        ("Europe/Berlin", (2026, 10, 25, 2, 30), utc(2026, 10, 25, 0, 30)),
        ("America/Chicago", (2026, 11, 1, 1), utc(2026, 11, 1, 6)),
        ("Australia/Lord_Howe", (2026, 4, 5, 1, 45), utc(2026, 4, 4, 14, 45)),
        ("Africa/Cairo", (2026, 10, 29, 23, 30), utc(2026, 10, 29, 20, 30)),
    ],
)
def test_a_time_in_a_fold_is_the_first_of_the_two(
    zone: str, wall: tuple[int, ...], instant: datetime
) -> None:
    assert instant_of(datetime(*wall), ZoneInfo(zone)) == instant  # type: ignore[arg-type]  # noqa: DTZ001  a wall


@pytest.mark.parametrize("zone", ZONES)
def test_walls_and_instants_keep_one_order(zone: str) -> None:
    place = ZoneInfo(zone)
    walls = [datetime(2026, 1, 1) + n * timedelta(minutes=15) for n in range(4 * 24 * 365)]  # noqa: DTZ001  walls

    instants = [instant_of(wall, place) for wall in walls]

    assert all(first <= second for first, second in pairwise(instants))


# -- handoffs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ZONES)
def test_a_handoff_at_nine_stays_at_nine_and_a_week_lasts_about_a_week(zone: str) -> None:
    tiles = shifts(a_schedule(zone=zone), known(), START, END)

    whole = tiles[2:-1]
    assert {wall_of(tile.start, ZoneInfo(zone)).time() for tile in whole} == {time(9)}
    lengths = {(tile.until - tile.start) / HOUR for tile in whole}
    half = {167.5, 168, 168.5}
    assert lengths <= (half if zone == "Australia/Lord_Howe" else {167, 168, 169})


def test_the_weeks_of_the_change_are_an_hour_shorter_and_longer() -> None:
    lengths = {
        tile.start.date(): (tile.until - tile.start) / HOUR
        for tile in shifts(a_schedule(), known(), utc(2026, 3, 1), utc(2026, 12, 1))
    }

    assert lengths[date(2026, 3, 23)] == 167
    assert lengths[date(2026, 10, 19)] == 169


def test_a_handoff_inside_a_gap_and_a_fold() -> None:
    daily = a_layer("ann", "ben", unit="days", handoff=time(2, 30))

    spring = shifts(a_schedule(daily), known(), utc(2026, 3, 28), utc(2026, 3, 31))
    autumn = shifts(a_schedule(daily), known(), utc(2026, 10, 24), utc(2026, 10, 27))

    assert utc(2026, 3, 29, 1) in {tile.start for tile in spring}
    assert utc(2026, 10, 25, 0, 30) in {tile.start for tile in autumn}


def test_a_turn_that_the_zone_skips_is_nobodys_and_everybody_else_keeps_theirs() -> None:
    hourly = a_layer("ann", "ben", "cleo", unit="hours", every=1, starts_on=date(2026, 3, 1))

    tiles = shifts(a_schedule(hourly), known(), utc(2026, 3, 28, 23), utc(2026, 3, 29, 4))

    hours = [(wall_of(tile.start, ZoneInfo("Europe/Berlin")).hour) for tile in tiles]
    assert hours == [0, 1, 3, 4, 5]


# -- every minute ----------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ZONES)
def test_shifts_tile_three_years(zone: str) -> None:
    schedule, people = a_busy_schedule(zone), known()

    tiles = shifts(schedule, people, START, END)

    assert (tiles[0].start, tiles[-1].until) == (START, END)
    assert all(first.until == second.start for first, second in pairwise(tiles))
    assert all(tile.start < tile.until for tile in tiles)
    assert all(len(tile.holders) == 1 for tile in tiles if isinstance(tile, OnCall))


@pytest.mark.parametrize("zone", ZONES)
def test_a_sample_of_minutes_agrees_with_the_wall_clock(zone: str) -> None:
    draw = Random(zone)  # noqa: S311  which minutes are looked at
    schedule = a_busy_schedule(zone)
    minutes = [START + draw.randrange((END - START) // MINUTE) * MINUTE for _ in range(100)]

    _agree(schedule, minutes + _around_changes(zone))


@pytest.mark.soak
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("zone", ZONES)
def test_every_minute_of_three_years_agrees_with_the_wall_clock(zone: str) -> None:
    count = (END - START) // MINUTE

    _agree(a_busy_schedule(zone), [START + minute * MINUTE for minute in range(count)])


def _around_changes(zone: str) -> list[datetime]:
    """Every minute from two hours before to two hours after each change of the zone's clocks."""
    place = ZoneInfo(zone)
    hours = [START + n * HOUR for n in range((END - START) // HOUR)]
    changes = [
        hour
        for hour, then in pairwise(hours)
        if hour.astimezone(place).utcoffset() != then.astimezone(place).utcoffset()
    ]
    return [change + minute * MINUTE for change in changes for minute in range(-120, 180)]


def _agree(schedule: Schedule, minutes: list[datetime]) -> None:
    """The tiles hold at each minute what a plain reading of the wall clock says."""
    tiles = iter(shifts(schedule, known(), START, END))
    tile = next(tiles)
    for minute in sorted(minutes):
        while tile.until <= minute:
            tile = next(tiles)
        found = tile.holders[0] if isinstance(tile, OnCall) else None
        assert found == _plainly(schedule, minute), minute


def _plainly(schedule: Schedule, minute: datetime) -> str | None:
    """Who is on call by a second, slower reasoning: from the clock's hands, not from edges."""
    for layer in schedule.layers:
        if _counts(layer, minute, schedule.place):
            turn = _turn(layer, minute, schedule.place)
            if turn >= 0:
                return layer.people[turn % len(layer.people)]
    return None


def _turn(layer: Layer, minute: datetime, place: ZoneInfo) -> int:
    """The last handoff that is over, looked for near the wall clock's own count."""
    near = (wall_of(minute, place) - layer.first) // layer.turn_for
    over = [
        turn
        for turn in range(near - 3, near + 4)
        if _reached(layer.first + turn * layer.turn_for, minute, place)
    ]
    return max(over)


def _counts(layer: Layer, minute: datetime, place: ZoneInfo) -> bool:
    today = datetime.combine(wall_of(minute, place).date(), time())
    for days in (-1, 0, 1):
        day = today + timedelta(days=days)
        if day.weekday() not in layer.weekdays:
            continue
        for window in layer.windows or (Window(start=0, end=1440),):
            end = window.end + (1440 if window.end <= window.start else 0)
            begun = _reached(day + window.start * MINUTE, minute, place)
            if begun and not _reached(day + end * MINUTE, minute, place):
                return True
    return False


def _reached(wall: datetime, minute: datetime, place: ZoneInfo) -> bool:
    """Whether the clocks have shown this time, or have skipped it, by this minute.

    They have if they show it or later now, or showed it before they were put back.
    """
    shows = minute.astimezone(place)
    if shows.replace(tzinfo=None, fold=0) >= wall:
        return True
    if minute.astimezone(place).utcoffset() == (minute - 3 * HOUR).astimezone(place).utcoffset():
        return False
    back = (minute - n * MINUTE for n in range(1, 181))  # a change was near
    return any(wall_of(before, place) >= wall for before in back)


# -- any schedule ----------------------------------------------------------------------------------

_layers = st.builds(
    a_layer,
    st.just("ann"),
    name=st.sampled_from(["one", "two", "three"]),
    people=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(tuple),
    unit=st.sampled_from(["hours", "days", "weeks"]),
    every=st.integers(1, 30),
    handoff=st.times(min_value=time(0), max_value=time(23, 59)).map(
        lambda found: found.replace(second=0, microsecond=0)
    ),
    starts_on=st.dates(date(2026, 3, 1), date(2026, 11, 1)),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    windows=st.lists(
        st.builds(Window, start=st.integers(0, 1439), end=st.integers(1, 1440)), max_size=2
    ).map(tuple),
)
_instants = st.datetimes(datetime(2026, 3, 1), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001  Hypothesis wants them so
_spans = st.tuples(_instants, _instants).map(lambda two: (min(two), max(two)))


@st.composite
def _known(draw: st.DrawFn) -> Known:
    overrides = [
        Override(number, draw(st.sampled_from([*NAMES, None])), *draw(_spans))
        for number in range(draw(st.integers(0, 3)))
    ]
    absences = [
        Absence(draw(st.sampled_from(NAMES)), *draw(_spans)) for _ in range(draw(st.integers(0, 2)))
    ]
    return known(overrides=tuple(overrides), absences=tuple(absences))


@settings(deadline=None, max_examples=60)
@given(
    layers=st.lists(_layers, min_size=1, max_size=3),
    zone=st.sampled_from(ZONES),
    given_known=_known(),
    moments=st.lists(_instants, min_size=5, max_size=20),
)
def test_any_schedule_tiles_and_each_instant_agrees_with_its_tile(
    layers: list[Layer], zone: str, given_known: Known, moments: list[datetime]
) -> None:
    schedule = a_schedule(*layers, zone=zone)
    start, end = utc(2026, 3, 1), utc(2026, 12, 1)

    tiles = shifts(schedule, given_known, start, end)

    assert (tiles[0].start, tiles[-1].until) == (start, end)
    assert all(first.until == second.start for first, second in pairwise(tiles))
    for moment in moments:
        tile = next((each for each in tiles if each.start <= moment < each.until), None)
        if tile is None:
            continue
        found = ruling_at(schedule, given_known, moment)
        assert found.holders == (tile.holders if isinstance(tile, OnCall) else ())


@settings(deadline=None, max_examples=25)
@given(layer=_layers, zone=st.sampled_from(ZONES), moment=_instants)
def test_since_and_until_are_the_edges_of_the_tile(
    layer: Layer, zone: str, moment: datetime
) -> None:
    schedule = a_schedule(layer, zone=zone)

    found = oncall(schedule, known(), moment)

    assert found.start <= moment < found.until
    again = oncall(schedule, known(), found.until)
    assert (again.start, type(again)) != (found.start, Gap) or again.until != found.until


def test_lord_howe_moves_by_half_an_hour() -> None:
    daily = a_schedule(
        a_layer("ann", "ben", unit="days", handoff=time(2, 15)), zone="Australia/Lord_Howe"
    )

    tiles = shifts(daily, known(), utc(2026, 10, 2), utc(2026, 10, 5))

    assert [(tile.until - tile.start) / HOUR for tile in tiles[1:-1]] == [23.75, 23.75]
    assert at("Australia/Lord_Howe", 2026, 10, 4, 2, 30) in {tile.start for tile in tiles}

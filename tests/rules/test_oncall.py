"""Who is on call: turns, windows, overrides, and what is left when people are not there."""

from datetime import date, time, timedelta

import pytest

from bot.rules.oncall import (
    Absence,
    Booking,
    Gap,
    Known,
    OnCall,
    Override,
    gaps,
    in_line,
    oncall,
    shifts,
)
from bot.rules.oncall.resolution import NOBODY_COVERS, NOBODY_LEFT, NOBODY_MEANT
from tests.rules.schedules import a_layer, a_schedule, a_window, at, holder, is_gap, known, utc

BERLIN = "Europe/Berlin"


def test_a_turn_changes_at_the_handoff_and_not_a_minute_before() -> None:
    schedule = a_schedule()

    assert holder(schedule, at(BERLIN, 2026, 1, 5, 9)) == "ann"
    assert holder(schedule, at(BERLIN, 2026, 1, 12, 8, 59)) == "ann"
    assert holder(schedule, at(BERLIN, 2026, 1, 12, 9)) == "ben"
    assert holder(schedule, at(BERLIN, 2026, 1, 19, 9)) == "ann"


def test_before_the_first_turn_nobody_is_on_call() -> None:
    found = oncall(a_schedule(), known(), at(BERLIN, 2026, 1, 5, 8, 59))

    assert isinstance(found, Gap)
    assert found.why == NOBODY_COVERS
    assert found.until == at(BERLIN, 2026, 1, 5, 9)


@pytest.mark.parametrize(
    ("unit", "every", "hours"),
    [("hours", 12, [9, 21, 33]), ("days", 1, [9, 33, 57]), ("days", 2, [9, 57, 105])],
)
def test_turns_last_every_so_many_units(unit: str, every: int, hours: list[int]) -> None:
    schedule = a_schedule(a_layer("ann", "ben", "cleo", unit=unit, every=every), zone="UTC")
    start = utc(2026, 1, 5)

    tiles = shifts(schedule, known(), start + timedelta(hours=9), start + timedelta(days=6))

    assert [(tile.start - start) / timedelta(hours=1) for tile in tiles[:3]] == hours
    names = [tile.holders[0] for tile in tiles if isinstance(tile, OnCall)]
    assert names[:3] == ["ann", "ben", "cleo"]


def test_it_says_since_when_and_until_when() -> None:
    found = oncall(a_schedule(), known(), at(BERLIN, 2026, 1, 14, 12))

    assert found == OnCall(
        ("ben",), "layer weekly", at(BERLIN, 2026, 1, 12, 9), at(BERLIN, 2026, 1, 19, 9)
    )


def test_of_a_schedule_without_end_the_end_is_far() -> None:
    schedule = a_schedule(a_layer("ann", unit="weeks", every=52))

    found = oncall(schedule, known(), at(BERLIN, 2026, 1, 14, 12))

    assert found.until == at(BERLIN, 2027, 1, 4, 9)


# -- windows ---------------------------------------------------------------------------------------


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    nights = a_layer(weekdays=frozenset({4}), windows=(a_window("18:00", "09:00"),))
    schedule = a_schedule(nights)

    assert holder(schedule, at(BERLIN, 2026, 1, 9, 17, 59)) is None
    assert holder(schedule, at(BERLIN, 2026, 1, 9, 18)) == "ann"
    assert holder(schedule, at(BERLIN, 2026, 1, 10, 8, 59)) == "ann"
    assert holder(schedule, at(BERLIN, 2026, 1, 10, 9)) is None
    assert holder(schedule, at(BERLIN, 2026, 1, 8, 20)) is None


def test_several_windows_and_the_end_of_the_day() -> None:
    parts = (a_window("08:00", "12:00"), a_window("20:00", "24:00"))
    schedule = a_schedule(a_layer(windows=parts))

    day = [hour for hour in range(24) if holder(schedule, at(BERLIN, 2026, 1, 6, hour))]

    assert day == [8, 9, 10, 11, 20, 21, 22, 23]


def test_the_turn_goes_on_while_the_window_is_shut() -> None:
    weekdays = a_layer(weekdays=frozenset(range(5)))
    schedule = a_schedule(weekdays)

    tiles = shifts(schedule, known(), at(BERLIN, 2026, 1, 9), at(BERLIN, 2026, 1, 13))

    assert [getattr(tile, "holders", None) for tile in tiles] == [
        ("ann",), None, ("ann",), ("ben",)
    ]  # fmt: skip
    assert tiles[1].start == at(BERLIN, 2026, 1, 10)
    assert tiles[1].until == at(BERLIN, 2026, 1, 12)


# -- layers, overrides, calendars ------------------------------------------------------------------


def test_the_layer_of_higher_rank_is_asked_first_and_the_others_fill_its_holes() -> None:
    office = a_layer("cleo", name="office", priority=1, windows=(a_window("09:00", "17:00"),))
    schedule = a_schedule(office, a_layer())

    assert holder(schedule, at(BERLIN, 2026, 1, 6, 12)) == "cleo"
    assert holder(schedule, at(BERLIN, 2026, 1, 6, 17)) == "ann"


def test_an_override_goes_before_everything_and_the_newest_before_older_ones() -> None:
    start, end = at(BERLIN, 2026, 1, 6, 18), at(BERLIN, 2026, 1, 7, 9)
    given = known(
        overrides=(
            Override(2, "dora", start, start + timedelta(hours=1)),
            Override(1, "cleo", start, end),
        ),
        bookings=(Booking(("ben",), start - timedelta(hours=2), end, "calendar"),),
    )
    schedule = a_schedule()

    tiles = shifts(schedule, given, start - timedelta(hours=3), end + timedelta(hours=1))

    assert [(tile.source, tile.holders) for tile in tiles if isinstance(tile, OnCall)] == [
        ("layer weekly", ("ann",)),
        ("calendar", ("ben",)),
        ("override", ("dora",)),
        ("override", ("cleo",)),
        ("layer weekly", ("ann",)),
    ]


def test_an_override_may_say_that_nobody_is_on_call() -> None:
    start = at(BERLIN, 2026, 1, 6, 18)
    given = known(overrides=(Override(1, None, start, start + timedelta(hours=2)),))

    found = oncall(a_schedule(), given, start)

    assert found == Gap(NOBODY_MEANT, start, start + timedelta(hours=2))
    assert in_line(a_schedule(), given, start) is None


def test_a_calendar_may_put_two_people_on_call_together() -> None:
    start = at(BERLIN, 2026, 1, 6, 18)
    two = (
        Booking(("cleo",), start, start + timedelta(hours=2), "calendar"),
        Booking(("dora", "cleo"), start, start + timedelta(hours=2), "calendar"),
    )

    found = oncall(a_schedule(), known(bookings=two), start)

    assert isinstance(found, OnCall)
    assert found.holders == ("cleo", "dora")


# -- people who are not there ----------------------------------------------------------------------


def test_whoever_is_inactive_or_gone_is_passed_over_for_the_next_in_line() -> None:
    monday = at(BERLIN, 2026, 1, 6)
    schedule = a_schedule(a_layer("ann", "ben", "cleo"))
    gone = known("ben", "cleo")
    inactive = known()
    inactive = Known(
        {**inactive.people, "ann": inactive.people["ann"].model_copy(update={"active": False})}
    )

    assert holder(schedule, monday, gone) == "ben"
    assert holder(schedule, monday, inactive) == "ben"


def test_an_absence_hands_the_turn_on_and_gives_it_back() -> None:
    schedule = a_schedule(a_layer("ann", "ben"))
    away = (Absence("ann", at(BERLIN, 2026, 1, 6, 12), at(BERLIN, 2026, 1, 7, 12)),)

    tiles = shifts(
        schedule, known(absences=away), at(BERLIN, 2026, 1, 5, 9), at(BERLIN, 2026, 1, 12, 9)
    )

    assert [tile.holders for tile in tiles if isinstance(tile, OnCall)] == [
        ("ann",), ("ben",), ("ann",)
    ]  # fmt: skip
    assert tiles[1].start == at(BERLIN, 2026, 1, 6, 12)
    assert tiles[1].until == at(BERLIN, 2026, 1, 7, 12)


def test_an_override_whose_person_is_away_leaves_it_to_the_layers() -> None:
    start, end = at(BERLIN, 2026, 1, 6, 12), at(BERLIN, 2026, 1, 7, 12)
    given = known(
        overrides=(Override(1, "cleo", start, end),), absences=(Absence("cleo", start, end),)
    )

    assert holder(a_schedule(), start, given) == "ann"


def test_with_nobody_left_there_is_a_gap_that_says_so() -> None:
    found = oncall(a_schedule(), known("dora"), at(BERLIN, 2026, 1, 6))

    assert isinstance(found, Gap)
    assert found.why == NOBODY_LEFT


def test_the_next_in_line_skips_the_requester_and_goes_on_to_lower_layers() -> None:
    monday = at(BERLIN, 2026, 1, 6)
    schedule = a_schedule(a_layer("ann", "ben"), a_layer("cleo", name="backup"))

    assert in_line(schedule, known(), monday, ["ann"]) == "ben"
    assert in_line(schedule, known(), monday, ["ann", "ben"]) == "cleo"
    assert in_line(schedule, known(), monday, ["ann", "ben", "cleo"]) is None


# -- gaps ------------------------------------------------------------------------------------------


def test_gaps_are_told_apart_and_joined_where_they_touch() -> None:
    start = at(BERLIN, 2026, 1, 6, 12)
    schedule = a_schedule(a_layer(windows=(a_window("00:00", "12:00"),)))
    given = known(overrides=(Override(1, None, at(BERLIN, 2026, 1, 7), at(BERLIN, 2026, 1, 7, 3)),))

    found = gaps(schedule, given, start, start + timedelta(days=2))

    assert [(gap.start, gap.until) for gap in found] == [
        (start, at(BERLIN, 2026, 1, 7, 3)),
        (at(BERLIN, 2026, 1, 7, 12), at(BERLIN, 2026, 1, 8)),
    ]


def test_a_span_that_ends_where_it_starts_has_no_shifts() -> None:
    assert shifts(a_schedule(), known(), utc(2026, 1, 5), utc(2026, 1, 5)) == ()


def test_a_full_schedule_has_no_gap_in_three_years() -> None:
    tiles = shifts(a_schedule(), known(), utc(2026, 2, 1), utc(2029, 2, 1))

    assert not any(is_gap(tile) for tile in tiles)
    assert len(tiles) == 158


def test_hours_go_by_the_wall_clock_too() -> None:
    schedule = a_schedule(
        a_layer("ann", "ben", unit="hours", every=12, starts_on=date(2026, 3, 1), handoff=time(9))
    )

    before = oncall(schedule, known(), at(BERLIN, 2026, 3, 28, 22))

    assert before.start == at(BERLIN, 2026, 3, 28, 21)
    assert before.until == at(BERLIN, 2026, 3, 29, 9)
    assert before.until - before.start == timedelta(hours=11)

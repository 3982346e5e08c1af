"""Rest and quiet hours: counted from the first review, over midnight, and whatever clocks do."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.fatigue import (
    HOUR,
    Quiet,
    Rest,
    RestReason,
    Wishes,
    is_quiet,
    looks_back,
    quiet_until,
    rest,
)
from config.policies import Limits
from tests.builders import NOON

LIMITS = Limits()  # 200 an hour, ten minutes after 45
NIGHT = Quiet(time(22), time(7))


def minutes(*numbers: float) -> list[datetime]:
    """Reviews, by minutes after noon."""
    return [NOON + timedelta(minutes=number) for number in numbers]


def at(minute: float) -> datetime:
    """An instant, by minutes after noon."""
    return NOON + timedelta(minutes=minute)


class TestAStretch:
    def test_begins_with_its_first_review(self) -> None:
        reviews = minutes(0, 9, 18, 27, 36, 44)

        assert rest(reviews, LIMITS, at(44.99)) is None
        assert rest(reviews, LIMITS, at(45)) == Rest(at(54), RestReason.STRETCH)

    def test_ends_with_a_pause_of_ten_minutes_and_not_with_a_shorter_one(self) -> None:
        with_pause, without = minutes(0, 9, 19, 28, 37, 46), minutes(0, 9, 18.9, 28, 37, 46)

        assert rest(with_pause, LIMITS, at(50)) is None
        assert rest(without, LIMITS, at(50)) == Rest(at(56), RestReason.STRETCH)

    def test_is_over_once_the_pause_has_been_had(self) -> None:
        reviews = minutes(*range(0, 46, 5))

        assert rest(reviews, LIMITS, at(54.9)) is not None
        assert rest(reviews, LIMITS, at(55)) is None

    def test_goes_on_with_votes_on_cards(self) -> None:
        reviews = minutes(*range(0, 46, 5), 50)

        assert rest(reviews, LIMITS, at(55)) == Rest(at(60), RestReason.STRETCH)

    def test_needs_no_more_history_than_it_asks_for(self) -> None:
        long = minutes(*range(0, 300, 3))
        now = at(298)
        enough = [review for review in long if review > now - looks_back(LIMITS)]

        assert rest(enough, LIMITS, now) == rest(long, LIMITS, now) is not None


class TestAnHour:
    def test_holds_two_hundred_and_rolls(self) -> None:
        quick = LIMITS.model_copy(update={"break_after": timedelta(hours=9)})
        reviews = minutes(*(number / 4 for number in range(200)))

        assert rest(reviews[:199], quick, at(50)) is None
        assert rest(reviews, quick, at(50)) == Rest(at(60), RestReason.HOUR)
        assert rest(reviews, quick, at(60)) is None

    def test_counts_what_is_held(self) -> None:
        few = Limits(max_per_hour=3)

        assert rest(minutes(0, 1), few, at(2)) is None
        assert rest(minutes(0, 1), few, at(2), held_count=1) == Rest(at(60), RestReason.HOUR)

    def test_is_over_when_enough_has_left_it_even_after_too_many(self) -> None:
        few = Limits(max_per_hour=2)

        assert rest(minutes(0, 1, 2, 3), few, at(4)) == Rest(at(62), RestReason.HOUR)


def test_the_longer_rest_is_told() -> None:
    few = Limits(max_per_hour=2, break_after=timedelta(minutes=1))

    assert rest(minutes(0, 1), few, at(1)) == Rest(at(60), RestReason.HOUR)


def test_a_review_from_the_future_is_the_clocks_mistake() -> None:
    reviews = minutes(*range(180, 226, 5))  # the clock was three hours ahead

    assert rest(reviews, LIMITS, at(0)) is None


def test_a_clock_that_jumps_ahead_ends_a_rest_and_harms_nobody() -> None:
    reviews = minutes(*range(0, 46, 5))

    assert rest(reviews, LIMITS, at(46)) is not None
    assert rest(reviews, LIMITS, at(180)) is None


@given(
    gaps=st.lists(st.integers(1, 1200), min_size=1, max_size=80),
    most=st.integers(1, 40),
)
def test_whoever_only_reviews_when_not_at_rest_keeps_every_limit(
    gaps: list[int], most: int
) -> None:
    limits = Limits(max_per_hour=most)
    now, done = NOON, list[datetime]()

    for gap in gaps:
        now += timedelta(seconds=gap)
        resting = rest(done, limits, now)
        if resting is None:
            done.append(now)
        else:
            assert now < resting.until <= now + HOUR

    for review in done:
        assert sum(review - HOUR < other <= review for other in done) <= most
    assert all(_stretch(done, index) <= limits.break_after for index in range(len(done)))


def _stretch(done: list[datetime], index: int) -> timedelta:
    """How long somebody had worked without a pause when they did this one."""
    first = index
    while first and done[first] - done[first - 1] < LIMITS.break_for:
        first -= 1
    return done[index] - done[first]


class TestQuietHours:
    @pytest.mark.parametrize(
        ("hour", "quiet"), [(21, False), (22, True), (0, True), (6, True), (7, False), (12, False)]
    )
    def test_go_over_midnight(self, hour: int, quiet: bool) -> None:
        wishes = Wishes(quiet=NIGHT)

        assert is_quiet(wishes, NOON.replace(hour=hour)) is quiet

    def test_may_lie_within_a_day(self) -> None:
        wishes = Wishes(quiet=Quiet(time(12), time(13, 30)))

        assert quiet_until(wishes, at(0)) == at(90)
        assert quiet_until(wishes, at(90)) is None

    def test_are_the_persons_own_wherever_they_live(self) -> None:
        in_tokyo = Wishes(quiet=NIGHT, zone="Asia/Tokyo")

        assert quiet_until(in_tokyo, at(60)) == datetime(2026, 3, 2, 22, tzinfo=UTC)
        assert quiet_until(in_tokyo, at(59)) is None

    def test_end_when_the_wall_says_so_though_the_night_has_an_hour_less(self) -> None:
        wishes = Wishes(quiet=NIGHT, zone="Europe/Berlin")
        eleven = datetime(2026, 3, 28, 22, tzinfo=UTC)  # 23:00; clocks go forward at 2:00

        assert quiet_until(wishes, eleven) == datetime(2026, 3, 29, 5, tzinfo=UTC)

    def test_end_when_the_wall_says_so_though_the_night_has_an_hour_more(self) -> None:
        wishes = Wishes(quiet=NIGHT, zone="Europe/Berlin")
        eleven = datetime(2026, 10, 24, 21, tzinfo=UTC)  # 23:00; clocks go back at 3:00

        assert quiet_until(wishes, eleven) == datetime(2026, 10, 25, 6, tzinfo=UTC)

    def test_whose_end_falls_into_the_missing_hour_end_with_its_beginning(self) -> None:
        wishes = Wishes(quiet=Quiet(time(22), time(2, 30)), zone="Europe/Berlin")
        one = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 1:30

        assert quiet_until(wishes, one) == datetime(2026, 3, 29, 1, tzinfo=UTC)

    def test_are_none_when_none_are_set(self) -> None:
        assert quiet_until(Wishes(), NOON) is None
        assert quiet_until(Wishes(quiet=Quiet(time(9), time(9))), NOON) is None

    @given(
        moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001  made aware below
        start=st.integers(0, 1439),
        end=st.integers(0, 1439),
        zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    )
    def test_always_end_at_an_instant_that_is_not_quiet(
        self, moment: datetime, start: int, end: int, zone: str
    ) -> None:
        quiet = Quiet(time(*divmod(start, 60)), time(*divmod(end, 60)))
        wishes, now = Wishes(quiet=quiet, zone=zone), moment.replace(tzinfo=UTC)

        until = quiet_until(wishes, now)

        if until is not None:
            assert now < until <= now + timedelta(hours=26)
            assert not is_quiet(wishes, until)

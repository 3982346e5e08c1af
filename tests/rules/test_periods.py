"""Digests come at the same time on the wall, through every change of the clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.periods import newest_period
from config.policies import DigestRule

ZONES = ("UTC", "Europe/Berlin", "America/Chicago", "Australia/Lord_Howe", "Asia/Kathmandu",
         "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo")  # fmt: skip
DAILY = DigestRule(every="day", at=time(9), zone="Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_day_ends_at_its_time_on_the_zones_clocks() -> None:
    assert newest_period(DAILY, at("2026-01-10T08:00")).until == at("2026-01-10T08:00")
    assert newest_period(DAILY, at("2026-01-10T07:59")).until == at("2026-01-09T08:00")
    assert newest_period(DAILY, at("2026-07-10T07:00")).until == at("2026-07-10T07:00")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29T12:00", 23), ("2026-10-25T12:00", 25)])
def test_a_day_of_a_change_has_one_hour_less_or_more(day: str, hours: int) -> None:
    period = newest_period(DAILY, at(day))

    assert period.until - period.since == timedelta(hours=hours)
    assert period.until.astimezone(ZoneInfo("Europe/Berlin")).hour == 9


def test_a_time_that_the_clocks_skip_is_the_first_minute_after() -> None:
    rule = DigestRule(every="day", at=time(2, 30), zone="Europe/Berlin")

    assert newest_period(rule, at("2026-03-29T12:00")).until == at("2026-03-29T01:00")


def test_a_week_ends_on_its_day() -> None:
    rule = DigestRule(every="week", on=4, at=time(17), zone="America/Chicago")

    period = newest_period(rule, at("2026-06-10T00:00"))

    assert period.until == at("2026-06-05T22:00")
    assert period.until - period.since == timedelta(days=7)
    assert period.before.until == period.since


def test_a_length_repeats_from_the_beginning_of_time() -> None:
    rule = DigestRule(every=timedelta(minutes=2))

    assert newest_period(rule, at("2026-06-10T00:03:59")).until == at("2026-06-10T00:02")


@given(
    st.integers(1_704_067_200, 1_830_000_000),  # seconds: 2024 to 2027
    st.sampled_from(ZONES),
    st.sampled_from(["day", "week"]),
    st.integers(0, 6),
    st.times(),
)
def test_periods_tile_time(moment: int, zone: str, every: str, on: int, due: time) -> None:
    rule = DigestRule.model_validate(
        {"every": every, "on": on, "at": due.replace(second=0, microsecond=0), "zone": zone}
    )
    now = datetime.fromtimestamp(moment, UTC)

    period = newest_period(rule, now)
    earlier = newest_period(rule, period.until - timedelta(microseconds=1))

    assert period.since < period.until <= now
    assert earlier.until == period.since
    assert newest_period(rule, period.until) == period

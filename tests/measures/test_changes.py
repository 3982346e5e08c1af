"""What changed is named only when it is more than chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.measures.changes import changes, difference
from bot.measures.intervals import Estimate, proportion, too_few, wilson


def test_the_difference_of_proportions_has_newcombes_interval() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 873, table II (a), method 10: 56/70 less 48/80.
    after, before = (Estimate(x / n, *wilson(x, n), n, "Wilson") for x, n in ((56, 70), (48, 80)))

    apart = difference(before, after)

    assert (apart.value, apart.low, apart.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_a_large_change_stands_out_and_a_small_one_does_not() -> None:
    made = changes(
        [
            ("accuracy", proportion(900, 1000), proportion(800, 1000)),
            ("share", proportion(500, 1000), proportion(510, 1000)),
        ]
    )

    assert [change.stands_out for change in made] == [True, False]
    assert made[0].difference.value == pytest.approx(-0.1)


def test_many_figures_at_once_need_more_to_stand_out() -> None:
    barely = (proportion(500, 1000), proportion(550, 1000))

    alone = changes([("x", *barely)])
    even = proportion(5, 10)
    among = changes([("x", *barely), *((f"y{n}", even, even) for n in range(40))])

    assert alone[0].stands_out
    assert not among[0].stands_out


def test_a_change_nobody_cares_about_does_not_stand_out() -> None:
    pair = (proportion(500_000, 1_000_000), proportion(505_000, 1_000_000))

    assert changes([("x", *pair)])[0].stands_out
    assert not changes([("x", *pair)], least=0.01)[0].stands_out


def test_too_few_before_or_after_is_no_change() -> None:
    (change,) = changes([("x", too_few(3, 10), proportion(50, 100))])

    assert change.difference.value is None
    assert change.difference.note == "too few: 3 items, 10 needed"
    assert not change.stands_out


def test_without_an_interval_there_is_a_difference_and_no_verdict() -> None:
    bare = Estimate(0.5, None, None, 40, "", "too few votes that differ for an interval")

    apart = difference(bare, proportion(50, 100))

    assert apart.value == 0
    assert apart.low is None
    assert apart.note


@settings(deadline=None)
@given(st.integers(0, 50), st.integers(0, 50))
def test_turning_time_round_turns_the_difference_round(first: int, second: int) -> None:
    before, after = proportion(first, 50), proportion(second, 50)

    there, back = difference(before, after), difference(after, before)

    assert (there.value, there.low, there.high) == pytest.approx(
        (-(back.value or 0), -(back.high or 0), -(back.low or 0))
    )


def test_periods_that_are_alike_rarely_stand_out() -> None:
    chance = np.random.default_rng(6)
    drawn = chance.binomial(200, 0.8, (2000, 2)).tolist()

    named = sum(
        changes([("x", proportion(a, 200), proportion(b, 200))])[0].stands_out for a, b in drawn
    )

    assert 0.03 < named / 2000 < 0.07

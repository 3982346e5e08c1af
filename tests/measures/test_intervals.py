"""Intervals of proportions: published examples, and how often they hold, enumerated exactly."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.measures.intervals import (
    clopper_pearson,
    proportion,
    proportion_limits,
    stretched_limits,
    wilson,
)

# Newcombe (1998), Statistics in Medicine 17, 857, table I: the score and the exact method.
NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]


@pytest.mark.parametrize(("successes", "n", "score", "exact"), NEWCOMBE)
def test_limits_are_those_of_newcombes_table(
    successes: int, n: int, score: tuple[float, float], exact: tuple[float, float]
) -> None:
    assert wilson(successes, n) == pytest.approx(score, abs=5e-5)
    assert clopper_pearson(successes, n) == pytest.approx(exact, abs=5e-5)


def chance_to_hold(n: int, share: float) -> float:
    """How often the interval holds, over everything that can be counted."""
    held = 0.0
    for count in range(n + 1):
        low, high, _ = proportion_limits(count, n)
        if low <= share <= high:
            log = math.lgamma(n + 1) - math.lgamma(count + 1) - math.lgamma(n - count + 1)
            held += math.exp(log + count * math.log(share) + (n - count) * math.log1p(-share))
    return held


@pytest.mark.parametrize("n", [50, 200, 1000])
@pytest.mark.parametrize("share", [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 0.5, 0.9, 0.98, 0.999])
def test_a_proportions_interval_holds_as_often_as_it_says(n: int, share: float) -> None:
    held = chance_to_hold(n, share)

    assert held >= 0.93
    if min(share, 1 - share) * n > 10:  # with fewer, the possible counts leave gaps of 3 % and more
        assert held <= 0.97


@pytest.mark.soak
@pytest.mark.parametrize("n", [50, 200, 1000])
def test_a_proportions_interval_never_holds_less_than_93_in_100(n: int) -> None:
    assert min(chance_to_hold(n, step / 2000) for step in range(1, 1000)) >= 0.93


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_mirrors_and_holds_its_share(counted: tuple[int, int]) -> None:
    count, n = counted

    low, high, _ = proportion_limits(count, n)
    other_low, other_high, _ = proportion_limits(n - count, n)

    assert 0 <= low <= count / n <= high <= 1
    assert (1 - other_high, 1 - other_low) == pytest.approx((low, high))


def test_a_proportion_names_the_method_that_was_used() -> None:
    assert proportion(50, 100).method == "Wilson"
    assert proportion(98, 100).method == "Clopper-Pearson"


def test_no_trials_are_too_few() -> None:
    none = proportion(0, 0, unit="probes")

    assert none.value is None
    assert not none.is_known
    assert none.margin is None
    assert none.note == "too few: 0 probes, 1 needed"


def test_a_plain_proportion_is_not_stretched() -> None:
    share, n = 0.7, 100_000

    stretched = stretched_limits(share, share * (1 - share) / n, 0.0, n)

    assert stretched[:2] == pytest.approx(wilson(share * n, n), abs=1e-6)

"""The sides of pairs, against scipy's own test."""

import pytest
from scipy import stats

from bot.measures.sides import self_consistency, side_balance


@pytest.mark.parametrize(("left", "right"), [(30, 30), (12, 8), (0, 25), (41, 59), (700, 500)])
def test_the_p_value_is_the_exact_binomial_tests(left: int, right: int) -> None:
    balance = side_balance(left, right)

    assert balance.p_value == pytest.approx(stats.binomtest(left, left + right).pvalue, rel=1e-9)
    assert balance.share.value == left / (left + right)


def test_a_side_that_wins_too_often_is_told_and_chance_is_not() -> None:
    assert side_balance(70, 30).leans
    assert side_balance(30, 70).leans
    assert not side_balance(58, 42).leans


def test_too_few_votes_say_nothing() -> None:
    balance = side_balance(19, 0)

    assert balance.share.value is None
    assert balance.p_value is None
    assert not balance.leans
    assert self_consistency(9, 9).value is None


def test_self_consistency_carries_its_interval() -> None:
    found = self_consistency(18, 20)

    assert (found.value, found.n) == (0.9, 20)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.9 < found.high

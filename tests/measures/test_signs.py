"""Rubber-stamping is seen; honest work is left alone."""

import numpy as np
import pytest

from bot.measures.ballots import Ballots, ballots
from bot.measures.signs import Sign, approving, hurried, missed_probes, one_button
from tests.measures.drawn_votes import of_table


def outstanding(signs: list[Sign]) -> set[object]:
    return {sign.rater for sign in signs if sign.stands_out}


def timed_votes(**seconds: float) -> Ballots:
    """Everybody judged the same 40 items, each in the same time."""
    rows = [(f"i{item}", name, took) for name, took in seconds.items() for item in range(40)]
    items, raters, took = zip(*rows, strict=True)
    return ballots(items, raters, ["a"] * len(rows), seconds=took)


def test_who_votes_faster_than_anybody_reads_stands_out() -> None:
    votes = timed_votes(reader=25, quick=12, stamp=2)

    signs = hurried(votes, [100] * 40)  # at 600 words a minute: ten seconds

    assert outstanding(signs) == {"stamp"}
    assert [sign.estimate.value for sign in signs] == [0, 0, 1]
    assert signs[0].estimate.confidence == 0.99


def test_a_quarter_of_forty_votes_could_be_chance() -> None:
    items = [f"i{item}" for item in range(40)]
    votes = ballots(items, ["ann"] * 40, ["a"] * 40, seconds=[2] * 10 + [30] * 30)

    (sign,) = hurried(votes, [100] * 40)

    assert sign.estimate.value == 0.25
    assert sign.limit < 0.25
    assert not sign.stands_out


def test_short_items_may_be_judged_fast() -> None:
    assert not outstanding(hurried(timed_votes(quick=2), [10] * 40))


def test_votes_without_a_time_are_not_judged() -> None:
    votes = ballots(["x"], ["ann"], ["a"])

    assert hurried(votes, [100])[0].estimate.note == "too few: 0 votes, 20 needed"


def test_one_button_stands_out_where_the_rest_use_several() -> None:
    votes = of_table(["abab" * 10, "abba" * 10, "aaaa" * 10])

    signs = one_button(votes)

    assert outstanding(signs) == {"r2"}
    assert signs[0].estimate.value == pytest.approx(1, abs=0.03)
    assert signs[2].estimate.value == 0


def test_one_button_is_right_where_there_is_one_answer() -> None:
    assert not outstanding(one_button(of_table(["a" * 40, "a" * 40, "a" * 39 + "b"])))


def test_who_approves_more_than_the_rest_stands_out() -> None:
    votes = of_table(["yn" * 50, "yn" * 50, "yy" * 50])

    signs = approving(votes, "y")

    assert outstanding(signs) == {"r2"}
    assert signs[2].estimate.value == pytest.approx(0.5)
    assert signs[0].estimate.value == pytest.approx(-0.25)


def test_honest_reviewers_rarely_stand_out() -> None:
    chance = np.random.default_rng(4)
    truth = chance.random(200) < 0.7
    lines = [
        "".join("y" if t else "n" for t in truth ^ (chance.random(200) < 0.1)) for _ in range(30)
    ]

    votes = of_table(lines)

    assert len(outstanding(approving(votes, "y"))) == 0
    assert len(outstanding(one_button(votes))) == 0


def test_missed_probes_stand_out_when_they_are_many() -> None:
    signs = missed_probes({"ann": 1, "bob": 9}, {"ann": 12, "bob": 12, "eve": 3})

    assert outstanding(signs) == {"bob"}
    assert signs[2].estimate.note == "too few: 3 probes, 5 needed"


def test_too_little_work_is_not_judged() -> None:
    signs = [*one_button(of_table(["aaa", "aba"])), *approving(of_table(["aaa", "aba"]), "a")]

    assert not outstanding(signs)
    assert all(sign.estimate.value is None for sign in signs)

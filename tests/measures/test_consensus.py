"""Majority, Dawid-Skene and the one-coin model."""

import numpy as np
import pytest
from hypothesis import given, settings

from bot.measures import dawid_skene as module
from bot.measures.consensus import accuracy, contested, majority, rater_accuracy
from bot.measures.dawid_skene import dawid_skene, one_coin
from tests.measures.drawn_votes import LABELS, Row, crowd, of_rows, of_table, some_rows


def test_the_label_with_most_votes_leads() -> None:
    votes = of_table(["ab", "ab", "bb"])

    assert majority(votes).answers() == {"i0": "a", "i1": "b"}


def test_a_tie_stays_a_tie_and_counts_half() -> None:
    tied = majority(of_table(["a", "b"]))

    assert tied.answers() == {}
    assert list(tied.is_tied) == [True]
    assert accuracy(tied, {"i0": "a"}).value == 0.5


def test_a_gold_label_nobody_could_vote_is_a_miss() -> None:
    assert accuracy(majority(of_table(["a", "a"])), {"i0": "z"}).value == 0


def test_accuracy_asks_only_items_with_gold_and_votes() -> None:
    votes = of_table(["ab", "ab"]).where(np.array([True, True, False, False]))

    right = accuracy(majority(votes), {"i0": "a", "i1": "b", "elsewhere": "a"})

    assert (right.value, right.n) == (1.0, 1)


def test_each_reviewer_has_an_accuracy_on_gold() -> None:
    votes = of_table(["abab" * 3, "aaaa" * 3])

    right = rater_accuracy(votes, {f"i{item}": "ab"[item % 2] for item in range(12)})

    assert [one.value for one in right] == [1.0, 0.5]
    assert rater_accuracy(votes, {"i0": "a"})[0].note == "too few: 1 gold items, 5 needed"


def test_the_most_contested_items_come_first() -> None:
    votes = of_table(["aaab", "aabb", "abbb", "abba"])

    worst = contested(votes, 9)

    assert [item for item, _ in worst] == ["i1", "i2", "i3"]
    assert [share for _, share in worst] == pytest.approx([2 / 3, 1 / 2, 1 / 2])
    assert contested(votes, 1) == worst[:1]


def test_good_reviewers_outvote_many_who_guess() -> None:
    skill = np.array([0.95] * 3 + [0.5] * 8)
    votes, truth = crowd(600, 11, raters=11, prior=[0.5, 0.5], skill=skill, seed=2)

    fitted = dawid_skene(votes)

    by_model, by_count = accuracy(fitted.consensus, truth), accuracy(majority(votes), truth)
    assert by_model.value is not None
    assert by_model.value > 0.96 > 0.92 > (by_count.value or 1)
    order = np.argsort(list(map(int, map(str, fitted.raters))))
    assert fitted.accuracies()[order] == pytest.approx(skill, abs=0.06)


def test_the_prior_from_votes_does_not_run_away() -> None:
    skill = np.random.default_rng(0).uniform(0.55, 0.75, 60)
    votes, truth = crowd(800, 3, raters=60, prior=[0.7, 0.3], skill=skill, seed=3)

    ours = dawid_skene(votes, tolerance=1e-9, iterations=300)
    plain = dawid_skene(votes, prior="learned", shrinkage=0, tolerance=1e-9, iterations=300)

    ours_right = accuracy(ours.consensus, truth).value or 0
    assert ours_right > (accuracy(plain.consensus, truth).value or 1) - 0.01
    assert abs(ours.consensus.weight.mean(axis=0)[0] - 0.7) < 0.15


def test_one_coin_learns_who_is_right() -> None:
    skill = np.array([0.9, 0.8, 0.7, 0.6, 0.3])
    votes, _ = crowd(2000, 5, raters=5, prior=[0.4, 0.3, 0.3], skill=skill, seed=5)

    fitted = one_coin(votes, tolerance=1e-9)

    assert fitted.accuracies()[
        np.argsort(list(map(int, map(str, fitted.raters))))
    ] == pytest.approx(skill, abs=0.05)


def test_unvoted_items_have_no_answer() -> None:
    votes = of_table(["ab", "ab"]).where(np.array([True, True, False, False]))

    assert dawid_skene(votes).consensus.answers() == {"i0": "a"}


def test_too_many_numbers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CELLS", 7)

    with pytest.raises(ValueError, match="2 reviewers with 2 labels"):
        dawid_skene(of_table(["ab", "ab"]))


@settings(deadline=None)
@given(some_rows())
def test_any_votes_are_fitted(rows: list[Row]) -> None:
    votes = of_rows(rows, order=LABELS)

    for fitted in (dawid_skene(votes), one_coin(votes)):
        weight = fitted.consensus.weight
        assert weight.shape == (len(votes.items), 4)
        assert weight.sum(axis=1) == pytest.approx(np.ones(len(weight)))
        assert fitted.confusion.sum(axis=2) == pytest.approx(1, abs=1e-6)

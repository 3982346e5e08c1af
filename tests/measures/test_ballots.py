"""Votes as arrays, and their patterns."""

import numpy as np
import pytest
from hypothesis import given, settings

from bot.measures.ballots import ballots
from bot.measures.consensus import vote_table
from bot.measures.patterns import patterns_of, patterns_of_counts
from tests.measures.drawn_votes import LABELS, Row, of_rows, of_table, some_rows


def test_votes_are_sorted_by_item_and_rater() -> None:
    votes = ballots(["x", "y", "x"], ["b", "a", "a"], ["no", "yes", "yes"], seconds=[1, None, 3])

    cast = [
        (votes.items[item], votes.raters[rater], votes.labels[label])
        for item, rater, label in zip(
            votes.item_index, votes.rater_index, votes.label_index, strict=True
        )
    ]

    assert cast == [("x", "b", "no"), ("x", "a", "yes"), ("y", "a", "yes")]
    assert votes.seconds is not None
    assert np.array_equal(votes.seconds, [1, 3, np.nan], equal_nan=True)


@pytest.mark.parametrize(("repeated", "label"), [("first", "no"), ("last", "yes")])
def test_one_vote_of_a_rater_on_an_item_counts(repeated: str, label: str) -> None:
    columns = (["x", "x", "x"], ["a", "b", "a"], ["no", "no", "yes"])

    votes = ballots(*columns, repeated=repeated)  # type: ignore[arg-type]  # parametrized

    assert votes.vote_count == 2
    assert votes.labels[votes.label_index[0]] == label


def test_labels_are_ordered_as_numbers_when_they_are_numbers() -> None:
    assert list(ballots([1, 2, 3], [1, 1, 1], [10, 9, 2]).labels) == [2, 9, 10]


def test_a_label_outside_the_order_is_refused() -> None:
    with pytest.raises(ValueError, match="maybe"):
        ballots(["x"], ["a"], ["maybe"], order=["no", "yes"])


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="2, 1 and 1"):
        ballots(["x", "y"], ["a"], ["no"])


def test_integer_columns_give_the_same_votes_as_lists() -> None:
    chance = np.random.default_rng(3)
    columns = [chance.integers(0, size, 500) * step for size, step in ((90, 1), (9, 10**9), (3, 1))]

    by_array = ballots(*columns)
    by_list = ballots(*(column.tolist() for column in columns))

    assert sorted(map(tuple, vote_table(by_array).tolist())) == sorted(
        map(tuple, vote_table(by_list).tolist())
    )
    assert set(by_array.raters) == set(by_list.raters)


def test_no_votes_are_no_patterns() -> None:
    assert patterns_of(of_rows([], order=["a"])).item_count == 0


def test_taking_labels_out_leaves_the_others_in_order() -> None:
    votes = of_table(["abc", "acc"]).without_labels({"b"})

    assert list(votes.labels) == ["a", "c"]
    assert [votes.labels[code] for code in votes.label_index] == ["a", "a", "c", "c", "c"]


@settings(deadline=None)
@pytest.mark.parametrize("order", [LABELS, LABELS + "efghijklmnopqrstuvwxyz0123456789"])
@given(rows=some_rows())
def test_patterns_hold_every_item_once(order: str, rows: list[Row]) -> None:
    votes = of_rows(rows, order=order)

    ours = patterns_of(votes)
    plain = patterns_of_counts(vote_table(votes))

    def as_set(patterns: object) -> set[tuple[tuple[int, ...], int]]:
        counts, weights = patterns.counts, patterns.weights  # type: ignore[attr-defined]
        return {(tuple(row), int(w)) for row, w in zip(counts.tolist(), weights, strict=True)}

    assert as_set(ours) == as_set(plain)
    assert ours.item_count == len({row[0] for row in rows})

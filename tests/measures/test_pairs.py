"""Cohen's kappa of pairs, of one reviewer against the rest, and of groups."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from bot.measures import meetings, pairs, raters
from bot.measures.ballots import Ballots
from bot.measures.intervals import Estimate
from bot.measures.pairs import CohenPairs, cohen_kappa
from bot.measures.raters import agreement_between, rater_agreement
from bot.measures.resampling import spread
from tests.measures.drawn_votes import LABELS, Row, crowd, of_rows, of_table, some_rows


def by_hand(votes: Ballots) -> dict[tuple[int, int], tuple[int, float]]:
    """Common items and kappa of each pair, the slow way."""
    cast: dict[int, dict[int, int]] = {}
    for item, rater, label in zip(
        votes.item_index.tolist(),
        votes.rater_index.tolist(),
        votes.label_index.tolist(),
        strict=True,
    ):
        cast.setdefault(rater, {})[item] = label
    made = {}
    for first in sorted(cast):
        for second in sorted(cast):
            common = sorted(cast[first].keys() & cast[second].keys())
            if first < second and common:
                here = np.array([cast[first][item] for item in common])
                there = np.array([cast[second][item] for item in common])
                observed = float((here == there).mean())
                expected = sum(
                    float((here == k).mean() * (there == k).mean())
                    for k in range(len(votes.labels))
                )
                kappa = np.nan if expected > 1 - 1e-12 else (observed - expected) / (1 - expected)
                made[first, second] = len(common), kappa
    return made


def as_table(found: CohenPairs) -> dict[tuple[int, int], tuple[int, float]]:
    columns = (found.first, found.second, found.item_counts, found.kappa)
    return {
        (int(a), int(b)): (int(n), float(kappa)) for a, b, n, kappa in zip(*columns, strict=True)
    }


def test_kappa_is_that_of_cohens_table() -> None:
    # Cohen (1960), table 1, as counts of 200: po = 0.29 and pe = 0.37, so less than chance.
    table = [[50, 26, 24], [24, 4, 32], [26, 10, 4]]
    first = "".join(label * sum(row) for label, row in zip("abc", table, strict=True))
    second = "".join(label * n for row in table for label, n in zip("abc", row, strict=True))

    found = cohen_kappa(of_table([first, second]))

    observed, expected = (50 + 4 + 4) / 200, (100 * 100 + 60 * 40 + 40 * 60) / 200**2
    assert found.observed[0] == pytest.approx(observed)
    assert found.kappa[0] == pytest.approx((observed - expected) / (1 - expected))


def test_the_standard_error_is_near_that_of_the_published_example() -> None:
    # Fleiss, Cohen and Everitt (1969), doi:10.1037/h0028106: the large-sample error is 0.054.
    table = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]
    first = "".join(label * sum(row) for label, row in zip("abc", table, strict=True))
    second = "".join(label * n for row in table for label, n in zip("abc", row, strict=True))

    found = cohen_kappa(of_table([first, second]))

    assert found.kappa[0] == pytest.approx(0.429, abs=5e-4)
    assert found.variance[0] ** 0.5 == pytest.approx(0.054, abs=2e-3)


@settings(deadline=None)
@given(some_rows())
def test_every_pair_is_found_and_right(rows: list[Row]) -> None:
    votes = of_rows(rows, order=LABELS)

    found, expected = as_table(cohen_kappa(votes)), by_hand(votes)

    assert found.keys() == expected.keys()
    for pair, (n, kappa) in expected.items():
        assert found[pair] == pytest.approx((n, kappa), nan_ok=True)


def test_many_reviewers_and_little_room_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    votes, _ = crowd(300, 5, raters=40, prior=[0.6, 0.4], skill=np.full(40, 0.8), seed=4)
    usual = cohen_kappa(votes)

    monkeypatch.setattr(meetings, "DENSE", 10)
    monkeypatch.setattr(pairs, "DENSE", 10)
    monkeypatch.setattr(meetings, "BATCH", 700)
    cramped = cohen_kappa(votes)

    assert np.array_equal(cramped.item_counts, usual.item_counts)
    assert np.array_equal(cramped.kappa, usual.kappa, equal_nan=True)
    assert cramped.pooled == usual.pooled
    assert cramped.weighted_mean == usual.weighted_mean


def test_variances_come_from_leaving_out_one_item_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    votes, _ = crowd(60, 3, raters=3, prior=[0.5, 0.3, 0.2], skill=np.full(3, 0.75), seed=1)
    seen: list[tuple[float, float]] = []

    def note(value: float, variance: float, *rest: Any) -> Estimate:
        seen.append((value, variance))
        return spread(value, variance, *rest)

    def figures(some: Ballots) -> list[float]:
        """First pair's kappa; pooled, mean and weighted mean; each reviewer's raw and kappa."""
        seen.clear()
        pair = cohen_kappa(some)
        rater_agreement(some)
        return [float(pair.kappa[0]), *(value for value, _ in seen)]

    monkeypatch.setattr(pairs, "spread", note)
    monkeypatch.setattr(raters, "spread", note)
    kept = np.array([figures(votes.where(votes.item_index != item)) for item in range(60)])
    figures(votes)
    found = [variance for _, variance in seen]

    assert len(found) == 3 + 6
    assert [cohen_kappa(votes).variance[0], *found] == pytest.approx(59 * kept.var(axis=0))


def test_a_pair_whose_kappa_hangs_on_one_item_leaves_the_others_interval_alone() -> None:
    lines = ["ab" * 10 + "." * 20, "ab" * 9 + "ba" + "." * 20]
    hanging = ["." * 20 + "a" * 20, "." * 20 + "a" * 19 + "b"]

    found = cohen_kappa(of_table(lines + hanging))

    assert np.isnan(found.variance[1])
    assert found.estimate(1).note == "too few votes that differ for an interval"
    assert found.mean.low is not None
    assert found.weighted_mean.low is not None


def test_averages_of_those_who_always_agree_do_not_vary(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["ab" * 10 + "." * 20] * 2 + ["." * 20 + "a" * 19 + "b"] * 2
    variances: list[float] = []

    def note(value: float, variance: float, *rest: Any) -> Estimate:
        variances.append(variance)
        return spread(value, variance, *rest)

    monkeypatch.setattr(pairs, "spread", note)
    cohen_kappa(of_table(lines))

    assert variances == pytest.approx([0, 0, 0], abs=1e-12)  # also without the only "b" of a pair


def test_pairs_with_few_common_items_say_too_few() -> None:
    found = cohen_kappa(of_table(["ab" * 4, "ab" * 4]))

    assert found.estimate(0).note == "too few: 8 common items, 10 needed"
    assert found.pooled.value is None


def test_a_pair_that_used_one_label_is_undefined() -> None:
    found = cohen_kappa(of_table(["a" * 20, "a" * 20], order="ab"))

    assert found.estimate(0).value is None
    assert found.estimate(0).note.startswith("undefined")
    assert found.mean.value is None


def test_a_pair_has_an_estimate_with_an_interval() -> None:
    kappa = cohen_kappa(of_table(["ab" * 50, "ab" * 45 + "ba" * 5])).estimate(0)

    assert kappa.value == pytest.approx(0.8)
    assert kappa.low is not None
    assert kappa.high is not None
    assert kappa.low < 0.8 < kappa.high
    assert kappa.n == 100


def test_against_one_other_reviewer_it_is_cohens() -> None:
    votes = of_table(["abcab" * 6, "abcba" * 6])

    rest = rater_agreement(votes)

    cohen = float(cohen_kappa(votes).kappa[0])
    assert [one.kappa.value for one in rest] == pytest.approx([cohen, cohen])
    assert rest[0].kappa.margin == pytest.approx(cohen_kappa(votes).estimate(0).margin, rel=0.03)


def test_the_odd_one_out_is_seen() -> None:
    votes = of_table(["ab" * 20, "ab" * 20, "ab" * 20, "ba" * 20])

    kappas = [one.kappa.value for one in rater_agreement(votes)]

    assert kappas[3] == pytest.approx(-1)
    assert kappas[0] == pytest.approx(1 / 3)


def test_a_reviewer_alone_is_too_few() -> None:
    alone = rater_agreement(of_table(["a" * 30]))[0]

    assert alone.kappa.note == "too few: 0 items that another reviewer judged, 10 needed"


def test_a_machine_is_compared_with_people_vote_by_vote() -> None:
    votes = of_table(["aabb" * 5, "aaab" * 5, "aabb" * 5])

    both = agreement_between(votes, {"r0", "r1"}, {"r2"})

    assert both.raw.value == pytest.approx((20 + 15) / 40)
    assert (both.item_count, both.pair_count) == (20, 40)


def test_two_groups_of_one_are_a_pair() -> None:
    votes = of_table(["abcab" * 6, "abcba" * 6])

    both = agreement_between(votes, {"r0"}, {"r1"})

    assert both.kappa.value == pytest.approx(float(cohen_kappa(votes).kappa[0]))


def test_a_group_among_itself_counts_every_pair_once() -> None:
    votes = of_table(["aab" * 5, "aab" * 5, "aba" * 5])

    among = agreement_between(votes, {"r0", "r1", "r2"})

    assert among.pair_count == 45
    assert among.raw.value == pytest.approx((15 + 5 + 5) / 45)


def test_groups_that_never_met_are_too_few() -> None:
    votes = of_table(["aa..", "..bb"])

    assert "that both judged" in agreement_between(votes, {"r0"}, {"r1"}).raw.note

"""Agreement of all reviewers: published tables, and what holds for any votes."""

import random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.measures.agreement import (
    Scale,
    agreement,
    agreement_per_class,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    raw_agreement,
    reading,
)
from bot.measures.ballots import ballots
from bot.measures.patterns import patterns_of
from bot.measures.resampling import Bootstrap
from tests.measures.drawn_votes import LABELS, Row, of_counts, of_rows, of_table, some_rows

# Fleiss (1971), table 1: 30 patients, 6 psychiatrists, 5 diagnoses.
FLEISS = of_counts(
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
    [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
    [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
    [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3],
    [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1],
    [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
)  # fmt: skip

# Krippendorff (2011), section C: 12 units, 4 observers, 5 values, with votes missing.
KRIPPENDORFF = of_table(["123321412...", "1233224125.3", ".3332342251.", "12332441251."], "12345")

# Gwet (2008) after Feinstein and Cicchetti: two raters, 118 of 125 say "yes" together.
PARADOX = of_counts(*[[2, 0]] * 118, *[[1, 1]] * 7)


def test_fleiss_kappa_is_that_of_his_table() -> None:
    assert raw_agreement(FLEISS).value == pytest.approx(0.556, abs=5e-4)
    assert fleiss_kappa(FLEISS).value == pytest.approx(0.430, abs=5e-4)


def test_fleiss_kappa_takes_unequal_numbers_of_votes() -> None:
    votes = of_counts(*[[3, 0], [2, 0], [1, 1], [0, 4]] * 5, [1, 0])

    raw, share = (1 + 1 + 0 + 1) / 4, 6 / 11

    expected = share**2 + (1 - share) ** 2
    assert fleiss_kappa(votes).value == pytest.approx((raw - expected) / (1 - expected))


@pytest.mark.parametrize(
    ("scale", "alpha"),
    [(Scale.NOMINAL, 0.743), (Scale.ORDINAL, 0.815), (Scale.INTERVAL, 0.849)],
)
def test_alpha_is_that_of_krippendorffs_example(scale: Scale, alpha: float) -> None:
    assert krippendorff_alpha(KRIPPENDORFF, scale=scale).value == pytest.approx(alpha, abs=5e-4)


def test_ac1_stays_high_where_kappa_collapses() -> None:
    usual = (118 * 2 + 7) / 250
    expected = 2 * usual * (1 - usual)

    assert raw_agreement(PARADOX).value == pytest.approx(118 / 125)
    assert gwet_ac1(PARADOX).value == pytest.approx((118 / 125 - expected) / (1 - expected))
    assert (fleiss_kappa(PARADOX).value or 0) < 0 < 0.9 < (gwet_ac1(PARADOX).value or 0)


def test_ac1_takes_the_labels_shares_from_single_votes_too() -> None:
    votes = of_counts(*[[3, 0], [1, 1], [0, 2]] * 5, *[[1, 0]] * 5)

    usual = (1 + 1 / 2 + 0 + 1) / 4
    raw, expected = (1 + 0 + 1) / 3, 2 * usual * (1 - usual)

    assert gwet_ac1(votes).value == pytest.approx((raw - expected) / (1 - expected))


def test_each_class_has_the_kappa_of_fleiss_table_2() -> None:
    rows = [
        (f"i{item}", f"r{rater}", label)
        for item, counts in enumerate(np.repeat(FLEISS.counts, FLEISS.weights, axis=0))
        for rater, label in enumerate(np.repeat(list("DPSNO"), counts))
    ]

    classes = {c.label: c for c in agreement_per_class(of_rows(rows, "DPSNO"))}

    for label, kappa in {"D": 0.245, "P": 0.245, "S": 0.520, "N": 0.471, "O": 0.566}.items():
        assert classes[label].kappa.value == pytest.approx(kappa, abs=1e-3)
    assert classes["N"].vote_count == 55


def test_specific_agreement_of_two_raters_is_the_positive_and_negative_one() -> None:
    votes = of_table(["a" * 40 + "a" * 6 + "b" * 4 + "b" * 50, "a" * 40 + "b" * 10 + "b" * 50])

    specific = {c.label: c.specific.value for c in agreement_per_class(votes)}

    assert specific["a"] == pytest.approx(2 * 40 / (2 * 40 + 6))
    assert specific["b"] == pytest.approx(2 * 54 / (2 * 54 + 6))


def test_too_few_items_say_so() -> None:
    seven = agreement(of_table(["a" * 7, "a" * 6 + "b"]))

    assert seven.raw.value is None
    assert seven.krippendorff_alpha.note == "too few: 7 items with two votes or more, 10 needed"
    assert seven.item_count == 7


def test_one_label_only_leaves_nothing_to_agree_about() -> None:
    alike = agreement(of_table(["a" * 20, "a" * 20], order="ab"))

    assert alike.fleiss_kappa.value is None
    assert alike.krippendorff_alpha.note.startswith("undefined: every vote is for one label")
    assert alike.raw.value == 1
    assert alike.gwet_ac1.value == 1


def test_one_dissenting_vote_gives_no_interval_rather_than_a_wrong_one() -> None:
    kappa = fleiss_kappa(of_table(["a" * 20, "a" * 19 + "b"]))

    assert kappa.value is not None
    assert kappa.low is None
    assert "too few votes that differ" in kappa.note


def test_perfect_agreement_has_an_interval_with_a_width() -> None:
    kappa = fleiss_kappa(of_table(["ab" * 25] * 3))

    assert kappa.value == pytest.approx(1)
    assert kappa.high == pytest.approx(1)
    assert kappa.low is not None
    assert 0.8 < kappa.low < 0.9


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (0.81, "excellent"),
        (0.8, "good"),
        (0.6, "good"),
        (0.59, "fair"),
        (0.4, "fair"),
        (0.3, "poor"),
    ],
)
def test_a_coefficient_has_its_usual_word(value: float, word: str) -> None:
    assert reading(value) == word


def test_the_interval_names_its_method() -> None:
    assert fleiss_kappa(FLEISS).method == "jackknife over items, Wilson"
    resampled = agreement(FLEISS, bootstrap=Bootstrap(seed=1)).fleiss_kappa
    assert resampled.method == "bootstrap over items, percentiles of 1,000"


def test_the_bootstrap_is_the_same_for_the_same_seed() -> None:
    first, again, other = (
        agreement(FLEISS, bootstrap=Bootstrap(seed, 200)).raw for seed in (1, 1, 2)
    )

    assert first == again
    assert first.low != other.low


def test_the_bootstrap_agrees_with_the_jackknife_on_many_items() -> None:
    chance = np.random.default_rng(1)
    votes = of_counts(*chance.multinomial(5, [0.5, 0.3, 0.2], 400), *[[5, 0, 0], [0, 0, 5]] * 300)

    one, other = agreement(votes), agreement(votes, bootstrap=Bootstrap(seed=1))

    for a, b in ((one.fleiss_kappa, other.fleiss_kappa), (one.gwet_ac1, other.gwet_ac1)):
        assert a.value == b.value
        assert a.margin == pytest.approx(b.margin, rel=0.1)


def test_the_jackknife_leaves_out_one_item_at_a_time() -> None:
    counts = np.repeat(FLEISS.counts, FLEISS.weights, axis=0)
    kept = [np.delete(counts, item, axis=0) for item in range(len(counts))]
    values = np.array([fleiss_kappa(of_counts(*rows)).value for rows in kept], np.float64)
    n = len(counts)
    variance = (n - 1) / n * ((values - values.mean()) ** 2).sum()

    wide = fleiss_kappa(FLEISS, confidence=0.95)

    assert wide.margin == pytest.approx(2.045 * variance**0.5, rel=0.02)  # Student's, 29


# What holds for any votes


def every_value(rows: list[Row]) -> list[float]:
    votes = of_rows(rows, order=LABELS)
    made = agreement(votes, minimum=1)
    alphas = [
        agreement(votes, scale=scale, values=(1, 2, 4, 8), minimum=1).krippendorff_alpha
        for scale in (Scale.ORDINAL, Scale.INTERVAL)
    ]
    figures = [made.raw, made.fleiss_kappa, made.krippendorff_alpha, made.gwet_ac1, *alphas]
    return [np.nan if figure.value is None else figure.value for figure in figures]


@settings(deadline=None)
@given(some_rows(), st.randoms(use_true_random=False))
def test_the_order_of_votes_and_the_names_of_people_do_not_matter(
    rows: list[Row], chance: random.Random
) -> None:
    shuffled = [(item.lower(), rater.upper(), label) for item, rater, label in rows]
    chance.shuffle(shuffled)

    assert every_value(shuffled) == pytest.approx(every_value(rows), nan_ok=True)


@settings(deadline=None)
@given(some_rows(), st.permutations(LABELS))
def test_the_names_of_nominal_labels_do_not_matter(rows: list[Row], names: list[str]) -> None:
    renamed = [(i, r, dict(zip(LABELS, names, strict=True))[label]) for i, r, label in rows]

    assert every_value(renamed)[:4] == pytest.approx(every_value(rows)[:4], nan_ok=True)


@settings(deadline=None)
@given(some_rows())
def test_turning_an_ordinal_scale_round_changes_nothing(rows: list[Row]) -> None:
    turned = of_rows(rows, order=LABELS[::-1])
    votes = of_rows(rows, order=LABELS)

    ours, other = (
        agreement(one, scale=Scale.ORDINAL, minimum=1).krippendorff_alpha.value
        for one in (votes, turned)
    )

    assert (ours is None) == (other is None)
    if ours is not None:
        assert ours == pytest.approx(other)


@settings(deadline=None)
@given(some_rows())
def test_every_item_twice_leaves_all_but_alpha_alone(rows: list[Row]) -> None:
    twice = rows + [(item + "2", rater, label) for item, rater, label in rows]

    raw, kappa, _, ac1, *_ = every_value(rows)

    assert [every_value(twice)[code] for code in (0, 1, 3)] == pytest.approx(
        [raw, kappa, ac1], nan_ok=True
    )


@settings(deadline=None)
@given(some_rows())
def test_figures_stay_in_their_range_and_inside_their_interval(rows: list[Row]) -> None:
    made = agreement(of_rows(rows, order=LABELS), minimum=2)

    for figure in (made.raw, made.fleiss_kappa, made.krippendorff_alpha, made.gwet_ac1):
        if figure.value is None:
            assert figure.note
            continue
        assert -1 - 1e-9 <= figure.value <= 1 + 1e-9
        if figure.low is not None and figure.high is not None:
            assert figure.low - 1e-9 <= figure.value <= figure.high + 1e-9
            assert figure.high <= 1 + 1e-9


@settings(deadline=None)
@given(st.lists(st.sampled_from(LABELS), min_size=2, max_size=12), st.integers(2, 5))
def test_those_who_agree_on_everything_have_one(labels: list[str], raters: int) -> None:
    assume(len(set(labels)) > 1)

    rows = [(f"i{i}", f"r{r}", label) for i, label in enumerate(labels) for r in range(raters)]

    assert every_value(rows) == pytest.approx([1.0] * 6)


def test_scores_far_from_zero_do_not_lose_digits() -> None:
    scores = np.random.default_rng(5).integers(0, 9, (60, 3))
    item, rater = np.repeat(np.arange(60), 3), np.tile(np.arange(3), 60)

    near, far = (
        krippendorff_alpha(ballots(item, rater, scores.ravel() + shift), scale=Scale.INTERVAL)
        for shift in (0, 10**9)
    )

    assert near.value == pytest.approx(far.value, abs=1e-12)


def test_a_pattern_of_many_labels_costs_no_table_of_all_items() -> None:
    chance = np.random.default_rng(2)
    item = np.repeat(np.arange(20_000), 3)
    label = np.where(chance.random(60_000) < 0.9, item % 500, chance.integers(0, 500, 60_000))

    patterns = patterns_of(ballots(item, np.tile(np.arange(3), 20_000), label))

    assert patterns.item_count == 20_000
    assert fleiss_kappa(patterns).value == pytest.approx(0.81, abs=0.02)

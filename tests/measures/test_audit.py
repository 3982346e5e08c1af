"""Audits: the lot, the weights, the size; and what another threshold would bring."""

import random
from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.measures.audit import Audited, audited_accuracy, catch_rate, items_needed, weighted_share
from bot.measures.audit_sample import Settled, Stratum, chance_of, is_drawn, sample, ticket
from bot.measures.intervals import proportion, proportion_limits
from bot.measures.what_if import Past, thresholds, what_if

SETTLED = [
    Settled(f"item-{number}", "spam" if number % 40 == 0 else "ham", 0.5 + (number % 50) / 100)
    for number in range(4000)
]


def test_a_replay_draws_the_same_items() -> None:
    again = list(reversed(SETTLED))

    assert sample(SETTLED, share=0.05, seed="s") == sample(again, share=0.05, seed="s")
    assert sample(SETTLED, share=0.05, seed="s") != sample(SETTLED, share=0.05, seed="t")


def test_the_lot_never_changes() -> None:
    assert ticket("item-1", "seed") == pytest.approx(0.6271769, abs=1e-7)


def test_lots_are_even() -> None:
    lots = np.array([ticket(f"item-{number}", "seed") for number in range(20_000)])

    counts = np.histogram(lots, 20, (0, 1))[0]

    assert ((counts - 1000) ** 2 / 1000).sum() < 43.8  # chi-squared, 19 degrees, 1 in 1,000


def test_every_stratum_has_its_minimum() -> None:
    drawn = sample(SETTLED, share=0.05, seed="s", minimum=5)

    there = Counter(one.stratum() for one in SETTLED)
    taken = Counter(one.stratum for one in drawn)
    assert taken.keys() == there.keys()
    for stratum, count in taken.items():
        assert count >= min(5, there[stratum])
        assert count >= 0.05 * there[stratum]


def test_weights_stand_for_everything_that_was_settled() -> None:
    drawn = sample(SETTLED, share=0.05, seed="s", minimum=5)

    assert sum(1 / one.chance for one in drawn) == pytest.approx(len(SETTLED))


def test_bins_take_their_lower_edge_and_no_confidence_is_a_bin_of_its_own() -> None:
    strata = [Settled("x", "a", confidence).stratum() for confidence in (0.9, 0.8999, None)]

    assert strata == [Stratum("a", 4), Stratum("a", 3), Stratum("a", -1)]


def test_items_that_arrive_are_taken_until_the_minimum_and_then_by_lot() -> None:
    assert [chance_of(seen, 0.05, 3) for seen in (0, 2, 3)] == [1, 1, 0.05]
    assert is_drawn("x", "s", 1.0)
    assert not is_drawn("x", "s", 0.0)


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
def test_a_larger_chance_never_drops_an_item(one: float, other: float) -> None:
    small, large = sorted((one, other))

    assert is_drawn("item", "seed", large) or not is_drawn("item", "seed", small)


def test_each_answer_weighs_what_it_stands_for() -> None:
    audited = [Audited(0.5, is_right=True)] * 10 + [Audited(0.1, is_right=False)] * 10

    right = audited_accuracy(audited)

    assert right.value == pytest.approx(20 / 120)
    assert right.n == 20
    assert right.method.startswith("Horvitz-Thompson weights")


def test_even_chances_are_a_plain_proportion() -> None:
    plain, weighted = proportion(70, 100), weighted_share(np.arange(100) < 70, np.full(100, 0.05))

    assert (weighted.value, weighted.low, weighted.high) == pytest.approx(
        (plain.value, plain.low, plain.high)
    )


def test_nothing_wrong_in_an_uneven_audit_still_has_room_for_errors() -> None:
    audited = [Audited(1.0, is_right=True)] * 50 + [Audited(0.05, is_right=True)] * 20

    right = audited_accuracy(audited)

    assert right.value == 1
    assert right.low is not None
    assert right.low < (proportion(70, 70).low or 0) - 0.05


def test_a_light_error_does_not_make_an_audit_surer_than_its_size() -> None:
    heavy = [Audited(0.05, is_right=True)] * 20

    right = audited_accuracy(
        [*heavy, *[Audited(1.0, is_right=True)] * 49, Audited(1.0, is_right=False)]
    )

    assert right.value == pytest.approx(449 / 450)
    assert right.low is not None
    assert right.low < (proportion(25, 25).low or 0) + 0.01


def test_a_handful_of_audits_is_too_few() -> None:
    assert audited_accuracy([Audited(1.0, is_right=True)] * 9).note == (
        "too few: 9 audited items, 10 needed"
    )
    assert catch_rate(0, 0).note == "too few: 0 probes, 1 needed"


SIZES = [(0.02, 0.5, None, 2398), (0.05, 0.5, None, 381), (0.05, 0.5, 1000, 277)]


@pytest.mark.parametrize(
    ("margin", "share", "population", "items"), [*SIZES, (0.02, 0.95, None, 469)]
)
def test_a_wanted_precision_has_a_size(
    margin: float, share: float, population: int | None, items: int
) -> None:
    assert items_needed(margin, share=share, population=population) == items


@settings(deadline=None)
@given(st.floats(0.01, 0.3), st.floats(0, 1))
def test_the_size_is_enough(margin: float, share: float) -> None:
    n = items_needed(margin, share=share)

    low, high, _ = proportion_limits(share * n, n)

    assert (high - low) / 2 <= margin


@pytest.mark.parametrize("margin", [0, 0.5, -1, float("nan")])
def test_a_margin_that_makes_no_sense_is_refused(margin: float) -> None:
    with pytest.raises(ValueError, match="margin"):
        items_needed(margin)


def a_past(n: int = 5000) -> Past:
    """Surer answers are right more often; a tenth was audited above 0.9, all judged below."""
    chance = np.random.default_rng(8)
    confidence = chance.uniform(0.5, 1, n)
    drawn = np.where(confidence >= 0.9, np.where(chance.random(n) < 0.1, 0.1, 0.0), 1.0)
    return Past(confidence, drawn, chance.random(n) < confidence)


def test_the_curve_trades_money_for_accuracy() -> None:
    points = what_if(
        a_past(), thresholds(0.7, 0.99, 0.1), votes_per_item=3, review_usd=Decimal("0.10")
    )

    assert [point.auto_above for point in points] == [0.7, 0.8, 0.9]
    costs = [point.cost.total_usd for point in points]
    assert costs == sorted(costs)
    for point in points:
        truth = (1 + point.auto_above) / 2
        assert point.accuracy.low is not None
        assert point.accuracy.high is not None
        assert point.accuracy.low < truth < point.accuracy.high


def test_the_curve_counts_every_item_once() -> None:
    (point,) = what_if(
        Past(np.array([0.9, 0.5, np.nan]), np.ones(3), np.array([True, False, False])),
        [0.9],
        votes_per_item=2,
        review_usd=Decimal("0.10"),
        call_usd=Decimal("0.01"),
    )

    assert point.auto_count == 1
    assert point.human_share.value == pytest.approx(2 / 3)
    assert point.cost.total_usd == Decimal("0.43")
    assert point.accuracy.note == "too few: 1 audited items, 10 needed"


def test_thresholds_end_where_they_say() -> None:
    steps = thresholds(0.7, 0.99)

    assert (steps[0], steps[-1], len(steps)) == (0.7, 0.99, 30)


@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_audits_does_not_matter(chance: random.Random) -> None:
    audited = [Audited(0.1 + n / 40, is_right=n % 3 > 0) for n in range(30)]
    shuffled = chance.sample(audited, len(audited))

    assert audited_accuracy(shuffled).value == pytest.approx(audited_accuracy(audited).value)

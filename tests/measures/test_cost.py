"""Money: exact, capped, and compared."""

import subprocess
import sys
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.measures.cost import (
    Budget,
    Prices,
    Work,
    alternatives,
    budget_state,
    cost_of,
    per_right_answer,
    share_of,
    summed,
    timed,
)

PRICES = Prices(
    review_usd=Decimal("0.08"),
    call_usd=Decimal("0.0004"),
    judge_usd=Decimal("0.01"),
    escalation_usd=Decimal("0.50"),
)
WORK = Work(item_count=100, review_count=210, call_count=100, judge_count=20, escalation_count=3)


def test_everything_that_was_done_is_paid_once() -> None:
    cost = cost_of(WORK, PRICES)

    assert cost.reviews_usd == Decimal("16.80")
    assert cost.calls_usd == Decimal("0.04")
    assert cost.judge_usd == Decimal("0.20")
    assert cost.escalations_usd == Decimal("1.50")
    assert cost.total_usd == Decimal("18.54")


def test_an_hours_price_pays_active_time() -> None:
    work = Work(item_count=2, review_count=2, timed_count=2, active_for=timed([30, 60]))

    assert cost_of(work, Prices(hour_usd=Decimal(36))).total_usd == Decimal("0.9")


def test_a_tab_left_open_is_not_work() -> None:
    assert timed([10, 86_400]) == timedelta(minutes=5, seconds=10)
    assert timed([90, -3], longest=timedelta(seconds=60)) == timedelta(seconds=60)


def test_reviews_of_unknown_time_cost_what_the_others_do() -> None:
    work = Work(review_count=4, timed_count=2, active_for=timedelta(seconds=60))

    assert cost_of(work, Prices(hour_usd=Decimal(36))).reviews_usd == Decimal("1.2")


def test_without_any_time_the_fixed_price_holds() -> None:
    prices = Prices(review_usd=Decimal("0.08"), hour_usd=Decimal(36))

    assert cost_of(Work(review_count=2), prices).reviews_usd == Decimal("0.16")


def test_work_is_summed_by_key() -> None:
    total = summed([("q", Work(1, 3)), ("r", Work(1, 1)), ("q", Work(1, 2))])

    assert total == {"q": Work(2, 5), "r": Work(1, 1)}


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), max_size=20))
def test_the_parts_cost_what_the_whole_costs(lines: list[tuple[str, int]]) -> None:
    parts = summed((key, Work(1, count, call_count=count)) for key, count in lines)
    whole = sum((work for work in parts.values()), Work())

    costs = [cost_of(work, PRICES).total_usd for work in parts.values()]

    assert sum(costs, Decimal(0)) == cost_of(whole, PRICES).total_usd


def test_a_right_answer_costs_more_than_an_answer() -> None:
    assert share_of(Decimal(18), 100) == Decimal("0.18")
    assert per_right_answer(Decimal(18), 100, 0.9) == Decimal("0.2")


def test_nothing_right_has_no_price() -> None:
    assert per_right_answer(Decimal(18), 100, 0.0) is None
    assert per_right_answer(Decimal(18), 100, None) is None
    assert share_of(Decimal(18), 0) is None


def test_it_is_compared_with_people_alone_and_the_machine_alone() -> None:
    other = alternatives(WORK, PRICES, votes_needed=3)

    assert other.by_people_usd == Decimal("24.00")
    assert other.by_machine_usd == Decimal("0.0400")


@pytest.mark.parametrize(
    ("spent", "days", "state"),
    [
        ("0", 0, Budget.WITHIN),
        ("40", 15, Budget.WITHIN),
        ("55", 15, Budget.HEADING_OVER),
        ("20", 1, Budget.WITHIN),  # too early to tell
        ("80", 28, Budget.NEAR),
        ("100", 30, Budget.NEAR),
        ("100.01", 30, Budget.OVER),
    ],
)
def test_a_budget_alarms_before_it_is_gone(spent: str, days: int, state: Budget) -> None:
    elapsed, period = timedelta(days=days), timedelta(days=30)

    assert budget_state(Decimal(spent), Decimal(100), elapsed=elapsed, period=period) is state


def test_money_and_the_lot_need_no_numpy() -> None:
    """The opening of an item draws its lot: a server that nobody asks for figures stays small."""
    code = "import sys, bot.measures.cost, bot.measures.audit_sample; print('numpy' in sys.modules)"

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "False"

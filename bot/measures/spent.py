"""What a record's work cost, at the prices under which each item opened."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import numpy as np

from bot.measures.ballots import Floats, Indexes, Integers, Mask
from bot.measures.cost import (
    ZERO,
    Alternatives,
    Budget,
    Cost,
    Work,
    alternatives,
    per_right_answer,
    prices_in,
    review_usd,
    share_of,
)
from bot.measures.intervals import Estimate
from bot.measures.record import Record

NOBODY = "nobody decided"  # the outcome of an item that expired


@dataclass(frozen=True, slots=True)
class Spent:
    """What a part of the items took and cost."""

    work: Work = field(default_factory=Work)
    cost: Cost = field(default_factory=Cost)

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.work + other.work, self.cost + other.cost)

    @property
    def per_item_usd(self) -> Decimal | None:
        """Money per item, None without items."""
        return share_of(self.cost.total_usd, self.work.item_count)


@dataclass(frozen=True, slots=True)
class RightAnswer:
    """Money per right answer; its range is that of the accuracy's interval, turned around."""

    usd: Decimal | None  # None: how many are right is not known
    low_usd: Decimal | None
    high_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class MonthlyBudget:
    """How the calendar month stands."""

    spent_usd: Decimal
    budget_usd: Decimal
    state: Budget


@dataclass(frozen=True, slots=True)
class CostFigures:
    """The period's money."""

    all: Spent
    by_rule: dict[str, Spent]
    by_outcome: dict[str, Spent]
    per_right: RightAnswer
    alternatives: Alternatives
    month: MonthlyBudget | None = None
    checks: Spent = field(default_factory=Spent)  # of the machine and of reviewers; not in `all`


def cost_figures(
    record: Record,
    accuracy: Estimate,
    *,
    votes_needed: int,
    month: MonthlyBudget | None = None,
    checks: Spent | None = None,
) -> CostFigures:
    """What the record's items cost, and what they would have cost in simpler ways.

    Within one policy every review has one price: with a rate by the hour, that of the mean active
    time. So parts add up to the whole.

    Args:
        record: the items and their work.
        accuracy: of the outcomes; without a value the price of a right answer is not known.
        votes_needed: of an item that people decide alone.
        month: how the budget stands.
        checks: what audits, gold items, probes and questions asked again took.
    """
    whole = by_key(record, np.zeros(record.item_count, np.int32))
    labels = [*map(str, record.votes.labels), NOBODY]
    outcome = np.where(record.outcome < 0, len(labels) - 1, record.outcome).astype(np.int32)
    spent = whole.get(0, Spent())
    return CostFigures(
        all=spent,
        by_rule={record.rules[code]: part for code, part in by_key(record, record.rule).items()},
        by_outcome={labels[code]: part for code, part in by_key(record, outcome).items()},
        per_right=_per_right(spent, int((record.outcome >= 0).sum()), accuracy),
        alternatives=_otherwise(record, votes_needed),
        month=month,
        checks=checks or Spent(),
    )


def by_key(record: Record, key: Indexes) -> dict[int, Spent]:
    """What the items of each key took, shape of the key (items,)."""
    total: dict[int, Spent] = {}
    for number, policy in enumerate(record.policies):
        mine = record.policy == number
        prices = prices_in(policy)
        works = _works(record, key, mine)
        price = review_usd(sum(works.values(), Work()), prices)
        for code, work in works.items():
            cost = Cost(
                work.review_count * price,
                work.call_count * prices.call_usd,
                work.judge_count * prices.judge_usd,
                work.escalation_count * prices.escalation_usd,
            )
            total[code] = total.get(code, Spent()) + Spent(work, cost)
    return total


def _works(record: Record, key: Indexes, mine: Mask) -> dict[int, Work]:
    """The work on some of the items, by key."""
    rows = np.flatnonzero(mine)
    keys = key[rows]
    columns: tuple[Integers | Floats | Mask, ...] = (
        np.ones(len(rows), np.int64),
        reviews_per_item(record)[rows],
        record.timed[rows],
        record.active_seconds[rows],
        record.predicted[rows] >= 0,
        record.settled_by("judge")[rows],
        record.is_escalated[rows],
    )
    sums = [np.bincount(keys, column) for column in columns]
    items, reviews, timed, seconds, calls, judged, escalations = sums
    return {
        int(code): Work(
            item_count=int(items[code]),
            review_count=int(reviews[code]),
            timed_count=int(timed[code]),
            active_for=timedelta(milliseconds=round(float(seconds[code]) * 1000)),
            call_count=int(calls[code]),
            judge_count=int(judged[code]),
            escalation_count=int(escalations[code]),
        )
        for code in np.flatnonzero(items).tolist()
    }


def reviews_per_item(record: Record) -> Integers:
    """Votes and abstentions of each item: both were work. Shape (items,)."""
    reviews: Integers = record.votes.votes_per_item() + record.abstentions
    return reviews


def _per_right(spent: Spent, items: int, accuracy: Estimate) -> RightAnswer:
    """The price at the accuracy's value and, turned around, at its limits.

    Args:
        spent: all of it, also what was spent on items that nobody decided.
        items: those that have an answer.
        accuracy: of these answers.
    """
    usd = spent.cost.total_usd
    return RightAnswer(
        per_right_answer(usd, items, accuracy.value),
        per_right_answer(usd, items, accuracy.high),
        per_right_answer(usd, items, accuracy.low),
    )


def _otherwise(record: Record, votes_needed: int) -> Alternatives:
    """All by people and all by the machine, each item at its policy's prices."""
    people = machine = ZERO
    for number, policy in enumerate(record.policies):
        work = sum(_works(record, record.rule, record.policy == number).values(), Work())
        other = alternatives(work, prices_in(policy), votes_needed=votes_needed)
        people += other.by_people_usd
        machine += other.by_machine_usd
    return Alternatives(people, machine)

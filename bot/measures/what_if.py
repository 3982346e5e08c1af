"""What another threshold of automatic answers would cost, and how right it would be."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from bot.measures.audit import MINIMUM, weighted_share
from bot.measures.ballots import Floats, Mask
from bot.measures.cost import Cost, Prices, Work, prices_in, review_usd
from bot.measures.intervals import CONFIDENCE, Estimate, proportion
from bot.measures.judged import BY_PEOPLE
from bot.measures.record import Record
from bot.measures.spent import by_key, reviews_per_item

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What happened to the items of a period, in their columns, shape (items,) each."""

    confidence: Floats  # the machine's, 0 to 1; not a number: no prediction
    chance: Floats  # that people judged the item, 0 for those that they did not
    is_right: Mask  # the machine's answer was the people's; read where they judged


@dataclass(frozen=True, slots=True)
class Point:
    """One threshold."""

    auto_above: float
    cost: Cost
    human_share: Estimate  # of items that people would answer
    accuracy: Estimate  # of the machine on the others
    auto_count: int


def what_if(
    past: Past,
    thresholds: Iterable[float],
    *,
    votes_per_item: float,
    review_usd: Decimal,
    call_usd: Decimal = ZERO,
    minimum: int = MINIMUM,
    confidence: float = CONFIDENCE,
) -> list[Point]:
    """The same items with the machine trusted from each threshold on, and people asked below it.

    Args:
        past: items, with those people judged: audits with their chance, reviewed items with 1.
        thresholds: confidences at or above which the machine's answer stands, 0 to 1.
        votes_per_item: that people need on average.
        review_usd: price of a vote.
        call_usd: price of a prediction; every item has one, at any threshold.
        minimum: judged items at or above a threshold; its accuracy is "too few" below.
        confidence: of the intervals.

    Accuracy is `weighted_share` of the judged items at or above the threshold. Items judged with
    chance 1 because they were doubtful below the present threshold are taken as they are: they
    stand for themselves alone.
    """
    return [
        _point(
            past,
            float(one),
            (Decimal(str(votes_per_item)) * review_usd, call_usd),
            minimum,
            confidence,
        )
        for one in thresholds
    ]


def thresholds(low: float, high: float, step: float = 0.01) -> list[float]:
    """From low up to high, in steps free of rounding: `0.7..0.99`."""
    count = math.floor((high - low) / step + 1e-9)
    return [round(low + number * step, 10) for number in range(count + 1)]


def _point(
    past: Past, at: float, prices: tuple[Decimal, Decimal], minimum: int, confidence: float
) -> Point:
    by_people, call_usd = prices
    auto = past.confidence >= at  # not a number is never
    judged = auto & (past.chance > 0)
    items, people = len(auto), int((~auto).sum())
    cost = Cost(people * by_people, items * call_usd, ZERO, ZERO)
    accuracy = weighted_share(
        past.is_right[judged], past.chance[judged], minimum=minimum, confidence=confidence
    )
    human_share = proportion(people, items, confidence=confidence)
    return Point(at, cost, human_share, accuracy, items - people)


def along(record: Record, thresholds: Iterable[float]) -> list[Point]:
    """`what_if` for the items of a record, at the newest of its policies' prices.

    The machine is judged by the true answer where it is known, else by what people decided: for
    certain where they were asked, by their chance where they were drawn for an audit.
    """
    decided = record.settled_by(*BY_PEOPLE) & (record.outcome >= 0)
    truth = np.where(record.known >= 0, record.known, record.outcome)
    judged = (record.known >= 0) | decided
    chance = np.where(judged, 1.0, record.audit_chance)
    is_right = np.where(judged, record.predicted == truth, record.audit_right)
    has_answer = record.predicted >= 0
    asked = reviews_per_item(record)
    prices = prices_in(record.policies[-1]) if record.policies else Prices()
    done = sum((part.work for part in by_key(record, record.rule).values()), Work())
    return what_if(
        Past(np.where(has_answer, record.confidence, np.nan), chance, is_right),
        thresholds,
        votes_per_item=float(asked[asked > 0].mean()) if asked.any() else 1.0,
        review_usd=review_usd(done, prices),
        call_usd=prices.call_usd,
    )

"""What an audit says about everything that was settled, and how large it must be."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bot.measures.ballots import Floats, Mask
from bot.measures.intervals import CONFIDENCE, Estimate, proportion, proportion_limits, too_few

MINIMUM = 10  # audited items
METHOD = "Horvitz-Thompson weights"


@dataclass(frozen=True, slots=True)
class Audited:
    """A drawn item that people have judged."""

    chance: float  # of being drawn, above 0
    is_right: bool  # the machine's answer was the reviewers'


def audited_accuracy(
    audited: Iterable[Audited], *, minimum: int = MINIMUM, confidence: float = CONFIDENCE
) -> Estimate:
    """How often the machine was right over all that it settled, 0 to 1; `weighted_share` of it."""
    rows = [(one.chance, one.is_right) for one in audited]
    chances = np.array([chance for chance, _ in rows])
    right = np.array([is_right for _, is_right in rows], np.bool_)
    return weighted_share(right, chances, minimum=minimum, confidence=confidence)


def weighted_share(
    holds: Mask, chances: Floats, *, minimum: int = MINIMUM, confidence: float = CONFIDENCE
) -> Estimate:
    """The share of a whole for which something holds, from items drawn with unequal chances.

    sum of w over those it holds for / sum of w, with w = 1 / chance: Horvitz and Thompson (1952,
    doi:10.1080/01621459.1952.10483446), divided by the estimated total as by Hajek (1971).
    The interval is `proportion_limits` at the effective size p (1 - p) / V, at most Kish's
    (sum of w)^2 / sum of w^2, V = sum of w^2 (y - p)^2 / (sum of w)^2 (Korn and Graubard 1998).
    It speaks of the machine, not only of the period's items: no correction for a finite population.

    Args:
        holds: of each drawn item, shape (items,).
        chances: of being drawn, above 0, shape (items,).
        minimum: of drawn items; "too few" below.
        confidence: of the interval.
    """
    n = len(holds)
    if n < max(minimum, 1):
        return too_few(n, max(minimum, 1), "audited items", confidence)
    weight = 1 / chances
    total = float(weight.sum())
    share = min(float(weight @ holds) / total, 1.0)
    size = total**2 / float(weight @ weight)
    variance = float(weight**2 @ (holds - share) ** 2) / total**2
    if variance > 0:
        size = min(size, share * (1 - share) / variance)
    low, high, method = proportion_limits(share * size, size, confidence)
    return Estimate(share, low, high, n, f"{METHOD}, {method}", confidence=confidence)


def items_needed(
    margin: float,
    *,
    share: float = 0.5,
    confidence: float = CONFIDENCE,
    population: int | None = None,
) -> int:
    """How many items an audit needs for an interval of about share +- margin.

    Args:
        margin: half the interval's width, above 0 and below 0.5.
        share: what is expected; 0.5 asks for the most items.
        confidence: of the interval.
        population: how many there are; a good part of them tells as much as more of a crowd.

    The least n from which the interval of `proportion_limits` at share x n is narrow enough; cut
    for a population to n / (1 + (n - 1) / population) (Cochran 1977, Sampling Techniques, 4.2).
    Strata with unequal chances need more, by n / Kish's size (`weighted_share`).

    Raises:
        ValueError: the margin is not between 0 and 0.5.
    """
    if not 0 < margin < 0.5:
        message = f"a margin lies between 0 and 0.5, not at {margin}"
        raise ValueError(message)

    def is_wide(n: int) -> bool:
        low, high, _ = proportion_limits(share * n, n, confidence)
        return (high - low) / 2 > margin

    enough = 1
    while is_wide(enough):
        enough *= 2
    short = enough // 2
    while enough - short > 1:
        middle = (enough + short) // 2
        short, enough = (middle, enough) if is_wide(middle) else (short, middle)
    if population is None:
        return enough
    return min(population, math.ceil(enough / (1 + (enough - 1) / population)))


def catch_rate(caught: int, shown: int, *, confidence: float = CONFIDENCE) -> Estimate:
    """The share of probes that reviewers refused, 0 to 1."""
    return proportion(caught, shown, confidence=confidence, unit="probes")

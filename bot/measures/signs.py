"""Signs of rubber-stamping: a reason to talk to a reviewer, never proof.

A sign stands out when its whole interval is past a limit that is stated beside it. Intervals are at
99 %, because many reviewers are looked at and each is a person.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from bot.measures.ballots import Ballots, Floats
from bot.measures.intervals import Estimate, normal_quantile, proportion, too_few
from bot.measures.raters import AgainstRest, against_rest

CONFIDENCE = 0.99
MINIMUM = 20  # votes, or probes
FASTEST = (
    600  # words a minute, 2.5 times silent reading (Brysbaert 2019, doi:10.1016/j.jml.2019.104047)
)
MOST_HURRIED = 0.2  # share of votes
MOST_MISSED = 0.2  # share of probes
LEAST_ENTROPY = 0.5  # of what the rest's votes on the same items have
MOST_APPROVING = 0.1  # share of votes more than the rest's on the same items


class SignKind(StrEnum):
    """What was looked at."""

    HURRIED = "hurried"  # share of votes cast faster than anybody reads the item
    ONE_BUTTON = "one button"  # entropy of the labels used, in bits
    APPROVING = "approving"  # approval share less the rest's on the same items
    MISSED = "missed probes"  # share of probes let through


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of one reviewer."""

    rater: Hashable
    kind: SignKind
    estimate: Estimate
    limit: float
    stands_out: bool


def hurried(votes: Ballots, words: Sequence[int] | Floats, *, minimum: int = MINIMUM) -> list[Sign]:
    """The share of votes, 0 to 1, cast faster than the item can be read, per reviewer.

    Args:
        votes: those with a decision time count.
        words: length of each item, shape (items,).
        minimum: of votes with a time; "too few" below.
    """
    seconds = np.full(votes.vote_count, np.nan) if votes.seconds is None else votes.seconds
    needed = np.asarray(words, np.float64)[votes.item_index] * 60 / FASTEST
    timed = ~np.isnan(seconds)
    size = len(votes.raters)
    n = np.bincount(votes.rater_index[timed], minlength=size)
    fast = np.bincount(votes.rater_index[timed & (seconds < needed)], minlength=size)
    return [
        _above(
            name, SignKind.HURRIED, MOST_HURRIED, int(fast[code]), int(n[code]), minimum, "votes"
        )
        for code, name in enumerate(votes.raters)
    ]


def missed_probes(
    missed: Mapping[Hashable, int], shown: Mapping[Hashable, int], *, minimum: int = 5
) -> list[Sign]:
    """The share of probes, 0 to 1, that each reviewer let through; too few below `minimum`."""
    kind = SignKind.MISSED
    return [
        _above(name, kind, MOST_MISSED, missed.get(name, 0), count, minimum, "probes")
        for name, count in shown.items()
    ]


def one_button(votes: Ballots, *, minimum: int = MINIMUM) -> list[Sign]:
    """The entropy of each reviewer's labels, 0 to log2(labels) bits, on items others judged too.

    - sum_k a_k log2 a_k + (used labels - 1) / (2 n ln 2), the bias corrected as by Miller (1955);
    interval by the delta method (Basharin 1959, doi:10.1137/1104033). It stands out below half the
    entropy that the rest's votes on the same items have: some work has only one answer.
    """
    seen = against_rest(votes)
    return [_entropy_sign(name, seen, code, minimum) for code, name in enumerate(votes.raters)]


def approving(votes: Ballots, approve: Hashable, *, minimum: int = MINIMUM) -> list[Sign]:
    """Each reviewer's approval share less the rest's on the same items, -1 to 1.

    The mean of per-item differences with a normal interval on their spread.
    """
    seen = against_rest(votes)
    here = list(votes.labels).index(approve)
    approved = seen.votes.where(seen.votes.label_index == here)
    size = votes.votes_per_item()
    table = np.bincount(approved.item_index, minlength=len(votes.items))
    item = seen.votes.item_index
    said = (seen.votes.label_index == here).astype(np.float64)
    apart = said - (table[item] - said) / (size[item] - 1)
    rater, raters = seen.votes.rater_index, len(votes.raters)
    total = np.bincount(rater, apart, raters)
    square = np.bincount(rater, apart**2, raters)
    return [
        _approval_sign(name, int(seen.n[code]), float(total[code]), float(square[code]), minimum)
        for code, name in enumerate(votes.raters)
    ]


def _above(
    name: Hashable, kind: SignKind, limit: float, count: int, n: int, minimum: int, unit: str
) -> Sign:
    estimate = proportion(count, n, confidence=CONFIDENCE, minimum=minimum, unit=unit)
    return Sign(name, kind, estimate, limit, estimate.low is not None and estimate.low > limit)


def _entropy_sign(name: Hashable, seen: AgainstRest, code: int, minimum: int) -> Sign:
    n, limit = int(seen.n[code]), LEAST_ENTROPY * _entropy(seen.rest[code])
    if n < minimum:
        estimate = too_few(n, minimum, "votes on items that others judged", CONFIDENCE)
        return Sign(name, SignKind.ONE_BUTTON, estimate, limit, stands_out=False)
    used = seen.own[code][seen.own[code] > 0]
    plain = _entropy(used)
    value = plain + (len(used) - 1) / (2 * n * np.log(2))
    variance = max(float(used @ np.log2(used) ** 2) - plain**2, 0.0) / n
    reach = normal_quantile(CONFIDENCE) * variance**0.5
    # One label only has no spread: the next vote could still differ, with a chance of about 1 in n.
    high = max(value + reach, _entropy(np.array([1 / (n + 1), n / (n + 1)])))
    estimate = Estimate(
        value, max(0.0, value - reach), high, n, "delta method", confidence=CONFIDENCE
    )
    return Sign(name, SignKind.ONE_BUTTON, estimate, limit, stands_out=bool(high < limit))


def _entropy(shares: Floats) -> float:
    some = shares[shares > 0]
    return float(-(some @ np.log2(some))) if len(some) else 0.0


def _approval_sign(name: Hashable, n: int, total: float, square: float, minimum: int) -> Sign:
    kind = SignKind.APPROVING
    if n < max(minimum, 2):
        estimate = too_few(n, minimum, "votes on items that others judged", CONFIDENCE)
        return Sign(name, kind, estimate, MOST_APPROVING, stands_out=False)
    mean = total / n
    variance = max(square / n - mean**2, 0.0) / (n - 1)
    reach = normal_quantile(CONFIDENCE) * variance**0.5
    low, high = max(-1.0, mean - reach), min(1.0, mean + reach)
    estimate = Estimate(mean, low, high, n, "normal, over items", confidence=CONFIDENCE)
    return Sign(name, kind, estimate, MOST_APPROVING, stands_out=bool(low > MOST_APPROVING))

"""How far one reviewer agrees with the rest, and one group with another: people and the machine."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass, replace

import numpy as np

from bot.measures.ballots import Ballots, Floats, Indexes, Integers, Mask
from bot.measures.consensus import vote_table
from bot.measures.intervals import CONFIDENCE, Estimate, too_few, undefined
from bot.measures.patterns import patterns_of
from bot.measures.resampling import Bootstrap, Figures, figures, spread

MINIMUM = 10  # items that somebody else judged too
BLOCK = 65_536  # votes at a time: what is between two steps stays in the cache
ONE_LABEL = "all these votes are for one label"
SHARED = "items that another reviewer judged"


@dataclass(frozen=True, slots=True)
class RaterAgreement:
    """One reviewer against the rest, on the items that both judged."""

    rater: Hashable
    raw: Estimate  # how many of the others said the same, averaged over items
    kappa: Estimate
    vote_count: int  # on items that somebody else judged too


@dataclass(frozen=True, slots=True)
class GroupAgreement:
    """One group of reviewers against another, or among themselves."""

    raw: Estimate  # share of pairs of votes that are alike; n is items
    kappa: Estimate
    item_count: int
    pair_count: int  # pairs of votes, one of each group, on one item


@dataclass(frozen=True, slots=True, eq=False)
class AgainstRest:
    """Every reviewer's votes beside what the rest said on the same items."""

    n: Integers  # votes on items that somebody else judged too, shape (raters,)
    own: Floats  # the reviewer's share of each label, shape (raters, labels)
    rest: Floats  # the rest's, every item alike
    alike: Floats  # per vote: the share of the others on the item who said the same
    votes: Ballots  # those votes


def against_rest(votes: Ballots) -> AgainstRest:
    """The reviewers' votes and the rest's, from items with two votes or more; O(votes x labels)."""
    shared = votes.where(np.repeat(votes.votes_per_item() >= 2, votes.votes_per_item()))
    table = vote_table(shared)
    others = np.repeat(table.sum(axis=1) - 1, shared.votes_per_item())
    alike = (table[shared.item_index, shared.label_index] - 1) / others
    raters, labels = len(votes.raters), len(votes.labels)
    n = np.bincount(shared.rater_index, minlength=raters)
    cell = shared.rater_index * np.int64(labels) + shared.label_index
    own = np.bincount(cell, minlength=raters * labels).reshape(raters, labels)
    less = np.bincount(cell, 1 / others, raters * labels).reshape(raters, labels)
    sizes = shared.votes_per_item()
    share = table / np.maximum(sizes - 1, 1)[:, None]
    seen = [
        np.bincount(shared.rater_index, np.repeat(share[:, code], sizes), raters)
        for code in range(labels)
    ]
    divisor = np.maximum(n, 1)[:, None]
    rest = (np.array(seen).reshape(labels, raters).T - less) / divisor
    return AgainstRest(n, own / divisor, rest, alike, shared)


def rater_agreement(
    votes: Ballots, *, minimum: int = MINIMUM, confidence: float = CONFIDENCE
) -> list[RaterAgreement]:
    """Every reviewer against the rest, in the raters' order; -1 to 1.

    kappa = (po - pe) / (1 - pe), po the mean over the reviewer's items of the share of the others
    who said the same, pe = sum_k a_k b_k with a_k the reviewer's share of label k and b_k the
    others', every item alike. With one other reviewer it is Cohen's. Undefined when everybody used
    one and the same label; too few below `minimum` items that somebody else judged.
    Source: Schouten (1982), doi:10.1111/j.1467-9574.1982.tb00775.x. Intervals by the jackknife
    and `stretched_limits`.
    """
    seen = against_rest(votes)
    rater, n = seen.votes.rater_index, np.maximum(seen.n, 1)
    observed = np.bincount(rater, seen.alike, len(n)) / n
    expected = np.einsum("rk,rk->r", seen.own, seen.rest)
    kappa = _beyond(observed, expected)
    variance = _jackknife(seen, observed, expected)
    raw_variance = _variances(seen.alike, rater, n)
    made = []
    for code, name in enumerate(votes.raters):
        count = int(seen.n[code])
        if count < max(minimum, 2):
            raw = beyond = too_few(count, max(minimum, 2), SHARED, confidence)
        else:
            raw = _estimate(observed[code], raw_variance[code], 0.0, count, confidence)
            beyond = _estimate(kappa[code], variance[code], expected[code], count, confidence)
        made.append(RaterAgreement(name, raw, beyond, count))
    return made


def agreement_between(
    votes: Ballots,
    first: Collection[Hashable],
    second: Collection[Hashable] | None = None,
    *,
    bootstrap: Bootstrap | None = None,
    minimum: int = MINIMUM,
    confidence: float = CONFIDENCE,
) -> GroupAgreement:
    """One group against another over all pairs of votes on an item: people and a model.

    po is the share of pairs that are alike, pe = sum_k a_k b_k with the groups' shares of label k
    among those pairs, kappa = (po - pe) / (1 - pe): Cohen's where each group is one reviewer.
    Every pair weighs the same; n and intervals are over items, which is what was sampled.

    Args:
        votes: a machine is a rater like any other.
        first: raters of one group.
        second: of the other, none of them in `first`. None: the first group among themselves.
        bootstrap: for intervals by resampling instead of the jackknife.
        minimum: of items; "too few" below.
        confidence: of the intervals.
    """
    size = len(votes.labels)
    mine = votes.cast_by(first)
    theirs = mine if second is None else votes.cast_by(second)
    patterns = patterns_of(_split(votes, mine, theirs, size))

    def features(counts: Integers) -> Floats:
        return _features(counts, size, among=second is None)

    met = features(patterns.counts)[:, 0]
    kept = patterns.where(met > 0)
    twice = 2 if second is None else 1
    n, pairs = kept.item_count, int(met @ patterns.weights) // twice
    if n < max(minimum, 1):
        refused = too_few(n, minimum, "items that both judged", confidence)
        return GroupAgreement(refused, refused, n, pairs)
    wanted = Figures(2, features, _formula, ONE_LABEL)
    raw, kappa = figures(kept, wanted, n=n, bootstrap=bootstrap, confidence=confidence)
    return GroupAgreement(raw, kappa, n, pairs)


def _beyond(observed: Floats, expected: Floats) -> Floats:
    """Kappa; not a number where there is nothing to agree about."""
    kappa: Floats = (observed - expected) / np.where(expected < 1 - 1e-12, 1 - expected, np.nan)
    return kappa


def _jackknife(seen: AgainstRest, observed: Floats, expected: Floats) -> Floats:
    """The variance of each reviewer's kappa, without each of the items in turn."""
    n = np.maximum(seen.n, 2).astype(np.float64)
    whole, table = _beyond(observed, expected), vote_table(seen.votes)
    first, second = np.zeros(len(n)), np.zeros(len(n))
    for start in range(0, seen.votes.vote_count, BLOCK):
        block = slice(start, start + BLOCK)
        rater, alike = seen.votes.rater_index[block], seen.alike[block]
        many = n[rater]
        agreed = (many * observed[rater] - alike) / (many - 1)
        by_chance = many**2 * expected[rater] - many * _by_chance(seen, table, block) + alike
        apart = _beyond(agreed, by_chance / (many - 1) ** 2) - whole[rater]
        first += np.bincount(rater, apart, len(n))
        second += np.bincount(rater, apart**2, len(n))
    variances: Floats = (n - 1) / n * (second - first**2 / n)
    return variances


def _by_chance(seen: AgainstRest, table: Integers, block: slice) -> Floats:
    """Per vote: the rest's share of its label, and the reviewer's own of what the others said."""
    rater, label = seen.votes.rater_index[block], seen.votes.label_index[block]
    item = seen.votes.item_index[block]
    met = -seen.own[rater, label]
    others = np.full(len(item), -1.0)
    for code in range(table.shape[1]):
        cast = table[:, code][item]
        met += seen.own[:, code][rater] * cast
        others += cast
    share: Floats = seen.rest[rater, label] + met / others
    return share


def _variances(terms: Floats, rater: Indexes, n: Integers | Floats) -> Floats:
    """The variance of each reviewer's mean term."""
    mean = np.bincount(rater, terms, len(n)) / n
    square = np.bincount(rater, (terms - mean[rater]) ** 2, len(n))
    variances: Floats = square / (n * np.maximum(n - 1, 1))
    return variances


def _estimate(value: float, variance: float, chance: float, n: int, confidence: float) -> Estimate:
    if np.isnan(value):
        return undefined(n, ONE_LABEL, confidence)
    return spread(float(value), float(variance), float(chance), n, confidence)


def _split(votes: Ballots, mine: Mask, theirs: Mask, size: int) -> Ballots:
    """The votes of both groups, the second's labels numbered after the first's."""
    moved = votes.label_index + np.where(mine, 0, size).astype(np.int32)
    twice = replace(votes, labels=range(2 * size), label_index=moved)
    return twice.where(mine | theirs)


def _features(counts: Integers, size: int, *, among: bool) -> Floats:
    """Per item: pairs, like pairs, and in how many each label is the first's, the second's.

    Among one group every pair counts twice, once from either side.
    """
    first, second = counts[:, :size].astype(np.float64), counts[:, size:].astype(np.float64)
    if among:
        second = first
    mine, theirs = first.sum(axis=1), second.sum(axis=1) - among
    alike = (first * (second - among)).sum(axis=1)
    there = second * (mine - among)[:, None]
    return np.column_stack([mine * theirs, alike, first * theirs[:, None], there])


def _formula(sums: Floats) -> tuple[Floats, Floats]:
    pairs, alike = sums[:, 0], sums[:, 1]
    first, second = np.split(sums[:, 2:], 2, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = alike / pairs
        expected = (first * second).sum(axis=1) / pairs**2
        kappa = (raw - expected) / np.where(expected < 1 - 1e-12, 1 - expected, np.nan)
    chances = np.stack([np.zeros(len(raw)), np.minimum(expected, 1 - 1e-12)], axis=1)
    return np.stack([raw, kappa], axis=1), chances

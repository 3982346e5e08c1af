"""Cohen's kappa of every two reviewers, and of all of them together."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bot.measures.ballots import Ballots, Floats, Indexes, Integers, Mask
from bot.measures.intervals import CONFIDENCE, Estimate, too_few, undefined
from bot.measures.meetings import DENSE, Meetings, meetings_of, positions_of
from bot.measures.resampling import spread

MINIMUM = 10  # items that two reviewers share; below it their kappa is "too few"
ROUNDING = 1e-12
ONE_LABEL = "the reviewers used one and the same label"


@dataclass(frozen=True, slots=True, eq=False)
class CohenPairs:
    """Cohen's kappa of every two reviewers with an item in common; all columns are per pair.

    kappa = (po - pe) / (1 - pe), po the share of common items on which the two agree, and
    pe = sum_k a_k b_k with a_k and b_k the shares of label k in their votes there; -1 to 1, not a
    number where both used one and the same label (0/0).
    Source: Cohen (1960), doi:10.1177/001316446002000104. With one rare label kappa is low even when
    raw agreement is high: show both.
    """

    first: Indexes  # the reviewers, numbers into the votes' raters; first < second
    second: Indexes
    item_counts: Integers  # items in common
    observed: Floats  # po
    expected: Floats  # pe
    kappa: Floats
    variance: Floats  # of kappa over items, by the jackknife; not a number below `MINIMUM` items
    pooled: Estimate
    mean: Estimate
    weighted_mean: Estimate

    def estimate(self, pair: int, *, confidence: float = CONFIDENCE) -> Estimate:
        """One pair's kappa with its interval; too few below `MINIMUM` common items."""
        n = int(self.item_counts[pair])
        if n < MINIMUM:
            return too_few(n, MINIMUM, "common items", confidence)
        kappa, expected = float(self.kappa[pair]), float(self.expected[pair])
        if np.isnan(kappa):
            return undefined(n, ONE_LABEL, confidence)
        return spread(kappa, float(self.variance[pair]), expected, n, confidence)


def cohen_kappa(votes: Ballots, *, confidence: float = CONFIDENCE) -> CohenPairs:
    """Cohen's kappa of all pairs at once, in time and memory of the pairs of votes on an item.

    Three figures speak for all pairs; pairs below `MINIMUM` common items are left out:
    `mean`, every pair alike; `weighted_mean`, by common items; `pooled`, the kappa of the averages
    of po and pe, by common items (de Vries et al. 2008, doi:10.1177/1525822X08317166), which does
    not mind pairs whose own kappa is 0/0. One item serves many pairs: their intervals come from
    leaving out items, not pairs.
    """
    met = meetings_of(votes)
    tables = _tables(met, len(votes.labels))
    pooled, mean, weighted_mean = _together(votes, met.pair_codes, tables, confidence)
    return CohenPairs(
        first=(met.pair_codes // max(len(votes.raters), 1)).astype(np.int32),
        second=(met.pair_codes % max(len(votes.raters), 1)).astype(np.int32),
        item_counts=tables.n.astype(np.int64),
        observed=tables.observed,
        expected=tables.expected,
        kappa=tables.kappa,
        variance=_variances(met, tables),
        pooled=pooled,
        mean=mean,
        weighted_mean=weighted_mean,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    """What the formulas need of each pair."""

    n: Floats
    here: Floats  # the first reviewer's shares, shape (pairs, labels)
    there: Floats  # the second's
    observed: Floats
    expected: Floats
    kappa: Floats

    def where(self, keep: Mask) -> "_Tables":
        """The pairs under the mask."""
        columns = (self.n, self.here, self.there, self.observed, self.expected, self.kappa)
        return _Tables(*(column[keep] for column in columns))


def _tables(met: Meetings, size: int) -> _Tables:
    pairs = len(met.pair_codes)
    n = np.bincount(met.pair, met.count, pairs).astype(np.float64)
    here = np.bincount(met.pair * size + met.label, met.count, pairs * size)
    there = np.bincount(met.pair * size + met.other, met.count, pairs * size)
    observed = np.bincount(met.pair, met.count * (met.label == met.other), pairs) / n
    first_shares: Floats = here.reshape(pairs, size) / n[:, None]
    second_shares: Floats = there.reshape(pairs, size) / n[:, None]
    expected = np.einsum("pk,pk->p", first_shares, second_shares)
    kappa = (observed - expected) / _room(expected)
    return _Tables(n, first_shares, second_shares, observed, expected, kappa)


def _without(n: Floats, observed: Floats, expected: Floats, same: Mask, share: Floats) -> Floats:
    """Kappa of a pair without one of its meetings, exactly; not a number when that is 0/0.

    Args:
        n: the pair's meetings, and its po and pe, per meeting that is left out.
        observed: see n.
        expected: see n.
        same: whether the two agreed there.
        share: the second's share of the first's label and the first's of the second's.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        agreed = (n * observed - same) / (n - 1)
        by_chance = (n**2 * expected - n * share + same) / (n - 1) ** 2
        kappa: Floats = (agreed - by_chance) / _room(by_chance)
    return kappa


def _room(expected: Floats) -> Floats:
    """What is left for agreement beyond chance; not a number for nothing."""
    room: Floats = np.where(expected < 1 - ROUNDING, 1 - expected, np.nan)
    return room


def _variances(met: Meetings, tables: _Tables) -> Floats:
    """The jackknife's variance of each pair's kappa over its items, for pairs that share enough."""
    n, enough = tables.n, tables.n >= MINIMUM
    rows = np.flatnonzero(enough[met.pair])
    pair, label, other, count = met.pair[rows], met.label[rows], met.other[rows], met.count[rows]
    share = tables.there[pair, label] + tables.here[pair, other]
    without = _without(n[pair], tables.observed[pair], tables.expected[pair], label == other, share)
    mean = np.bincount(pair, count * without, len(n)) / n
    square = np.bincount(pair, count * (without - mean[pair]) ** 2, len(n))
    variances: Floats = np.where(enough, (n - 1) / n * square, np.nan)
    return variances


def _together(
    votes: Ballots, pair_codes: Integers, tables: _Tables, confidence: float
) -> tuple[Estimate, Estimate, Estimate]:
    """The pooled kappa, the mean and the weighted mean, of pairs with enough common items."""
    enough = tables.n >= MINIMUM
    kept = tables.where(enough)
    defined = ~np.isnan(kept.kappa)
    terms = np.stack([kept.n, kept.n * kept.observed, kept.n * kept.expected])
    means = np.stack([kept.n, kept.n * kept.kappa, kept.kappa])[:, defined]
    whole = np.concatenate([terms.sum(axis=1), means.sum(axis=1)])
    gone = _gone(votes, pair_codes[enough], kept)
    n, pairs = gone.shape[1], int(defined.sum())
    if n < MINIMUM:
        refused = too_few(n, MINIMUM, "items of pairs that share enough", confidence)
        return refused, refused, refused
    values = _averages(whole, pairs)
    apart = _averages(whole[:, None] - gone, pairs) - values[:, None]
    variances = (n - 1) * apart.var(axis=1)
    chance = float(terms[2].sum() / terms[0].sum())
    pooled, mean, weighted_mean = (
        undefined(n, ONE_LABEL, confidence)
        if np.isnan(value)
        else spread(float(value), float(variance), chance, n, confidence)
        for value, variance in zip(values, variances, strict=True)
    )
    return pooled, mean, weighted_mean


def _averages(sums: Floats, pairs: int) -> Floats:
    """Pooled, mean and weighted mean, of the sums of n, n po, n pe, and of n, n kappa, kappa."""
    n, observed, expected, n_defined, weighted, kappa = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (observed - expected) / np.where(n - expected > ROUNDING * n, n - expected, np.nan)
        averages: Floats = np.array([pooled, np.divide(kappa, pairs), weighted / n_defined])
    return averages


def _gone(votes: Ballots, pair_codes: Integers, tables: _Tables) -> Floats:
    """What each item of these pairs adds to the sums of `_averages`, shape (6, items)."""
    size, items = len(votes.labels), len(votes.items)
    here, there = tables.here.ravel(), tables.there.ravel()
    columns = np.stack([tables.n, tables.observed, tables.expected, tables.kappa], axis=1)
    gone = np.zeros((6, items))
    find = _finder(pair_codes, len(votes.raters))
    for left, right in positions_of(votes):
        pair = find(votes.rater_index[left], votes.rater_index[right])
        known = pair >= 0
        pair, left, right = pair[known], left[known], right[known]
        label, other = votes.label_index[left], votes.label_index[right]
        share = there[pair * size + label] + here[pair * size + other]
        same = label == other
        n, observed, expected, kappa = columns[pair].T
        without = _without(n, observed, expected, same, share)
        without = np.where(np.isnan(without), kappa, without)  # a pair stays in the mean
        parts = (
            np.ones(len(pair)),
            same,
            (n * (share - expected) - same) / (n - 1),
            ~np.isnan(kappa),
            np.nan_to_num(n * kappa - (n - 1) * without),
            np.nan_to_num(kappa - without),
        )
        for total, part in zip(gone, parts, strict=True):
            total += np.bincount(votes.item_index[left], part, items)
    return gone[:, gone[0] > 0]


def _finder(pair_codes: Integers, raters: int) -> Callable[[Indexes, Indexes], Integers]:
    """A way from two reviewers to their pair, -1 for a pair that is not there."""
    if raters**2 > DENSE:
        return lambda first, second: _sought(pair_codes, first * np.int64(raters) + second)
    table = np.full(raters**2, -1, np.int32)
    table[pair_codes] = np.arange(len(pair_codes))
    return lambda first, second: table[first * np.int32(raters) + second]


def _sought(pair_codes: Integers, wanted: Integers) -> Integers:
    if not len(pair_codes):
        return np.full(len(wanted), -1, np.int64)
    place = np.minimum(np.searchsorted(pair_codes, wanted), len(pair_codes) - 1)
    return np.where(pair_codes[place] == wanted, place, -1)

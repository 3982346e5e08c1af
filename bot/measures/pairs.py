"""Cohen's kappa of every two reviewers, and of all of them together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.measures.ballots import Ballots, Floats, Indexes, Integers, Mask
from bot.measures.intervals import CONFIDENCE, Estimate, stretched_limits, too_few, undefined
from bot.measures.meetings import DENSE, Meetings, meetings_of, positions_of

MINIMUM = 10  # items that two reviewers share; below it their kappa is "too few"
ROUNDING = 1e-12
ONE_LABEL = "the reviewers used one and the same label"
OVER_ITEMS = "infinitesimal jackknife over items"


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
    variance: Floats  # of kappa: Fleiss, Cohen and Everitt (1969), doi:10.1037/h0028106
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
        variance = float(self.variance[pair])
        return _spread(kappa, variance, expected, n, confidence, "delta method")


def cohen_kappa(votes: Ballots, *, confidence: float = CONFIDENCE) -> CohenPairs:
    """Cohen's kappa of all pairs at once, in time and memory of the pairs of votes on an item.

    Three figures speak for all pairs; pairs below `MINIMUM` common items are left out:
    `mean`, every pair alike; `weighted_mean`, by common items; `pooled`, the kappa of the averages
    of po and pe, by common items (de Vries et al. 2008, doi:10.1177/1525822X08317166), which does
    not mind pairs whose own kappa is 0/0. Their intervals are over items, by the infinitesimal
    jackknife (Efron 1982, doi:10.1137/1.9781611970319), because one item serves many pairs.
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
    first_shares: Floats = here.reshape(-1, size) / n[:, None]
    second_shares: Floats = there.reshape(-1, size) / n[:, None]
    expected = np.einsum("pk,pk->p", first_shares, second_shares)
    room = np.where(expected < 1 - ROUNDING, 1 - expected, np.nan)
    return _Tables(n, first_shares, second_shares, observed, expected, (observed - expected) / room)


def _variances(met: Meetings, tables: _Tables) -> Floats:
    """The large-sample variance of each pair's kappa."""
    kappa, expected = tables.kappa, tables.expected
    pull = (met.label == met.other) - (1 - kappa[met.pair]) * (
        tables.there[met.pair, met.label] + tables.here[met.pair, met.other]
    )
    square = np.bincount(met.pair, met.count * pull**2, len(kappa)) / tables.n
    spread = square - (kappa - expected * (1 - kappa)) ** 2
    room = np.where(expected < 1 - ROUNDING, 1 - expected, np.nan)
    variances: Floats = np.maximum(spread, 0) / (tables.n * room**2)
    return variances


def _together(
    votes: Ballots, pair_codes: Integers, tables: _Tables, confidence: float
) -> tuple[Estimate, Estimate, Estimate]:
    """The pooled kappa, the mean and the weighted mean, of pairs with enough common items."""
    enough = tables.n >= MINIMUM
    kept = tables.where(enough)
    averages = (_pooled(kept), _mean(kept, by_items=False), _mean(kept, by_items=True))
    pulls, n = _pulls(votes, pair_codes[enough], kept, averages)
    pooled, mean, weighted_mean = (
        _averaged(average, pull, n, confidence)
        for average, pull in zip(averages, pulls, strict=True)
    )
    return pooled, mean, weighted_mean


@dataclass(frozen=True, slots=True, eq=False)
class _Average:
    """A figure for all pairs, and how one meeting of a pair moves it.

    The move is alike x (same label) + by_share x (each one's share of the other's label) + always.
    """

    value: float
    chance: float  # the level that the figure's interval is stretched from
    alike: Floats  # these three per pair
    by_share: Floats
    always: Floats


def _pooled(tables: _Tables) -> _Average:
    total = tables.n.sum() or np.nan
    observed = float((tables.n * tables.observed).sum() / total)
    expected = float((tables.n * tables.expected).sum() / total)
    room = 1 - expected if expected < 1 - ROUNDING else np.nan
    slope = -(1 - observed) / room**2  # of the figure, by its expected agreement
    even = np.ones(len(tables.n)) / total
    always = even * (-observed / room - slope * (tables.expected + expected))
    return _Average((observed - expected) / room, expected, even / room, even * slope, always)


def _mean(tables: _Tables, *, by_items: bool) -> _Average:
    defined = ~np.isnan(tables.kappa)
    weight = np.where(defined, tables.n if by_items else 1.0, 0.0)
    total = weight.sum() or np.nan
    kappa = np.where(defined, tables.kappa, 0.0)
    value = float((weight * kappa).sum() / total)
    room = np.where(defined, 1 - tables.expected, 1.0)
    even = weight / total / tables.n
    slope = -(1 - kappa) / room
    always = even * (-tables.observed / room - 2 * tables.expected * slope)
    if by_items:
        always = always + even * (kappa - value)
    return _Average(
        value, float((weight * tables.expected).sum() / total), even / room, even * slope, always
    )


def _pulls(
    votes: Ballots, pair_codes: Integers, tables: _Tables, averages: Sequence[_Average]
) -> tuple[Floats, int]:
    """How each item moves each average, shape (averages, items), and how many items move any."""
    size, items = len(votes.labels), len(votes.items)
    here, there = tables.here.ravel(), tables.there.ravel()
    parts = [(one.alike, one.by_share, one.always) for one in averages]
    moves = np.array(parts).transpose(2, 0, 1).copy()  # (pairs, averages, 3): one look per meeting
    pulls = np.zeros((len(averages), items))
    moved = np.zeros(items, np.bool_)
    find = _finder(pair_codes, len(votes.raters))
    for left, right in positions_of(votes):
        pair = find(votes.rater_index[left], votes.rater_index[right])
        known = pair >= 0
        pair, left, right = pair[known], left[known], right[known]
        item, label = votes.item_index[left], votes.label_index[left]
        other = votes.label_index[right]
        share = there[pair * size + label] + here[pair * size + other]
        move, same = moves[pair], label == other
        moved[item] = True
        for code, pull in enumerate(pulls):
            change = move[:, code, 0] * same + move[:, code, 1] * share + move[:, code, 2]
            pull += np.bincount(item, change, items)
    return pulls, int(moved.sum())


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


def _averaged(average: _Average, pull: Floats, n: int, confidence: float) -> Estimate:
    if n < MINIMUM:
        return too_few(n, MINIMUM, "items of pairs that share enough", confidence)
    if np.isnan(average.value):
        return undefined(n, ONE_LABEL, confidence)
    variance = float((pull * pull).sum()) * n / (n - 1)  # BLAS would wake a thread
    return _spread(average.value, variance, average.chance, n, confidence, OVER_ITEMS)


def _spread(
    value: float, variance: float, chance: float, n: int, confidence: float, method: str
) -> Estimate:
    low, high, limits = stretched_limits(value, variance, chance, n, confidence)
    return Estimate(value, low, high, n, f"{method}, {limits}", confidence=confidence)

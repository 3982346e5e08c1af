"""Jackknife and bootstrap over items, on sums over their distinct patterns."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.measures.ballots import Floats, Integers
from bot.measures.intervals import CONFIDENCE, Estimate, stretched_limits, undefined
from bot.measures.patterns import Patterns

RESAMPLES = 1_000
BLOCK = 2_000_000  # numbers in a table of replicates held at a time: 16 MB
QUIET = 250_000  # multiplications that BLAS does without waking threads, which then spin
SPEECHLESS = "too few votes that differ for an interval"


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures that are functions of sums over items."""

    count: int
    features: Callable[[Integers], Floats]  # votes per label, (rows, labels) -> (rows, features)
    formula: Callable[[Floats], tuple[Floats, Floats]]
    """Sums, (replicates, features) -> figures and their chance levels, (replicates, count) each.

    A figure is not a number where it is undefined; its chance level is what an interval is
    stretched from, see `stretched_limits`.
    """
    why_undefined: str


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Resample items instead of leaving each out once."""

    seed: int
    resamples: int = RESAMPLES


def figures(
    patterns: Patterns,
    wanted: Figures,
    *,
    n: int | Sequence[int],
    bootstrap: Bootstrap | None = None,
    confidence: float = CONFIDENCE,
) -> list[Estimate]:
    """One estimate per figure; n is the items that tell of it, of all figures or of each.

    Without `bootstrap` intervals come from the jackknife's variance (Efron and Stein 1981,
    doi:10.1214/aos/1176345462) by `stretched_limits`; with it they are percentiles of resampled
    items (Efron 1979, doi:10.1214/aos/1176344552), which hold less often than stated next to 1 and
    below 200 items.
    """
    sizes = [n] * wanted.count if isinstance(n, int) else n
    values, chances = (row[0] for row in wanted.formula(_total(patterns, wanted)[None, :]))
    if bootstrap is None:
        variances = jackknife_variances(patterns, wanted)
        made = [
            spread(float(value), float(variance), float(chance), size, confidence)
            for value, variance, chance, size in zip(values, variances, chances, sizes, strict=True)
        ]
    else:
        method = f"bootstrap over items, percentiles of {bootstrap.resamples:,}"
        made = [
            _with_percentiles(float(value), column, size, method, confidence)
            for value, column, size in zip(
                values, resampled(patterns, wanted, bootstrap).T, sizes, strict=True
            )
        ]
    return [
        undefined(size, wanted.why_undefined, confidence) if np.isnan(value) else estimate
        for value, estimate, size in zip(values, made, sizes, strict=True)
    ]


def jackknife_variances(patterns: Patterns, wanted: Figures) -> Floats:
    """The variance of each figure when items are left out one at a time, shape (figures,).

    Not a number where a figure is undefined without some item.
    """
    total = _total(patterns, wanted)
    centre = wanted.formula(total[None, :])[0][0]
    n = patterns.item_count
    first, second = np.zeros(len(centre)), np.zeros(len(centre))
    for block in _blocks(len(patterns.weights), len(total)):
        apart = wanted.formula(total - wanted.features(patterns.counts[block]))[0] - centre
        first += patterns.weights[block] @ apart
        second += patterns.weights[block] @ apart**2
    variances: Floats = np.maximum((n - 1) / n * (second - first**2 / n), 0.0)
    return variances


def resampled(patterns: Patterns, wanted: Figures, bootstrap: Bootstrap) -> Floats:
    """Each figure on resampled items, shape (resamples, figures).

    Drawing items with replacement is drawing how many of each pattern, which is multinomial.
    """
    chance = np.random.default_rng(bootstrap.seed)
    n = patterns.item_count
    rows: list[Floats] = []
    each = len(patterns.weights) * len(_total(patterns, wanted))
    for block in _blocks(bootstrap.resamples, each, QUIET):
        drawn = chance.multinomial(n, patterns.weights / n, size=block.stop - block.start)
        rows.append(wanted.formula(_sums(patterns, wanted, drawn.astype(np.float64)))[0])
    return np.concatenate(rows)


def _total(patterns: Patterns, wanted: Figures) -> Floats:
    total: Floats = _sums(patterns, wanted, patterns.weights[None, :].astype(np.float64))[0]
    return total


def _sums(patterns: Patterns, wanted: Figures, weights: Floats) -> Floats:
    """The features' sums for each row of weights, shape (rows, features)."""
    width = wanted.features(patterns.counts[:1]).shape[1]
    sums = np.zeros((len(weights), width))
    for block in _blocks(len(patterns.weights), width):
        sums += weights[:, block] @ wanted.features(patterns.counts[block])
    return sums


def _blocks(rows: int, width: int, most: int = BLOCK) -> Iterator[slice]:
    step = max(1, most // max(width, 1))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))


def spread(value: float, variance: float, chance: float, n: int, confidence: float) -> Estimate:
    """An estimate from the jackknife's variance; without an interval when that is not a number."""
    bare = Estimate(value, None, None, n, "", SPEECHLESS, confidence)
    if np.isnan(variance) or n < 2:
        return bare
    low, high, method = stretched_limits(value, variance, chance, n, confidence)
    return replace(bare, low=low, high=high, method=f"jackknife over items, {method}", note="")


def _with_percentiles(
    value: float, replicates: NDArray[np.float64], n: int, method: str, confidence: float
) -> Estimate:
    known = replicates[~np.isnan(replicates)]
    if len(known) < 0.95 * len(replicates):
        return Estimate(value, None, None, n, "", SPEECHLESS, confidence)
    tail = (1 - confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return Estimate(value, float(low), float(high), n, method, confidence=confidence)

"""The distinct rows of votes with their counts: many items were judged alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.measures.ballots import Ballots, Indexes, Integers, Mask

Hashes = NDArray[np.uint64]

LARGEST = 2**62  # that digits may make
COUNTED = 4  # possible rows for each item, up to which counting beats sorting
_GOLDEN = 0x9E3779B97F4A7C15  # splitmix64, Steele et al. (2014), doi:10.1145/2660193.2660195


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """How many votes each label got, once per distinct row, with the number of items like it.

    A hundred thousand items with five votes on four labels have at most 56 patterns of five votes:
    sums, jackknife and bootstrap over items then cost what the patterns cost.
    """

    counts: Integers  # shape (patterns, labels)
    weights: Integers  # items per pattern, shape (patterns,), each >= 1

    @property
    def item_count(self) -> int:
        """The number of items with at least one vote."""
        return int(self.weights.sum())

    def where(self, keep: Mask) -> "Patterns":
        """The patterns under the mask, shape (patterns,)."""
        return Patterns(self.counts[keep], self.weights[keep])

    def pairable(self) -> "Patterns":
        """The patterns with two votes or more: the others say nothing about agreement."""
        return self.where(self.counts.sum(axis=1) >= 2)


def patterns_of(votes: Ballots) -> Patterns:
    """The patterns of every item with a vote, in O(votes + items log items), whatever the labels.

    A row is one number, with a digit for each label. Where that does not fit into 64 bits, rows are
    told apart by two sums of 64-bit numbers, one pair for each label: two different rows taken for
    one have a chance below 1e-20 among a million.
    """
    if not votes.vote_count:
        return Patterns(np.zeros((0, len(votes.labels)), np.int64), np.zeros(0, np.int64))
    starts = _starts(votes.item_index)
    base = int(np.diff(starts, append=votes.vote_count).max()) + 1
    if base ** len(votes.labels) < LARGEST:
        return _by_digits(votes, starts, base)
    representative, weights = _alike(
        _summed(votes.label_index, starts, len(votes.labels), 1),
        _summed(votes.label_index, starts, len(votes.labels), 2),
    )
    return Patterns(_rows(votes, starts, representative), weights)


def patterns_of_counts(counts: Integers) -> Patterns:
    """The patterns of a table of votes per item and label, shape (items, labels)."""
    rows, weights = np.unique(counts[counts.sum(axis=1) > 0], axis=0, return_counts=True)
    return Patterns(rows.astype(np.int64), weights)


def _starts(item_index: Indexes) -> Integers:
    """Where each item's votes begin; they stand together."""
    begins = np.empty(len(item_index), np.bool_)
    begins[0] = True
    np.not_equal(item_index[1:], item_index[:-1], out=begins[1:])
    return np.flatnonzero(begins)


def _by_digits(votes: Ballots, starts: Integers, base: int) -> Patterns:
    """The patterns, each read from its number again."""
    digit = base ** np.arange(len(votes.labels), dtype=np.int64)
    rows = np.add.reduceat(digit.take(votes.label_index), starts)
    if base ** len(votes.labels) <= COUNTED * len(rows):
        counted = np.bincount(rows)
        codes = np.flatnonzero(counted)
        weights = counted[codes]
    else:
        codes, weights = np.unique(rows, return_counts=True)
    return Patterns(codes[:, None] // digit % base, weights.astype(np.int64))


def _summed(label_index: Indexes, starts: Integers, label_count: int, salt: int) -> Hashes:
    """One number per item, the same for the same votes in any order."""
    number = np.arange(1, label_count + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
    number ^= np.uint64(salt * 0xD6E8FEB86659FD93 & 0xFFFFFFFFFFFFFFFF)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        number = (number ^ (number >> np.uint64(shift))) * np.uint64(factor)
    number ^= number >> np.uint64(31)
    return np.add.reduceat(number[label_index], starts)


def _alike(first: Hashes, second: Hashes) -> tuple[Integers, Integers]:
    """One item of each kind, and how many there are of the kind."""
    _, chosen, inverse, weights = np.unique(
        first, return_index=True, return_inverse=True, return_counts=True
    )
    if not (second[chosen][inverse] == second).all():
        both = np.stack([first, second], axis=1)
        _, chosen, weights = np.unique(both, axis=0, return_index=True, return_counts=True)
    return chosen, weights


def _rows(votes: Ballots, starts: Integers, chosen: Integers) -> Integers:
    """The votes per label of the chosen items, shape (chosen, labels)."""
    sizes = np.diff(starts, append=votes.vote_count)[chosen]
    row = np.repeat(np.arange(len(chosen)), sizes)
    first = np.repeat(starts[chosen] - np.cumsum(sizes) + sizes, sizes)
    label = votes.label_index[first + np.arange(len(row))]
    shape = len(chosen), len(votes.labels)
    return np.bincount(row * shape[1] + label, minlength=shape[0] * shape[1]).reshape(shape)

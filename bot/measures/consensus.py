"""The answer that the votes on each item give, and how often it is right."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.measures.ballots import Ballots, Floats, Indexes, Integers, Mask, Names
from bot.measures.intervals import CONFIDENCE, Estimate, proportion

RATER_MINIMUM = 5  # gold items of one reviewer
LEVEL = 1e-9  # shares closer than this are a tie


@dataclass(frozen=True, slots=True, eq=False)
class Consensus:
    """One answer per item, with what speaks for every label."""

    items: Names
    labels: Names
    weight: Floats  # vote shares or a posterior, shape (items, labels); rows of zeros: no votes
    method: str

    @property
    def leads(self) -> Mask:
        """Which labels lead on each item, more than one in a tie; shape (items, labels)."""
        top = self.weight.max(axis=1, keepdims=True, initial=0.0)
        leads: Mask = (self.weight >= top - LEVEL) & (top > 0)
        return leads

    @property
    def is_tied(self) -> Mask:
        """Which items have more than one leading label, shape (items,)."""
        tied: Mask = self.leads.sum(axis=1) > 1
        return tied

    @property
    def choices(self) -> Indexes:
        """The number of each item's leading label; -1 in a tie or without votes. Shape (items,)."""
        leads = self.leads
        return np.where(leads.sum(axis=1) == 1, leads.argmax(axis=1), -1).astype(np.int32)

    def answers(self) -> dict[Hashable, Hashable]:
        """The label of every item that has one leading label."""
        chosen = zip(self.items, self.choices.tolist(), strict=True)
        return {item: self.labels[code] for item, code in chosen if code >= 0}


def majority(votes: Ballots) -> Consensus:
    """The vote shares of each item: the label with the most leads, and a tie stays a tie."""
    counts = vote_table(votes)
    size = counts.sum(axis=1, keepdims=True)
    return Consensus(votes.items, votes.labels, counts / np.maximum(size, 1), "majority")


def rater_accuracy(
    votes: Ballots,
    gold: Mapping[Any, Hashable],
    *,
    minimum: int = RATER_MINIMUM,
    confidence: float = CONFIDENCE,
) -> list[Estimate]:
    """How often each reviewer is right on gold items, 0 to 1, in the raters' order.

    Interval by `proportion_limits` over the reviewer's gold items; too few below `minimum` of them.
    """
    answer = votes.label_codes(gold)[votes.item_index]
    known = np.fromiter((item in gold for item in votes.items), np.bool_, len(votes.items))
    known = known[votes.item_index]
    size = len(votes.raters)
    n = np.bincount(votes.rater_index[known], minlength=size)
    right = np.bincount(votes.rater_index[known & (answer == votes.label_index)], minlength=size)
    return [
        proportion(int(good), int(count), confidence=confidence, minimum=minimum, unit="gold items")
        for good, count in zip(right, n, strict=True)
    ]


def contested(votes: Ballots, limit: int) -> list[tuple[Hashable, float]]:
    """The items with the largest share of disagreeing pairs of votes, worst first, never unanimous.

    Of items alike, the one with more votes comes first, then the earlier.
    """
    counts = vote_table(votes)
    size = counts.sum(axis=1)
    pairs = size * (size - 1)
    apart = 1 - (counts * (counts - 1)).sum(axis=1) / np.maximum(pairs, 1)
    apart[pairs == 0] = 0
    order = np.lexsort((-size, -apart))[:limit]
    return [(votes.items[code], float(apart[code])) for code in order if apart[code] > 0]


def vote_table(votes: Ballots) -> Integers:
    """The number of votes for each label on each item, shape (items, labels)."""
    shape = len(votes.items), len(votes.labels)
    cell = votes.item_index.astype(np.int64) * shape[1] + votes.label_index
    return np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)


def accuracy(
    consensus: Consensus,
    gold: Mapping[Any, Hashable],
    *,
    minimum: int = 1,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """How often the consensus is right on the gold items that have votes, 0 to 1.

    A tie of m labels counts 1/m when gold is among them: what tossing a fair coin would give on
    average. Interval by `proportion_limits` over items; too few below `minimum` of them.
    """
    number = {label: code for code, label in enumerate(consensus.labels)}
    leads = consensus.leads
    stated = (number.get(gold[i], -1) if i in gold else -2 for i in consensus.items)
    codes = np.fromiter(stated, np.int32, len(consensus.items))
    asked = (codes != -2) & leads.any(axis=1)
    rows, codes = leads[asked], codes[asked]
    right = rows[np.arange(len(codes)), codes] & (codes >= 0)
    credit = right / np.maximum(rows.sum(axis=1), 1)
    return proportion(float(credit.sum()), len(codes), confidence=confidence, minimum=minimum)

"""Every two votes on one item: what is known of two reviewers is how they met."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bot.measures.ballots import Ballots, Integers

DENSE = 4_000_000  # cells of a table of counts that is cheaper than sorting
BATCH = 4_000_000  # pairs of votes that are counted at a time: 32 MB


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """How often each two reviewers met with each two labels: one row per pair and two labels."""

    pair_codes: Integers  # first x reviewers + second, ascending, one per pair
    pair: Integers  # the row's pair, a number into `pair_codes`
    label: Integers  # of the first reviewer
    other: Integers  # of the second
    count: Integers


def meetings_of(votes: Ballots) -> Meetings:
    """How every two reviewers met, in time of all meetings and memory of the distinct ones."""
    bits = max(len(votes.labels) - 1, 0).bit_length()  # shifts, because divisions take longer
    raters = np.int64(max(len(votes.raters), 1))
    cells = int(raters) ** 2 << 2 * bits
    batches: list[tuple[Integers, Integers]] = []
    waiting: list[Integers] = []
    for left, right in positions_of(votes):
        pair = votes.rater_index[left] * raters + votes.rater_index[right]
        labels = (votes.label_index[left] << bits) + votes.label_index[right]
        waiting.append((pair << 2 * bits) + labels)
        if sum(map(len, waiting)) >= BATCH:
            batches.append(_counted(waiting, cells))
            waiting = []
    batches.append(_counted(waiting, cells))
    code, count = batches[0] if len(batches) == 1 else _merged(batches)
    pair, mask = code >> 2 * bits, (1 << bits) - 1
    is_new = np.diff(pair, prepend=-1) != 0
    label, other = code >> bits & mask, code & mask
    return Meetings(pair[is_new], np.cumsum(is_new) - 1, label, other, count)


def positions_of(votes: Ballots) -> Iterator[tuple[Integers, Integers]]:
    """Every two votes on one item once, as positions: neighbours, then two apart, and so on."""
    left = np.arange(votes.vote_count)
    for apart in range(1, votes.vote_count):
        left = left[: np.searchsorted(left, votes.vote_count - apart)]
        left = left[votes.item_index[left] == votes.item_index[left + apart]]
        if not len(left):
            return
        yield left, left + apart


def _counted(codes: list[Integers], cells: int) -> tuple[Integers, Integers]:
    """The distinct codes, ascending, and how often each occurs."""
    every = np.concatenate(codes) if codes else np.empty(0, np.int64)
    if cells <= DENSE:
        table = np.bincount(every, minlength=cells)
        present = np.flatnonzero(table)
        return present, table[present]
    every.sort()
    starts = np.flatnonzero(np.diff(every, prepend=-1))
    return every[starts], np.diff(starts, append=len(every))


def _merged(batches: list[tuple[Integers, Integers]]) -> tuple[Integers, Integers]:
    codes = np.concatenate([code for code, _ in batches])
    counts = np.concatenate([count for _, count in batches])
    turn = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[turn], prepend=-1))
    return codes[turn][starts], np.add.reduceat(counts[turn], starts)

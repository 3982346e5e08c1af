"""The votes as compact arrays: what every measure of reviewers starts from."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Indexes = NDArray[np.int32]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

Names = Sequence[Hashable]
Column = Sequence[Hashable] | NDArray[Any]
Repeated = Literal["first", "last"]


@dataclass(frozen=True, slots=True, eq=False)
class Ballots:
    """Votes in columns, sorted by item and then rater; at most one of a rater on an item.

    The index columns have one entry per vote and point into `items`, `raters` and `labels`; an
    item, rater or label may be without votes. Build it with `ballots`.
    """

    items: Names
    raters: Names
    labels: Names  # in the order that an ordinal scale has
    item_index: Indexes  # ascending
    rater_index: Indexes  # ascending within an item
    label_index: Indexes
    seconds: Floats | None = None  # decision time per vote; not a number: unknown

    @property
    def vote_count(self) -> int:
        """How many votes there are."""
        return len(self.item_index)

    def votes_per_item(self) -> Integers:
        """The number of votes on each item, shape (items,)."""
        return np.bincount(self.item_index, minlength=len(self.items))

    def where(self, keep: Mask) -> "Ballots":
        """The votes under the mask, shape (votes,); items, raters and labels keep their numbers."""
        return replace(
            self,
            item_index=self.item_index[keep],
            rater_index=self.rater_index[keep],
            label_index=self.label_index[keep],
            seconds=None if self.seconds is None else self.seconds[keep],
        )

    def cast_by(self, raters: Collection[Hashable]) -> Mask:
        """Which votes were cast by one of these raters, shape (votes,)."""
        return among(self.raters, raters)[self.rater_index]

    def without_labels(self, labels: Collection[Hashable]) -> "Ballots":
        """The votes for other labels only, abstentions or ties for example; the labels are gone."""
        gone = among(self.labels, labels)
        kept = self.where(~gone[self.label_index])
        number = np.cumsum(~gone, dtype=np.int32) - 1
        names = tuple(name for name, out in zip(self.labels, gone, strict=True) if not out)
        return replace(kept, labels=names, label_index=number[kept.label_index])

    def label_codes(self, answers: Mapping[Any, Hashable]) -> Indexes:
        """The number of each item's label in `answers`, shape (items,); -1 where it has none."""
        number = {name: code for code, name in enumerate(self.labels)}
        codes = (number.get(answers[name], -1) if name in answers else -1 for name in self.items)
        return np.fromiter(codes, np.int32, len(self.items))


def ballots(
    items: Column,
    raters: Column,
    labels: Column,
    *,
    order: Iterable[Hashable] | None = None,
    seconds: Sequence[float | None] | Floats | None = None,
    repeated: Repeated = "last",
) -> Ballots:
    """The votes of three columns of equal length, one row per vote, in the order they were cast.

    Args:
        items: names or numbers; integer arrays are read without a Python loop.
        raters: the same.
        labels: the same.
        order: every label, lowest first; None: those that occur, sorted.
        seconds: decision time per vote; None or not a number: unknown.
        repeated: which of a rater's votes on one item counts.

    Raises:
        ValueError: the columns differ in length, or a label is not in `order`.
    """
    if not len(items) == len(raters) == len(labels):
        message = f"columns of {len(items)}, {len(raters)} and {len(labels)} votes"
        raise ValueError(message)
    item_names, item_index = _numbered(items)
    rater_names, rater_index = _numbered(raters)
    label_names, label_index = _ordered(*_numbered(labels), order)
    times = None if seconds is None else np.asarray(seconds, dtype=np.float64)
    unsorted = Ballots(
        item_names, rater_names, label_names, item_index, rater_index, label_index, times
    )
    return _settled(unsorted, repeated)


def numbered_ballots(
    names: tuple[Names, Names, Names],
    numbers: tuple[Indexes, Indexes, Indexes],
    *,
    seconds: Floats | None = None,
    repeated: Repeated = "last",
) -> Ballots:
    """The votes of columns that hold numbers into names already, in the order they were cast.

    Args:
        names: of items, raters and labels; some may have no votes.
        numbers: the place in them of each vote's item, rater and label.
        seconds: as for `ballots`.
        repeated: as for `ballots`.
    """
    return _settled(Ballots(*names, *numbers, seconds), repeated)


def among(names: Names, chosen: Collection[Hashable]) -> Mask:
    """Which of the names are chosen, shape (names,)."""
    wanted = frozenset(chosen)
    return np.fromiter((name in wanted for name in names), np.bool_, len(names))


def _numbered(column: Column) -> tuple[Names, Indexes]:
    """The distinct entries, and each row's place among them."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "iu":
        return _numbered_integers(np.ascontiguousarray(column))
    rows: Sequence[Hashable] = column.tolist() if isinstance(column, np.ndarray) else column
    names = list(dict.fromkeys(rows))
    number: Callable[[Hashable], int] = {name: code for code, name in enumerate(names)}.__getitem__
    return names, np.fromiter(map(number, rows), np.int32, len(rows))


def _numbered_integers(column: NDArray[Any]) -> tuple[Names, Indexes]:
    if not len(column):
        return [], np.empty(0, np.int32)
    lowest, highest = int(column.min()), int(column.max())
    if highest - lowest > 4 * len(column) + 1024:
        distinct, inverse = np.unique(column, return_inverse=True)
        return distinct.tolist(), inverse.astype(np.int32)
    shifted = (column - lowest).astype(np.int32)
    present = np.zeros(highest - lowest + 1, np.bool_)
    present[shifted] = True
    number = np.cumsum(present, dtype=np.int32) - 1
    return (np.flatnonzero(present) + lowest).tolist(), number[shifted]


def _ordered(
    names: Names, index: Indexes, order: Iterable[Hashable] | None
) -> tuple[Names, Indexes]:
    """The labels in their order, and the votes' places in it."""
    wanted = tuple(sorted(names, key=_rank) if order is None else order)
    place = {name: code for code, name in enumerate(wanted)}
    if unknown := [name for name in names if name not in place]:
        message = f"labels that are not in the order given: {unknown[:5]}"
        raise ValueError(message)
    number = np.fromiter((place[name] for name in names), np.int32, len(names))
    return wanted, number[index]


def _rank(name: Hashable) -> tuple[bool, float, str]:
    """Numbers by size, then everything else by its text."""
    if isinstance(name, (int, float)):
        return False, float(name), ""
    return True, 0.0, str(name)


def _settled(votes: Ballots, repeated: Repeated) -> Ballots:
    """The votes sorted by item and rater, one of each kept."""
    key = votes.item_index * np.int64(max(len(votes.raters), 1)) + votes.rater_index
    if bool((key[1:] > key[:-1]).all()):
        return votes
    turn = np.argsort(key)
    in_turn = key[turn]
    same = in_turn[1:] == in_turn[:-1]
    if same.any():
        turn = np.argsort(key, kind="stable")
        keep = np.ones(len(key), np.bool_)
        keep[slice(1, None) if repeated == "first" else slice(None, -1)] = ~same
        turn = turn[keep]
    return replace(
        votes,
        item_index=votes.item_index[turn],
        rater_index=votes.rater_index[turn],
        label_index=votes.label_index[turn],
        seconds=None if votes.seconds is None else votes.seconds[turn],
    )

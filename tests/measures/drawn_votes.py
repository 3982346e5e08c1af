"""Votes for tests: from small tables, from models with a known truth, and from public data."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from bot.measures.ballots import Ballots, Floats, ballots
from bot.measures.patterns import Patterns, patterns_of_counts

Row = tuple[str, str, str]  # item, rater, label


def of_rows(rows: Sequence[Row], order: Sequence[str] | None = None) -> Ballots:
    """Votes from rows."""
    items, raters, labels = zip(*rows, strict=True) if rows else ((), (), ())
    return ballots(items, raters, labels, order=order)


def of_table(table: Sequence[str], order: Sequence[str] | None = None) -> Ballots:
    """Votes from one string per rater, one character per item, a dot for no vote."""
    rows = [
        (f"i{item}", f"r{rater}", label)
        for rater, line in enumerate(table)
        for item, label in enumerate(line)
        if label != "."
    ]
    return of_rows(rows, order)


def of_counts(*rows: Sequence[int]) -> Patterns:
    """Patterns from a table of votes per item and label."""
    return patterns_of_counts(np.array(rows, np.int64))


def crowd(
    items: int, votes: int, *, raters: int, prior: Sequence[float], skill: Floats, seed: int
) -> tuple[Ballots, dict[int, int]]:
    """Votes of raters with a known chance to be right, wrong labels alike, and the truth."""
    chance = np.random.default_rng(seed)
    truth = chance.choice(len(prior), items, p=prior)
    item = np.repeat(np.arange(items), votes)
    rater = np.argsort(chance.random((items, raters)), axis=1)[:, :votes].ravel()
    right = chance.random(len(item)) < skill[rater]
    other = (truth[item] + chance.integers(1, len(prior), len(item))) % len(prior)
    label = np.where(right, truth[item], other)
    made = ballots(item, rater, label, order=range(len(prior)))
    return made, dict(enumerate(truth.tolist()))


def recorded(folder: Path) -> tuple[Ballots, dict[str, str]]:
    """Public votes, the first of each rater on an item, and gold where the source has it."""
    with (folder / "votes.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = ([row[name] for row in rows] for name in ("item", "rater", "label"))
    gold = {}
    for line in (folder / "items.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item.get("gold") is not None:
            gold[item["id"]] = str(item["gold"])
    return ballots(*columns, repeated="first"), gold


LABELS = "abcd"
_votes = st.lists(
    st.tuples(st.sampled_from("ABCDEFGHIJ"), st.sampled_from("rstuv"), st.sampled_from(LABELS)),
    max_size=60,
    unique_by=lambda row: row[:2],
)


def some_rows() -> st.SearchStrategy[list[Row]]:
    """Any rows with at most one vote of a rater on an item."""
    return _votes

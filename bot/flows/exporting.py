"""Hands out whole tables: votes, items, outcomes and the history, row by row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.masking import without_secrets
from storage import exports
from storage.unit import Unit

Rows = list[tuple[Any, ...]]
Query = Callable[
    [Connection, str | None, datetime | None, datetime], Iterator[Sequence[Sequence[Any]]]
]


@dataclass(frozen=True, slots=True)
class Table:
    """What can be handed out: its columns with their types, and where it comes from."""

    columns: Mapping[str, str]  # name -> text, integer, number, truth or instant
    query: Query
    masked: frozenset[str] = frozenset()  # columns whose secrets are shown as fingerprints


TABLES: Mapping[str, Table] = {
    "votes": Table(
        {
            "item_id": "text", "queue": "text", "key": "text", "person_id": "text",
            "choice": "text", "reason": "text", "as_senior": "truth", "cast_at": "instant",
            "seconds": "number", "source": "text", "purpose": "text",
        },
        exports.votes,
        frozenset({"reason"}),
    ),
    "items": Table(
        {
            "id": "text", "queue": "text", "kind": "text", "key": "text", "producer": "text",
            "requester": "text", "status": "text", "choices": "text", "predicted": "text",
            "confidence": "number", "opened_at": "instant", "due_at": "instant",
            "escalated_at": "instant", "trigger": "text", "purpose": "text", "digest": "text",
            "content": "text", "policy": "text",
        },
        exports.items,
        frozenset({"content", "requester"}),
    ),
    "outcomes": Table(
        {
            "item_id": "text", "queue": "text", "key": "text", "choice": "text", "rule": "text",
            "votes": "integer", "decided_by": "text", "decided_at": "instant",
            "predicted": "text", "confidence": "number", "known": "text", "execution": "text",
            "reported_at": "instant", "purpose": "text",
        },
        exports.outcomes,
    ),
    "ledger": Table(
        {
            "seq": "integer", "at": "instant", "event": "text", "item_id": "text",
            "actor": "text", "source": "text", "body": "text", "hash": "text",
        },
        exports.ledger,  # as it is: what was changed could not be verified
    ),
}  # fmt: skip


def hand_out(
    unit: Unit,
    name: str,
    queue: str | None,
    since: datetime | None,
    until: datetime,
    take: Callable[[Rows], None],
) -> int:
    """Gives every row of a table to `take`, some thousand at a time; how many there were.

    Args:
        unit: the transaction; all rows are of its one moment.
        name: of `TABLES`.
        queue: of these items only; None: all.
        since: the beginning; None: everything.
        until: the end, which is not in it.
        take: called with rows whose cells are in the order of the table's columns.
    """
    table = TABLES[name]
    masked = [place for place, column in enumerate(table.columns) if column in table.masked]
    count = 0
    for batch in table.query(unit.connection, queue, since, until):
        take([_row(row, masked) for row in batch])
        count += len(batch)
    return count


def _row(row: Sequence[Any], masked: Sequence[int]) -> tuple[Any, ...]:
    if not masked:
        return tuple(row)
    cells = list(row)
    for place in masked:
        if cells[place]:
            cells[place] = without_secrets(cells[place])
    return tuple(cells)

"""The history: append-only, each line bound to the line before by its hash."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text

from storage.prepared import Prepared
from storage.tables import EPOCH, LEDGER, MICROSECOND

GENESIS = "0" * 64
LOCK_KEY = 0x5167_0FF  # PostgreSQL's advisory lock that makes writers of the chain queue up

_add = Prepared(insert(LEDGER))
_last = Prepared(select(LEDGER.c.seq, LEDGER.c.hash).order_by(LEDGER.c.seq.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class Line:
    """What is written down: who did what, when, from where."""

    at: datetime
    event: str
    item_id: str | None
    actor: str
    source: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest line: how many there are, and the hash that vouches for all."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first line that does not fit the chain."""

    seq: int
    what: str


def append(connection: Connection, *lines: Line) -> None:
    """Adds lines at the end of the chain."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
    last = head(connection)
    chained = last.hash
    for seq, line in enumerate(lines, last.count + 1):
        body = _canonical(line.body)
        fields = (line.event, line.item_id, line.actor, line.source, body)
        chained = _hash(chained, seq, line.at, *fields)
        named = dict(zip(("event", "item_id", "actor", "source", "body"), fields, strict=True))
        _add(connection, seq=seq, at=line.at, hash=chained, **named)


def head(connection: Connection) -> Head:
    """The newest line's number and hash; (0, GENESIS) of an empty chain."""
    row = _last.one(connection)
    return Head(row.seq, row.hash) if row else Head(0, GENESIS)


def verify(connection: Connection, witness: Head | None = None) -> Break | None:
    """The first line that was changed, removed, added or moved; None when the chain holds.

    A witness is a head noted elsewhere (in a digest's footer): it shows that the end was not cut.
    """
    lines = select(LEDGER).order_by(LEDGER.c.seq).execution_options(yield_per=1_000)
    with connection.execute(lines) as rows:
        return _first_break(rows, witness)


def _first_break(rows: Iterable[Row[Any]], witness: Head | None) -> Break | None:
    chained, seq = GENESIS, 0
    for row in rows:
        seq += 1
        if row.seq != seq:
            return Break(seq, f"line {seq} is missing")
        fields = (row.event, row.item_id, row.actor, row.source, row.body)
        chained = _hash(chained, seq, row.at, *fields)
        if chained != row.hash:
            return Break(seq, f"line {seq} does not match its hash: it or the one before changed")
        if witness and seq == witness.count and chained != witness.hash:
            return Break(seq, f"line {seq} is not the one that the witness saw")
    if witness and seq < witness.count:
        return Break(seq + 1, f"the end is cut off: {seq} lines of {witness.count} are left")
    return None


def of_item(connection: Connection, item_id: str, event: str | None = None) -> Iterator[Any]:
    """The lines about one item, oldest first; those of one event only, when it is named."""
    query = select(LEDGER).where(LEDGER.c.item_id == item_id).order_by(LEDGER.c.seq)
    if event is not None:
        query = query.where(LEDGER.c.event == event)
    yield from connection.execute(query)


def _canonical(body: dict[str, Any]) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"))


def _hash(before: str, seq: int, at: datetime, *fields: str | None) -> str:
    """SHA-256 over the hash before and the line; JSON keeps the fields apart."""
    line = json.dumps([before, seq, (at - EPOCH) // MICROSECOND, *fields])
    return hashlib.sha256(line.encode()).hexdigest()

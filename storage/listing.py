"""Items in the order of their opening, and the history in the order of its lines."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, or_, select

from storage.prepared import Prepared
from storage.tables import ITEM, LEDGER, VOTE

_facts = [column for column in ITEM.columns if column.name != "content"]
_last = Prepared(select(LEDGER.c.seq).order_by(LEDGER.c.seq.desc()).limit(1))
_after = Prepared(
    select(LEDGER.c.seq, LEDGER.c.event, LEDGER.c.item_id, LEDGER.c.at)
    .where(LEDGER.c.seq > bindparam("after"), LEDGER.c.seq <= bindparam("upto"))
    .order_by(LEDGER.c.seq)
)


def page(
    connection: Connection,
    producer: str | None,
    stated: dict[str, str],
    before: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The newest items first, from behind a place on; every producer's when none is named."""
    conditions: list[ColumnElement[bool]] = [ITEM.c[name] == it for name, it in stated.items()]
    whose = ITEM.c.purpose.is_(None) if producer is None else ITEM.c.producer == producer
    conditions.append(whose)
    if stated.get("status") in ("open", "escalated"):
        conditions.append(ITEM.c.wake_at.is_not(None))  # there is an index of what waits
    if before is not None:
        conditions.append(_older(*before))
    query = select(*_facts).where(*conditions)
    return connection.execute(_newest_first(query).limit(limit)).all()


def votes_on(connection: Connection, item_ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """The votes on each of these items, oldest first."""
    query = select(VOTE).where(VOTE.c.item_id.in_(item_ids)).order_by(VOTE.c.cast_at)
    found = defaultdict(list)
    for row in connection.execute(query):
        found[row.item_id].append(row)
    return found


def last_line(connection: Connection) -> int:
    """The number of the newest line of history; 0: there is none."""
    row = _last.one(connection)
    return row.seq if row else 0


def lines(connection: Connection, after: int, upto: int) -> Sequence[Any]:
    """The history's lines behind one number, up to another."""
    return _after(connection, after=after, upto=upto)


def owners_of(connection: Connection, item_ids: Iterable[str]) -> dict[str, Any]:
    """Whose each of these items is, and its queue."""
    query = select(ITEM.c.id, ITEM.c.producer, ITEM.c.queue).where(ITEM.c.id.in_(set(item_ids)))
    return {row.id: row for row in connection.execute(query)}


def _older(opened_at: datetime, item_id: str) -> ColumnElement[bool]:
    """Behind that place; the first half is what an index can begin at."""
    is_later = or_(ITEM.c.opened_at < opened_at, ITEM.c.id < item_id)
    return and_(ITEM.c.opened_at <= opened_at, is_later)


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(ITEM.c.opened_at.desc(), ITEM.c.id.desc())

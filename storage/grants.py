"""Grants in the memory: one row per approved action, changed only while its item is held."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from storage.prepared import Prepared
from storage.tables import GRANT, ITEM

_add = Prepared(insert(GRANT))
_of_item = Prepared(select(GRANT).where(GRANT.c.item_id == bindparam("item_id")))
_due = (
    select(ITEM.c.id)
    .join(GRANT, GRANT.c.item_id == ITEM.c.id)
    .where(GRANT.c.wake_at <= bindparam("now"))
    .order_by(GRANT.c.wake_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=ITEM)
)
_ready = (
    select(ITEM.c.id)
    .join(GRANT, GRANT.c.item_id == ITEM.c.id)
    .where(GRANT.c.wake_at.is_not(None), GRANT.c.status == "ready")
    .order_by(ITEM.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=ITEM)
)


def add(connection: Connection, **values: Any) -> None:
    """An approved action may run, once; every column given."""
    _add(connection, **values)


def find(connection: Connection, item_id: str) -> Any:
    """The grant of an item, or None."""
    return _of_item.one(connection, item_id=item_id)


def of_items(connection: Connection, item_ids: Collection[str]) -> dict[str, Row[Any]]:
    """The grants of these items, by item id."""
    rows = connection.execute(select(GRANT).where(GRANT.c.item_id.in_(item_ids)))
    return {row.item_id: row for row in rows}


def move(connection: Connection, item_id: str, standing: str, **values: Any) -> bool:
    """Changes a grant that stands so, and says whether it did.

    The condition is in the statement itself: of two that redeem one grant, one finds nothing.
    """
    changed = (
        update(GRANT)
        .where(GRANT.c.item_id == item_id, GRANT.c.status == standing)
        .values(values)
        .returning(GRANT.c.item_id)
    )
    return connection.execute(changed).one_or_none() is not None


def ready(connection: Connection, limit: int) -> Sequence[str]:
    """Ids of items whose grant can still be redeemed; the items are held by this unit."""
    return connection.execute(_ready, {"limit": limit}).scalars().all()


def due(connection: Connection, now: datetime, limit: int) -> Sequence[str]:
    """Ids of items whose grant time has something to do with; the items are held by this unit."""
    return connection.execute(_due, {"now": now, "limit": limit}).scalars().all()

"""The switch that withholds every grant: a row while it is on, and the cards that must say so."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, or_, select, text, true, update

from storage.dialect import insert_unless_there
from storage.tables import GRANT, ITEM, PAUSE

EVERYTHING = "everything"
_HOLD = text("LOCK TABLE pause IN SHARE MODE")  # SQLite has one writer, which holds all there is


def start(
    connection: Connection, paused_at: datetime, paused_by: str, source: str, reason: str | None
) -> bool:
    """Whether the pause is new."""
    row = {
        "scope": EVERYTHING,
        "paused_at": paused_at,
        "paused_by": paused_by,
        "source": source,
        "reason": reason,
    }
    return insert_unless_there(connection, PAUSE, row)


def end(connection: Connection) -> bool:
    """Whether there was a pause to end."""
    ended = connection.execute(delete(PAUSE).returning(PAUSE.c.scope))
    return ended.one_or_none() is not None


def current_held(connection: Connection) -> Row[Any] | None:
    """The pause, or None; nobody can move the switch until this unit ends.

    Else somebody could pause between this look and the commit of what it permits. Those who only
    look do not wait for each other.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD)
    return current(connection)


def current(connection: Connection) -> Row[Any] | None:
    """The pause, or None."""
    return connection.execute(select(PAUSE)).one_or_none()


def behind(connection: Connection, *, is_paused: bool, limit: int) -> Sequence[str]:
    """Ids of items whose cards do not say whether it is paused; the items are held."""
    query = _unflagged() if is_paused else select(ITEM.c.id).where(ITEM.c.paused)
    held = query.order_by(ITEM.c.id).limit(limit).with_for_update(skip_locked=True, of=ITEM)
    return connection.execute(held).scalars().all()


def flag(connection: Connection, item_ids: Sequence[str], *, is_paused: bool) -> Sequence[Row[Any]]:
    """Marks these items and gives each a new revision; their ids, revisions and batches."""
    marked = (
        update(ITEM)
        .where(ITEM.c.id.in_(item_ids))
        .values(paused=is_paused, revision=ITEM.c.revision + 1)
        .returning(ITEM.c.id, ITEM.c.revision, ITEM.c.batch_id)
    )
    return connection.execute(marked).all()


def _unflagged() -> Select[Any]:
    """Approvals that are open, and approved ones whose grant nobody has redeemed yet."""
    ready = select(GRANT.c.item_id).where(GRANT.c.status == "ready", GRANT.c.wake_at.is_not(None))
    waits = or_(ITEM.c.wake_at.is_not(None), ITEM.c.id.in_(ready))
    return select(ITEM.c.id).where(ITEM.c.kind == "approval", ITEM.c.paused != true(), waits)

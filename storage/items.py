"""Items in the memory. A row holds everything but the content, which only cards need."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Row, bindparam, delete, func, select, update

from storage.dialect import adding_unless_there, insert_unless_there
from storage.prepared import Prepared
from storage.tables import ITEM, READING, VOTE

_facts: list[Column[Any]] = [column for column in ITEM.columns if column.name != "content"]
_add = adding_unless_there(ITEM)
_of_id = select(*_facts).where(ITEM.c.id == bindparam("item_id"))
_by_id = Prepared(_of_id)
_locked = Prepared(_of_id.with_for_update())
_by_key = select(*_facts).where(
    ITEM.c.producer == bindparam("producer"), ITEM.c.key == bindparam("key")
)
_due = (
    select(ITEM.c.id)
    .where(ITEM.c.wake_at <= bindparam("now"))
    .order_by(ITEM.c.wake_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


@cache  # building a statement takes longer than running it
def _change(names: frozenset[str]) -> Prepared:
    fresh: dict[str, Any] = {
        name: bindparam(f"new_{name}", type_=ITEM.c[name].type) for name in names
    }
    return Prepared(update(ITEM).where(ITEM.c.id == bindparam("item")).values(fresh))


def add(connection: Connection, **values: Any) -> bool:
    """Whether the item was added, every column given; not when its id or its key is taken."""
    return bool(_add[connection.dialect.name](connection, **values))


def find(connection: Connection, item_id: str) -> Any:
    """The item's row as it stands, or None."""
    return _by_id.one(connection, item_id=item_id)


def lock(connection: Connection, item_id: str) -> Any:
    """The item's row or None; held until the unit ends, so votes are counted one at a time."""
    return _locked.one(connection, item_id=item_id)


def find_by_key(connection: Connection, producer: str, key: str) -> Row[Any] | None:
    """What a producer submitted under a key of its own."""
    return connection.execute(_by_key, {"producer": producer, "key": key}).one_or_none()


def content_of(connection: Connection, item_id: str) -> str:
    """The JSON that was submitted."""
    content: str = connection.execute(
        select(ITEM.c.content).where(ITEM.c.id == item_id)
    ).scalar_one()
    return content


def urgency_of(connection: Connection, item_id: str) -> float:
    """The item's place in its queue; the lowest comes first."""
    return float(
        connection.execute(select(ITEM.c.urgency).where(ITEM.c.id == item_id)).scalar_one()
    )


def contents_of(connection: Connection, item_ids: Collection[str]) -> dict[str, str]:
    """The JSON of each of these items."""
    query = select(ITEM.c.id, ITEM.c.content).where(ITEM.c.id.in_(item_ids))
    return {row.id: row.content for row in connection.execute(query)}


def of_batch(connection: Connection, batch_id: str) -> Sequence[str]:
    """Ids of the items that share a card, in the order of that card."""
    query = select(ITEM.c.id).where(ITEM.c.batch_id == batch_id).order_by(ITEM.c.batch_place)
    return connection.execute(query).scalars().all()


def leave_batch(connection: Connection, batch_id: str) -> None:
    """Items that shared a card have cards of their own."""
    alone = update(ITEM).where(ITEM.c.batch_id == batch_id).values(batch_id=None, batch_place=None)
    connection.execute(alone)


def change(connection: Connection, item_id: str, **values: Any) -> None:
    """Sets columns of one item."""
    named = {f"new_{name}": value for name, value in values.items()}
    _change(frozenset(values))(connection, item=item_id, **named)


def due(connection: Connection, now: datetime, limit: int) -> Sequence[str]:
    """Ids of items that time has something to do with, longest overdue first, held by this unit."""
    return connection.execute(_due, {"now": now, "limit": limit}).scalars().all()


def settled_among(connection: Connection, item_ids: Collection[str]) -> Sequence[str]:
    """Which of these items have their outcome."""
    return (
        connection.execute(
            select(ITEM.c.id).where(ITEM.c.id.in_(item_ids), ITEM.c.wake_at.is_(None))
        )
        .scalars()
        .all()
    )


def unseen_by(connection: Connection, person_id: str, queue: str, limit: int) -> Sequence[Row[Any]]:
    """Open items of a queue without this person's vote, most urgent first."""
    voted = select(VOTE.c.item_id).where(VOTE.c.item_id == ITEM.c.id, VOTE.c.person_id == person_id)
    query = (
        select(*_facts)
        .where(ITEM.c.queue == queue, ITEM.c.wake_at.is_not(None), ~voted.exists())
        .order_by(ITEM.c.urgency, ITEM.c.due_at)
        .limit(limit)
    )
    return connection.execute(query).all()


def oldest_overdue(connection: Connection, now: datetime) -> datetime | None:
    """The earliest instant at which the clock should have looked at an item and has not."""
    earliest: datetime | None = connection.execute(
        select(ITEM.c.wake_at).where(ITEM.c.wake_at <= now).order_by(ITEM.c.wake_at).limit(1)
    ).scalar_one_or_none()
    return earliest


def count_open(connection: Connection) -> dict[str, int]:
    """How many items wait, by queue."""
    query = (
        select(ITEM.c.queue, func.count()).where(ITEM.c.wake_at.is_not(None)).group_by(ITEM.c.queue)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def mark_read(connection: Connection, **values: Any) -> bool:
    """Keeps that a person had the whole item before them; False when it was known."""
    return insert_unless_there(connection, READING, values)


def forget_readings(connection: Connection, item_id: str) -> None:
    """Nobody has had this item before them: it is another one now."""
    connection.execute(delete(READING).where(READING.c.item_id == item_id))


def was_read(connection: Connection, item_id: str, person_id: str, digest: str) -> bool:
    """Whether this person had this very content before them, whole."""
    query = select(READING.c.digest).where(
        READING.c.item_id == item_id, READING.c.person_id == person_id
    )
    return bool(connection.execute(query).scalar_one_or_none() == digest)

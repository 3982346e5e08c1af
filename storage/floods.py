"""Items that wait for a place in the channel, because their program has asked so much."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    false,
    func,
    literal,
    select,
    text,
    true,
    update,
)

from storage.dialect import insert_unless_there
from storage.prepared import Prepared
from storage.tables import FLOOD, ITEM

_of_producer = (
    ITEM.c.queue == bindparam("queue"),
    ITEM.c.producer == bindparam("producer"),
    ITEM.c.wake_at.is_not(None),
)


def _counted(waits: bool, most: str) -> Prepared:
    those = ITEM.c.waits_for_card.is_(true() if waits else false())
    some = select(literal(1)).where(*_of_producer, those).limit(bindparam(most)).subquery()
    return Prepared(select(func.count().label("n")).select_from(some))


LOCK_SPACE = 0x5167  # of PostgreSQL's advisory locks with two keys; others of ours have one
_ENTER = text("SELECT pg_advisory_xact_lock(:space, hashtext(:name))")
_shown = _counted(waits=False, most="most")
_waiting = _counted(waits=True, most="most")


def enter(connection: Connection, queue: str, producer: str) -> None:
    """Has a producer's requests in a queue counted one after the other, until the unit ends.

    SQLite has one writer. On PostgreSQL units that count together would each see the last place
    free. Taken before any other lock, so that no two units wait for one another.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_ENTER, {"space": LOCK_SPACE, "name": f"{queue}\n{producer}"})


def count_shown(connection: Connection, queue: str, producer: str, most: int) -> int:
    """Open items of a producer that have their cards; counts no further than `most`."""
    return int(_shown.one(connection, queue=queue, producer=producer, most=most).n)


def count_waiting(connection: Connection, queue: str, producer: str, most: int) -> int:
    """Open items of a producer that wait for a card; counts no further than `most`."""
    return int(_waiting.one(connection, queue=queue, producer=producer, most=most).n)


def begin(connection: Connection, queue: str, producer: str, now: datetime) -> bool:
    """Notes that items wait; False when that is known."""
    values = {"queue": queue, "producer": producer, "begun_at": now}
    return insert_unless_there(connection, FLOOD, values)


def every(connection: Connection) -> Sequence[Any]:
    """The floods that go on."""
    query = select(FLOOD.c.queue, FLOOD.c.producer, FLOOD.c.begun_at)
    found: Sequence[Any] = connection.execute(query).all()
    return sorted(found, key=lambda row: (row.queue, row.producer))


def release(connection: Connection, queue: str, producer: str, limit: int) -> Sequence[str]:
    """Ids of the most urgent items that wait, each given to one caller only."""
    given = {"queue": queue, "producer": producer}
    chosen = (
        select(ITEM.c.id)
        .where(*_of_producer, ITEM.c.waits_for_card.is_(true()))
        .order_by(ITEM.c.urgency, ITEM.c.opened_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = connection.execute(chosen, given).scalars().all()
    if ids:
        connection.execute(update(ITEM).where(ITEM.c.id.in_(ids)).values(waits_for_card=False))
    return ids


def end(connection: Connection, queue: str, producer: str) -> None:
    """Nothing waits any more."""
    connection.execute(delete(FLOOD).where(FLOOD.c.queue == queue, FLOOD.c.producer == producer))

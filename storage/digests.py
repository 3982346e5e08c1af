"""Digests and alarms that were given, and what they need beside the figures."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from storage.dialect import insert_unless_there
from storage.tables import ALARM, DIGEST, ITEM


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is open in a queue."""

    open_count: int
    escalated_count: int
    oldest: datetime | None


def last(connection: Connection, queue: str) -> datetime | None:
    """The end of the last period that has its digest, or None."""
    query = select(func.max(DIGEST.c.until)).where(DIGEST.c.queue == queue)
    return connection.execute(query).scalar()


def claim(connection: Connection, queue: str, until: datetime, now: datetime) -> bool:
    """Takes the making of a digest; False when it is made, or somebody else makes it."""
    return insert_unless_there(connection, DIGEST, {"queue": queue, "until": until, "made_at": now})


def take(connection: Connection, key: str, now: datetime) -> bool:
    """Takes an occasion, such as the giving of an alarm; False when it was taken before."""
    if connection.execute(select(ALARM.c.key).where(ALARM.c.key == key)).first() is not None:
        return False  # looked up first: a clock asks every second, and writing holds others up
    return insert_unless_there(connection, ALARM, {"key": key, "given_at": now})


def waiting(connection: Connection, queue: str) -> Waiting:
    """What waits in a queue now; what tests the reviewers is left out."""
    query = (
        select(ITEM.c.status, func.count(), func.min(ITEM.c.opened_at))
        .where(ITEM.c.queue == queue, ITEM.c.wake_at.is_not(None), ITEM.c.purpose.is_(None))
        .group_by(ITEM.c.status)
    )
    rows = connection.execute(query).all()
    counts = {row[0]: int(row[1]) for row in rows}
    oldest = min((row[2] for row in rows if row[2] is not None), default=None)
    return Waiting(sum(counts.values()), counts.get("escalated", 0), oldest)

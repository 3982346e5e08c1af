"""Producers' keys, by the hash of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from storage.dialect import insert_unless_there
from storage.tables import API_KEY

_by_hash = select(API_KEY).where(
    API_KEY.c.hash == bindparam("hash"), API_KEY.c.revoked_at.is_(None)
)


def add(connection: Connection, **values: Any) -> bool:
    """Whether the key was added; not when its name is taken."""
    return insert_unless_there(connection, API_KEY, values)


def find(connection: Connection, hashed: str) -> Row[Any] | None:
    """The living key with this hash."""
    return connection.execute(_by_hash, {"hash": hashed}).one_or_none()


def every(connection: Connection) -> Sequence[Row[Any]]:
    """All keys, revoked ones too."""
    return connection.execute(select(API_KEY).order_by(API_KEY.c.name)).all()


def revoke(connection: Connection, name: str, now: datetime) -> bool:
    """Whether a living key of this name was there to revoke."""
    changed = connection.execute(
        update(API_KEY)
        .where(API_KEY.c.name == name, API_KEY.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return changed.rowcount == 1


def touch(connection: Connection, name: str, now: datetime) -> None:
    """Keeps when a key was last used."""
    connection.execute(update(API_KEY).where(API_KEY.c.name == name).values(last_used_at=now))

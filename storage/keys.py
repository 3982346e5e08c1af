"""Producers' keys, by the hash of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, or_, select, update

from storage.dialect import insert_unless_there
from storage.tables import API_KEY

_by_hash = select(API_KEY).where(
    or_(API_KEY.c.hash == bindparam("hash"), API_KEY.c.old_hash == bindparam("hash"))
)


def add(connection: Connection, **values: Any) -> bool:
    """Whether the key was added; not when its name is taken."""
    return insert_unless_there(connection, API_KEY, values)


def find(connection: Connection, hashed: str) -> Row[Any] | None:
    """The key with this hash, now or before its last rotation; dead ones too."""
    return connection.execute(_by_hash, {"hash": hashed}).one_or_none()


def every(connection: Connection) -> Sequence[Row[Any]]:
    """All keys, revoked ones too."""
    return connection.execute(select(API_KEY).order_by(API_KEY.c.name)).all()


def lock(connection: Connection, name: str) -> Row[Any] | None:
    """The key of this name that was not revoked, held until the unit ends."""
    query = select(API_KEY).where(API_KEY.c.name == name, API_KEY.c.revoked_at.is_(None))
    return connection.execute(query.with_for_update()).one_or_none()


def change(connection: Connection, name: str, **values: Any) -> None:
    """Sets columns of one key."""
    connection.execute(update(API_KEY).where(API_KEY.c.name == name).values(**values))


def touch(connection: Connection, name: str, now: datetime) -> None:
    """Keeps when a key was last used."""
    change(connection, name, last_used_at=now)

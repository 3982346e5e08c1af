"""Standing votes, one per reviewer and item."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select

from storage.dialect import insert_or_replace
from storage.prepared import Prepared
from storage.tables import VOTE

_of_item = Prepared(
    select(VOTE).where(VOTE.c.item_id == bindparam("item_id")).order_by(VOTE.c.cast_at)
)
_last_of = Prepared(
    select(func.max(VOTE.c.cast_at)).where(VOTE.c.person_id == bindparam("person_id"))
)


def of_item(connection: Connection, item_id: str) -> Sequence[Row[Any]]:
    """The votes on one item, oldest first."""
    return _of_item(connection, item_id=item_id)


def last_of(connection: Connection, person_id: str) -> datetime | None:
    """When a person voted last, on anything."""
    found: datetime | None = _last_of(connection, person_id=person_id)[0][0]
    return found


def put(connection: Connection, **values: Any) -> None:
    """Keeps a vote in place of the one that this person cast before."""
    insert_or_replace(connection, VOTE, values)


def take_back(connection: Connection, item_id: str, person_id: str) -> None:
    """Removes a person's vote."""
    connection.execute(delete(VOTE).where(VOTE.c.item_id == item_id, VOTE.c.person_id == person_id))

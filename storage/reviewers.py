"""What people set for themselves, and what they have reviewed of late."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from storage.dialect import insert_or_replace, insert_unless_there
from storage.prepared import Prepared
from storage.tables import ITEM, REVIEWER, VOTE, Instant

_of_id = select(REVIEWER).where(REVIEWER.c.person_id == bindparam("person"))
_found = Prepared(_of_id)
_locked = Prepared(_of_id.with_for_update())
_since = Prepared(
    select(VOTE.c.cast_at)
    .where(VOTE.c.person_id == bindparam("person"))
    .where(VOTE.c.cast_at > bindparam("since", type_=Instant))
)


def find(connection: Connection, person_id: str) -> Any:
    """What this person has set, or None."""
    return _found.one(connection, person=person_id)


def lock(connection: Connection, person_id: str) -> Any:
    """The same, held until the unit ends: what one person pulls, they pull one at a time."""
    row = _locked.one(connection, person=person_id)
    if row is None:
        insert_unless_there(connection, REVIEWER, {"person_id": person_id})
        row = _locked.one(connection, person=person_id)
    return row


def change(connection: Connection, person_id: str, **values: Any) -> None:
    """Sets what this person has set."""
    insert_or_replace(connection, REVIEWER, {"person_id": person_id, **values})


def reviews_since(connection: Connection, person_id: str, since: datetime) -> Sequence[datetime]:
    """When this person voted since then; a vote that was changed counts when it was, once."""
    return [row.cast_at for row in _since(connection, person=person_id, since=since)]


def last_votes(connection: Connection, person_id: str, limit: int) -> Sequence[Any]:
    """A person's newest votes with where their items stand."""
    query = (
        select(VOTE, ITEM.c.status)
        .join(ITEM, ITEM.c.id == VOTE.c.item_id)
        .where(VOTE.c.person_id == person_id)
        .order_by(VOTE.c.cast_at.desc(), VOTE.c.item_id)
        .limit(limit)
    )
    return connection.execute(query).all()


def reviews_by(
    connection: Connection, person_ids: Collection[str], since: datetime
) -> Sequence[Any]:
    """Who of these voted when, since then."""
    query = select(VOTE.c.person_id, VOTE.c.cast_at).where(
        VOTE.c.person_id.in_(person_ids), VOTE.c.cast_at > since
    )
    return connection.execute(query).all()


def on_break(connection: Connection, person_ids: Collection[str], now: datetime) -> frozenset[str]:
    """Who of these has said that they pause."""
    query = select(REVIEWER.c.person_id).where(
        REVIEWER.c.person_id.in_(person_ids), REVIEWER.c.break_until > now
    )
    return frozenset(connection.execute(query).scalars())

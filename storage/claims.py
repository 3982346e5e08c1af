"""Claims and skips: who holds what until when, and who wants what no more."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, tuple_, update

from storage.dialect import insert_unless_there
from storage.prepared import Prepared
from storage.tables import CLAIM, ITEM, SKIP, VOTE, Instant

RETURNED = 100  # lapsed claims that one pull returns; the next one returns more

_offered = ITEM.c.votes_wanted > ITEM.c.claim_count
_of_item = Prepared(select(CLAIM).where(CLAIM.c.item_id == bindparam("item_id")))
_of_person = Prepared(
    select(CLAIM)
    .where(CLAIM.c.person_id == bindparam("person_id"))
    .order_by(CLAIM.c.claimed_at, CLAIM.c.item_id)
)
_take = Prepared(
    update(ITEM)
    .where(ITEM.c.id == bindparam("item"), ITEM.c.status == bindparam("in_round"), _offered)
    .values(claim_count=ITEM.c.claim_count + 1)
    .returning(ITEM.c.id)
)
_give_back = Prepared(
    update(ITEM)
    .where(ITEM.c.id == bindparam("item"))
    .values(
        claim_count=ITEM.c.claim_count - bindparam("count"),
        available_at=bindparam("now", type_=Instant),
    )
)
_remove = Prepared(
    delete(CLAIM)
    .where(CLAIM.c.item_id == bindparam("item"), CLAIM.c.person_id == bindparam("person"))
    .returning(CLAIM.c.item_id)
)
_add = Prepared(insert(CLAIM))
_lapsed = Prepared(
    select(CLAIM.c.item_id)
    .where(CLAIM.c.until <= bindparam("now", type_=Instant))
    .order_by(CLAIM.c.until)
    .limit(bindparam("limit"))
)


def take(connection: Connection, rounds: Mapping[str, str]) -> str | None:
    """The first of these items that still has a place for a claim, which is taken; else None.

    One that somebody else is just taking is waited for only when all are.

    Args:
        connection: of the unit.
        rounds: the status of each item when it was chosen; in another round it is for others.
    """
    for item_id in (*_untouched(connection, rounds), *rounds):
        if _take.one(connection, item=item_id, in_round=rounds[item_id]):
            return item_id
    return None


def add(
    connection: Connection, item_id: str, person_id: str, now: datetime, until: datetime
) -> None:
    """Keeps a claim whose place has been taken."""
    _add(connection, item_id=item_id, person_id=person_id, claimed_at=now, until=until)


def of_item(connection: Connection, item_id: str) -> Sequence[Any]:
    """The claims on one item."""
    return _of_item(connection, item_id=item_id)


def of_person(connection: Connection, person_id: str) -> Sequence[Any]:
    """What one person holds, oldest first, lapsed claims that nobody has returned yet included."""
    return _of_person(connection, person_id=person_id)


def remove(connection: Connection, item_id: str, person_ids: Collection[str]) -> None:
    """Ends claims of an item that is held locked; whoever calls writes its new count."""
    for person_id in person_ids:
        _remove(connection, item=item_id, person=person_id)


def give_back(connection: Connection, item_id: str, person_id: str, now: datetime) -> bool:
    """Ends one claim and offers the item again; False when there was none.

    The item must be locked: whoever votes on it ends claims too.
    """
    if _remove.one(connection, item=item_id, person=person_id) is None:
        return False
    _give_back(connection, item=item_id, count=1, now=now)
    return True


def return_lapsed(
    connection: Connection, now: datetime, limit: int = RETURNED
) -> Sequence[tuple[str, str]]:
    """Offers again what was held for too long: the item and who held it, of each claim."""
    item_ids = {row.item_id for row in _lapsed(connection, now=now, limit=limit)}
    if not item_ids:
        return []
    locked = (  # items before claims, in one order, as every vote does
        select(ITEM.c.id)
        .where(ITEM.c.id.in_(item_ids))
        .order_by(ITEM.c.id)
        .with_for_update(skip_locked=True)
    )
    free = connection.execute(locked).scalars().all()
    gone = connection.execute(
        delete(CLAIM)
        .where(CLAIM.c.item_id.in_(free), CLAIM.c.until <= now)
        .returning(CLAIM.c.item_id, CLAIM.c.person_id)
    ).all()
    for item_id, count in Counter(row.item_id for row in gone).items():
        _give_back(connection, item=item_id, count=count, now=now)
    return sorted((row.item_id, row.person_id) for row in gone)


def held_by_others(
    connection: Connection, person_id: str, rounds: Collection[tuple[str, str]], limit: int
) -> Sequence[Any]:
    """Others' claims on what this person has not seen, the first to end first.

    Args:
        connection: of the unit.
        person_id: who neither holds the item, nor has skipped it, nor voted on it.
        rounds: queues with the status in which the person may judge.
        limit: at most so many.
    """
    done = [
        select(table.c.item_id).where(
            table.c.item_id == CLAIM.c.item_id, table.c.person_id == person_id
        )
        for table in (SKIP, CLAIM.alias(), VOTE)
    ]
    done[-1] = done[-1].where(VOTE.c.as_senior == (ITEM.c.status == "escalated"))
    query = (
        select(CLAIM.c.item_id, CLAIM.c.until)
        .join(ITEM, ITEM.c.id == CLAIM.c.item_id)
        .where(tuple_(ITEM.c.queue, ITEM.c.status).in_(rounds))
        .where(CLAIM.c.person_id != person_id, *(~each.exists() for each in done))
        .order_by(CLAIM.c.until, CLAIM.c.item_id)
        .limit(limit)
    )
    return connection.execute(query).all()


def count_held(connection: Connection, person_ids: Collection[str], now: datetime) -> int:
    """How many items these people hold, all together."""
    query = (
        select(func.count())
        .select_from(CLAIM)
        .where(CLAIM.c.person_id.in_(person_ids), CLAIM.c.until > now)
    )
    return connection.execute(query).scalar_one()


def skip(connection: Connection, item_id: str, person_id: str, now: datetime) -> bool:
    """Never offers the item to this person again; False when they had skipped it before."""
    values = {"item_id": item_id, "person_id": person_id, "skipped_at": now}
    return insert_unless_there(connection, SKIP, values)


def _untouched(connection: Connection, item_ids: Collection[str]) -> tuple[str, ...]:
    """One that no other transaction has in hand, held by this one; on SQLite there is no other."""
    if connection.dialect.name == "sqlite":
        return ()
    query = (
        select(ITEM.c.id)
        .where(ITEM.c.id.in_(item_ids), _offered)
        .order_by(ITEM.c.urgency, ITEM.c.due_at, ITEM.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return tuple(connection.execute(query).scalars())

"""What to hand out next: the most urgent item of a round that one person has not seen.

An item is offered while fewer people hold it than votes are missing, and two partial indexes hold
just those: `item_to_pull` in the order of urgency, `item_to_pull_anew` in that of their coming. A
reviewer who has passed many gets a bookmark, and later pulls begin there. What came or came back
behind it is found through the second index.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, FromClause, and_, bindparam, delete, func, select, tuple_

from storage.dialect import insert_or_replace
from storage.prepared import Prepared
from storage.tables import BOOKMARK, CLAIM, EPOCH, ITEM, SKIP, VOTE, Instant

PASSED = 64  # items passed from which on a bookmark is worth its write
ANEW_MAX = 512  # newcomers that are looked through; with more, the bookmark is given up

_facts: list[Column[Any]] = [column for column in ITEM.columns if column.name != "content"]


class Place(NamedTuple):
    """Where an item stands in its queue, the most urgent first."""

    urgency: float
    due_at: datetime
    item_id: str


class Bookmark(NamedTuple):
    """Up to where nothing is left for a person, as of when, and on what understanding."""

    place: Place
    since: datetime
    standing: str


START = Place(float("-inf"), EPOCH, "")
END = Place(float("inf"), EPOCH, "")


def _place(table: FromClause) -> Any:
    return tuple_(table.c.urgency, table.c.due_at, table.c.id)


def _given(name: str) -> Any:
    return tuple_(
        bindparam(f"{name}_urgency", type_=ITEM.c.urgency.type),
        bindparam(f"{name}_due_at", type_=Instant),
        bindparam(f"{name}_id", type_=ITEM.c.id.type),
    )


def _offered(table: FromClause) -> Any:
    return and_(
        table.c.queue == bindparam("queue"),
        table.c.status == bindparam("status"),
        table.c.votes_wanted > table.c.claim_count,
    )


def _unseen(*, in_second_round: bool) -> Any:
    """Neither voted on in this round, nor skipped, nor held by this person, nor their own."""
    me: Any = bindparam("person")
    voted = select(VOTE.c.item_id).where(VOTE.c.item_id == ITEM.c.id, VOTE.c.person_id == me)
    if in_second_round:
        voted = voted.where(VOTE.c.as_senior)
    skipped = select(SKIP.c.item_id).where(SKIP.c.item_id == ITEM.c.id, SKIP.c.person_id == me)
    held = select(CLAIM.c.item_id).where(CLAIM.c.item_id == ITEM.c.id, CLAIM.c.person_id == me)
    is_theirs = func.replace(ITEM.c.owners, bindparam("quoted"), "") != ITEM.c.owners
    return and_(~voted.exists(), ~skipped.exists(), ~held.exists(), ~is_theirs)


def _ahead(*, in_second_round: bool) -> Prepared:
    earlier = ITEM.alias("earlier")
    passed = (
        select(earlier.c.id)
        .where(_offered(earlier), _place(earlier) >= _given("begin"))
        .where(_place(earlier) < _place(ITEM))
        .limit(PASSED)
        .correlate(ITEM)
        .subquery()
    )
    return Prepared(
        select(*_facts, select(func.count()).select_from(passed).scalar_subquery().label("passed"))
        .where(_offered(ITEM), _place(ITEM) >= _given("begin"))
        .where(_unseen(in_second_round=in_second_round))
        .order_by(ITEM.c.urgency, ITEM.c.due_at, ITEM.c.id)
        .limit(bindparam("limit"))
    )


_newcomers = (
    select(ITEM.c.id)
    .where(_offered(ITEM), ITEM.c.available_at > bindparam("since", type_=Instant))
    .order_by(ITEM.c.available_at)
    .limit(bindparam("newcomers"))
)


def _behind(*, in_second_round: bool) -> Prepared:
    return Prepared(
        select(*_facts)
        .where(ITEM.c.id.in_(_newcomers), _place(ITEM) < _given("end"))
        .where(_unseen(in_second_round=in_second_round))
        .order_by(ITEM.c.urgency, ITEM.c.due_at, ITEM.c.id)
        .limit(bindparam("limit"))
    )


_AHEAD = {
    "open": _ahead(in_second_round=False),
    "escalated": _ahead(in_second_round=True),
}
_BEHIND = {
    "open": _behind(in_second_round=False),
    "escalated": _behind(in_second_round=True),
}
_count_newcomers = Prepared(select(func.count().label("found")).select_from(_newcomers.subquery()))
_passed = Prepared(
    select(func.count().label("found")).select_from(
        select(ITEM.c.id)
        .where(_offered(ITEM), _place(ITEM) >= _given("begin"))
        .limit(PASSED)
        .subquery()
    )
)
_bookmarks = Prepared(select(BOOKMARK).where(BOOKMARK.c.person_id == bindparam("person")))
_is_open = Prepared(
    select(ITEM.c.id)
    .where(ITEM.c.queue == bindparam("queue"), ITEM.c.wake_at.is_not(None))
    .limit(1)
)


def ahead(
    connection: Connection, person_id: str, queue: str, status: str, begin: Place, limit: int
) -> Sequence[Any]:
    """Unseen items from this place on; each knows how many lie before it, `PASSED` at most."""
    return _AHEAD[status](
        connection,
        queue=queue,
        status=status,
        person=person_id,
        quoted=f'"{person_id}"',
        limit=limit,
        **_named("begin", begin),
    )


def behind(
    connection: Connection,
    person_id: str,
    queue: str,
    status: str,
    bookmark: Bookmark,
    limit: int,
) -> Sequence[Any]:
    """Unseen items before a bookmark that came, or came back, since it was set."""
    return _BEHIND[status](
        connection,
        queue=queue,
        status=status,
        person=person_id,
        quoted=f'"{person_id}"',
        since=bookmark.since,
        newcomers=ANEW_MAX,
        limit=limit,
        **_named("end", bookmark.place),
    )


def count_newcomers(connection: Connection, queue: str, status: str, since: datetime) -> int:
    """How many items came, or came back, since then; `ANEW_MAX` stands for that many or more."""
    found = _count_newcomers.one(
        connection, queue=queue, status=status, since=since, newcomers=ANEW_MAX
    )
    return int(found.found)


def passes_many(connection: Connection, queue: str, status: str, begin: Place) -> bool:
    """Whether so many items lie behind this place that a bookmark after them is worth it."""
    found = _passed.one(connection, queue=queue, status=status, **_named("begin", begin))
    return bool(found.found == PASSED)


def bookmarks_of(connection: Connection, person_id: str) -> dict[tuple[str, str], Bookmark]:
    """A person's bookmarks, by queue and status."""
    return {
        (row.queue, row.status): Bookmark(
            Place(row.urgency, row.due_at, row.item_id), row.since, row.standing
        )
        for row in _bookmarks(connection, person=person_id)
    }


def set_bookmark(
    connection: Connection, person_id: str, queue: str, status: str, bookmark: Bookmark
) -> None:
    """Keeps a bookmark in place of the one before."""
    values = {
        "person_id": person_id,
        "queue": queue,
        "status": status,
        "urgency": bookmark.place.urgency,
        "due_at": bookmark.place.due_at,
        "item_id": bookmark.place.item_id,
        "since": bookmark.since,
        "standing": bookmark.standing,
    }
    insert_or_replace(connection, BOOKMARK, values)


def drop_bookmark(connection: Connection, person_id: str, queue: str, status: str) -> None:
    """Forgets one bookmark."""
    connection.execute(
        delete(BOOKMARK).where(
            BOOKMARK.c.person_id == person_id,
            BOOKMARK.c.queue == queue,
            BOOKMARK.c.status == status,
        )
    )


def anything_open(connection: Connection, queue: str) -> bool:
    """Whether any item of the queue waits, for whomever."""
    return _is_open.one(connection, queue=queue) is not None


def _named(name: str, place: Place) -> dict[str, Any]:
    return {
        f"{name}_urgency": place.urgency,
        f"{name}_due_at": place.due_at,
        f"{name}_id": place.item_id,
    }

"""What figures are made of, read in columns and in batches: no object for each vote.

A period's items are those that settled in it, and its votes are all votes on these: so every item
is in one period, whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    func,
    select,
    type_coerce,
)

from storage.dialect import insert_unless_there
from storage.tables import AUDIT, ITEM, KNOWN_ANSWER, PLANTED, VOTE

BATCH = 20_000  # rows held at a time
UNSURE = "unsure"  # the vote that is an abstention
Batches = Iterator[Sequence[Sequence[Any]]]


def counted() -> list[ColumnElement[bool]]:
    """What an item must be to count in figures: a producer's own question.

    Audits, gold items, probes and questions that are asked once more have figures of their own.
    """
    return [ITEM.c.purpose.is_(None)]


def checking() -> list[ColumnElement[bool]]:
    """What an item must be to cost money beside the figures: all that looks again."""
    return [ITEM.c.purpose.is_not(None)]


def settled_items(
    connection: Connection, queue: str, since: datetime | None, until: datetime
) -> Batches:
    """The period's items, oldest first; instants in microseconds since 1970."""
    query = (
        select(
            ITEM.c.id,
            ITEM.c.choices,
            ITEM.c.policy,
            ITEM.c.outcome_rule,
            ITEM.c.outcome_choice,
            ITEM.c.predicted,
            ITEM.c.confidence,
            KNOWN_ANSWER.c.choice.label("known"),
            ITEM.c.trigger,
            *(_raw(name) for name in ("opened_at", "due_at", "decided_at")),
        )
        .select_from(ITEM.outerjoin(KNOWN_ANSWER, KNOWN_ANSWER.c.item_id == ITEM.c.id))
        .where(*_in_period(queue, since, until))
        .order_by(ITEM.c.decided_at)
    )
    return _batches(connection, query)


def votes_on_settled(
    connection: Connection, queue: str, since: datetime | None, until: datetime
) -> Batches:
    """Every vote on the period's items: item, person, choice and active seconds."""
    query = (
        select(VOTE.c.item_id, VOTE.c.person_id, VOTE.c.choice, VOTE.c.seconds)
        .select_from(ITEM.join(VOTE, VOTE.c.item_id == ITEM.c.id))
        .where(*_in_period(queue, since, until))
    )
    return _batches(connection, query)


def contents_of_timed(
    connection: Connection, queue: str, since: datetime | None, until: datetime
) -> Batches:
    """What was submitted, of the period's items with a vote whose time is known."""
    timed = select(VOTE.c.item_id).where(VOTE.c.item_id == ITEM.c.id, VOTE.c.seconds.is_not(None))
    query = select(ITEM.c.id, ITEM.c.content).where(
        *_in_period(queue, since, until), timed.exists()
    )
    return _batches(connection, query)


def work(
    connection: Connection,
    queue: str,
    since: datetime | None,
    until: datetime,
    longest: Mapping[str, timedelta],
    *,
    checks: bool = False,
) -> dict[str, Row[Any]]:
    """Counts of the period's work by frozen policy, added up in the database.

    Args:
        connection: the transaction.
        queue: its items only.
        since: the period's beginning, None for all.
        until: its end, which is not in it.
        longest: by policy, for how long a review is paid; the policies that are wanted.
        checks: of audits, gold items, probes and questions asked again, instead of real ones.
    """
    mine = _settled_within(queue, since, until) + (checking() if checks else counted())
    return {
        policy: connection.execute(_work(mine, policy, capped)).one()
        for policy, capped in longest.items()
    }


def policies(
    connection: Connection,
    queue: str,
    since: datetime | None,
    until: datetime,
    *,
    checks: bool = False,
) -> Sequence[str]:
    """The distinct frozen policies of the period's items, or of its `checks`, as JSON."""
    mine = _settled_within(queue, since, until) + (checking() if checks else counted())
    query = select(ITEM.c.policy).where(*mine).distinct()
    return connection.execute(query).scalars().all()


def count_unsettled(connection: Connection, queue: str) -> int:
    """How many items of a queue wait."""
    query = (
        select(func.count())
        .select_from(ITEM)
        .where(ITEM.c.queue == queue, ITEM.c.wake_at.is_not(None), *counted())
    )
    return connection.execute(query).scalar_one()


def queues(connection: Connection) -> Sequence[str]:
    """Every queue that ever had an item, by name; a look-up for each, however many items."""
    found: list[str] = []
    first = select(func.min(ITEM.c.queue))
    name = connection.execute(first).scalar_one()
    while name is not None:
        found.append(name)
        name = connection.execute(first.where(ITEM.c.queue > name)).scalar_one()
    return found


def audited(
    connection: Connection, queue: str, since: datetime | None, until: datetime
) -> Sequence[Any]:
    """The period's audited items that people judged: their chance, and if the machine was right."""
    query = (
        select(AUDIT.c.audited_id, AUDIT.c.chance, AUDIT.c.is_right)
        .join(ITEM, ITEM.c.id == AUDIT.c.audited_id)
        .where(*_in_period(queue, since, until), AUDIT.c.is_right.is_not(None))
    )
    return connection.execute(query).all()


def probes(
    connection: Connection, queue: str, since: datetime | None, until: datetime
) -> Sequence[Any]:
    """By person: how many of the period's probes they voted on, and how many they let through."""
    let_through = case((VOTE.c.choice.not_in([PLANTED.c.answer, UNSURE]), 1))
    query = (
        select(
            VOTE.c.person_id, func.count().label("shown"), func.count(let_through).label("missed")
        )
        .select_from(
            ITEM.join(PLANTED, PLANTED.c.item_id == ITEM.c.id).join(
                VOTE, VOTE.c.item_id == ITEM.c.id
            )
        )
        .where(*_settled_within(queue, since, until), ITEM.c.purpose == "probe")
        .group_by(VOTE.c.person_id)
    )
    return connection.execute(query).all()


def know(connection: Connection, item_id: str, choice: str) -> bool:
    """Keeps an item's true answer; False when it was known."""
    return insert_unless_there(connection, KNOWN_ANSWER, {"item_id": item_id, "choice": choice})


def _in_period(queue: str, since: datetime | None, until: datetime) -> list[ColumnElement[bool]]:
    return [*_settled_within(queue, since, until), *counted()]


def _settled_within(
    queue: str, since: datetime | None, until: datetime
) -> list[ColumnElement[bool]]:
    bounds = [ITEM.c.queue == queue, ITEM.c.decided_at < until]
    return bounds if since is None else [*bounds, ITEM.c.decided_at >= since]


def _raw(name: str) -> ColumnElement[int]:
    """An instant as it is kept: nothing is made of it for each row."""
    return type_coerce(ITEM.c[name], BigInteger).label(name)


def _work(mine: list[ColumnElement[bool]], policy: str, capped: timedelta) -> Select[Any]:
    most = capped.total_seconds()
    paid = case((VOTE.c.seconds > most, most), else_=VOTE.c.seconds)
    cast = (
        select(
            VOTE.c.item_id,
            func.count().label("reviews"),
            func.count(VOTE.c.seconds).label("timed"),
            func.sum(paid).label("seconds"),
        )
        .group_by(VOTE.c.item_id)
        .subquery()
    )
    return (
        select(
            func.count().label("items"),
            func.coalesce(func.sum(cast.c.reviews), 0).label("reviews"),
            func.coalesce(func.sum(cast.c.timed), 0).label("timed"),
            func.coalesce(func.sum(cast.c.seconds), 0.0).label("seconds"),
            func.count(ITEM.c.predicted).label("calls"),
            func.count(case((ITEM.c.outcome_rule == "judge", 1))).label("judged"),
            func.count(ITEM.c.trigger).label("escalations"),
        )
        .select_from(ITEM.outerjoin(cast, cast.c.item_id == ITEM.c.id))
        .where(*mine, ITEM.c.policy == policy)
    )


def _batches(connection: Connection, query: Select[Any]) -> Batches:
    """The rows as plain tuples on SQLite, where SQLAlchemy's would take most of the time."""
    if connection.dialect.name != "sqlite":
        with connection.execution_options(stream_results=True).execute(query) as result:
            yield from result.yield_per(BATCH).partitions()
        return
    rows: Any = connection.execute(query)
    while batch := rows.cursor.fetchmany(BATCH):
        yield batch

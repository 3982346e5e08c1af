"""Questions whose answer is known, and where they were planted among the real ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from storage.dialect import insert_unless_there
from storage.tables import GOLD, ITEM, PLANTED, VOTE


def add(connection: Connection, **values: Any) -> bool:
    """Whether the question is new to its queue."""
    return insert_unless_there(connection, GOLD, values)


def every(connection: Connection, queue: str | None, kinds: Sequence[str]) -> Sequence[Row[Any]]:
    """All questions of these kinds, retired ones too."""
    query = select(GOLD).where(GOLD.c.kind.in_(kinds)).order_by(GOLD.c.queue, GOLD.c.id)
    return connection.execute(query if queue is None else query.where(GOLD.c.queue == queue)).all()


def retire(connection: Connection, gold_id: int, kinds: Sequence[str], now: datetime) -> bool:
    """Whether a living question of these kinds had this number."""
    retired = (
        update(GOLD)
        .where(GOLD.c.id == gold_id, GOLD.c.kind.in_(kinds), GOLD.c.retired_at.is_(None))
        .values(retired_at=now)
        .returning(GOLD.c.id)
    )
    return connection.execute(retired).first() is not None


def least_used(connection: Connection, queue: str, kind: str) -> Sequence[Row[Any]]:
    """The living questions that were asked least often and are not open now."""
    open_now = (
        select(PLANTED.c.item_id)
        .join(ITEM, ITEM.c.id == PLANTED.c.item_id)
        .where(PLANTED.c.gold_id == GOLD.c.id, ITEM.c.wake_at.is_not(None))
    )
    query = (
        select(GOLD)
        .where(GOLD.c.queue == queue, GOLD.c.kind == kind, GOLD.c.retired_at.is_(None))
        .where(~open_now.exists())
        .order_by(GOLD.c.used_count, GOLD.c.id)
    )
    rows = connection.execute(query).all()
    return [row for row in rows if row.used_count == rows[0].used_count]


def plant(connection: Connection, item_id: str, gold_id: int, answer: str) -> None:
    """Keeps that an item is this question."""
    connection.execute(insert(PLANTED).values(item_id=item_id, gold_id=gold_id, answer=answer))
    used = update(GOLD).where(GOLD.c.id == gold_id).values(used_count=GOLD.c.used_count + 1)
    connection.execute(used)


def answer_of(connection: Connection, item_id: str) -> str | None:
    """The known answer of a planted item."""
    query = select(PLANTED.c.answer).where(PLANTED.c.item_id == item_id)
    answer: str | None = connection.execute(query).scalar_one_or_none()
    return answer


def votes(
    connection: Connection, queue: str | None, since: datetime | None, until: datetime | None
) -> Sequence[Row[Any]]:
    """Every vote on a settled planted item, with the known answer and the item's outcome."""
    query: Select[Any] = (
        select(
            PLANTED.c.item_id, PLANTED.c.answer, ITEM.c.queue, ITEM.c.purpose, ITEM.c.decided_at,
            ITEM.c.outcome_choice, ITEM.c.outcome_votes, VOTE.c.person_id, VOTE.c.choice,
            VOTE.c.cast_at,
        )
        .join(ITEM, ITEM.c.id == PLANTED.c.item_id)
        .join(VOTE, VOTE.c.item_id == PLANTED.c.item_id)
        .where(ITEM.c.decided_at.is_not(None))
        .order_by(ITEM.c.decided_at, PLANTED.c.item_id, VOTE.c.cast_at, VOTE.c.person_id)
    )  # fmt: skip
    if queue is not None:
        query = query.where(ITEM.c.queue == queue)
    if since is not None:
        query = query.where(ITEM.c.decided_at >= since)
    if until is not None:
        query = query.where(ITEM.c.decided_at < until)
    return connection.execute(query).all()


def pair_votes(
    connection: Connection, queue: str | None, since: datetime | None, until: datetime | None
) -> Sequence[Row[Any]]:
    """Every vote on a pair within a time, with the side shown and which pair it repeats."""
    query: Select[Any] = (
        select(
            VOTE.c.item_id, ITEM.c.queue, ITEM.c.purpose, ITEM.c.about_id, VOTE.c.person_id,
            VOTE.c.choice, VOTE.c.left, VOTE.c.cast_at,
        )
        .join(ITEM, ITEM.c.id == VOTE.c.item_id)
        .where(ITEM.c.kind == "preference", VOTE.c.left.is_not(None))
        .order_by(VOTE.c.cast_at, VOTE.c.item_id, VOTE.c.person_id)
    )  # fmt: skip
    if queue is not None:
        query = query.where(ITEM.c.queue == queue)
    if since is not None:
        query = query.where(VOTE.c.cast_at >= since)
    if until is not None:
        query = query.where(VOTE.c.cast_at < until)
    return connection.execute(query).all()

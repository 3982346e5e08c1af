"""How long people let programs wait, and how much they did."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, func, select, type_coerce

from storage.tables import ITEM, VOTE

BY_MACHINE = ("auto", "judge", "cancelled")
READ_AT_MOST = 100_000  # items of one period; of more, the newest


def waits(connection: Connection, queue: str, since: datetime, until: datetime) -> Sequence[Any]:
    """Opening, first vote and outcome of what was asked of people in a period, newest first."""
    query = (
        select(ITEM.c.opened_at, ITEM.c.first_vote_at, ITEM.c.decided_at)
        .where(ITEM.c.queue == queue, ITEM.c.purpose.is_(None))
        .where(ITEM.c.opened_at >= since, ITEM.c.opened_at < until)
        .where(ITEM.c.outcome_rule.is_(None) | ITEM.c.outcome_rule.not_in(BY_MACHINE))
        .order_by(ITEM.c.opened_at.desc())
        .limit(READ_AT_MOST)
    )
    rows: Sequence[Any] = connection.execute(query).all()
    return rows


def busiest_hour(connection: Connection, queue: str, since: datetime, until: datetime) -> int:
    """The most reviews that one person did in one clock hour; who it was is nobody's business."""
    hour = type_coerce(VOTE.c.cast_at, BigInteger) // 3_600_000_000
    counted = (
        select(func.count().label("n"))
        .join(ITEM, ITEM.c.id == VOTE.c.item_id)
        .where(ITEM.c.queue == queue, VOTE.c.cast_at >= since, VOTE.c.cast_at < until)
        .group_by(VOTE.c.person_id, hour)
        .subquery()
    )
    return int(connection.execute(select(func.max(counted.c.n))).scalar() or 0)


def votes_of(
    connection: Connection, person_id: str, since: datetime, until: datetime
) -> Sequence[Any]:
    """One person's votes in a period, with what came of each item."""
    query = (
        select(ITEM.c.queue, VOTE.c.choice, ITEM.c.outcome_choice, ITEM.c.outcome_rule)
        .join(ITEM, ITEM.c.id == VOTE.c.item_id)
        .where(VOTE.c.person_id == person_id, ITEM.c.purpose.is_(None))
        .where(VOTE.c.cast_at >= since, VOTE.c.cast_at < until)
    )
    rows: Sequence[Any] = connection.execute(query).all()
    return rows


def count_decided(connection: Connection, queue: str, since: datetime, until: datetime) -> int:
    """Items that settled in a period, the machine's too; what tests the reviewers is left out."""
    query = (
        select(func.count())
        .select_from(ITEM)
        .where(ITEM.c.queue == queue, ITEM.c.purpose.is_(None))
        .where(ITEM.c.decided_at >= since, ITEM.c.decided_at < until)
    )
    return connection.execute(query).scalar_one()


def settled_by_rule(
    connection: Connection, queue: str, since: datetime, until: datetime
) -> dict[str, int]:
    """How many items settled in a period, by the rule that settled them."""
    query = (
        select(ITEM.c.outcome_rule, func.count())
        .where(ITEM.c.queue == queue, ITEM.c.purpose.is_(None))
        .where(ITEM.c.decided_at >= since, ITEM.c.decided_at < until)
        .group_by(ITEM.c.outcome_rule)
    )
    return {str(rule): int(count) for rule, count in connection.execute(query)}


def count_votes(connection: Connection, queue: str, since: datetime, until: datetime) -> int:
    """Standing votes that were cast in a period; what tests the reviewers is left out."""
    query = (
        select(func.count())
        .select_from(VOTE)
        .join(ITEM, ITEM.c.id == VOTE.c.item_id)
        .where(ITEM.c.queue == queue, ITEM.c.purpose.is_(None))
        .where(VOTE.c.cast_at >= since, VOTE.c.cast_at < until)
    )
    return connection.execute(query).scalar_one()

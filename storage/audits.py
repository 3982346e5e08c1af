"""Audits and corrections, the strata they are drawn from, and errands that the clock runs."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, and_, insert, select, update

from storage.dialect import insert_unless_there
from storage.tables import AUDIT, AUDIT_STRATUM, CORRECTION, ITEM


def errands(connection: Connection, now: datetime, limit: int) -> Sequence[str]:
    """Ids of items about which the clock has something to do, held by this unit; oldest first."""
    query = (
        select(ITEM.c.id)
        .where(ITEM.c.errand_at <= now)
        .order_by(ITEM.c.errand_at, ITEM.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return connection.execute(query).scalars().all()


def clear_errands(connection: Connection, item_ids: Collection[str]) -> None:
    """The clock has done what it had to do about these items."""
    connection.execute(update(ITEM).where(ITEM.c.id.in_(item_ids)).values(errand_at=None))


def see(connection: Connection, **stratum: Any) -> int:
    """Counts one item more of a stratum; how many there were before."""
    insert_unless_there(connection, AUDIT_STRATUM, {**stratum, "seen": 0, "drawn": 0})
    counted = (
        update(AUDIT_STRATUM)
        .where(_is(stratum))
        .values(seen=AUDIT_STRATUM.c.seen + 1)
        .returning(AUDIT_STRATUM.c.seen)
    )
    seen: int = connection.execute(counted).scalar_one()
    return seen - 1


def note_drawn(connection: Connection, **stratum: Any) -> None:
    """Counts one drawn item more of a stratum."""
    drawn = update(AUDIT_STRATUM).where(_is(stratum)).values(drawn=AUDIT_STRATUM.c.drawn + 1)
    connection.execute(drawn)


def strata(connection: Connection, queue: str, week: str) -> Sequence[Row[Any]]:
    """What was seen and drawn of each stratum in one week."""
    query = (
        select(AUDIT_STRATUM)
        .where(AUDIT_STRATUM.c.queue == queue, AUDIT_STRATUM.c.week == week)
        .order_by(AUDIT_STRATUM.c.label, AUDIT_STRATUM.c.confidence_bin)
    )
    return connection.execute(query).all()


def add(connection: Connection, **values: Any) -> None:
    """Keeps that an item looks at a machine's answer."""
    connection.execute(insert(AUDIT).values(**values))


def find(connection: Connection, item_id: str) -> Row[Any] | None:
    """The audit that this item is, or None."""
    return connection.execute(select(AUDIT).where(AUDIT.c.item_id == item_id)).one_or_none()


def conclude(connection: Connection, item_id: str, **found: Any) -> None:
    """Keeps what an audit found."""
    connection.execute(update(AUDIT).where(AUDIT.c.item_id == item_id).values(**found))


def overrule(connection: Connection, item_id: str, *, is_right: bool) -> None:
    """Keeps what everybody found about the machine's answer, in place of what the audit did."""
    connection.execute(update(AUDIT).where(AUDIT.c.item_id == item_id).values(is_right=is_right))


def found(
    connection: Connection, queue: str | None, since: datetime | None, until: datetime | None
) -> Sequence[Row[Any]]:
    """Audits that found an answer within a time, oldest first."""
    query = select(AUDIT).where(AUDIT.c.is_right.is_not(None))
    query = _within(query, AUDIT.c.queue, AUDIT.c.found_at, queue, since, until)
    return connection.execute(query.order_by(AUDIT.c.found_at, AUDIT.c.item_id)).all()


def add_correction(connection: Connection, **values: Any) -> bool:
    """Whether the item's correction is new."""
    return insert_unless_there(connection, CORRECTION, values)


def correction_reopened_as(connection: Connection, item_id: str) -> Row[Any] | None:
    """The correction about which everybody was asked by this item, or None."""
    query = select(CORRECTION).where(CORRECTION.c.reopened_id == item_id)
    return connection.execute(query).one_or_none()


def close_correction(connection: Connection, item_id: str, **values: Any) -> None:
    """Keeps what holds in the end."""
    connection.execute(update(CORRECTION).where(CORRECTION.c.item_id == item_id).values(**values))


def corrections(
    connection: Connection, queue: str | None, since: datetime | None, until: datetime | None
) -> Sequence[Row[Any]]:
    """Corrections opened within a time, oldest first."""
    query = _within(
        select(CORRECTION), CORRECTION.c.queue, CORRECTION.c.found_at, queue, since, until
    )
    return connection.execute(query.order_by(CORRECTION.c.found_at, CORRECTION.c.item_id)).all()


def _within(
    query: Select[Any],
    of_queue: Column[Any],
    at: Column[Any],
    queue: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Select[Any]:
    if queue is not None:
        query = query.where(of_queue == queue)
    if since is not None:
        query = query.where(at >= since)
    return query if until is None else query.where(at < until)


def _is(stratum: dict[str, Any]) -> Any:
    return and_(*(AUDIT_STRATUM.c[name] == value for name, value in stratum.items()))

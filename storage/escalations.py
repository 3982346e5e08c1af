"""Escalations under way and reminders to come."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from storage.dialect import insert_unless_there
from storage.tables import EPOCH, ESCALATION, ITEM, MICROSECOND, REMINDER

Asked = tuple[str, datetime, int]  # person id, when, step


def start(connection: Connection, item_id: str, next_at: datetime) -> bool:
    """Begins an item's escalation; False when it has begun before."""
    values = {"item_id": item_id, "step": 0, "next_at": next_at, "last_step_at": None}
    return insert_unless_there(connection, ESCALATION, {**values, "asked": "[]"})


def find(connection: Connection, item_id: str) -> Row[Any] | None:
    """How far it is, or None."""
    found = select(ESCALATION).where(ESCALATION.c.item_id == item_id)
    return connection.execute(found).one_or_none()


def asked_in(row: Row[Any]) -> list[Asked]:
    """Who was asked, in order."""
    return [(who, EPOCH + at * MICROSECOND, step) for who, at, step in json.loads(row.asked)]


def due(connection: Connection, now: datetime, limit: int) -> Sequence[str]:
    """Ids of items whose next step is due, the longest due first, held by this unit."""
    chosen = (
        select(ESCALATION.c.item_id)
        .join(ITEM, ITEM.c.id == ESCALATION.c.item_id)
        .where(ESCALATION.c.next_at.is_not(None), ESCALATION.c.next_at <= now)
        .order_by(ESCALATION.c.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=ITEM)
    )
    return connection.execute(chosen).scalars().all()


def change(
    connection: Connection,
    item_id: str,
    *,
    step: int,
    next_at: datetime | None,
    last_step_at: datetime,
    asked: Sequence[Asked],
) -> None:
    """Keeps how far it is now."""
    stated = json.dumps([[who, (at - EPOCH) // MICROSECOND, n] for who, at, n in asked])
    connection.execute(
        update(ESCALATION)
        .where(ESCALATION.c.item_id == item_id)
        .values(step=step, next_at=next_at, last_step_at=last_step_at, asked=stated)
    )


def wake(connection: Connection, item_id: str, next_at: datetime) -> None:
    """Has the clock look at it then."""
    connection.execute(
        update(ESCALATION).where(ESCALATION.c.item_id == item_id).values(next_at=next_at)
    )


def drop(connection: Connection, item_id: str) -> None:
    """Ends it."""
    connection.execute(delete(ESCALATION).where(ESCALATION.c.item_id == item_id))


def remind(connection: Connection, item_id: str, due_at: datetime) -> None:
    """Wants a reminder of the item then."""
    insert_unless_there(connection, REMINDER, {"item_id": item_id, "due_at": due_at})


def take_reminders(connection: Connection, now: datetime, limit: int) -> Sequence[str]:
    """Ids of items to remind of, each given to one taker only."""
    chosen = (
        select(REMINDER.c.item_id)
        .where(REMINDER.c.due_at <= now)
        .order_by(REMINDER.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = connection.execute(chosen).scalars().all()
    if not ids:
        return []
    taken = delete(REMINDER).where(REMINDER.c.item_id.in_(ids)).returning(REMINDER.c.item_id)
    return connection.execute(taken).scalars().all()


def reminder_of(connection: Connection, item_id: str) -> datetime | None:
    """When a reminder of the item is due, or None."""
    found = select(REMINDER.c.due_at).where(REMINDER.c.item_id == item_id)
    return connection.execute(found).scalar_one_or_none()

"""Receivers of what happens to items, and what is on its way to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from storage.dialect import insert_unless_there
from storage.tables import TELLING, WEBHOOK, WEBHOOK_DELIVERY

READER = "webhooks"  # who reads the history for them

_is_waiting = and_(WEBHOOK_DELIVERY.c.sent_at.is_(None), WEBHOOK_DELIVERY.c.gone_at.is_(None))


def add(connection: Connection, **values: Any) -> bool:
    """Whether the receiver was added."""
    return insert_unless_there(connection, WEBHOOK, values)


def of_producer(connection: Connection, producer: str) -> Sequence[Row[Any]]:
    """All receivers of one producer, oldest first."""
    query = select(WEBHOOK).where(WEBHOOK.c.producer == producer)
    return connection.execute(query.order_by(WEBHOOK.c.created_at, WEBHOOK.c.id)).all()


def find(connection: Connection, webhook_id: str, *, locked: bool = False) -> Row[Any] | None:
    """One receiver; locked until the unit ends, if it is to be changed."""
    query = select(WEBHOOK).where(WEBHOOK.c.id == webhook_id)
    return connection.execute(query.with_for_update() if locked else query).one_or_none()


def living(connection: Connection) -> Sequence[Row[Any]]:
    """Every receiver that is told."""
    return connection.execute(select(WEBHOOK).where(WEBHOOK.c.disabled_at.is_(None))).all()


def change(connection: Connection, webhook_id: str, **values: Any) -> None:
    """Sets columns of one receiver."""
    connection.execute(update(WEBHOOK).where(WEBHOOK.c.id == webhook_id).values(**values))


def remove(connection: Connection, webhook_id: str) -> None:
    """Forgets a receiver, with all that was sent to it."""
    gone = delete(WEBHOOK_DELIVERY).where(WEBHOOK_DELIVERY.c.webhook_id == webhook_id)
    connection.execute(gone)
    connection.execute(delete(WEBHOOK).where(WEBHOOK.c.id == webhook_id))


def position(connection: Connection, *, locked: bool = False) -> int:
    """The last line of history that was turned into deliveries; 0: none was."""
    if locked:
        insert_unless_there(connection, TELLING, {"name": READER, "seq": 0})
    query = select(TELLING.c.seq).where(TELLING.c.name == READER)
    return connection.execute(query.with_for_update() if locked else query).scalar() or 0


def move(connection: Connection, seq: int) -> None:
    """The history was read up to this line."""
    connection.execute(update(TELLING).where(TELLING.c.name == READER).values(seq=seq))


def deliver(connection: Connection, **values: Any) -> bool:
    """Whether the delivery is new."""
    return insert_unless_there(connection, WEBHOOK_DELIVERY, values)


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether there is anything to send now."""
    query = (
        select(WEBHOOK_DELIVERY.c.id)
        .join(WEBHOOK, WEBHOOK.c.id == WEBHOOK_DELIVERY.c.webhook_id)
        .where(WEBHOOK_DELIVERY.c.due_at <= now, _is_waiting, WEBHOOK.c.disabled_at.is_(None))
        .limit(1)
    )
    return connection.execute(query).first() is not None


def claim(
    connection: Connection, now: datetime, *, until: datetime, claim: str, limit: int, each: int
) -> Sequence[Row[Any]]:
    """Deliveries to send now, with their receivers, held by this claim until then.

    Of one receiver at most `each` are under way: a slow one holds up no other.
    """
    place = func.row_number().over(
        partition_by=WEBHOOK_DELIVERY.c.webhook_id,
        order_by=(WEBHOOK_DELIVERY.c.due_at, WEBHOOK_DELIVERY.c.seq),
    )
    ranked = (
        select(WEBHOOK_DELIVERY.c.id, place.label("place"))
        .join(WEBHOOK, WEBHOOK.c.id == WEBHOOK_DELIVERY.c.webhook_id)
        .where(WEBHOOK_DELIVERY.c.due_at <= now, _is_waiting, WEBHOOK.c.disabled_at.is_(None))
        .subquery()
    )
    is_free = or_(
        WEBHOOK_DELIVERY.c.claimed_until.is_(None), WEBHOOK_DELIVERY.c.claimed_until <= now
    )
    chosen = (
        select(WEBHOOK_DELIVERY.c.id)
        .where(WEBHOOK_DELIVERY.c.id.in_(select(ranked.c.id).where(ranked.c.place <= each)))
        .where(_is_waiting, is_free)
        .order_by(WEBHOOK_DELIVERY.c.due_at, WEBHOOK_DELIVERY.c.seq)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = connection.execute(chosen).scalars().all()
    if not ids:
        return []
    held = (
        update(WEBHOOK_DELIVERY)
        .where(WEBHOOK_DELIVERY.c.id.in_(ids))
        .values(claimed_until=until, claim=claim, tries=WEBHOOK_DELIVERY.c.tries + 1)
        .returning(WEBHOOK_DELIVERY.c.id)
    )
    connection.execute(held).all()
    with_receiver = (
        select(WEBHOOK_DELIVERY, WEBHOOK.c.url, WEBHOOK.c.secret, WEBHOOK.c.old_secret,
               WEBHOOK.c.old_until)
        .join(WEBHOOK, WEBHOOK.c.id == WEBHOOK_DELIVERY.c.webhook_id)
        .where(WEBHOOK_DELIVERY.c.id.in_(ids))
        .order_by(WEBHOOK_DELIVERY.c.due_at, WEBHOOK_DELIVERY.c.seq)
    )  # fmt: skip
    return connection.execute(with_receiver).all()


def release(connection: Connection, delivery_id: str, claim: str, **values: Any) -> bool:
    """Writes down what became of a claimed delivery; False when the claim is another's by now."""
    released = (
        update(WEBHOOK_DELIVERY)
        .where(WEBHOOK_DELIVERY.c.id == delivery_id, WEBHOOK_DELIVERY.c.claim == claim)
        .values(claim=None, claimed_until=None, **values)
        .returning(WEBHOOK_DELIVERY.c.id)
    )
    return connection.execute(released).one_or_none() is not None


def deliveries_of(
    connection: Connection, webhook_id: str, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """What was to be sent to one receiver, the newest first, from below a line on."""
    query = select(WEBHOOK_DELIVERY).where(WEBHOOK_DELIVERY.c.webhook_id == webhook_id)
    if before is not None:
        query = query.where(WEBHOOK_DELIVERY.c.seq < before)
    return connection.execute(query.order_by(WEBHOOK_DELIVERY.c.seq.desc()).limit(limit)).all()


def find_delivery(connection: Connection, webhook_id: str, delivery_id: str) -> Row[Any] | None:
    """One delivery of one receiver, held until the unit ends."""
    query = select(WEBHOOK_DELIVERY).where(
        WEBHOOK_DELIVERY.c.id == delivery_id, WEBHOOK_DELIVERY.c.webhook_id == webhook_id
    )
    return connection.execute(query.with_for_update()).one_or_none()


def send_again(connection: Connection, delivery_id: str, now: datetime) -> None:
    """Has a delivery tried from the beginning, under the same id."""
    connection.execute(
        update(WEBHOOK_DELIVERY)
        .where(WEBHOOK_DELIVERY.c.id == delivery_id)
        .values(due_at=now, tries=0, sent_at=None, gone_at=None, claim=None, claimed_until=None)
    )


def forget(connection: Connection, before: datetime) -> int:
    """Removes what was sent or given up before then; how many that were."""
    ended = or_(WEBHOOK_DELIVERY.c.sent_at < before, WEBHOOK_DELIVERY.c.gone_at < before)
    return connection.execute(delete(WEBHOOK_DELIVERY).where(ended)).rowcount

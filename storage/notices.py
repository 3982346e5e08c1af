"""The outbox: what is sent once, because its key names the occasion."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from storage.dialect import insert_unless_there
from storage.tables import NOTICE


def put(connection: Connection, **values: Any) -> bool:
    """Whether the notice is new."""
    return insert_unless_there(connection, NOTICE, values)


def find(connection: Connection, key: str) -> Row[Any] | None:
    """One notice, or None."""
    return connection.execute(select(NOTICE).where(NOTICE.c.key == key)).one_or_none()


def claim(
    connection: Connection, platform: str, now: datetime, *, until: datetime, claim: str, limit: int
) -> Sequence[Row[Any]]:
    """Notices to send now, oldest first, held by this claim until then."""
    is_free = or_(NOTICE.c.claimed_until.is_(None), NOTICE.c.claimed_until <= now)
    chosen = (
        select(NOTICE.c.key)
        .where(NOTICE.c.platform == platform, NOTICE.c.due_at <= now, is_free)
        .where(NOTICE.c.sent_at.is_(None), NOTICE.c.gone.is_(None))
        .order_by(NOTICE.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    keys = connection.execute(chosen).scalars().all()
    if not keys:
        return []
    held = (
        update(NOTICE)
        .where(NOTICE.c.key.in_(keys))
        .values(claimed_until=until, claim=claim, tries=NOTICE.c.tries + 1)
        .returning(NOTICE)
    )
    return connection.execute(held).all()


def newest(connection: Connection, keys: Collection[str]) -> Row[Any] | None:
    """The one of these notices that is due last, or None."""
    found = select(NOTICE).where(NOTICE.c.key.in_(keys)).order_by(NOTICE.c.due_at.desc()).limit(1)
    return connection.execute(found).one_or_none()


def count_waiting(
    connection: Connection, platform: str, channel_ref: str, template: str, limit: int
) -> int:
    """How many notices of a kind are still to be sent to this account, up to a limit."""
    found = (
        select(NOTICE.c.key)
        .where(NOTICE.c.platform == platform, NOTICE.c.channel_ref == channel_ref)
        .where(NOTICE.c.template == template)
        .where(NOTICE.c.sent_at.is_(None), NOTICE.c.gone.is_(None))
        .limit(limit)
    )
    return len(connection.execute(found).all())


def drop(connection: Connection, item_id: str, platforms: Collection[str], why: str) -> None:
    """What is still to be sent about an item to these platforms never is."""
    connection.execute(
        update(NOTICE)
        .where(NOTICE.c.item_id == item_id, NOTICE.c.platform.in_(platforms))
        .where(NOTICE.c.sent_at.is_(None), NOTICE.c.gone.is_(None))
        .values(gone=why)
    )


def release(connection: Connection, key: str, claim: str, **values: Any) -> bool:
    """Writes down what became of a claimed notice; False when the claim is another's by now."""
    changed = connection.execute(
        update(NOTICE)
        .where(NOTICE.c.key == key, NOTICE.c.claim == claim)
        .values(claim=None, claimed_until=None, **values)
    )
    return changed.rowcount == 1

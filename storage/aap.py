"""Provisioners, instances and requests of the Agent Approval Protocol."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select, update

from storage.dialect import insert_unless_there
from storage.tables import AAP_INSTANCE, AAP_PROVISIONER, AAP_REQUEST, AAP_UPDATE, ITEM

_living_provisioner = select(AAP_PROVISIONER).where(
    AAP_PROVISIONER.c.hash == bindparam("hash"), AAP_PROVISIONER.c.revoked_at.is_(None)
)
_living_instance = select(AAP_INSTANCE).where(
    AAP_INSTANCE.c.hash == bindparam("hash"), AAP_INSTANCE.c.deleted_at.is_(None)
)
_request = select(AAP_REQUEST).where(
    AAP_REQUEST.c.id == bindparam("id"), AAP_REQUEST.c.instance_id == bindparam("instance_id")
)


def add_provisioner(connection: Connection, **values: Any) -> bool:
    """Whether the provisioner was added; not when its name is taken."""
    return insert_unless_there(connection, AAP_PROVISIONER, values)


def find_provisioner(connection: Connection, hashed: str) -> Row[Any] | None:
    """The provisioner whose token has this hash, unless it was revoked."""
    return connection.execute(_living_provisioner, {"hash": hashed}).one_or_none()


def every_provisioner(connection: Connection) -> Sequence[Row[Any]]:
    """All provisioners, revoked ones too."""
    return connection.execute(select(AAP_PROVISIONER).order_by(AAP_PROVISIONER.c.name)).all()


def change_provisioner(connection: Connection, name: str, **values: Any) -> bool:
    """Whether a living provisioner of this name was there to change."""
    changed = connection.execute(
        update(AAP_PROVISIONER)
        .where(AAP_PROVISIONER.c.name == name, AAP_PROVISIONER.c.revoked_at.is_(None))
        .values(**values)
    )
    return changed.rowcount == 1


def add_instance(connection: Connection, **values: Any) -> bool:
    """Whether the instance was added; not when its provisioner used the key before."""
    return insert_unless_there(connection, AAP_INSTANCE, values)


def find_instance(connection: Connection, hashed: str) -> Row[Any] | None:
    """The instance whose credential has this hash, unless it was deleted."""
    return connection.execute(_living_instance, {"hash": hashed}).one_or_none()


def read_instance(connection: Connection, instance_id: str) -> Row[Any] | None:
    """An instance by its id, unless it was deleted."""
    return connection.execute(_living(instance_id)).one_or_none()


def hold_instance(connection: Connection, instance_id: str) -> Row[Any] | None:
    """A living instance that nobody deletes until the unit ends; others may hold it as well."""
    return connection.execute(_living(instance_id).with_for_update(read=True)).one_or_none()


def lock_instance(connection: Connection, instance_id: str) -> Row[Any] | None:
    """An instance, deleted or not, that nobody else touches until the unit ends."""
    query = select(AAP_INSTANCE).where(AAP_INSTANCE.c.id == instance_id)
    return connection.execute(query.with_for_update()).one_or_none()


def instance_of_key(connection: Connection, provisioner: str, key: str) -> Row[Any] | None:
    """What a provisioner made under a key, deleted or not."""
    query = select(AAP_INSTANCE).where(
        AAP_INSTANCE.c.provisioner == provisioner, AAP_INSTANCE.c.key == key
    )
    return connection.execute(query).one_or_none()


def every_instance(connection: Connection) -> Sequence[Row[Any]]:
    """All instances, deleted ones too, oldest first."""
    query = select(AAP_INSTANCE).order_by(AAP_INSTANCE.c.created_at, AAP_INSTANCE.c.id)
    return connection.execute(query).all()


def change_instance(connection: Connection, instance_id: str, **values: Any) -> None:
    """Sets columns of one instance."""
    connection.execute(
        update(AAP_INSTANCE).where(AAP_INSTANCE.c.id == instance_id).values(**values)
    )


def keep_update(connection: Connection, **values: Any) -> bool:
    """Whether the update is new under its key."""
    return insert_unless_there(connection, AAP_UPDATE, values)


def find_update(connection: Connection, instance_id: str, key: str) -> Row[Any] | None:
    """The update that was made under a key."""
    query = select(AAP_UPDATE).where(
        AAP_UPDATE.c.instance_id == instance_id, AAP_UPDATE.c.key == key
    )
    return connection.execute(query).one_or_none()


def add_request(connection: Connection, **values: Any) -> bool:
    """Whether the request was added; not when its item has one."""
    return insert_unless_there(connection, AAP_REQUEST, values)


def find_request(connection: Connection, instance_id: str, request_id: str) -> Row[Any] | None:
    """An instance's own request."""
    given = {"id": request_id, "instance_id": instance_id}
    return connection.execute(_request, given).one_or_none()


def request_of_item(connection: Connection, item_id: str) -> Row[Any] | None:
    """The request that became this item."""
    query = select(AAP_REQUEST).where(AAP_REQUEST.c.item_id == item_id)
    return connection.execute(query).one_or_none()


def open_items_of(connection: Connection, producer: str) -> Sequence[str]:
    """Ids of a producer's items that have no outcome, in the order in which they are locked."""
    query = select(ITEM.c.id).where(ITEM.c.producer == producer, ITEM.c.wake_at.is_not(None))
    return connection.execute(query.order_by(ITEM.c.id)).scalars().all()


def count_open(connection: Connection) -> dict[str, int]:
    """How many requests wait, by instance."""
    query = (
        select(AAP_REQUEST.c.instance_id, func.count())
        .join_from(AAP_REQUEST, ITEM, AAP_REQUEST.c.item_id == ITEM.c.id)
        .where(ITEM.c.wake_at.is_not(None))
        .group_by(AAP_REQUEST.c.instance_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def change_request(connection: Connection, request_id: str, **values: Any) -> None:
    """Sets columns of one request."""
    connection.execute(update(AAP_REQUEST).where(AAP_REQUEST.c.id == request_id).values(**values))


def claim_events(
    connection: Connection, now: datetime, until: datetime, limit: int
) -> Sequence[Row[Any]]:
    """Requests whose instance is to be told now, longest due first, held until then."""
    is_free = or_(AAP_REQUEST.c.claimed_until.is_(None), AAP_REQUEST.c.claimed_until <= now)
    chosen = (
        select(AAP_REQUEST.c.id)
        .where(AAP_REQUEST.c.due_at <= now, is_free)
        .order_by(AAP_REQUEST.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = connection.execute(chosen).scalars().all()
    if not ids:
        return []
    held = (
        update(AAP_REQUEST)
        .where(AAP_REQUEST.c.id.in_(ids))
        .values(claimed_until=until, tries=AAP_REQUEST.c.tries + 1)
        .returning(AAP_REQUEST)
    )
    return connection.execute(held).all()


def release_event(connection: Connection, request_id: str, tries: int, **values: Any) -> bool:
    """Writes down what became of a claimed event; False when another holds it by now."""
    changed = connection.execute(
        update(AAP_REQUEST)
        .where(AAP_REQUEST.c.id == request_id, AAP_REQUEST.c.tries == tries)
        .values(claimed_until=None, **values)
    )
    return changed.rowcount == 1


def drop_events(connection: Connection, instance_id: str, why: str) -> None:
    """Nobody is told of what this instance's requests came to and was not told yet."""
    connection.execute(
        update(AAP_REQUEST)
        .where(AAP_REQUEST.c.instance_id == instance_id, AAP_REQUEST.c.due_at.is_not(None))
        .values(due_at=None, gone=why)
    )


def _living(instance_id: str) -> Select[Any]:
    return select(AAP_INSTANCE).where(
        AAP_INSTANCE.c.id == instance_id, AAP_INSTANCE.c.deleted_at.is_(None)
    )

"""The Agent Approval Protocol's instances, as operators see them: made, listed, ended."""

import json
import secrets
import uuid
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.errors import SettledError
from bot.flows import cancelling
from bot.flows.aap import Instance, UnknownInstanceError, hash_of
from bot.flows.aap_events import Delivery
from bot.flows.aap_provisioners import SHOWN, Provisioner, check, tell
from config.policies import Rulebook
from storage import aap as kept
from storage.unit import Unit

MARK = "sgn_aap_"  # how an instance's credential begins
RETIRED = "its instance was deleted"


def add_instance(
    unit: Unit,
    rulebook: Rulebook,
    name: str,
    queue: str,
    owners: Collection[str],
    expires_at: datetime | None,
    now: datetime,
) -> tuple[str, str]:
    """A new instance that an operator makes: its id and its credential, which is not kept.

    Raises:
        SignoffError: its queue takes no approvals, or an owner is nobody.
    """
    check(rulebook, queue, owners)
    instance_id, credential = str(uuid.uuid4()), MARK + secrets.token_urlsafe(32)
    keep(
        unit,
        now,
        id=instance_id,
        name=name,
        queue=queue,
        owners=json.dumps(sorted(owners)),
        expires_at=expires_at,
        credential=credential,
    )
    tell(unit, "aap-instance-added", "cli", now, instance=instance_id)
    return instance_id, credential


def delete(
    unit: Unit,
    rulebook: Rulebook,
    provisioner: Provisioner | None,
    instance_id: str,
    now: datetime,
) -> None:
    """Ends an instance: its credential, its open requests, and what it was to be told.

    Nobody is told of the requests that this cancels. Doing it again changes nothing.

    Args:
        unit: the transaction.
        rulebook: who may judge what is open.
        provisioner: whose instance it is; None for an operator, who may end each.
        instance_id: which.
        now: the instant of its end.

    Raises:
        UnknownInstanceError: there is none, or it is another's.
    """
    row = kept.lock_instance(unit.connection, instance_id)
    if row is None or (provisioner and row.provisioner != provisioner.name):
        raise UnknownInstanceError("There is no such instance.")
    if row.deleted_at is not None:
        return
    kept.change_instance(unit.connection, instance_id, deleted_at=now, **columns_of(None))
    kept.drop_events(unit.connection, instance_id, RETIRED)
    instance = Instance(row.id, row.name, row.queue)
    for item_id in kept.open_items_of(unit.connection, instance.producer.name):
        try:
            cancelling.cancel(unit, rulebook, instance.producer, item_id, RETIRED, now)
        except SettledError:  # somebody decided it while we waited for it: that outcome stands
            continue
    actor = provisioner.name if provisioner else "cli"
    tell(unit, "aap-instance-deleted", actor, now, instance=instance_id)


def list_all(unit: Unit) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Every provisioner and every instance, with all that may be shown of them."""
    hidden = {"hash", "salt", "signing_secret", "submitted", "created_as", "key"}
    waiting = kept.count_open(unit.connection)
    provisioners = [_plain(row, hidden) for row in kept.every_provisioner(unit.connection)]
    instances = [
        {**_plain(row, hidden), "waiting": waiting.get(row.id, 0)}
        for row in kept.every_instance(unit.connection)
    ]
    return provisioners, instances


def keep(
    unit: Unit,
    now: datetime,
    *,
    credential: str,
    delivery: Delivery | None = None,
    provisioner: str | None = None,
    key: str | None = None,
    submitted: str | None = None,
    created_as: str | None = None,
    salt: str = "",
    **values: Any,
) -> bool:
    """Whether the instance is in; not when its key is taken."""
    return kept.add_instance(
        unit.connection,
        **values,
        **columns_of(delivery),
        provisioner=provisioner,
        key=key,
        submitted=submitted,
        created_as=created_as,
        salt=salt,
        prefix=credential[: len(MARK) + SHOWN],
        hash=hash_of(credential),
        created_at=now,
        last_used_at=None,
        deleted_at=None,
    )


def columns_of(delivery: Delivery | None) -> dict[str, str | None]:
    """An instance's receiver as it is kept."""
    if delivery is None:
        return {"url": None, "registration_id": None, "signing_secret": None}
    return asdict(delivery)


def _plain(row: Row[Any], hidden: Collection[str]) -> dict[str, Any]:
    known = {name: value for name, value in row._mapping.items() if name not in hidden}
    return {**known, "owners": json.loads(row.owners)}

"""The Agent Approval Protocol's instances: who may make them, and their whole life."""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.errors import SettledError
from bot.flows import cancelling
from bot.flows.aap import ConflictError, Instance, UnknownInstanceError, hash_of, taken
from bot.flows.aap_events import Delivery
from bot.flows.aap_provisioners import SHOWN, Provisioner, check, tell
from config.policies import Rulebook
from storage import aap as kept
from storage.unit import Unit

MARK = "sgn_aap_"  # how an instance's credential begins
CREDENTIAL_TAG = b"signoff/v1/aap-credential\n"
RETIRED = "its instance was deleted"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An instance that is asked for under a key."""

    key: str
    submitted: str  # digest of what came with the key
    name: str | None
    delivery: Delivery | None
    id: str  # reserved: the receiver has heard it already
    salt: str

    @classmethod
    def fresh(
        cls, key: str, submitted: str, name: str | None, delivery: Delivery | None
    ) -> "Wanted":
        """With an id and a salt of its own."""
        return cls(key, submitted, name, delivery, str(uuid.uuid4()), secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class Made:
    """An instance as it was made, and its credential."""

    instance: dict[str, Any]  # as the protocol shows it
    credential: str
    expires_at: datetime | None
    is_new: bool


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
    _add(
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


def made_before(
    unit: Unit, provisioner: Provisioner, token: str, key: str, submitted: str
) -> Made | None:
    """What this key made, with its credential computed anew; None when it is a new one.

    Raises:
        ConflictError: the key came with another body, or what it made was deleted.
    """
    row = kept.instance_of_key(unit.connection, provisioner.name, key)
    if row is None:
        return None
    if row.submitted != submitted:
        raise taken()
    if row.deleted_at is not None:
        raise ConflictError("instance_deleted", "The instance of this key has been deleted.")
    credential = _credential(token, row.id, row.salt)
    return Made(json.loads(row.created_as), credential, row.expires_at, is_new=False)


def provision(
    unit: Unit, provisioner: Provisioner, token: str, wanted: Wanted, now: datetime
) -> Made:
    """The instance of this key, made now unless another submission was quicker.

    Raises:
        ConflictError: the key came with another body, or what it made was deleted.
    """
    known = made_before(unit, provisioner, token, wanted.key, wanted.submitted)
    if known is not None:
        return known
    credential = _credential(token, wanted.id, wanted.salt)
    lifetime = provisioner.credentials_for
    expires_at = None if lifetime is None else now + lifetime
    name = wanted.name or f"{provisioner.name}-{wanted.id[:8]}"
    shown = _shown(wanted.id, name, wanted.delivery)
    added = _add(
        unit,
        now,
        id=wanted.id,
        name=name,
        queue=provisioner.queue,
        owners=json.dumps(sorted(provisioner.owners)),
        expires_at=expires_at,
        credential=credential,
        provisioner=provisioner.name,
        key=wanted.key,
        submitted=wanted.submitted,
        created_as=json.dumps(shown),
        salt=wanted.salt,
        delivery=wanted.delivery,
    )
    if not added:
        return provision(unit, provisioner, token, wanted, now)
    kept.change_provisioner(unit.connection, provisioner.name, last_used_at=now)
    tell(unit, "aap-instance-added", provisioner.name, now, instance=wanted.id)
    return Made(shown, credential, expires_at, is_new=True)


def show(unit: Unit, provisioner: Provisioner, instance_id: str) -> dict[str, Any]:
    """A provisioner's living instance, as the protocol shows it.

    Raises:
        UnknownInstanceError: there is none, or it is another's.
    """
    row = kept.read_instance(unit.connection, instance_id)
    return _shown_row(_own(provisioner, row))


def changed_before(
    unit: Unit, provisioner: Provisioner, instance_id: str, key: str, submitted: str
) -> dict[str, Any] | None:
    """What an update under this key was answered; None when it is a new one.

    Raises:
        UnknownInstanceError: there is no such living instance of this provisioner.
        ConflictError: the key came with another body.
    """
    _own(provisioner, kept.read_instance(unit.connection, instance_id))
    row = kept.find_update(unit.connection, instance_id, key)
    if row is None:
        return None
    if row.submitted != submitted:
        raise taken()
    answered: dict[str, Any] = json.loads(row.answer)
    return answered


def change(
    unit: Unit,
    provisioner: Provisioner,
    instance_id: str,
    key: str,
    submitted: str,
    changes: dict[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """The instance with another name, another receiver or none; once per key.

    Args:
        unit: the transaction.
        provisioner: whose instance it is.
        instance_id: which.
        key: the provisioner's own name of this update.
        submitted: digest of what came with the key.
        changes: `name` and `delivery` (a Delivery, or None to end it), as far as they change.
        now: the instant of the change.

    Raises:
        UnknownInstanceError: there is no such living instance of this provisioner.
        ConflictError: the key came with another body.
    """
    row = _own(provisioner, kept.lock_instance(unit.connection, instance_id))
    if (known := changed_before(unit, provisioner, instance_id, key, submitted)) is not None:
        return known
    fresh: dict[str, Any] = {"name": changes.get("name", row.name)}
    if "delivery" in changes:
        fresh |= _columns_of(changes["delivery"])
        if changes["delivery"] is None:
            kept.drop_events(unit.connection, instance_id, "there is no receiver any more")
    kept.change_instance(unit.connection, instance_id, **fresh)
    shown = show(unit, provisioner, instance_id)
    kept.keep_update(
        unit.connection,
        instance_id=instance_id,
        key=key,
        submitted=submitted,
        answer=json.dumps(shown),
        made_at=now,
    )
    tell(unit, "aap-instance-changed", provisioner.name, now, instance=instance_id)
    return shown


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
    kept.change_instance(unit.connection, instance_id, deleted_at=now, **_columns_of(None))
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


def _add(
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
    return kept.add_instance(
        unit.connection,
        **values,
        **_columns_of(delivery),
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


def _credential(token: str, instance_id: str, salt: str) -> str:
    """An instance's credential: told again when the answer that held it was lost.

    It is kept as a hash only. Making it anew takes the provisioner's token, which is not kept
    either, and the salt, which only the database has.
    """
    said = CREDENTIAL_TAG + instance_id.encode() + salt.encode()
    digest = hmac.new(token.encode(), said, hashlib.sha256).digest()
    return MARK + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _own(provisioner: Provisioner, row: Row[Any] | None) -> Row[Any]:
    if row is None or row.deleted_at is not None or row.provisioner != provisioner.name:
        raise UnknownInstanceError("There is no such instance.")
    return row


def _shown(instance_id: str, name: str, delivery: Delivery | None) -> dict[str, Any]:
    """An instance as the protocol shows it: never its secrets."""
    shown: dict[str, Any] = {"id": instance_id, "name": name}
    if delivery:
        place = {"url": delivery.url, "registration_id": delivery.registration_id}
        shown["delivery"] = {"type": "webhook", **place}
    return shown


def _shown_row(row: Row[Any]) -> dict[str, Any]:
    delivery = Delivery(row.url, row.registration_id, "") if row.url else None
    return _shown(row.id, row.name, delivery)


def _columns_of(delivery: Delivery | None) -> dict[str, str | None]:
    if delivery is None:
        return {"url": None, "registration_id": None, "signing_secret": None}
    return asdict(delivery)


def _plain(row: Row[Any], hidden: Collection[str]) -> dict[str, Any]:
    known = {name: value for name, value in row._mapping.items() if name not in hidden}
    return {**known, "owners": json.loads(row.owners)}

"""The Agent Approval Protocol's instances, as provisioners make them: once for each key."""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.flows.aap import ConflictError, UnknownInstanceError, taken
from bot.flows.aap_events import Delivery
from bot.flows.aap_instances import MARK, columns_of, keep
from bot.flows.aap_provisioners import Provisioner, tell
from storage import aap as kept
from storage.unit import Unit

CREDENTIAL_TAG = b"signoff/v1/aap-credential\n"


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
    added = keep(
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
        fresh |= columns_of(changes["delivery"])
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

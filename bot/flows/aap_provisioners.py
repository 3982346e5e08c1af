"""The Agent Approval Protocol's provisioners: tokens that make instances, and ask for nothing."""

import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import SignoffError
from bot.flows.aap import hash_of
from config.policies import Rulebook
from storage import aap as kept
from storage import ledger
from storage.ledger import Line
from storage.unit import Unit

MARK = "sgn_prov_"  # how a provisioner's token begins
SHOWN = 6  # characters of a secret, behind its mark, that lists show


@dataclass(frozen=True, slots=True)
class Provisioner:
    """Who makes instances, and of what kind they are."""

    name: str
    queue: str
    owners: tuple[str, ...] = ()
    credentials_for: timedelta | None = None  # how long credentials live; None: no end


def add_provisioner(
    unit: Unit,
    rulebook: Rulebook,
    provisioner: Provisioner,
    expires_at: datetime | None,
    now: datetime,
) -> str:
    """A new provisioner's token, which is not kept and cannot be shown again.

    Raises:
        SignoffError: its name is taken, its queue takes no approvals, an owner is nobody.
    """
    check(rulebook, provisioner.queue, provisioner.owners)
    token = MARK + secrets.token_urlsafe(32)
    lifetime = provisioner.credentials_for
    added = kept.add_provisioner(
        unit.connection,
        name=provisioner.name,
        prefix=token[: len(MARK) + SHOWN],
        hash=hash_of(token),
        queue=provisioner.queue,
        owners=json.dumps(sorted(provisioner.owners)),
        credential_days=None if lifetime is None else lifetime.days,
        created_at=now,
        expires_at=expires_at,
        last_used_at=None,
        revoked_at=None,
    )
    if not added:
        raise SignoffError(f"There is a provisioner named {provisioner.name!r} already.")
    tell(unit, "aap-provisioner-added", "cli", now, name=provisioner.name)
    return token


def revoke_provisioner(unit: Unit, name: str, now: datetime) -> bool:
    """Makes a provisioner's token useless; its instances live on. False: there is none."""
    if not kept.change_provisioner(unit.connection, name, revoked_at=now):
        return False
    tell(unit, "aap-provisioner-revoked", "cli", now, name=name)
    return True


def authenticate(unit: Unit, secret: str, now: datetime) -> Provisioner | None:
    """The living provisioner that a token is of, or None."""
    row = kept.find_provisioner(unit.connection, hash_of(secret))
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    lifetime = None if row.credential_days is None else timedelta(days=row.credential_days)
    return Provisioner(row.name, row.queue, tuple(json.loads(row.owners)), lifetime)


def check(rulebook: Rulebook, queue: str, owners: Collection[str]) -> None:
    """Nothing, if instances may ask there and their owners are known.

    Raises:
        SignoffError: its queue takes no approvals, or an owner is nobody.
    """
    found = rulebook.queues.get(queue)
    if found is None or "approval" not in found.kinds:
        takes = (name for name, each in rulebook.queues.items() if "approval" in each.kinds)
        there = ", ".join(sorted(takes)) or "none"
        raise SignoffError(f"No queue {queue!r} takes approvals; there is: {there}.")
    strangers = sorted(set(owners) - set(rulebook.people))
    if strangers:
        raise SignoffError(f"people.toml names nobody {', '.join(strangers)}.")


def tell(unit: Unit, event: str, actor: str, now: datetime, **body: Any) -> None:
    """Writes a line of history about who may ask."""
    source = "cli" if actor == "cli" else "http"
    ledger.append(unit.connection, Line(now, event, None, actor, source, body))

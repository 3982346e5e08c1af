"""Programs' keys: made once, shown once, kept as a hash; they expire, rotate and are revoked."""

import hashlib
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.aap import PRODUCER as AAP_PRODUCER
from bot.errors import SignoffError
from bot.facts import SELF
from bot.flows.opening import Producer
from storage import keys, ledger
from storage.ledger import Line
from storage.unit import Unit

SCOPES = {  # scope -> what a key with it may do
    "submit": "open items, cancel its own, say what became of them",
    "read": "read its own items and wait for them",
    "redeem": "redeem the grants of its own items",
    "webhooks": "be told of its own items at an address",
    "observe": "read every item, the queues and the reviewers",
    "vote": "vote, as one person",
}
ALONE = ("observe", "vote")  # what an agent must never hold stands on no other scope's key
MARK = "sgn_"  # what secret scanners may look for
SHOWN = len(MARK) + 6  # characters of a key that lists show


@dataclass(frozen=True, slots=True)
class Pass:
    """What a key opens, to whom, and how long."""

    producer: Producer
    person_id: str | None = None  # whose votes it casts
    rate: int | None = None  # requests a minute; None: the installation's
    revoked_at: datetime | None = None
    ends_at: datetime | None = None  # by its date, or because another secret took its place


def add_key(
    unit: Unit,
    name: str,
    scopes: Collection[str],
    owners: Collection[str],
    now: datetime,
    *,
    expires_at: datetime | None = None,
    person: str | None = None,
    rate: int | None = None,
) -> str:
    """A new key's secret, which is not kept and cannot be shown again.

    Args:
        unit: the transaction.
        name: of the program; its items are kept under it.
        scopes: what it may do.
        owners: ids of the people behind it, who never judge its items.
        now: this instant.
        expires_at: when it dies by itself.
        person: whose votes a key with the scope `vote` casts.
        rate: requests a minute, when it is not the installation's.

    Raises:
        SignoffError: the name is taken, or the scopes make no sense.
    """
    _refuse_odd(set(scopes), person)
    if name == SELF or name.startswith(AAP_PRODUCER):
        raise SignoffError(f"{name!r} is a name of Signoff's own; choose another name.")
    secret = _new_secret()
    added = keys.add(
        unit.connection,
        name=name,
        prefix=secret[:SHOWN],
        hash=_hash(secret),
        scopes=",".join(sorted(scopes)),
        owners=json.dumps(sorted(owners)),
        created_at=now,
        expires_at=expires_at,
        person=person,
        rate=rate,
    )
    if not added:
        raise SignoffError(f"There is a key named {name!r} already; choose another name.")
    _note(unit, "key-added", now, name=name, scopes=sorted(scopes))
    return secret


def rotate_key(
    unit: Unit, name: str, now: datetime, *, overlap: timedelta, expires_at: datetime | None = None
) -> str:
    """A second secret for the same program; the one before dies when the overlap is over.

    Raises:
        SignoffError: there is no living key of this name.
    """
    row = keys.lock(unit.connection, name)
    if row is None:
        raise SignoffError(f"There is no living key named {name!r}.")
    ends_at = expires_at or row.expires_at
    if ends_at and ends_at <= now:
        raise SignoffError(f"The key {name!r} has expired: say how long the new one lives.")
    secret = _new_secret()
    old_until = min(filter(None, (now + overlap, row.expires_at)))
    keys.change(
        unit.connection,
        name,
        prefix=secret[:SHOWN],
        hash=_hash(secret),
        expires_at=ends_at,
        old_hash=row.hash,
        old_until=old_until,
    )
    _note(unit, "key-rotated", now, name=name)
    return secret


def revoke_key(unit: Unit, name: str, now: datetime) -> None:
    """Makes a key useless from now on, with the secret before it.

    Raises:
        SignoffError: there is no living key of this name.
    """
    if keys.lock(unit.connection, name) is None:
        raise SignoffError(f"There is no living key named {name!r}.")
    keys.change(unit.connection, name, revoked_at=now)
    _note(unit, "key-revoked", now, name=name)


def look_up(unit: Unit, secret: str) -> Pass | None:
    """What a key opens, or None when nobody has it; whether it still lives is the caller's."""
    hashed = _hash(secret)
    row = keys.find(unit.connection, hashed)
    if row is None:
        return None
    scopes, owners = frozenset(row.scopes.split(",")), tuple(json.loads(row.owners))
    ends_at = row.expires_at if row.hash == hashed else row.old_until
    return Pass(Producer(row.name, scopes, owners), row.person, row.rate, row.revoked_at, ends_at)


def is_dead(found: Pass, now: datetime) -> bool:
    """Whether a key opens nothing any more."""
    return found.revoked_at is not None or (found.ends_at is not None and found.ends_at <= now)


def authenticate(unit: Unit, secret: str, now: datetime) -> Producer | None:
    """Who a living key belongs to, or None."""
    found = look_up(unit, secret)
    return None if found is None or is_dead(found, now) else found.producer


def list_keys(unit: Unit) -> list[dict[str, Any]]:
    """Every key's name, beginning, scopes, owners, person, rate and dates."""
    shown = (
        "name", "prefix", "scopes", "created_at", "last_used_at", "revoked_at", "expires_at",
        "person", "rate", "old_until",
    )  # fmt: skip
    return [
        {"owners": json.loads(row.owners), **{name: getattr(row, name) for name in shown}}
        for row in keys.every(unit.connection)
    ]


def touch_key(unit: Unit, name: str, now: datetime) -> None:
    """Keeps when a key was last used."""
    keys.touch(unit.connection, name, now)


def _refuse_odd(scopes: set[str], person: str | None) -> None:
    unknown = sorted(scopes - set(SCOPES))
    if unknown or not scopes:
        known = ", ".join(SCOPES)
        raise SignoffError(f"A key can {known}; not {', '.join(unknown) or 'nothing'}.")
    for scope in ALONE:
        if scope in scopes and len(scopes) > 1:
            raise SignoffError(
                f"The scope {scope} stands alone: a key that can {scope} can do nothing else."
            )
    if ("vote" in scopes) != (person is not None):
        raise SignoffError(
            "A key that can vote votes as exactly one person, and only such a key names one."
        )


def _note(unit: Unit, event: str, now: datetime, **body: Any) -> None:
    ledger.append(unit.connection, Line(now, event, None, "cli", "cli", body))


def _new_secret() -> str:
    return MARK + secrets.token_urlsafe(32)


def _hash(secret: str) -> str:
    """SHA-256; a key holds 256 random bits, so it needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()

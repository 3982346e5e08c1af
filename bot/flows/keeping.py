"""Producers' keys: made once, shown once, kept as a hash."""

import hashlib
import json
import secrets
from collections.abc import Collection
from datetime import datetime

from bot.errors import SignoffError
from bot.flows.opening import Producer
from storage import keys, ledger
from storage.ledger import Line
from storage.unit import Unit

SCOPES = ("submit", "read")  # none of them lets a program vote
MARK = "sgn_"  # what secret scanners may look for
SHOWN = len(MARK) + 6  # characters of a key that lists show


def add_key(
    unit: Unit, name: str, scopes: Collection[str], owners: Collection[str], now: datetime
) -> str:
    """A new key's secret, which is not kept and cannot be shown again.

    Raises:
        SignoffError: the name is taken, or a scope does not exist.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise SignoffError(
            f"A key can {' and '.join(SCOPES)}; not {', '.join(unknown) or 'nothing'}."
        )
    secret = MARK + secrets.token_urlsafe(32)
    added = keys.add(
        unit.connection,
        name=name,
        prefix=secret[:SHOWN],
        hash=_hash(secret),
        scopes=",".join(sorted(scopes)),
        owners=json.dumps(sorted(owners)),
        created_at=now,
    )
    if not added:
        raise SignoffError(f"There is a key named {name!r} already; choose another name.")
    ledger.append(unit.connection, Line(now, "key-added", None, "cli", "cli", {"name": name}))
    return secret


def revoke_key(unit: Unit, name: str, now: datetime) -> None:
    """Makes a key useless from now on.

    Raises:
        SignoffError: there is no living key of this name.
    """
    if not keys.revoke(unit.connection, name, now):
        raise SignoffError(f"There is no living key named {name!r}.")
    ledger.append(unit.connection, Line(now, "key-revoked", None, "cli", "cli", {"name": name}))


def authenticate(unit: Unit, secret: str) -> Producer | None:
    """Who a key belongs to, or None."""
    row = keys.find(unit.connection, _hash(secret))
    if row is None:
        return None
    return Producer(row.name, frozenset(row.scopes.split(",")), tuple(json.loads(row.owners)))


def list_keys(unit: Unit) -> list[dict[str, object]]:
    """Every key's name, beginning, scopes, owners and dates."""
    return [
        {
            "name": row.name,
            "prefix": row.prefix,
            "scopes": row.scopes,
            "owners": json.loads(row.owners),
            "created_at": row.created_at,
            "last_used_at": row.last_used_at,
            "revoked_at": row.revoked_at,
        }
        for row in keys.every(unit.connection)
    ]


def touch_key(unit: Unit, name: str, now: datetime) -> None:
    """Keeps when a key was last used."""
    keys.touch(unit.connection, name, now)


def _hash(secret: str) -> str:
    """SHA-256; a key holds 256 random bits, so it needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()

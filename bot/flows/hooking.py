"""A program's receivers: where it is told what happens to its items, and what it was sent."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from bot.errors import SignoffError, UnknownItemError
from bot.flows.opening import ALPHABET
from storage import ledger, listing, webhooks
from storage.ledger import Line
from storage.unit import Unit

HOOKS_MAX = 20  # of one producer
OVERLAP = timedelta(hours=24)  # for which the secret before the last rotation signs too
SECRET_MARK = "whsec_"  # noqa: S105  what Standard Webhooks puts before a secret
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Hook:
    """A receiver, without its secret."""

    id: str
    url: str
    events: tuple[str, ...]
    queue: str | None
    created_at: datetime
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one receiver, and how far it is."""

    id: str
    hook_id: str
    seq: int
    event: str
    item_id: str
    tries: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    gone_at: datetime | None
    status: int | None
    problem: str | None


def add_hook(
    unit: Unit, producer: str, url: str, events: Sequence[str], queue: str | None, now: datetime
) -> tuple[Hook, str]:
    """A new receiver and its secret, which is shown this once; it is told what happens from now on.

    Raises:
        SignoffError: the program has too many.
    """
    if len(webhooks.of_producer(unit.connection, producer)) >= HOOKS_MAX:
        raise SignoffError(f"There are {HOOKS_MAX} webhooks of this key already; remove one first.")
    hook_id = "whk_" + "".join(secrets.choice(ALPHABET) for _ in range(12))
    secret = _new_secret()
    webhooks.add(
        unit.connection,
        id=hook_id,
        producer=producer,
        url=url,
        events=",".join(events),
        queue=queue,
        secret=secret,
        created_at=now,
        since=listing.last_line(unit.connection),
    )
    note(unit, "webhook-added", producer, hook_id, now)
    return find_hook(unit, producer, hook_id), secret


def find_hook(unit: Unit, producer: str, hook_id: str) -> Hook:
    """A program's own receiver.

    Raises:
        UnknownItemError: there is none, or it is another's.
    """
    return _hook(_own(unit, producer, hook_id))


def list_hooks(unit: Unit, producer: str) -> list[Hook]:
    """A program's receivers."""
    return [_hook(row) for row in webhooks.of_producer(unit.connection, producer)]


def remove_hook(unit: Unit, producer: str, hook_id: str, now: datetime) -> None:
    """Forgets a receiver: nothing more is sent to it.

    Raises:
        UnknownItemError: there is none, or it is another's.
    """
    _own(unit, producer, hook_id, locked=True)
    webhooks.remove(unit.connection, hook_id)
    note(unit, "webhook-removed", producer, hook_id, now)


def rotate_hook(unit: Unit, producer: str, hook_id: str, now: datetime) -> tuple[Hook, str]:
    """A receiver's new secret; for a day every delivery is signed with the old one too.

    Raises:
        UnknownItemError: there is none, or it is another's.
    """
    row = _own(unit, producer, hook_id, locked=True)
    secret = _new_secret()
    webhooks.change(
        unit.connection, hook_id, secret=secret, old_secret=row.secret, old_until=now + OVERLAP
    )
    note(unit, "webhook-rotated", producer, hook_id, now)
    return _hook(row), secret


def enable_hook(unit: Unit, producer: str, hook_id: str, now: datetime) -> Hook:
    """Tells a receiver again what happens from now on; what waited for it goes out too.

    Raises:
        UnknownItemError: there is none, or it is another's.
    """
    row = _own(unit, producer, hook_id, locked=True)
    if row.disabled_at is not None:
        since = listing.last_line(unit.connection)
        fresh = {"disabled_at": None, "why": None, "failing_since": None, "since": since}
        webhooks.change(unit.connection, hook_id, **fresh)
        note(unit, "webhook-enabled", producer, hook_id, now)
    return find_hook(unit, producer, hook_id)


def list_deliveries(
    unit: Unit, producer: str, hook_id: str, before: int | None, limit: int
) -> list[Delivery]:
    """What was to be sent to a receiver, the newest first, from below a line of history on.

    Raises:
        UnknownItemError: there is no such receiver of this program.
    """
    _own(unit, producer, hook_id)
    rows = webhooks.deliveries_of(unit.connection, hook_id, before, limit)
    return [_delivery(row) for row in rows]


def redrive(unit: Unit, producer: str, hook_id: str, delivery_id: str, now: datetime) -> Delivery:
    """A delivery, to be sent from the beginning once more, under the same id.

    Raises:
        UnknownItemError: there is none, or it is another's.
        SignoffError: its receiver is disabled.
    """
    if _own(unit, producer, hook_id).disabled_at is not None:
        raise SignoffError("This webhook is disabled. Enable it first.")
    if webhooks.find_delivery(unit.connection, hook_id, delivery_id) is None:
        raise UnknownItemError("There is no such delivery.")
    webhooks.send_again(unit.connection, delivery_id, now)
    row = webhooks.find_delivery(unit.connection, hook_id, delivery_id)
    if row is None:
        raise AssertionError("unreachable: it was there a line ago")
    return _delivery(row)


def note(unit: Unit, event: str, producer: str, hook_id: str, now: datetime) -> None:
    """Writes into the history what becomes of a program's receiver."""
    body = {"webhook": hook_id}
    ledger.append(unit.connection, Line(now, event, None, producer, "http", body))


def _own(unit: Unit, producer: str, hook_id: str, *, locked: bool = False) -> Row[Any]:
    row = webhooks.find(unit.connection, hook_id, locked=locked)
    if row is None or row.producer != producer:
        raise UnknownItemError("There is no such webhook.")
    return row


def _new_secret() -> str:
    return SECRET_MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _hook(row: Row[Any]) -> Hook:
    return Hook(
        row.id,
        row.url,
        tuple(row.events.split(",")),
        row.queue,
        row.created_at,
        row.failing_since,
        row.disabled_at,
        row.why,
    )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        hook_id=row.webhook_id,
        seq=row.seq,
        event=row.event,
        item_id=row.item_id,
        tries=row.tries,
        created_at=row.created_at,
        due_at=row.due_at,
        sent_at=row.sent_at,
        gone_at=row.gone_at,
        status=row.status,
        problem=row.problem,
    )

"""Whom an outcome wakes: the event is kept in the unit that settles, and told until it is heard."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from bot.aap import PRODUCER
from bot.facts import Item
from storage import aap as kept
from storage.unit import Unit

PLATFORM = "aap"  # whom `unit.raised` calls
TOLD_FOR = timedelta(hours=168)  # after the decision; the protocol's retry window
CLAIMED_FOR = timedelta(seconds=30)  # longer than one attempt, which has ten


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where an instance is woken, and how it knows that it is us."""

    url: str
    registration_id: str
    signing_secret: str


@dataclass(frozen=True, slots=True)
class Event:
    """A claimed event: a request of an instance has its outcome."""

    id: str
    request_id: str
    instance_id: str
    decided_at: datetime
    tries: int  # this one included
    delivery: Delivery

    @property
    def ends_at(self) -> datetime:
        """When it is given up."""
        return self.decided_at + TOLD_FOR


@dataclass(frozen=True, slots=True)
class Heard:
    """The receiver has it."""


@dataclass(frozen=True, slots=True)
class Again:
    """It did not take it; another try then."""

    when: datetime


def announce(unit: Unit, item: Item) -> None:
    """Keeps an event for the instance behind a settled item, if that wants to be woken."""
    if item.outcome is None or not item.producer.startswith(PRODUCER):
        return
    request = kept.request_of_item(unit.connection, item.id)
    if request is None or request.event_id is not None:
        return
    instance = kept.read_instance(unit.connection, request.instance_id)
    if instance is None or instance.url is None:
        return
    kept.change_request(
        unit.connection,
        request.id,
        event_id=str(uuid.uuid4()),
        decided_at=item.outcome.decided_at,
        due_at=item.outcome.decided_at,
    )
    unit.raised.add(PLATFORM)


def claim(unit: Unit, now: datetime, limit: int) -> Sequence[Event]:
    """Events to tell now, held for the caller; those that nobody may hear any more are let go."""
    rows = kept.claim_events(unit.connection, now, now + CLAIMED_FOR, limit)
    return [event for row in rows if (event := _event(unit, row, now))]


def told(unit: Unit, event: Event, result: Heard | Again, now: datetime) -> None:
    """Writes down what became of a claimed event."""
    match result:
        case Heard():
            done: dict[str, Any] = {"due_at": None, "told_at": now}
        case Again(when) if when < event.ends_at:
            done = {"due_at": when}
        case _:
            done = {"due_at": None, "gone": "nobody took it in time"}
    kept.release_event(unit.connection, event.request_id, event.tries, **done)


def _event(unit: Unit, row: Row[Any], now: datetime) -> Event | None:
    instance = kept.read_instance(unit.connection, row.instance_id)
    event = None
    if instance is not None and instance.url is not None:
        delivery = Delivery(instance.url, instance.registration_id, instance.signing_secret)
        event = Event(row.event_id, row.id, row.instance_id, row.decided_at, row.tries, delivery)
    if event is None or event.ends_at <= now:
        why = "there is no receiver any more" if event is None else "nobody took it in time"
        kept.release_event(unit.connection, row.id, row.tries, due_at=None, gone=why)
        return None
    return event

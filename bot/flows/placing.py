"""Where an item's cards go, and that they are wanted anew."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.facts import Item
from config.policies import Queue
from storage import cards, items
from storage.unit import Unit


def place(
    unit: Unit, queue: Queue, item: Item, now: datetime, urgency: float | None = None
) -> None:
    """Wants a card in each of the queue's channels."""
    if urgency is None:
        urgency = items.urgency_of(unit.connection, item.id)
    _place(unit, queue, now, item_id=item.id, wanted=item.revision, urgency=urgency)


def place_batch(unit: Unit, queue: Queue, batch_id: str, shared: Sequence[Item]) -> None:
    """Wants one card for all of these items in each of the queue's channels."""
    first = shared[0]
    _place(
        unit,
        queue,
        first.opened_at,
        item_id=first.id,
        batch_id=batch_id,
        wanted=sum(item.revision for item in shared),
        urgency=items.urgency_of(unit.connection, first.id),
    )


def wish(unit: Unit, item_id: str, batch_id: str | None, revision: int, *, is_urgent: bool) -> None:
    """Wants an item's next revision shown wherever it has a card: its own, or its batch's."""
    unit.raised |= cards.wish(unit.connection, item_id, revision, is_urgent=is_urgent)
    if batch_id is not None:
        unit.raised |= cards.wish_batch(unit.connection, batch_id, is_urgent=is_urgent)


def _place(unit: Unit, queue: Queue, now: datetime, **values: Any) -> None:
    for platform, channel_ref in queue.channels:
        cards.place(
            unit.connection, platform=platform, channel_ref=channel_ref, due_at=now, **values
        )
        unit.raised.add(platform)

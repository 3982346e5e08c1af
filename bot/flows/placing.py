"""Where an item's cards go."""

from datetime import datetime

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
    for platform, channel_ref in (("slack", queue.slack), ("discord", queue.discord)):
        if channel_ref:
            cards.place(
                unit.connection,
                item_id=item.id,
                platform=platform,
                channel_ref=channel_ref,
                wanted=item.revision,
                urgency=urgency,
                due_at=now,
            )
            unit.raised.add(platform)

"""Several submissions at once: each has its own item and decision; some share one card."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from bot.content import Approval, Label
from bot.errors import BadSubmissionError, FloodError, KeyTakenError
from bot.flows import flooding
from bot.flows.loading import load
from bot.flows.opening import Opened, Producer, Seat, open_item
from bot.flows.placing import place, place_batch
from bot.rules.batching import may_share
from config.policies import Queue, Rulebook
from storage import items
from storage.unit import Unit

Refusal = BadSubmissionError | KeyTakenError | FloodError


def open_together(
    unit: Unit,
    rulebook: Rulebook,
    producer: Producer,
    contents: Sequence[Approval | Label],
    now: datetime,
) -> tuple[Opened | Refusal, ...]:
    """Opens each item, or says why not; those that are new stand on one card where they may.

    What may share no card, comes after its program's flood, or was asked before has a card of its
    own. All of them open in one transaction, so that the card is there with all of its items.
    """
    for queue in sorted({content.queue for content in contents}):
        flooding.enter(unit, queue, producer.name)
    batch_id = secrets.token_hex(8) if may_share(contents) else None
    answers: list[Opened | Refusal] = []
    for number, content in enumerate(contents, 1):
        seat = Seat(batch_id, number) if batch_id else None
        try:
            answers.append(open_item(unit, rulebook, producer, content, now, seat=seat))
        except (BadSubmissionError, KeyTakenError, FloodError) as refusal:  # nothing was written
            answers.append(refusal)
    if batch_id:
        _place(unit, rulebook.queues.get(contents[0].queue), batch_id, now)
    return tuple(answers)


def _place(unit: Unit, queue: Queue | None, batch_id: str, now: datetime) -> None:
    """One card for those that are new and need not wait; a single one has its own."""
    shared = [load(unit, item_id) for item_id in items.of_batch(unit.connection, batch_id)]
    if queue is None or not shared:
        return
    if len(shared) > 1:
        place_batch(unit, queue, batch_id, shared)
        return
    items.leave_batch(unit.connection, batch_id)
    place(unit, queue, shared[0], now)

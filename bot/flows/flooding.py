"""Floods: one program's many items come up a few at a time, under one summary, others' at once."""

from datetime import datetime, timedelta

from bot.errors import FloodError
from bot.facts import SELF, Item, Kind
from bot.flows import outbox
from bot.flows.loading import load
from bot.flows.placing import place
from config.policies import Policy, Queue, Rulebook
from storage import floods
from storage.unit import Unit

APPROVALS_OPEN = 100  # of one program in one queue, when the policy does not say
TOLD_AFTER = timedelta(seconds=5)  # by then most of a burst is in, and can be counted
RETRY_AFTER = 30.0  # seconds


def enter(unit: Unit, queue: str, producer: str) -> None:
    """Has a program's requests counted one after the other, however many come at once."""
    if producer != SELF:
        floods.enter(unit.connection, queue, producer)


def is_full(unit: Unit, queue: Queue, producer: str, kind: str) -> bool:
    """Whether a program has as many items open in a queue as it may."""
    most, conn = most_open(queue.policy, kind), unit.connection
    if most is None or producer == SELF:
        return False
    count = floods.count_shown(conn, queue.name, producer, most)
    return count >= most or count + floods.count_waiting(conn, queue.name, producer, most) >= most


def refusal(queue: Queue, producer: str, kind: str) -> FloodError:
    """What a program is told that has too many items open."""
    return FloodError(
        f"{producer!r} has {most_open(queue.policy, kind)} requests open in the queue "
        f"{queue.name!r}, which is as many as it may. Nothing was recorded: wait until people "
        "have answered some of them.",
        RETRY_AFTER,
    )


def most_open(policy: Policy, kind: str) -> int | None:
    """How many items one program may have open; None: as many as it likes."""
    if policy.open_at_most is not None:
        return policy.open_at_most
    return APPROVALS_OPEN if kind == Kind.APPROVAL else None


def must_wait(unit: Unit, queue: Queue, item: Item) -> bool:
    """Whether a new item waits for a place in the channel, behind those that wait already."""
    if item.is_settled or item.producer == SELF:
        return False
    most, conn = queue.policy.cards_at_most, unit.connection
    if floods.count_shown(conn, queue.name, item.producer, most) >= most:
        return True
    return floods.count_waiting(conn, queue.name, item.producer, 1) > 0


def note(unit: Unit, queue: Queue, item: Item) -> None:
    """An item waits: the first of a flood has the channel told, once for all of them."""
    if not floods.begin(unit.connection, queue.name, item.producer, item.opened_at):
        return
    outbox.send_to_channels(
        unit,
        queue,
        key=f"flood:{queue.name}:{item.producer}:{item.id}",
        template="flood",
        due_at=item.opened_at + TOLD_AFTER,
        body={"queue": queue.name, "producer": item.producer},
    )


def release(unit: Unit, rulebook: Rulebook, now: datetime) -> None:
    """Gives freed places to the most urgent items that wait."""
    for flood in floods.every(unit.connection):
        queue = rulebook.queues.get(flood.queue)
        if queue is None:
            continue  # its items end by their deadlines
        most = queue.policy.cards_at_most
        room = most - floods.count_shown(unit.connection, flood.queue, flood.producer, most)
        ids = floods.release(unit.connection, flood.queue, flood.producer, room) if room > 0 else ()
        for item_id in ids:
            place(unit, queue, load(unit, item_id), now)
        if not floods.count_waiting(unit.connection, flood.queue, flood.producer, 1):
            floods.end(unit.connection, flood.queue, flood.producer)

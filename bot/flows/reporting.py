"""What is known: to the producer that waits, to the person who asks, to the operator."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.content import Approval, Label
from bot.errors import UnknownItemError
from bot.facts import Identity, Item
from bot.flows.loading import content_of, contents_of, grants_of, load
from bot.flows.opening import Producer
from bot.flows.pausing import Pause, current
from bot.rules.authority import recognise
from config.policies import Person, Rulebook
from storage import items, ledger
from storage.ledger import Break, Head
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Health:
    """What an operator wants to know at a glance."""

    open_count: dict[str, int]  # by queue
    oldest_overdue: datetime | None  # what the clock should have looked at and has not
    ledger: Head
    pause: Pause | None = None  # who withholds every grant, since when and why


@dataclass(frozen=True, slots=True)
class Known:
    """An item with what is asked: all that its producer may be told."""

    item: Item
    content: Approval | Label


def fetch_known(unit: Unit, producer: Producer, item_id: str) -> Known:
    """A producer's own item, with what is asked.

    Raises:
        UnknownItemError: there is none, or it is another's.
    """
    return Known(fetch(unit, producer, item_id), content_of(unit, item_id))


def known_of(unit: Unit, found: Sequence[Item]) -> list[Known]:
    """These items with what is asked and what was permitted, in their order."""
    ids = [item.id for item in found]
    contents = contents_of(unit, ids)
    permitted = grants_of(unit, ids)
    return [Known(replace(item, grant=permitted.get(item.id)), contents[item.id]) for item in found]


def fetch(unit: Unit, producer: Producer, item_id: str) -> Item:
    """A producer's own item.

    Raises:
        UnknownItemError: there is none, or it is another's.
    """
    item = load(unit, item_id)
    if item.producer != producer.name:
        raise UnknownItemError(f"There is no item {item_id}.")
    return item


def show(unit: Unit, rulebook: Rulebook, item_id: str, who: Identity) -> tuple[Item, Person]:
    """An item, for a person who has something to do with its queue.

    Raises:
        UnknownItemError: there is none, or it is none of theirs.
        NotAllowedError: the account is nobody's.
    """
    person = recognise(who, rulebook)
    item = load(unit, item_id.strip().upper())
    listed = rulebook.members((*item.policy.reviewers, *item.policy.seniors))
    if person.id not in listed and "admin" not in person.roles:
        raise UnknownItemError(f"There is no item {item_id} in your queues.")
    return item, person


def settled_among(unit: Unit, item_ids: Collection[str]) -> Sequence[str]:
    """Which of these items have their outcome."""
    return items.settled_among(unit.connection, item_ids)


def health(unit: Unit, now: datetime) -> Health:
    """Counts, the longest overdue deadline and the head of the ledger."""
    return Health(
        items.count_open(unit.connection),
        items.oldest_overdue(unit.connection, now),
        ledger.head(unit.connection),
        current(unit),
    )


def verify_ledger(unit: Unit, witness: Head | None = None) -> tuple[Head, Break | None]:
    """The head of the chain, and the first line that does not fit it."""
    return ledger.head(unit.connection), ledger.verify(unit.connection, witness)

"""What programs read: their items, page by page, and what happens to them, line by line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import UnknownItemError
from bot.facts import SELF
from bot.flows.loading import content_of, item_from, load, vote_from
from bot.flows.opening import Producer
from bot.flows.reporting import Known, known_of
from bot.rules.events import EVENTS
from storage import listing
from storage.unit import Unit

READ_AT_ONCE = 1_000  # lines of history


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order of opening: right behind this item."""

    opened_at: datetime
    item_id: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, and the place from which it goes on; None: these were the last."""

    known: list[Known]
    then: Place | None


@dataclass(frozen=True, slots=True)
class Told:
    """A line of history that programs are told."""

    seq: int
    event: str
    at: datetime
    item_id: str
    producer: str
    queue: str


@dataclass(frozen=True, slots=True)
class News:
    """What the history says behind a line, and the line up to which it was read."""

    upto: int
    told: list[Told] = field(default_factory=list)


def sees_all(producer: Producer) -> bool:
    """Whether other programs' items are this one's business too."""
    return "observe" in producer.scopes


def find(unit: Unit, producer: Producer, item_id: str) -> Known:
    """An item that this program may read, with what is asked.

    Raises:
        UnknownItemError: there is none, or it is another's.
    """
    item = load(unit, item_id)
    may_see = sees_all(producer) and item.purpose is None  # who observes may also review
    if item.producer != producer.name and not may_see:
        raise UnknownItemError(f"There is no item {item_id}.")
    return Known(item, content_of(unit, item_id))


def list_items(
    unit: Unit, producer: Producer, stated: Mapping[str, str], after: Place | None, limit: int
) -> Page:
    """The items that this program may read, the newest first.

    Args:
        unit: the transaction.
        producer: whose key asks.
        stated: what columns must hold: `queue`, `kind`, `status`, `key`.
        after: the place where the page before ended; items that opened since change nothing.
        limit: how many.
    """
    whose = None if sees_all(producer) else producer.name
    before = (after.opened_at, after.item_id) if after else None
    rows = listing.page(unit.connection, whose, dict(stated), before, limit + 1)
    cast = listing.votes_on(unit.connection, [row.id for row in rows[:limit]])
    items = [
        item_from(row, tuple(vote_from(vote) for vote in cast.get(row.id, ())))
        for row in rows[:limit]
    ]
    last = Place(items[-1].opened_at, items[-1].id) if len(rows) > limit else None
    return Page(known_of(unit, items), last)


def news_since(unit: Unit, seq: int, until: int | None = None) -> News:
    """What programs are told of the lines behind one, at most a thousand lines further on.

    Args:
        unit: the transaction.
        seq: the number of a line; a negative one stands for the newest, behind which nothing is.
        until: the last line to look at; the newest when it is not said.
    """
    end = listing.last_line(unit.connection) if until is None else until
    if not 0 <= seq < end:
        return News(end)
    upto = min(end, seq + READ_AT_ONCE)
    lines = [
        line
        for line in listing.lines(unit.connection, seq, upto)
        if line.item_id is not None and line.event in EVENTS
    ]
    items = listing.owners_of(unit.connection, {line.item_id for line in lines}) if lines else {}
    return News(
        upto,
        [
            Told(line.seq, line.event, line.at, line.item_id, item.producer, item.queue)
            for line in lines
            if (item := items.get(line.item_id)) and item.producer != SELF
        ],
    )

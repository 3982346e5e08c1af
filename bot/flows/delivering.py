"""Cards and notices on their way out: claimed, sent by a courier, and what became of them."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypedDict

from sqlalchemy import Row

from bot.content import Approval, Label
from bot.facts import Item, Status
from bot.flows.loading import content_of, load
from bot.flows.outbox import AFTER
from bot.rules.authority import eligible
from config.policies import Rulebook
from storage import cards, items, notices, uploads
from storage.unit import Unit

CLAIMED_FOR = timedelta(seconds=60)  # longer than any call may take; then another courier tries
REROUTED_TO = 10  # people who get the card themselves when its channel is lost


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform has it."""

    channel_ref: str
    message_ref: str
    again_at: datetime | None = None  # when what is missing on it is tried again


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Not now: the platform, or our own budget for it, wants us to wait."""

    when: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Missing:
    """The message is no longer there, and is wanted again."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Never: the channel, the rights or the message rule it out."""

    why: str


Result = Sent | RetryAt | Missing | Gone


@dataclass(frozen=True, slots=True)
class PlacedCard:
    """A claimed card."""

    id: int
    claim: str
    item_id: str
    platform: str
    channel_ref: str
    message_ref: str | None  # None: to be posted, else to be edited
    tries: int  # this one included
    batch_id: str | None = None  # it shows all of these; the item is the first of them


@dataclass(frozen=True, slots=True)
class Notice:
    """A claimed notice."""

    key: str
    claim: str
    item_id: str | None
    platform: str
    channel_ref: str  # a channel's id, or a person's account
    thread_ref: str | None  # the message below which it goes
    awaits_thread: bool  # that message, or one that is read before this, is still to be posted
    template: str
    body: Mapping[str, Any]  # what it is written from
    tries: int


@dataclass(frozen=True, slots=True)
class View:
    """All that a renderer needs of an item, as it stands now."""

    item: Item
    content: Approval | Label
    uploads: dict[int, str]  # the platform's file ids by position among the evidence
    left: str | None = None  # of a pair: the answer on the left of the one person who looks
    batch: "tuple[View, ...]" = ()  # what shares the card, in its order; the first is this one

    @property
    def revision(self) -> int:
        """What a card shows that shows this; of a batch, the sum of its items'."""
        return sum(each.item.revision for each in self.batch) or self.item.revision

    @property
    def is_settled(self) -> bool:
        """Whether no more votes can come."""
        return all(each.item.is_settled for each in self.batch or (self,))

    @property
    def is_urgent(self) -> bool:
        """Whether there is more to tell than how many have voted."""
        return any(each.item.status is not Status.OPEN for each in self.batch or (self,))


class _Hold(TypedDict):
    until: datetime
    claim: str


def _hold(now: datetime) -> _Hold:
    """A claim of this moment, which no other courier can mistake for its own."""
    return {"until": now + CLAIMED_FOR, "claim": secrets.token_hex(8)}


def claim_cards(unit: Unit, platform: str, now: datetime, limit: int) -> tuple[PlacedCard, ...]:
    """Cards that show less than is known, first posts before edits, held for this courier."""
    rows = cards.claim(unit.connection, platform, now, limit=limit, **_hold(now))
    return tuple(
        PlacedCard(
            row.id,
            row.claim,
            row.item_id,
            row.platform,
            row.channel_ref,
            row.message_ref,
            row.tries,
            row.batch_id,
        )
        for row in rows
    )


def claim_notices(unit: Unit, platform: str, now: datetime, limit: int) -> tuple[Notice, ...]:
    """Notices that are due, held for this courier."""
    rows = notices.claim(unit.connection, platform, now, limit=limit, **_hold(now))
    return tuple(_notice(unit, row) for row in rows)


def view(unit: Unit, item_id: str, platform: str) -> View:
    """The item, its content and its uploaded pictures."""
    return View(
        load(unit, item_id),
        content_of(unit, item_id),
        uploads.of_item(unit.connection, item_id, platform),
    )


def view_for(unit: Unit, card: PlacedCard) -> View:
    """What a card is to show: an item, or all items of a batch."""
    if card.batch_id is None:
        return view(unit, card.item_id, card.platform)
    ids = items.of_batch(unit.connection, card.batch_id)
    shared = tuple(View(load(unit, item_id), content_of(unit, item_id), {}) for item_id in ids)
    return replace(shared[0], batch=shared)


def card_sent(
    unit: Unit, rulebook: Rulebook, card: PlacedCard, revision: int, result: Result, now: datetime
) -> None:
    """Writes down what became of a claimed card.

    A card that lacks something counts as one revision behind, so that it stays wanted. A post
    whose claim had lapsed may stand twice in the channel: then both messages are ours.
    """
    match result:
        case Sent(channel_ref, message_ref, again_at):
            shown = revision if again_at is None else revision - 1
            sent = {"shown": shown, "channel_ref": channel_ref, "message_ref": message_ref}
            later = {} if again_at is None else {"due_at": again_at}
            is_mine = cards.release(unit.connection, card.id, card.claim, tries=0, **sent, **later)
            if not is_mine and card.message_ref is None:
                _adopt(unit, card, shown, channel_ref, message_ref, again_at or now)
        case RetryAt(when):
            cards.release(unit.connection, card.id, card.claim, due_at=when)
        case Missing():
            cards.release(unit.connection, card.id, card.claim, message_ref=None, shown=0)
        case Gone(why):
            cards.release(unit.connection, card.id, card.claim, gone=why)
            if card.message_ref is None:
                _reroute(unit, rulebook, card, now)


def card_shown(
    unit: Unit, platform: str, channel_ref: str, message_ref: str, revision: int
) -> None:
    """Writes down that the clicked card rode on the click's own answer."""
    cards.show(unit.connection, platform, channel_ref, message_ref, revision)


def notice_sent(unit: Unit, notice: Notice, result: Result, now: datetime) -> None:
    """Writes down what became of a claimed notice."""
    match result:
        case Sent(_, message_ref):
            done = {"sent_at": now, "message_ref": message_ref}
            notices.release(unit.connection, notice.key, notice.claim, **done)
        case RetryAt(when):
            notices.release(unit.connection, notice.key, notice.claim, due_at=when)
        case Missing():
            notices.release(unit.connection, notice.key, notice.claim, gone="its card is gone")
        case Gone(why):
            notices.release(unit.connection, notice.key, notice.claim, gone=why)


def keep_upload(unit: Unit, item_id: str, position: int, platform: str, file_ref: str) -> None:
    """Keeps where the platform holds a picture."""
    uploads.put(unit.connection, item_id, position, platform, file_ref)


def _notice(unit: Unit, row: Row[Any]) -> Notice:
    thread_ref, awaits_thread = _thread_of(unit, row)
    body = json.loads(row.body or "{}")
    return Notice(
        row.key,
        row.claim,
        row.item_id,
        row.platform,
        row.channel_ref,
        thread_ref,
        awaits_thread or _is_coming(unit, body.get(AFTER)),
        row.template,
        body,
        row.tries,
    )


def _thread_of(unit: Unit, row: Row[Any]) -> tuple[str | None, bool]:
    """The message below which a notice goes, and whether that is still to come."""
    if row.thread_key:
        above = notices.find(unit.connection, row.thread_key)
        return above.message_ref if above else None, _is_coming(unit, row.thread_key)
    if row.item_id is None:
        return None, False
    placed = [
        card
        for card in cards.of_item(unit.connection, row.item_id)
        if (card.platform, card.channel_ref) == (row.platform, row.channel_ref)
    ]
    posted = next((str(card.message_ref) for card in placed if card.message_ref), None)
    return posted, posted is None and any(card.gone is None for card in placed)


def _is_coming(unit: Unit, key: str | None) -> bool:
    """Whether a notice is still to be sent."""
    row = notices.find(unit.connection, key) if key else None
    return row is not None and row.sent_at is None and row.gone is None


def _adopt(
    unit: Unit, card: PlacedCard, shown: int, channel_ref: str, message_ref: str, due_at: datetime
) -> None:
    sent = {"message_ref": message_ref, "shown": shown}
    _place_too(unit, card, channel_ref, due_at=due_at, **sent)


def _reroute(unit: Unit, rulebook: Rulebook, card: PlacedCard, now: datetime) -> None:
    """The channel is lost, the question is not: those who may judge get the card themselves."""
    item = load(unit, card.item_id)
    people = [rulebook.people[person_id] for person_id in sorted(eligible(item, rulebook))]
    accounts = [getattr(person, card.platform, None) for person in people]
    known = {placed.channel_ref for placed in cards.of_item(unit.connection, item.id)}
    for account in _fresh(accounts, known)[:REROUTED_TO]:
        _place_too(unit, card, account, due_at=now)


def _place_too(unit: Unit, card: PlacedCard, channel_ref: str, **values: Any) -> None:
    """Has the same card stand in one more place."""
    cards.place(
        unit.connection,
        item_id=card.item_id,
        batch_id=card.batch_id,
        platform=card.platform,
        channel_ref=channel_ref,
        wanted=view_for(unit, card).revision,
        urgency=0.0,
        **values,
    )


def _fresh(accounts: Sequence[str | None], known: set[str]) -> list[str]:
    return [account for account in accounts if account and account not in known]

"""Posts and edits: a card or a notice goes out, and what became of it comes back as a value."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256

from bot.flows.delivering import Missing, Notice, PlacedCard, Result, RetryAt, Sent, View
from bot.letters import Letter
from handlers.app import House
from handlers.calls import CallError, LostError
from handlers.discord.api import Api, File, RefusedError, attachments_of
from handlers.discord.batches import batch_message_of
from handlers.discord.blocks import Json
from handlers.discord.codes import BODY_CODES, OLD_MESSAGE
from handlers.discord.failures import DiscordFailures
from handlers.discord.lanes import Lanes
from handlers.discord.pictures import files_of, letter_of
from handlers.discord.render import message_of, reply_of
from handlers.presenting import (
    CannotRenderError,
    bare_card,
    batch_in,
    card_in,
    without_pictures,
)
from handlers.riding import Riding

RIDE_WITHIN = timedelta(seconds=1)  # a click's own answer should have carried the card by then
LULL = 0.3  # seconds
THREAD_TRIES = 20  # of a notice that waits for the message above it
KEPT = 20_000  # messages whose attachments are known

log = logging.getLogger(__name__)


class DiscordSender:
    """Sends for the courier, within Discord's limits."""

    platform = "discord"

    def __init__(
        self, house: House, api: Api, riding: Riding, remember: Callable[[View], None]
    ) -> None:
        self._house = house
        self._api = api
        self._riding = riding
        self._remember = remember
        self._lanes = Lanes()
        self._failures = DiscordFailures(house, self._lanes)
        self._people = {each.discord for each in house.rulebook.people.values() if each.discord}
        self._attached: dict[str, tuple[str, ...]] = {}  # a message's attachments
        self._unclear: dict[int, str] = {}  # posts that may stand, and their nonce

    def hold(self, card: PlacedCard) -> RetryAt | None:
        """Why this card need not even be looked at yet; None when it may go."""
        now = self._house.now()
        if (closed := self._failures.closed()) is not None:
            return closed
        if card.message_ref and self._riding.carries((card.channel_ref, card.message_ref)):
            return RetryAt(now + RIDE_WITHIN, "a click's answer carries it")
        at = self._lanes.enter(card.channel_ref, card.id, now)
        return RetryAt(at, "enough calls to this channel are under way") if at else None

    def lull(self) -> float:
        """Clicks are being answered, each with its card: wait for them."""
        return LULL if self._riding.is_busy() else 0.0

    async def send_card(self, card: PlacedCard, view: View) -> Result:
        """Posts the card, or edits the message that shows it."""
        self._remember(view)
        try:
            body, files = self._message(card, view)
            if card.message_ref is None:
                return await self._post(card, view, body, files)
            return await self._edit(card, view, card.message_ref, body, files)
        finally:
            self._lanes.leave(card.channel_ref, card.id)

    async def send_notice(self, notice: Notice, letter: Letter) -> Result:
        """Posts what the notice says: to a person, into a channel, or as an answer to a message."""
        now = self._house.now()
        if (closed := self._failures.closed()) is not None:
            return closed
        if notice.awaits_thread and notice.tries < THREAD_TRIES:
            return RetryAt(now + timedelta(seconds=1), "the message above it is not posted yet")
        try:
            channel_ref = await self._channel(notice.channel_ref)
            body, files = letter_of(letter)
            if notice.thread_ref:
                above = {"message_id": notice.thread_ref, "fail_if_not_exists": False}
                body["message_reference"] = above
            sent = {**body, "attachments": attachments_of(files)}
            nonce = sha256(notice.key.encode()).hexdigest()
            said = await self._api.post(channel_ref, _once(sent, nonce), files)
        except CallError as problem:
            return self._failures.of_call(problem, notice.key, notice.channel_ref)
        self._failures.settle(notice.key)
        return Sent(channel_ref, str(said["id"]))

    def simplify(self, card: PlacedCard) -> None:
        """Shows the card without votes from now on."""
        self._failures.make_plain(card)

    # -- cards ------------------------------------------------------------------------------

    def _message(self, card: PlacedCard, view: View) -> tuple[Json, Sequence[File]]:
        rulebook = self._house.rulebook
        if self._failures.is_plain(card):
            return reply_of(bare_card(view, rulebook)), ()
        try:
            if view.batch:
                return batch_message_of(batch_in(view, rulebook)), ()
            whole = card_in(view, rulebook)
            if self._failures.is_doubted(card):
                return message_of(without_pictures(whole)), ()
            return message_of(whole), files_of(whole, view.item.id)
        except CannotRenderError:
            log.exception("item %s cannot be rendered", card.item_id)
            self._failures.make_plain(card)
            return reply_of(bare_card(view, rulebook)), ()

    async def _post(
        self, card: PlacedCard, view: View, body: Json, files: Sequence[File]
    ) -> Result:
        """Posts it once: while a post is unclear, the same nonce finds it again."""
        is_again = card.id in self._unclear
        nonce = self._unclear.setdefault(card.id, f"{card.id}.{view.revision}")
        try:
            channel_ref = await self._channel(card.channel_ref)
            sent = {**body, "attachments": attachments_of(files)}
            said = await self._api.post(channel_ref, _once(sent, nonce), files)
        except CallError as problem:
            return self._post_failed(card, problem, is_again=is_again)
        message_ref = str(said["id"])
        self._attach(message_ref, said)
        self._settle(card.id)
        if is_again:  # what stands there may be older than what we sent
            return await self._edit(card, view, message_ref, body, files, channel_ref)
        return Sent(channel_ref, message_ref)

    async def _channel(self, channel_ref: str) -> str:
        """A person's id stands for the direct messages with them."""
        if channel_ref not in self._people:
            return channel_ref
        return await self._api.direct(channel_ref)

    async def _edit(
        self,
        card: PlacedCard,
        view: View,
        message_ref: str,
        body: Json,
        files: Sequence[File],
        channel_ref: str = "",
    ) -> Result:
        channel_ref = channel_ref or card.channel_ref
        kept = self._attached.get(message_ref, ()) if files else ()
        new = () if kept else files
        sent = {"flags": 0, **body, "attachments": attachments_of(new, kept)}
        try:
            async with self._riding.edit((channel_ref, message_ref)):
                said = await self._api.edit(channel_ref, message_ref, sent, new)
        except CallError as problem:
            return await self._edit_failed(card, view, message_ref, problem)
        self._attach(message_ref, said)
        self._settle(card.id)
        return Sent(channel_ref, message_ref)

    def _post_failed(self, card: PlacedCard, problem: CallError, *, is_again: bool) -> Result:
        if not is_again and not isinstance(problem, LostError):
            self._unclear.pop(card.id, None)  # it is clear that nothing stands there
        if isinstance(problem, RefusedError) and problem.code in BODY_CODES:
            return self._failures.of_body(problem, card)
        return self._failures.of_call(problem, card.id, card.channel_ref)

    async def _edit_failed(
        self, card: PlacedCard, view: View, message_ref: str, problem: CallError
    ) -> Result:
        if isinstance(problem, RefusedError) and problem.code in BODY_CODES:
            return self._failures.of_body(problem, card)
        if isinstance(problem, RefusedError) and problem.code == OLD_MESSAGE:
            return await self._too_old(card, message_ref, problem)
        return self._failures.of_edit(problem, card, is_settled=view.is_settled)

    async def _too_old(self, card: PlacedCard, message_ref: str, problem: CallError) -> Result:
        """In the end the card is posted anew, below."""
        if (again := self._failures.of_old(problem, card)) is not None:
            return again
        log.warning("item %s: its card is too old to be edited; posted anew", card.item_id)
        try:
            await self._api.delete(card.channel_ref, message_ref)
        except CallError as refusal:  # it stands there, and its buttons answer truly
            log.warning("item %s: the old card stays: %s", card.item_id, refusal)
        self._settle(card.id)
        return Missing()

    def _settle(self, card_id: int) -> None:
        """Forgets what was only of interest until the call was through."""
        self._failures.settle(card_id)
        self._unclear.pop(card_id, None)

    def _attach(self, message_ref: str, said: Json) -> None:
        refs = tuple(str(each["id"]) for each in said.get("attachments") or ())
        if not refs:
            self._attached.pop(message_ref, None)
            return
        if len(self._attached) >= KEPT:
            del self._attached[next(iter(self._attached))]
        self._attached[message_ref] = refs


def _once(body: Json, nonce: str) -> Json:
    """The body, of which Discord makes one message however often it is sent."""
    return {**body, "nonce": nonce[:25], "enforce_nonce": True}

"""Posts and edits: a card or a notice goes out, and what became of it comes back as a value."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from bot.flows.delivering import Gone, Missing, Notice, PlacedCard, Result, RetryAt, Sent, View
from bot.letters import Letter
from handlers.app import House
from handlers.breaker import Breaker
from handlers.calls import CallError, LimitedError, LostError
from handlers.courier import pause_after
from handlers.discord.api import Api, File, RefusedError, attachments_of
from handlers.discord.batches import batch_message_of
from handlers.discord.blocks import Json
from handlers.discord.codes import (
    BODY_CODES,
    MESSAGE_CODES,
    OLD_MESSAGE,
    PLACE_CODES,
    TOO_LARGE,
)
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
BODY_TRIES = 3
OLD_TRIES = 5
OLD_PAUSE = timedelta(seconds=15)  # doubling; Discord does not say when it takes the edit
OTHER_TRIES = 8
THREAD_TRIES = 20  # of a notice that waits for the message above it
KEPT = 20_000  # messages whose attachments are known
REMEDY = "Check DISCORD_BOT_TOKEN, or reset the token on the app's page at Discord."

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
        self._breaker = Breaker("Discord", REMEDY)
        self._lanes = Lanes()
        self._people = {each.discord for each in house.rulebook.people.values() if each.discord}
        self._attached: dict[str, tuple[str, ...]] = {}  # a message's attachments
        self._unclear: dict[int, str] = {}  # posts that may stand, and their nonce
        self._refused: Counter[int] = Counter()  # cards whose body Discord does not take
        self._failed: Counter[int | str] = Counter()  # in a row, by card or notice
        self._closed_until: datetime | None = None

    def hold(self, card: PlacedCard) -> RetryAt | None:
        """Why this card need not even be looked at yet; None when it may go."""
        now = self._house.now()
        if (closed := self._closed(now)) is not None:
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
        if (closed := self._closed(now)) is not None:
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
            return self._failure(problem, notice.key, notice.channel_ref)
        self._settle(notice.key)
        return Sent(channel_ref, str(said["id"]))

    def simplify(self, card: PlacedCard) -> None:
        """Shows the card without votes from now on."""
        self._refused[card.id] = BODY_TRIES

    # -- cards ------------------------------------------------------------------------------

    def _message(self, card: PlacedCard, view: View) -> tuple[Json, Sequence[File]]:
        rulebook = self._house.rulebook
        try:
            if view.batch and self._refused[card.id] < BODY_TRIES:
                return batch_message_of(batch_in(view, rulebook)), ()
            whole = card_in(view, rulebook)
            match self._refused[card.id]:
                case refused if refused >= BODY_TRIES:
                    return reply_of(bare_card(view, rulebook)), ()
                case refused if refused:
                    return message_of(without_pictures(whole)), ()
            return message_of(whole), files_of(whole, view.item.id)
        except CannotRenderError:
            log.exception("item %s cannot be rendered", card.item_id)
            self._refused[card.id] = BODY_TRIES
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
            return self._body_refused(card, problem)
        return self._failure(problem, card.id, card.channel_ref)

    async def _edit_failed(
        self, card: PlacedCard, view: View, message_ref: str, problem: CallError
    ) -> Result:
        code = problem.code if isinstance(problem, RefusedError) else 0
        if code in BODY_CODES:
            return self._body_refused(card, problem)
        if code in MESSAGE_CODES | PLACE_CODES:
            return Gone(str(problem)) if view.is_settled else Missing()
        if code == OLD_MESSAGE:
            return await self._too_old(card, message_ref, problem)
        return self._failure(problem, card.id, card.channel_ref)

    async def _too_old(self, card: PlacedCard, message_ref: str, problem: CallError) -> Result:
        """Discord limits edits of old messages: in the end the card is posted anew, below."""
        self._failed[card.id] += 1
        tries = self._failed[card.id]
        if tries < OLD_TRIES:
            return RetryAt(self._house.now() + OLD_PAUSE * 2 ** (tries - 1), str(problem))
        log.warning("item %s: its card is too old to be edited; posted anew", card.item_id)
        try:
            await self._api.delete(card.channel_ref, message_ref)
        except CallError as refusal:  # it stands there, and its buttons answer truly
            log.warning("item %s: the old card stays: %s", card.item_id, refusal)
        self._settle(card.id)
        return Missing()

    def _body_refused(self, card: PlacedCard, problem: CallError) -> Result:
        """A poisonous card: tried again without pictures, then without votes, then given up."""
        is_large = isinstance(problem, RefusedError) and problem.code == TOO_LARGE
        self._refused[card.id] += 1 if is_large else BODY_TRIES
        log.error("item %s: Discord refuses its card: %s", card.item_id, problem)
        if self._refused[card.id] > 2 * BODY_TRIES:
            return Gone(f"Discord refuses it: {problem}")
        return RetryAt(self._house.now() + timedelta(seconds=1), str(problem))

    # -- what became of a call --------------------------------------------------------------

    def _failure(self, problem: CallError, who: int | str, channel_ref: str) -> Result:
        """What is left: nothing of ours to mend, so it waits, or is given up in the end."""
        now = self._house.now()
        match problem:
            case RefusedError(is_token=True):
                return RetryAt(self._breaker.trip(str(problem), now), str(problem))
            case RefusedError(code=code) if code in PLACE_CODES:
                return Gone(str(problem))
            case LimitedError(retry_after=seconds):
                return self._limited(now + timedelta(seconds=seconds), problem, channel_ref)
        self._failed[who] += 1
        failures = self._failed[who]
        if isinstance(problem, RefusedError) and failures >= OTHER_TRIES:
            log.error("given up after %d tries: %s", failures, problem)
            return Gone(str(problem))
        log.warning("Discord: %s; failed %d times", problem, failures)
        return RetryAt(now + pause_after(failures), str(problem))

    def _limited(self, until: datetime, problem: LimitedError, channel_ref: str) -> RetryAt:
        if problem.is_everywhere:
            log.error("Discord takes nothing from this address until %s", until)
            self._closed_until = until
        else:
            self._lanes.close(channel_ref, until)
        return RetryAt(until, str(problem))

    def _closed(self, now: datetime) -> RetryAt | None:
        if (until := self._breaker.wait_until(now)) is not None:
            return RetryAt(until, "Discord refuses our token")
        if self._closed_until is not None and self._closed_until > now:
            return RetryAt(self._closed_until, "Discord takes nothing from this address")
        return None

    def _settle(self, who: int | str) -> None:
        """Forgets what was only of interest until the call was through."""
        self._breaker.reset()
        self._failed.pop(who, None)
        if isinstance(who, int):
            self._unclear.pop(who, None)

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

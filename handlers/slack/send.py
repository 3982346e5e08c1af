"""Posts and edits: a card or a notice goes out, and what became of it comes back as a value."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.flows.delivering import Gone, Notice, PlacedCard, Result, RetryAt, Sent, View
from bot.letters import Letter
from handlers.app import House
from handlers.calls import CallError
from handlers.presenting import CannotRenderError, batch_in, card_in
from handlers.riding import Riding
from handlers.slack.api import Json, RefusedError, ask
from handlers.slack.batches import batch_message_of
from handlers.slack.budget import Budget
from handlers.slack.failures import BLOCK_ERRORS, SlackFailures
from handlers.slack.mail import Mail
from handlers.slack.pictures import Pictures
from handlers.slack.posting import Poster
from handlers.slack.present import bare_message, message_with, uploads_in

RIDE_WITHIN = timedelta(seconds=1)  # a click's own answer should have carried the card by then
LULL = 0.3  # seconds
PICTURE_FOR = timedelta(seconds=1.5)

log = logging.getLogger(__name__)


class SlackSender:
    """Sends for the courier, within Slack's budgets."""

    platform = "slack"

    def __init__(
        self,
        house: House,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        riding: Riding,
        remember: Callable[[View], None] = lambda _: None,
    ) -> None:
        self._house = house
        self._client = client
        self._riding = riding
        self._remember = remember
        self._budget = Budget()
        self._failures = SlackFailures(house, self._budget)
        self._poster = Poster(client, house.now)
        self._pictures = Pictures(house, client, session)
        self._mail = Mail(house, client, session, self._budget, self._failures, self._poster)

    def hold(self, card: PlacedCard) -> RetryAt | None:
        """Why this card need not even be looked at yet; None when it may go."""
        now = self._house.now()
        if (closed := self._failures.closed()) is not None:
            return closed
        if card.message_ref is not None:
            if self._riding.carries((card.channel_ref, card.message_ref)):
                return RetryAt(now + RIDE_WITHIN, "a click's answer carries it")
            return None
        at = self._budget.post_at(card.id, card.channel_ref, now)
        if at <= now:
            return None
        self._poster.put_off(card)
        return RetryAt(at, "one post a second and channel")

    def lull(self) -> float:
        """Clicks are being answered, each with its card: wait for them."""
        return LULL if self._riding.is_busy() else 0.0

    async def send_card(self, card: PlacedCard, view: View) -> Result:
        """Posts the card, or edits the message that shows it."""
        self._remember(view)
        try:
            message, again_at = await self._message(card, view)
            send = self._edit if card.message_ref else self._post
            result = await send(card, view, message)
        except CallError as problem:
            return self._failures.later(problem, card.id)
        if isinstance(result, RetryAt):
            return result
        self._poster.forget(card.id)
        return replace(result, again_at=again_at) if isinstance(result, Sent) else result

    async def send_notice(self, notice: Notice, letter: Letter) -> Result:
        """Posts what the notice says: to a person, into a channel, or into a thread."""
        if (closed := self._failures.closed()) is not None:
            return closed
        return await self._mail.send(notice, letter)

    def simplify(self, card: PlacedCard) -> None:
        """Shows the card without votes from now on."""
        self._failures.make_plain(card)

    async def _message(self, card: PlacedCard, view: View) -> tuple[Json, datetime | None]:
        """The card as it can be shown now, and when to try again what is missing on it."""
        rulebook = self._house.rulebook
        if self._failures.is_plain(card):
            return bare_message(view, rulebook), None
        if view.batch:
            return self._batch_message(card, view), None
        whole = card_in(view, rulebook)
        pictures = uploads_in(view)
        files = await self._pictures.files_of(view, pictures)
        is_whole = view.item.is_settled or len(files) >= len(pictures)
        try:
            again_at = None if is_whole else self._pictures.again_at(card.item_id)
            return message_with(whole, files), again_at
        except CannotRenderError:
            log.exception("item %s cannot be rendered", card.item_id)
            self._failures.make_plain(card)
            return bare_message(view, rulebook), None

    def _batch_message(self, card: PlacedCard, view: View) -> Json:
        try:
            return batch_message_of(batch_in(view, self._house.rulebook))
        except CannotRenderError:
            log.exception("the batch of item %s cannot be rendered", card.item_id)
            self._failures.make_plain(card)
            return bare_message(view, self._house.rulebook)

    async def _post(self, card: PlacedCard, view: View, message: Json) -> Result:
        found = await self._poster.find_card(card)
        if found is not None:
            self._poster.forget(card.id)
            return await self._edit(replace(card, message_ref=found), view, message)
        if await self._poster.is_shared(card.channel_ref):
            log.error(
                "item %s is not posted in %s: another company sees that channel. Name one that "
                "is not shared in queues.toml.",
                card.item_id,
                card.channel_ref,
            )
            return Gone("another company sees this channel")
        try:
            placed = await self._poster.post_card(card, message)
        except CallError as problem:
            if isinstance(problem, RefusedError) and problem.error in BLOCK_ERRORS:
                return self._blocks_refused(card, problem)
            return self._failures.of_post(problem, card.id, card.channel_ref)
        self._failures.settle(card.id)
        return Sent(*placed)

    async def _edit(self, card: PlacedCard, view: View, message: Json) -> Result:
        now = self._house.now()
        at = self._budget.edit_at(card.id, now, is_urgent=view.is_urgent)
        if at > now:
            return RetryAt(at, "fifty edits a minute")
        channel_ref, message_ref = card.channel_ref, card.message_ref or ""
        try:
            async with self._riding.edit((channel_ref, message_ref)):
                await ask(self._client.chat_update(channel=channel_ref, ts=message_ref, **message))
        except CallError as problem:
            if isinstance(problem, RefusedError) and problem.error in BLOCK_ERRORS:
                return self._blocks_refused(card, problem)
            return self._failures.of_edit(problem, card, is_settled=view.is_settled)
        self._failures.settle(card.id)
        return Sent(channel_ref, message_ref)

    def _blocks_refused(self, card: PlacedCard, problem: RefusedError) -> Result:
        if self._pictures.may_be_in_work(card.item_id) and not self._failures.is_doubted(card):
            at = self._house.now() + PICTURE_FOR
            return RetryAt(at, "Slack is looking at the picture")
        return self._failures.of_blocks(problem, card)

"""Posts and edits: a card or a notice goes out, and what became of it comes back as a value."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.facts import Status
from bot.flows.delivering import Gone, Missing, Notice, PlacedCard, Result, RetryAt, Sent, View
from handlers.app import House
from handlers.breaker import Breaker
from handlers.calls import CallError, LimitedError, LostError
from handlers.courier import pause_after
from handlers.presenting import CannotRenderError, call_for_seniors, card_in
from handlers.riding import Riding
from handlers.slack.api import Json, RefusedError, ask
from handlers.slack.budget import Budget
from handlers.slack.pictures import Pictures
from handlers.slack.posted import Posted, card_metadata, notice_metadata
from handlers.slack.present import bare_message, message_with
from handlers.slack.render import reply_of, uploads_of

RIDE_WITHIN = timedelta(seconds=1)  # a click's own answer should have carried the card by then
LULL = 0.3  # seconds
LOST_FOR = timedelta(seconds=2)  # before looking whether a lost post stands
PICTURE_FOR = timedelta(seconds=1.5)
BLOCKS_TRIES = 3
OTHER_TRIES = 8
THREAD_TRIES = 20  # of a notice that waits for its card to be posted
REMEDY = "Check SLACK_BOT_TOKEN and the app's scopes, or install the app again."
PLACE_ERRORS = frozenset(
    [
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "channel_is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "messages_tab_disabled",
        "cannot_dm_bot",
        "user_not_found",
        "user_disabled",
        "user_is_bot",
        "team_access_not_granted",
        "ekm_access_denied",
        "method_not_supported_for_channel_type",
    ]
)
MESSAGE_ERRORS = frozenset(("message_not_found", "cant_update_message", "thread_not_found"))
BLOCK_ERRORS = frozenset(
    [
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "msg_blocks_too_long",
        "too_many_attachments",
        "invalid_attachments",
        "slack_file_not_found",
        "invalid_slack_file",
    ]
)

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
        self._breaker = Breaker("Slack", REMEDY)
        self._posted = Posted(client)
        self._pictures = Pictures(house, client, session)
        self._lost_at: dict[int | str, datetime] = {}  # posts that may stand, by card or notice
        self._put_off: set[int] = set()  # first posts that waited here, and were never tried
        self._refused: Counter[int] = Counter()  # cards whose blocks Slack does not take
        self._failed: Counter[int | str] = Counter()  # in a row, by card or notice
        self._takes_metadata = True
        self._started_at = house.now()

    def hold(self, card: PlacedCard) -> RetryAt | None:
        """Why this card need not even be looked at yet; None when it may go."""
        now = self._house.now()
        if (until := self._breaker.wait_until(now)) is not None:
            return RetryAt(until, "Slack refuses our token")
        if card.message_ref is not None:
            if self._riding.carries((card.channel_ref, card.message_ref)):
                return RetryAt(now + RIDE_WITHIN, "a click's answer carries it")
            return None
        at = self._budget.post_at(card.id, card.channel_ref, now)
        if at <= now:
            return None
        if card.tries == 1:
            self._put_off.add(card.id)
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
            return self._later(problem, card.id)
        return replace(result, again_at=again_at) if isinstance(result, Sent) else result

    async def send_notice(self, notice: Notice, view: View) -> Result:
        """Posts the notice into the thread of its card."""
        now = self._house.now()
        if view.item.status is not Status.ESCALATED:
            return Gone(f"the item is {view.item.status} by now")
        if (until := self._breaker.wait_until(now)) is not None:
            return RetryAt(until, "Slack refuses our token")
        if notice.thread_ref is None and notice.tries < THREAD_TRIES:
            return RetryAt(now + timedelta(seconds=1), "its card is not posted yet")
        at = self._budget.post_at(notice.key, notice.channel_ref, now)
        if at > now:
            return RetryAt(at, "one post a second and channel")
        try:
            return await self._post_notice(
                notice, reply_of(call_for_seniors(view, self._house.rulebook))
            )
        except CallError as problem:
            return self._post_failed(problem, notice.key, notice.channel_ref)

    def simplify(self, card: PlacedCard) -> None:
        """Shows the card without votes from now on."""
        self._refused[card.id] = BLOCKS_TRIES

    # -- cards ------------------------------------------------------------------------------

    async def _message(self, card: PlacedCard, view: View) -> tuple[Json, datetime | None]:
        """The card as it can be shown now, and when to try again what is missing on it."""
        rulebook = self._house.rulebook
        if self._refused[card.id] >= BLOCKS_TRIES:
            return bare_message(view, rulebook), None
        whole = card_in(view, rulebook)
        pictures = uploads_of(whole)
        files = await self._pictures.files_of(view, pictures)
        is_whole = view.item.is_settled or len(files) >= len(pictures)
        try:
            again_at = None if is_whole else self._pictures.again_at(card.item_id)
            return message_with(whole, files), again_at
        except CannotRenderError:
            log.exception("item %s cannot be rendered", card.item_id)
            self._refused[card.id] = BLOCKS_TRIES
            return bare_message(view, rulebook), None

    async def _post(self, card: PlacedCard, view: View, message: Json) -> Result:
        metadata = card_metadata(card.id, card.item_id)
        found = await self._find(card, metadata)
        if found is not None:
            self._lost_at.pop(card.id, None)
            return await self._edit(replace(card, message_ref=found), view, message)
        try:
            said = await self._call_post(card.channel_ref, message, metadata)
        except CallError as problem:
            if isinstance(problem, RefusedError) and problem.error in BLOCK_ERRORS:
                return self._blocks_refused(card, problem)
            return self._post_failed(problem, card.id, card.channel_ref)
        self._settle(card)
        return Sent(str(said.get("channel") or card.channel_ref), str(said["ts"]))

    async def _find(self, card: PlacedCard, metadata: Json) -> str | None:
        """The message of a post that was tried before and never confirmed."""
        since = self._lost_at.get(card.id)
        if since is None:
            if card.tries == 1 or card.id in self._put_off:
                return None
            since = self._started_at  # another process tried, and is gone
        now = self._house.now()
        return await self._posted.find(card.channel_ref, metadata, since=since, now=now)

    async def _edit(self, card: PlacedCard, view: View, message: Json) -> Result:
        now = self._house.now()
        is_urgent = view.item.status is not Status.OPEN
        at = self._budget.edit_at(card.id, now, is_urgent=is_urgent)
        if at > now:
            return RetryAt(at, "fifty edits a minute")
        channel_ref, message_ref = card.channel_ref, card.message_ref or ""
        try:
            async with self._riding.edit((channel_ref, message_ref)):
                await ask(self._client.chat_update(channel=channel_ref, ts=message_ref, **message))
        except RefusedError as problem:
            return self._edit_refused(card, view, problem)
        except LimitedError as problem:
            until = now + timedelta(seconds=problem.retry_after)
            self._budget.limit_edits(until)
            return RetryAt(until, str(problem))
        self._settle(card)
        return Sent(channel_ref, message_ref)

    def _settle(self, card: PlacedCard) -> None:
        """Forgets what was only of interest until the card was through."""
        self._breaker.reset()
        self._lost_at.pop(card.id, None)
        self._put_off.discard(card.id)
        self._failed.pop(card.id, None)
        if self._refused[card.id] < BLOCKS_TRIES:
            del self._refused[card.id]

    def _edit_refused(self, card: PlacedCard, view: View, problem: RefusedError) -> Result:
        if problem.error in BLOCK_ERRORS:
            return self._blocks_refused(card, problem)
        if problem.error in MESSAGE_ERRORS | PLACE_ERRORS:
            return Gone(problem.error) if view.item.is_settled else Missing()
        if problem.error == "edit_window_closed":
            log.warning("item %s: the workspace forbids edits by now", card.item_id)
            return Gone(problem.error)
        return self._later(problem, card.id)

    def _blocks_refused(self, card: PlacedCard, problem: RefusedError) -> Result:
        """A poisonous card: tried again, then shown without votes, then given up."""
        now = self._house.now()
        if self._pictures.may_be_in_work(card.item_id) and not self._refused[card.id]:
            return RetryAt(now + PICTURE_FOR, "Slack is looking at the picture")
        self._refused[card.id] += 1
        log.error("item %s: Slack refuses its card: %s", card.item_id, problem)
        if self._refused[card.id] > BLOCKS_TRIES:
            return Gone(f"Slack refuses it: {problem}")
        return RetryAt(now + timedelta(seconds=1), str(problem))

    # -- notices ----------------------------------------------------------------------------

    async def _post_notice(self, notice: Notice, message: Json) -> Result:
        metadata = notice_metadata(notice.key)
        thread_ref = notice.thread_ref or ""
        if (since := self._lost_at.get(notice.key)) is not None:
            found = await self._posted.find(
                notice.channel_ref,
                metadata,
                thread_ref=thread_ref,
                since=since,
                now=self._house.now(),
            )
            if found is not None:
                return Sent(notice.channel_ref, found)
        if thread_ref:
            message = {**message, "thread_ts": thread_ref}
        said = await self._call_post(notice.channel_ref, message, metadata)
        self._breaker.reset()
        self._lost_at.pop(notice.key, None)
        self._failed.pop(notice.key, None)
        return Sent(str(said.get("channel") or notice.channel_ref), str(said["ts"]))

    # -- calls ------------------------------------------------------------------------------

    async def _call_post(self, channel_ref: str, message: Json, metadata: Json) -> Json:
        extra = {"metadata": metadata} if self._takes_metadata else {}
        try:
            return await self._post_once(channel_ref, {**message, **extra})
        except RefusedError as problem:
            if not extra or "metadata" not in problem.error:
                raise
            self._takes_metadata = False
            return await self._post_once(channel_ref, message)

    async def _post_once(self, channel_ref: str, message: Json) -> Json:
        return await ask(
            self._client.chat_postMessage(
                channel=channel_ref, unfurl_links=False, unfurl_media=False, **message
            )
        )

    def _post_failed(self, problem: CallError, who: int | str, channel_ref: str) -> Result:
        now = self._house.now()
        match problem:
            case LimitedError(retry_after=seconds):
                until = now + timedelta(seconds=seconds)
                self._budget.limit_posts(channel_ref, until)
                return RetryAt(until, str(problem))
            case LostError():
                self._failed[who] += 1
                self._lost_at[who] = now
                return RetryAt(now + max(LOST_FOR, pause_after(self._failed[who])), str(problem))
            case RefusedError(error=error) if error in PLACE_ERRORS:
                return Gone(error)
        return self._later(problem, who)

    def _later(self, problem: CallError, who: int | str) -> Result:
        """What is left: nothing of ours to mend, so it waits, and is given up in the end."""
        now = self._house.now()
        match problem:
            case RefusedError(is_token=True):
                return RetryAt(self._breaker.trip(str(problem), now), str(problem))
            case LimitedError(retry_after=seconds):
                return RetryAt(now + timedelta(seconds=seconds), str(problem))
        self._failed[who] += 1
        failures = self._failed[who]
        if isinstance(problem, RefusedError) and failures >= OTHER_TRIES:
            log.error("given up after %d tries: %s", failures, problem)
            return Gone(str(problem))
        log.warning("Slack: %s; failed %d times", problem, failures)
        return RetryAt(now + pause_after(failures), str(problem))

"""Posts, each once as far as Slack lets us know: a post whose answer was lost is looked for."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.flows.delivering import Notice, PlacedCard
from handlers.calls import CallError, LostError
from handlers.failures import Who
from handlers.slack.api import Json, RefusedError, ask
from handlers.slack.failures import UnnamedError
from handlers.slack.posted import Posted, card_metadata, notice_metadata

ASKED_FOR = timedelta(minutes=10)  # that what Slack says of a channel is believed
CHANNELS = ("C", "G")  # how the ids of channels begin; people's begin otherwise

log = logging.getLogger(__name__)


class Poster:
    """Posts cards and notices, marked as ours so that they can be found again."""

    def __init__(self, client: AsyncWebClient, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now
        self._posted = Posted(client)
        self._lost_at: dict[Who, datetime] = {}  # posts that may stand
        self._put_off: set[int] = set()  # first posts that waited here, and were never tried
        self._shared: dict[str, tuple[bool, datetime]] = {}  # channels, and when we asked
        self._takes_metadata = True
        self._started_at = now()

    def put_off(self, card: PlacedCard) -> None:
        """The card waits for its slot."""
        if card.tries == 1:
            self._put_off.add(card.id)

    def forget(self, who: Who) -> None:
        """It went through, or never will."""
        self._lost_at.pop(who, None)
        if isinstance(who, int):
            self._put_off.discard(who)

    async def find_card(self, card: PlacedCard) -> str | None:
        """The message of a post that was tried before and never confirmed.

        Raises:
            CallError: it cannot be told now.
        """
        since = self._lost_at.get(card.id)
        if since is None:
            if card.tries == 1 or card.id in self._put_off:
                return None
            since = self._started_at  # another process tried, and is gone
        metadata = card_metadata(card.id, card.item_id)
        return await self._posted.find(card.channel_ref, metadata, since=since, now=self._now())

    async def find_notice(self, notice: Notice) -> str | None:
        """The same of a notice.

        Raises:
            CallError: it cannot be told now.
        """
        if (since := self._lost_at.get(notice.key)) is None:
            return None
        return await self._posted.find(
            notice.channel_ref,
            notice_metadata(notice.key),
            thread_ref=notice.thread_ref or "",
            since=since,
            now=self._now(),
        )

    async def post_card(self, card: PlacedCard, message: Json) -> tuple[str, str]:
        """Where the card stands now: the channel, and the message in it.

        Raises:
            CallError: it does not, or that is not known.
        """
        metadata = card_metadata(card.id, card.item_id)
        return await self._post(card.id, card.channel_ref, message, metadata)

    async def post_notice(self, notice: Notice, message: Json) -> tuple[str, str]:
        """The same of a notice, in the thread of its card.

        Raises:
            CallError: it does not, or that is not known.
        """
        if notice.thread_ref:
            message = {**message, "thread_ts": notice.thread_ref}
        metadata = notice_metadata(notice.key)
        return await self._post(notice.key, notice.channel_ref, message, metadata)

    async def is_shared(self, channel_ref: str) -> bool:
        """Whether another company sees the channel; False when Slack does not let us ask."""
        is_shared, asked_at = self._shared.get(channel_ref, (False, None))
        if not channel_ref.startswith(CHANNELS):
            return False
        if asked_at is None or self._now() - asked_at > ASKED_FOR:
            is_shared = await self._ask_shared(channel_ref)
            self._shared[channel_ref] = is_shared, self._now()
        return is_shared

    async def _ask_shared(self, channel_ref: str) -> bool:
        try:
            said = await ask(self._client.conversations_info(channel=channel_ref))
        except CallError as problem:
            log.info("conversations.info of %s: %s", channel_ref, problem)
            return False
        channel = said.get("channel")
        return bool(isinstance(channel, dict) and channel.get("is_ext_shared"))

    async def _post(
        self, who: Who, channel_ref: str, message: Json, metadata: Json
    ) -> tuple[str, str]:
        try:
            said = await self._post_marked(channel_ref, message, metadata)
        except LostError:
            self._lost_at[who] = self._now()
            raise
        if not isinstance(said.get("ts"), str) or not said["ts"]:
            self._lost_at[who] = self._now()
            raise UnnamedError("chat.postMessage does not say which message it posted")
        return str(said.get("channel") or channel_ref), said["ts"]

    async def _post_marked(self, channel_ref: str, message: Json, metadata: Json) -> Json:
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

"""Looks for a post whose answer was lost, so that it is not posted again."""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from handlers.calls import CallError, LostError, NotThereError, UnreachableError
from handlers.slack.api import Json, RefusedError, ask

CARD_EVENT = "signoff_card"
NOTICE_EVENT = "signoff_notice"
PAGE = 100  # messages of one look
PAGES_MAX = 3
KEPT = 100  # places whose last look is remembered
LOOK_TRIES = 5  # without an answer; then two posts of ours are the smaller evil

Place = tuple[str, str]  # channel_ref, thread_ref

log = logging.getLogger(__name__)


def card_metadata(placed_id: int, item_id: str) -> Json:
    """What marks a message as this card."""
    return {"event_type": CARD_EVENT, "event_payload": {"card": placed_id, "item": item_id}}


def notice_metadata(key: str) -> Json:
    """What marks a message as this notice."""
    return {"event_type": NOTICE_EVENT, "event_payload": {"notice": key}}


@dataclass(slots=True)
class _Look:
    taken_at: datetime
    messages: list[Json]


class Posted:
    """What stands in the channels already. One look serves every card that it is new enough for."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._looks: dict[Place, _Look] = {}
        self._failed: Counter[Place] = Counter()  # looks in a row that had no answer
        self._is_able = True

    async def find(
        self,
        channel_ref: str,
        metadata: Json,
        *,
        thread_ref: str = "",
        since: datetime,
        now: datetime,
    ) -> str | None:
        """The message with this metadata, or None.

        Args:
            channel_ref: where.
            metadata: what marks the message.
            thread_ref: the thread, when it is a reply.
            since: a look taken before does not count.
            now: this instant.

        Raises:
            CallError: it cannot be told now; nobody should post before it can.
        """
        if not self._is_able:
            return None
        place = channel_ref, thread_ref
        look = self._looks.get(place)
        if look is None or look.taken_at < since:
            try:
                look = await self._look(place, now)
            except (RefusedError, NotThereError) as problem:
                self._give_up(problem)
                return None
            if look is None:
                return None
        return next((str(m["ts"]) for m in look.messages if m.get("metadata") == metadata), None)

    async def _look(self, place: Place, now: datetime) -> _Look | None:
        """What stands there now; None when there has been no answer too often."""
        try:
            look = _Look(now, await self._read(*place))
        except (LostError, UnreachableError) as problem:
            self._failed[place] += 1
            if self._failed[place] < LOOK_TRIES:
                raise
            del self._failed[place]
            log.warning("a lost post is sent again without looking for it: %s", problem)
            return None
        self._failed.pop(place, None)
        self._looks.pop(place, None)
        if len(self._looks) >= KEPT:
            del self._looks[next(iter(self._looks))]
        self._looks[place] = look
        return look

    async def _read(self, channel_ref: str, thread_ref: str) -> list[Json]:
        messages: list[Json] = []
        cursor = ""
        for _ in range(PAGES_MAX):
            options: Json = {"limit": PAGE, "include_all_metadata": True}
            if cursor:
                options["cursor"] = cursor
            if thread_ref:
                call = self._client.conversations_replies(
                    channel=channel_ref, ts=thread_ref, **options
                )
            else:
                call = self._client.conversations_history(channel=channel_ref, **options)
            said = await ask(call)
            messages += said.get("messages") or []
            cursor = (said.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return messages

    def _give_up(self, problem: CallError) -> None:
        """A message may stand twice then, which is harmless: both are ours."""
        is_lasting = isinstance(problem, NotThereError) or (
            isinstance(problem, RefusedError)
            and problem.error in ("missing_scope", "unknown_method")
        )
        if is_lasting:
            self._is_able = False
            log.warning("lost posts cannot be looked for: conversations.history says %s", problem)

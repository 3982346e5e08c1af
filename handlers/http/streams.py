"""Server-sent events: how items stand, again whenever that changes, for as long as one listens."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.errors import SignoffError
from bot.flows.listing import find, news_since, sees_all
from bot.flows.opening import Producer
from handlers.app import House
from handlers.http.feed import END, Feed, Listener
from handlers.http.items import admit_id
from handlers.http.keys import Gate
from handlers.http.problems import Fault, ProblemError, invalid, wait_for
from handlers.http.shapes import item_answer

ALIVE_EVERY = 15.0  # seconds; proxies close what is silent for a minute
STREAMS_MAX = 100  # of one key, in one process
CURSOR = re.compile("[0-9]{1,18}")
BEGIN = b"retry: 2000\n\n"  # milliseconds after which a client that lost the stream comes back
KEEP_ALIVE = b": keep-alive\n\n"
HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would hold the events back
}

OfQueue = Annotated[str | None, Query(description="Only items of this queue.", max_length=200)]


class StreamDoor:
    """`/v1/events` and `/v1/items/{id}/events`."""

    def __init__(self, house: House, gate: Gate, feed: Feed) -> None:
        self._house = house
        self._gate = gate
        self._feed = feed
        self._open: Counter[str] = Counter()

    async def all_(self, request: Request, queue: OfQueue = None) -> Response:
        """Each of the program's items whenever something happens to it, until the client leaves.

        An event `item` holds the item as `GET` shows it; its `id`, sent back as `Last-Event-ID`,
        goes on from there, and an item that changed several times meanwhile is told once.
        Votes are no news.
        """
        producer = await self._admit(request)
        whose = None if sees_all(producer) else producer.name
        return self._streamed(request, producer, Listener(whose, queue), _last_event(request))

    async def one(self, request: Request, item_id: str) -> Response:
        """The item as it stands, again whenever that changes; the stream ends once it is settled.

        With the `Last-Event-ID` of its last event, an item that is settled is no content: `204`,
        which keeps a browser's `EventSource` from coming back.
        """
        producer = await self._admit(request)
        admit_id(request, item_id)
        since = _last_event(request)
        known = await self._house.see(find, producer, item_id)
        if since is not None and known.item.is_settled and not await self._has(since, item_id):
            return Response(status_code=204)
        return self._streamed(request, producer, Listener(None, None, item_id), since)

    async def _admit(self, request: Request) -> Producer:
        producer = await self._gate.admit(request, "read", "observe")
        if self._open[producer.name] >= STREAMS_MAX:
            detail = f"The key {producer.name!r} has {STREAMS_MAX} streams open already."
            raise ProblemError("too-many-requests", detail, headers=wait_for(5))
        return producer

    def _streamed(
        self, request: Request, producer: Producer, listener: Listener, since: int | None
    ) -> Response:
        stream = Stream(self._house, self._gate, self._feed, request, producer, listener)
        events = self._counted(producer.name, stream.events(since))
        return StreamingResponse(events, headers=HEADERS, media_type="text/event-stream")

    async def _counted(self, name: str, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        self._open[name] += 1
        try:
            async for event in events:
                yield event
        finally:
            self._open[name] -= 1

    async def _has(self, since: int, item_id: str) -> bool:
        """Whether something was told of the item behind that line."""
        end = (await self._house.see(news_since, END)).upto
        while since < end:
            found = await self._house.see(news_since, since, end)
            if any(told.item_id == item_id for told in found.told):
                return True
            since = found.upto
        return False


class Stream:
    """One client that listens."""

    def __init__(
        self,
        house: House,
        gate: Gate,
        feed: Feed,
        request: Request,
        producer: Producer,
        listener: Listener,
    ) -> None:
        self._house = house
        self._gate = gate
        self._feed = feed
        self._request = request
        self._producer = producer
        self._listener = listener
        self._upto = 0  # the line up to which it was caught up before it followed
        self._is_over = False

    async def events(self, since: int | None) -> AsyncIterator[bytes]:
        """What goes over the wire: first what was missed, then what comes."""
        async with self._feed.listen(self._listener):
            end = self._upto = (await self._house.see(news_since, END)).upto
            yield BEGIN  # whoever reads this misses nothing that happens from now on
            async for event in self._caught_up(since, end):
                yield event
            async for event in self._followed():
                yield event

    async def _caught_up(self, since: int | None, end: int) -> AsyncIterator[bytes]:
        """What was missed since, up to the end; without that, how the one item stands."""
        item_id = self._listener.item_id
        if since is None or since > end:  # one of a history that was restored from a backup
            if item_id:
                yield await self._event(item_id, end)
            return
        while since < end and not self._is_over:
            found = await self._house.see(news_since, since, end)
            newest = {told.item_id: told.seq for told in found.told if self._listener.wants(told)}
            for missed, seq in sorted(newest.items(), key=lambda each: each[1]):
                yield await self._event(missed, seq)
            since = found.upto

    async def _followed(self) -> AsyncIterator[bytes]:
        while not (self._is_over or self._listener.is_over):
            taken = self._listener.take()
            if taken is None:
                is_silent = not await self._news()
                if self._listener.is_over or not await self._is_admitted():
                    return
                if is_silent:
                    yield KEEP_ALIVE
            elif taken[1] > self._upto:
                yield await self._event(*taken)

    async def _news(self) -> bool:
        try:
            async with asyncio.timeout(ALIVE_EVERY):
                return await self._listener.news.wait()
        except TimeoutError:
            return False

    async def _is_admitted(self) -> bool:
        """Whether the key still opens the door; while nobody can tell, what was open stays so."""
        with suppress(SignoffError):
            return await self._gate.is_alive(self._request)
        return True

    async def _event(self, item_id: str, seq: int) -> bytes:
        known = await self._house.see(find, self._producer, item_id)
        if self._listener.item_id and known.item.is_settled:
            self._is_over = True
        data = item_answer(known, self._house.rulebook.people)
        return b"event: item\nid: %d\ndata: %b\n\n" % (seq, data)


def _last_event(request: Request) -> int | None:
    cursor = request.headers.get("last-event-id", "")
    if not cursor:
        return None
    if not CURSOR.fullmatch(cursor):
        raise invalid(Fault("Last-Event-ID", "is none that was given out here"))
    return int(cursor)

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from aiohttp import web

from localchat.wire import Json, dumps

WAITING_MAX = 10_000  # events a slow browser may be behind


@dataclass(eq=False, slots=True)
class Tab:
    """One browser tab, looking through one person's eyes."""

    person_id: str
    queue: "asyncio.Queue[Json | None]" = field(default_factory=lambda: asyncio.Queue(WAITING_MAX))

    def put(self, event: Json | None) -> None:
        """Hand an event over; a tab that is too far behind misses it."""
        if not self.queue.full():
            self.queue.put_nowait(event)


class Tabs:
    """The open tabs, and how events reach them: as server-sent events."""

    def __init__(self) -> None:
        self._open: set[Tab] = set()

    def __bool__(self) -> bool:
        """True when anybody is looking."""
        return bool(self._open)

    def __iter__(self) -> Iterator[Tab]:
        """All tabs."""
        return iter(self._open)

    def close(self) -> None:
        """Send every tab away."""
        for tab in self._open:
            tab.put(None)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Tell one tab, the one of `?as=`, what happens from now on."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        tab = Tab(request.query.get("as", ""))
        self._open.add(tab)
        try:
            await response.write(b": connected\n\n")
            with contextlib.suppress(ConnectionError):
                await _stream(tab, response)
        finally:
            self._open.discard(tab)
        return response


async def _stream(tab: Tab, response: web.StreamResponse) -> None:
    while (event := await tab.queue.get()) is not None:
        await response.write(f"data: {dumps(event)}\n\n".encode())

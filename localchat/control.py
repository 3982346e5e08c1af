from collections.abc import Awaitable, Callable

from aiohttp import web

from localchat.clock import Clock
from localchat.reading import answering, body_of
from localchat.wire import Json


class Control:
    """Serves the parts of /control/… that are about all platforms: time, and beginning again."""

    def __init__(self, clock: Clock, reset: Callable[[], Awaitable[None]]) -> None:
        self._clock = clock
        self._reset = reset

    def add_routes(self, routes: web.UrlDispatcher) -> None:
        """Serve what tests call."""
        routes.add_post("/control/clock", answering(self.clock))
        routes.add_post("/control/reset", answering(self.reset))

    async def clock(self, request: web.Request) -> Json:
        """Let `advance` seconds pass for whatever expires: triggers, tokens, budgets, faults."""
        self._clock.advance(float((await body_of(request))["advance"]))
        return {"now": self._clock.now()}

    async def reset(self, _: web.Request) -> Json:
        """Begin again with the world that the server was started with."""
        await self._reset()
        return {}

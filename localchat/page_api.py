"""What the browser page calls, whichever platform it is about."""

from collections.abc import Mapping
from typing import Protocol

from aiohttp import web

from localchat.clock import Clock
from localchat.reading import Handler, answering, body_of
from localchat.wire import Json

Call = tuple[str, str]  # method and path
EVENTS = "/page/events"


class PagePlatform(Protocol):
    """One platform's side of the page."""

    @property
    def handlers(self) -> Mapping[Call, Handler]:
        """What it answers, by method and path."""

    def workspaces(self) -> list[Json]:
        """What /page/state lists."""

    def knows(self, person_id: str) -> bool:
        """Whether this is one of its people."""

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What happens from now on, as server-sent events."""


class Page:
    """Serves /page/…: the person in `as` says whose platform a call is about."""

    def __init__(self, platforms: list[PagePlatform], clock: Clock) -> None:
        self._platforms = platforms
        self._clock = clock

    def add_routes(self, routes: web.UrlDispatcher) -> None:
        """Serve what the page calls."""
        routes.add_get("/page/state", answering(self.state))
        routes.add_get(EVENTS, self.events)
        calls = dict.fromkeys(call for platform in self._platforms for call in platform.handlers)
        for method, path in calls:
            routes.add_route(method, path, answering(self._forwarding(method, path)))

    async def state(self, _: web.Request) -> Json:
        """The workspaces: people, channels, commands, apps."""
        shown = [each for platform in self._platforms for each in platform.workspaces()]
        return {"workspaces": shown, "now": self._clock.now()}

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What happens from now on, as server-sent events."""
        return await self._of(request.query.get("as", "")).events(request)

    def _forwarding(self, method: str, path: str) -> Handler:
        async def forward(request: web.Request) -> Json:
            given = request.query if method == "GET" else await body_of(request)
            handler = self._of(str(given.get("as", ""))).handlers.get((method, path))
            if handler is None:
                raise ValueError("This platform has no such thing.")
            return await handler(request)

        return forward

    def _of(self, person_id: str) -> PagePlatform:
        """Whose person it is; the first platform for strangers."""
        known = (each for each in self._platforms if each.knows(person_id))
        return next(known, self._platforms[0])

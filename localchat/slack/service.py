from aiohttp import web

from localchat.clock import Clock
from localchat.slack.acting import Acting
from localchat.slack.delivery import Delivery
from localchat.slack.events import Events
from localchat.slack.faults import Faults
from localchat.slack.files import Files
from localchat.slack.http_delivery import HttpDelivery
from localchat.slack.ids import Ids
from localchat.slack.options import Options
from localchat.slack.posting import Posting
from localchat.slack.rate_limits import RateLimits
from localchat.slack.request_log import RequestLog
from localchat.slack.response_urls import ResponseUrls
from localchat.slack.socket_mode import SocketMode
from localchat.slack.submitting import Submitting
from localchat.slack.talking import Talking
from localchat.slack.tokens import Tokens
from localchat.slack.triggers import Triggers
from localchat.slack.views import Views
from localchat.slack.web_api.door import Door
from localchat.slack.workspace import Workspace
from localchat.world import World

MAX_UPLOAD = 64 * 1024**2  # bytes


class Slack:
    """One Slack workspace: every part of it, put together."""

    def __init__(self, world: World, options: Options, clock: Clock) -> None:
        self.world = world
        self.options = options
        self.clock = clock
        ids = Ids(clock)
        self.workspace = Workspace(world, clock, ids)
        self.posting = Posting(self.workspace)
        self.views = Views(self.workspace)
        self.files = Files(clock, ids)
        self.tokens = Tokens(self.workspace)
        self.rate_limits = RateLimits(clock, options)
        self.faults = Faults(clock)
        self.requests = RequestLog(options.logged_requests)
        self.triggers = Triggers(clock, ids, options)
        self.response_urls = ResponseUrls(self.workspace, self.posting, self.files, clock, options)
        self.sockets = SocketMode(clock, options)
        self.http = HttpDelivery(clock, options)
        self.delivery = Delivery(self.sockets, self.http, self.faults, options)
        self.events = Events(self.workspace, self.delivery)
        self.acting = Acting(
            self.workspace,
            self.posting,
            self.views,
            self.triggers,
            self.response_urls,
            self.delivery,
            self.events,
        )
        self.talking = Talking(self.acting)
        self.submitting = Submitting(self.acting, self.files)
        self.door = Door(self)

    def listens_at(self, base_url: str) -> None:
        """Say under which address the server was started; URLs given to apps begin with it."""
        self.files.base_url = self.response_urls.base_url = base_url
        self.sockets.ws_base_url = base_url.replace("http", "ws", 1)

    def add_routes(self, routes: web.UrlDispatcher) -> None:
        """Serve what apps call."""
        routes.add_route("*", "/api/{method}", self.door.serve)
        routes.add_get("/link/", self.sockets.connect)
        routes.add_post("/response/{key}", self.response_urls.serve)
        routes.add_post("/upload/v1/{ticket}", self._receive)
        routes.add_get("/files/{id}/{name}", self._show_file)

    async def reset(self, world: World | None = None) -> None:
        """Begin again: the same world, or another; apps must reconnect."""
        self.world = world or self.world
        await self.sockets.close()
        self.faults.clear()
        for part in (self.posting, self.views, self.files, self.triggers):
            part.clear()
        self.response_urls.clear()
        self.rate_limits.clear()
        self.requests.clear()
        self.workspace.load(self.world)
        self.tokens.load()

    async def close(self) -> None:
        """Stop deliveries and drop connections."""
        await self.delivery.close()
        await self.sockets.close()
        await self.http.close()

    async def _receive(self, request: web.Request) -> web.Response:
        if request.content_type.startswith("multipart/"):
            form = await request.post()
            part = next((f for f in form.values() if isinstance(f, web.FileField)), None)
            content = part.file.read() if part else b""
        else:
            content = await request.read()
        file = self.files.receive(request.match_info["ticket"], content)
        if file is None:
            return web.Response(status=404, text="No such upload.")
        if not file.is_uploaded:
            text = f"{len(content)} bytes came, {file.length} were promised."
            return web.Response(status=400, text=text)
        return web.Response(text=f"OK - {len(content)}")

    async def _show_file(self, request: web.Request) -> web.Response:
        file = self.files.get(request.match_info["id"])
        if file is None or not file.is_complete:
            return web.Response(status=404, text="No such file.")
        return web.Response(body=file.content, content_type=file.mimetype)

from aiohttp import web

from localchat.clock import Clock
from localchat.discord.acting import Acting
from localchat.discord.answering import Answering
from localchat.discord.commands import Commands
from localchat.discord.faults import Faults
from localchat.discord.files import Files
from localchat.discord.gateway.budget import IdentifyBudget
from localchat.discord.gateway.dispatching import Dispatching
from localchat.discord.gateway.door import Gateway
from localchat.discord.gateway.events import Events
from localchat.discord.gateway.handshake import Handshake
from localchat.discord.ids import Snowflakes
from localchat.discord.interactions import Interactions
from localchat.discord.limits import Limits, Nonces
from localchat.discord.modals import Modals
from localchat.discord.options import Options
from localchat.discord.posting import Posting
from localchat.discord.rate_limits import RateLimits
from localchat.discord.request_log import RequestLog
from localchat.discord.rest.door import Door
from localchat.discord.talking import Talking
from localchat.discord.workspace import Workspace
from localchat.discord.world import DiscordWorld
from localchat.discord.writing import Writing

AS_NOTHING_BUT_A_FILE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}


class Discord:
    """One Discord: every part of it, put together."""

    def __init__(self, world: DiscordWorld, options: Options, clock: Clock) -> None:
        self.world = world
        self.options = options
        self.clock = clock
        ids = Snowflakes(clock)
        self.workspace = Workspace(world, clock, ids)
        self.files = Files(ids)
        self.posting = Posting(self.workspace, self.files)
        self.writing = Writing(self.posting)
        self.commands = Commands(self.workspace, options)
        self.interactions = Interactions(clock, ids, options)
        self.modals = Modals(self.workspace)
        self.answering = Answering(self.interactions, self.writing, self.posting, self.modals)
        self.nonces = Nonces(clock, options)
        self.limits = Limits(clock, options)
        self.rate_limits = RateLimits(clock, options)
        self.faults = Faults(clock)
        self.requests = RequestLog(options.logged_requests)
        self.budget = IdentifyBudget(clock, options)
        self.events = Events(self.workspace, self.posting.view)
        self.dispatching = Dispatching(self.events, self.faults)
        self.handshake = Handshake(
            self.workspace, self.events, self.dispatching, self.budget, options
        )
        self.gateway = Gateway(self.handshake, options)
        self.acting = Acting(
            self.workspace,
            self.posting,
            self.commands,
            self.interactions,
            self.modals,
            self.dispatching,
            options,
        )
        self.talking = Talking(self.posting)
        self.door = Door(self)
        self.workspace.changes.watch(self.dispatching.on_change)

    @property
    def gateway_url(self) -> str:
        """Where the gateway is."""
        return self.handshake.gateway_url

    def listens_at(self, base_url: str) -> None:
        """Say under which address the server was started; URLs given to the bot begin with it."""
        self.files.base_url = base_url
        self.handshake.gateway_url = base_url.replace("http", "ws", 1) + "/gateway"

    def add_routes(self, routes: web.UrlDispatcher) -> None:
        """Serve what the bot calls. Other one-word addresses under /api are Slack's methods."""
        routes.add_route("*", "/api/{path:gateway}", self.door.serve)
        routes.add_route("*", "/api/{path:.+/.+}", self.door.serve)
        for path in ("/gw", "/gw/", "/gateway", "/gateway/"):
            routes.add_get(path, self.gateway.connect)
        routes.add_get("/cdn/{folder}/{channel}/{id}/{name}", self._show_file)

    async def reset(self, world: DiscordWorld | None = None) -> None:
        """Begin again: the same world, or another; the bot must connect and register anew."""
        self.world = world or self.world
        await self.gateway.close()
        self.dispatching.close()
        self.handshake.clear()
        self.faults.clear()
        for part in (self.posting, self.files, self.commands, self.interactions, self.modals):
            part.clear()
        for budget in (self.nonces, self.limits, self.rate_limits, self.budget):
            budget.clear()
        self.requests.clear()
        self.workspace.load(self.world)

    async def close(self) -> None:
        """Drop connections and what is held back."""
        self.dispatching.close()
        await self.gateway.close()

    async def _show_file(self, request: web.Request) -> web.Response:
        file = self.files.get(request.match_info["id"])
        if file is None or file.filename != request.match_info["name"]:
            return web.Response(status=404, text="No such file.")
        return web.Response(
            body=file.content, content_type=file.content_type, headers=AS_NOTHING_BUT_A_FILE
        )

from pathlib import Path

from aiohttp import web

from localchat.clock import Clock
from localchat.control import Control
from localchat.discord.control import DiscordControl
from localchat.discord.options import Options as DiscordOptions
from localchat.discord.page_api import DiscordPage
from localchat.discord.testing import DiscordChat
from localchat.page_api import Page
from localchat.slack.control import Control as SlackControl
from localchat.slack.options import Options
from localchat.slack.page_api import PageApi as SlackPage
from localchat.slack.service import MAX_UPLOAD, Slack
from localchat.world import World, default_world

PAGE = Path(__file__).parent / "page"


class Server:
    """The HTTP server: Slack's and Discord's APIs, the control API for tests, the page for people.

    Args:
        world: what the workspaces hold; the default is described in `localchat.world`.
        options: how strict Slack is.
        discord_options: how strict Discord is.
        host, port: where to listen; port 0 takes any free one.
    """

    def __init__(
        self,
        world: World | None = None,
        options: Options | None = None,
        discord_options: DiscordOptions | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.clock = Clock()
        world = world or default_world()
        self.slack = Slack(world, options or Options(), self.clock)
        self.discord = DiscordChat(world.discord, discord_options or DiscordOptions(), self.clock)
        self._page = SlackPage(self.slack)
        self._discord_page = DiscordPage(self.discord.service)
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen; from then on `url` is known."""
        web_app = web.Application(client_max_size=MAX_UPLOAD)
        self.discord.service.add_routes(web_app.router)  # first: /api/gateway is no Slack method
        self.slack.add_routes(web_app.router)
        Page([self._page, self._discord_page], self.clock).add_routes(web_app.router)
        Control(self.clock, self.reset).add_routes(web_app.router)
        SlackControl(self.slack).add_routes(web_app.router)
        DiscordControl(self.discord).add_routes(web_app.router)
        _add_page(web_app.router)
        self._runner = web.AppRunner(web_app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port, backlog=1024)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://{self._host}:{port}"
        self.slack.listens_at(self.url)
        self.discord.listens_at(self.url)

    async def stop(self) -> None:
        """Let go of every connection and stop listening."""
        self._page.close()
        self._discord_page.close()
        await self.slack.close()
        await self.discord.service.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def reset(self) -> None:
        """Begin again with the world that the server was started with."""
        await self.slack.reset()
        await self.discord.reset()


def _add_page(routes: web.UrlDispatcher) -> None:
    async def index(_: web.Request) -> web.StreamResponse:
        if not (PAGE / "index.html").exists():
            return web.Response(text="There is no page in this installation; the APIs work.")
        return web.FileResponse(PAGE / "index.html")

    routes.add_get("/", index)
    if PAGE.is_dir():
        routes.add_static("/static/", PAGE)

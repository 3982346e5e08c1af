"""A real discord.py client, and requests without one, against localchat's Discord."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from unittest import mock

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from localchat.discord.options import Options
from localchat.discord.testing import DiscordChat
from tests.patience import PATIENCE

Json = dict[str, Any]
AMARA, JONAS, MEI, RUTH = (f"110000000000000010{n}" for n in (1, 2, 3, 6))
SOFIA, NADIA = "1100000000000000108", "1100000000000000109"
GENERAL, APPROVALS, LEADS = (f"110000000000000020{n}" for n in (1, 2, 4))
ANNOUNCEMENTS = "1100000000000000205"
GUILD = "1100000000000000001"
LEAD, REVIEWER = "1100000000000000301", "1100000000000000302"
Pressed = Callable[[discord.Interaction], Awaitable[Any]]


def answers_within(seconds: float) -> pytest.MarkDecorator:
    """For tests of bots that do not answer: a Discord that waits for them only so long."""
    options = [Options(callback_within=seconds)]
    return pytest.mark.parametrize("discord_options", options, ids=["impatient"])


class Bot(discord.Client):
    """A client that is ready at once, and remembers what it was told."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        super().__init__(
            intents=intents or discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            guild_ready_timeout=0.02,
        )
        self.tree = app_commands.CommandTree(self)
        self.is_up = asyncio.Event()
        self.heard: list[tuple[str, Any]] = []
        self.task: asyncio.Task[None]  # its whole life

    async def on_ready(self) -> None:
        self.is_up.set()

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(("message", message))

    async def on_message_edit(self, _: discord.Message, after: discord.Message) -> None:
        self.heard.append(("edit", after))

    async def on_message_delete(self, message: discord.Message) -> None:
        self.heard.append(("delete", message))

    async def on_member_update(self, _: discord.Member, after: discord.Member) -> None:
        self.heard.append(("member", after))

    async def on_member_remove(self, member: discord.Member) -> None:
        self.heard.append(("left", member))

    async def on_guild_role_update(self, _: discord.Role, after: discord.Role) -> None:
        self.heard.append(("role", after))

    async def on_resumed(self) -> None:
        self.heard.append(("resumed", None))

    async def on_disconnect(self) -> None:
        self.heard.append(("disconnected", None))

    def heard_of(self, kind: str) -> list[Any]:
        """What it was told of one kind."""
        return [what for name, what in self.heard if name == kind]

    def room(self, channel: str = APPROVALS) -> discord.TextChannel:
        """A channel of the guild."""
        found = self.get_channel(int(channel))
        assert isinstance(found, discord.TextChannel)
        return found


class Choice(discord.ui.Button[Any]):
    """A button that calls a function."""

    def __init__(self, custom_id: str, pressed: Pressed, **more: Any) -> None:
        super().__init__(label=custom_id.title(), custom_id=custom_id, **more)
        self._pressed = pressed

    async def callback(self, interaction: discord.Interaction) -> None:
        await self._pressed(interaction)


def buttons(**pressed: Pressed) -> discord.ui.View:
    """A lasting view: one button for each name."""
    view = discord.ui.View(timeout=None)
    for custom_id, function in pressed.items():
        view.add_item(Choice(custom_id, function))
    return view


@asynccontextmanager
async def running(chat: DiscordChat, bot: Bot | None = None) -> AsyncIterator[Bot]:
    """A client that is connected to `chat`, until the block ends."""
    bot = bot or Bot()
    with (
        mock.patch.object(Route, "BASE", chat.api_url),
        mock.patch.object(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(chat.gateway_url)),
    ):
        bot.task = asyncio.create_task(bot.start(chat.bot_token))
        async with asyncio.timeout(PATIENCE):
            await bot.is_up.wait()
        try:
            yield bot
        finally:
            await bot.close()
            with suppress(Exception):
                await bot.task


class Rest:
    """Requests with the bot's token."""

    def __init__(self, session: aiohttp.ClientSession, chat: DiscordChat) -> None:
        self.session, self.chat = session, chat
        self.headers: dict[str, str] = {}  # of the last answer
        self.token: str | None = f"Bot {chat.bot_token}"

    async def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and body."""
        given = {"Authorization": self.token} if self.token else {}
        async with self.session.request(
            method, self.chat.api_url + path, json=body, headers=given
        ) as response:
            self.headers = dict(response.headers)
            text = await response.text()
        return response.status, json.loads(text) if text[:1] in ("{", "[") else text

    async def post(self, channel: str = APPROVALS, **body: Any) -> Json:
        """Post a message; it."""
        status, made = await self("POST", f"/channels/{channel}/messages", body)
        assert status == 200, made
        return dict(made)

    async def code(self, method: str, path: str, body: Any = None) -> tuple[int, int]:
        """Status and error code of a refusal."""
        status, refusal = await self(method, path, body)
        return status, refusal["code"] if isinstance(refusal, dict) else 0


class Socket:
    """A gateway connection without a library."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, chat: DiscordChat) -> None:
        self.ws, self.chat = ws, chat
        self.events: list[Json] = []

    async def next(self, within: float = PATIENCE) -> Json:
        """The next payload."""
        message = await self.ws.receive(timeout=within)
        if message.type is not aiohttp.WSMsgType.TEXT:
            return {"op": "closed", "code": self.ws.close_code}
        payload: Json = json.loads(message.data)
        if payload["op"] == 0:
            self.events.append(payload)
        return payload

    async def until(self, name: str) -> Json:
        """The next event of this name."""
        while (payload := await self.next()).get("t") != name:
            assert payload["op"] != "closed", payload
        return payload

    async def send(self, op: int, data: Any) -> None:
        """Send a payload."""
        await self.ws.send_str(json.dumps({"op": op, "d": data}))

    async def identify(self, intents: int = 1 | 1 << 9 | 1 << 12, token: str = "") -> Json:
        """Begin a session; the first payload after that."""
        properties = {"os": "linux", "browser": "test", "device": "test"}
        data = {"token": token or self.chat.bot_token, "intents": intents}
        await self.send(2, data | {"properties": properties})
        return await self.next()


@asynccontextmanager
async def socket(chat: DiscordChat, query: str = "?v=10&encoding=json") -> AsyncIterator[Socket]:
    """A connection whose HELLO was read."""
    async with aiohttp.ClientSession() as session:
        ws = await session.ws_connect(chat.gateway_url + query)
        made = Socket(ws, chat)
        hello = await made.next()
        assert hello["op"] == 10, hello
        try:
            yield made
        finally:
            await ws.close()


def button(custom_id: str = "yes", **more: Any) -> Json:
    """A button."""
    return {"type": 2, "style": 1, "label": "Yes", "custom_id": custom_id, **more}


def row(*children: Json) -> Json:
    """A row."""
    return {"type": 1, "components": list(children) or [button()]}

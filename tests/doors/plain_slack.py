"""Another Slack than localchat, and a minimal one: POST only, six methods, one kind of socket."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import WSMsgType, web

from tests.patience import PATIENCE

Json = dict[str, Any]
T = TypeVar("T")
BOT = {"team_id": "T1", "user_id": "U0BOT", "bot_id": "B1", "team": "plain", "user": "signoff"}


@dataclass
class PlainSlack:
    """What it was asked, the messages it holds, and the sockets to the bot.

    Whatever is not one of its methods is `unknown_method`; whatever is not POST is HTTP 404. It
    knows no metadata, no files and no response_url. `answers` replaces what a method says.
    """

    url: str = ""
    calls: list[tuple[str, Json]] = field(default_factory=list)
    messages: dict[str, Json] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)  # method -> JSON, or an HTTP status
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _acks: dict[str, Json] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def api(self, request: web.Request) -> web.Response:
        """One call."""
        method = request.match_info["method"]
        if request.method != "POST":
            return web.json_response({"message": "Not Found"}, status=404)
        is_json = request.content_type == "application/json"
        args = dict(await request.json() if is_json else await request.post())
        self.calls.append((method, args))
        match self.answers.get(method):
            case None:
                said = self._say(method, args, f"ws://{request.host}/socket")
            case int(status):
                return web.json_response({"message": "Not Found"}, status=status)
            case said:
                self._say(method, args, "")
        return web.json_response(said)

    def asked(self, method: str) -> list[Json]:
        """The arguments of every call of a method."""
        return [args for name, args in self.calls if name == method]

    def told(self, user: str) -> list[str]:
        """The direct messages that a person has got."""
        return [each["text"] for each in self.messages.values() if each["channel"] == user]

    def card(self, channel: str) -> Json:
        """The first message of a channel."""
        return next(each for each in self.messages.values() if each["channel"] == channel)

    async def click(self, user: str, message: Json, action_id: str) -> None:
        """Presses a button; returns when the bot has acknowledged it."""
        channel, ts = message["channel"], message["ts"]
        await self.send(
            "interactive",
            {
                "type": "block_actions",
                "user": {"id": user},
                "team": {"id": "T1"},
                "channel": {"id": channel},
                "container": {"type": "message", "message_ts": ts, "channel_id": channel},
                "message": {"ts": ts},
                "trigger_id": "1.2.3",
                "actions": [{"type": "button", "action_id": action_id, "block_id": "b"}],
            },
        )

    async def send(self, kind: str, payload: Json) -> Json:
        """Sends one envelope; the bot's acknowledgement."""
        envelope = f"e{next(self._numbers)}"
        (socket,) = await self.until(lambda: self._sockets[-1:])
        await socket.send_json({"type": kind, "envelope_id": envelope, "payload": payload})
        return await self.until(lambda: self._acks.get(envelope))

    async def until(self, look: Callable[[], T | None], within: float = PATIENCE) -> T:
        """What a look sees, once it sees something."""
        async with asyncio.timeout(within):
            while not (seen := look()):  # noqa: ASYNC110  a test looks from outside
                await asyncio.sleep(0.02)
        return seen

    async def listen(self, request: web.Request) -> web.WebSocketResponse:
        """One socket."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello"})
        self._sockets.append(socket)
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                said = json.loads(message.data)
                self._acks[said["envelope_id"]] = said
        self._sockets.remove(socket)
        return socket

    def _say(self, method: str, args: Json, socket_url: str) -> Json:
        match method:
            case "auth.test":
                return {"ok": True, **BOT}
            case "users.info":
                return {"ok": True, "user": {"id": args["user"]}}
            case "apps.connections.open":
                return {"ok": True, "url": socket_url}
            case "chat.postMessage":
                ts = f"1700000000.{next(self._numbers):06d}"
                self.messages[ts] = {"edits": 0, "ts": ts, **_message(args)}
                return {"ok": True, "ts": ts, "channel": args["channel"]}
            case "chat.update":
                message = self.messages[args["ts"]]
                message.update(_message(args), edits=message["edits"] + 1)
                return {"ok": True, "ts": args["ts"], "channel": args["channel"]}
        return {"ok": False, "error": "unknown_method"}


def _message(args: Json) -> Json:
    return {name: args[name] for name in ("channel", "text", "blocks")}


@asynccontextmanager
async def a_plain_slack() -> AsyncIterator[PlainSlack]:
    """It listens inside the block."""
    slack = PlainSlack()
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.api)
    app.router.add_get("/socket", slack.listen)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    slack.url = f"http://{host}:{port}/api/"
    try:
        yield slack
    finally:
        await runner.cleanup()

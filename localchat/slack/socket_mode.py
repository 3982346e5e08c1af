import asyncio
import contextlib
import itertools
import json
import logging
import time
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import WSMsgType, web

from localchat.clock import Clock
from localchat.cutting import abort
from localchat.slack.acks import Ack
from localchat.slack.ids import secret
from localchat.slack.options import Options
from localchat.wire import Json, dumps
from localchat.world import App

log = logging.getLogger(__name__)

EnvelopeType = Literal["interactive", "slash_commands", "events_api"]
DropHow = Literal["abort", "close", "warning", "refresh_requested"]


@dataclass(eq=False, slots=True)
class Socket:
    """One WebSocket connection of an app."""

    ws: web.WebSocketResponse
    app_id: str
    request: web.Request
    sent: int = 0  # envelopes


@dataclass(slots=True)
class Retry:
    """Which repetition of an event this is, and why."""

    attempt: int = 0
    reason: str = ""


@dataclass(slots=True)
class Line:
    """An app's sockets and whose turn it is."""

    sockets: list[Socket] = field(default_factory=list)
    turns: "itertools.count[int]" = field(default_factory=itertools.count)

    def next(self) -> Socket | None:
        """The socket that gets the next envelope."""
        return self.sockets[next(self.turns) % len(self.sockets)] if self.sockets else None


class SocketMode:
    """WebSockets to apps: single-use addresses, hello, envelopes, acknowledgements."""

    def __init__(self, clock: Clock, options: Options) -> None:
        self._clock = clock
        self._options = options
        self._lines: dict[str, Line] = {}
        self._tickets: dict[str, str] = {}  # ticket to app's id
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}  # by envelope id
        self._refuse_until = 0.0
        self.ws_base_url = ""

    def sockets(self, app_id: str) -> list[Socket]:
        """An app's open connections."""
        return self._line(app_id).sockets

    def issue_url(self, app: App) -> str:
        """A WebSocket address that works once."""
        ticket = secret(32)
        self._tickets[ticket] = app.id
        return f"{self.ws_base_url}/link/?ticket={ticket}&app_id={app.id}"

    def refuse_for(self, seconds: float) -> None:
        """Turn every new connection away for a while."""
        self._refuse_until = self._clock.now() + seconds

    @property
    def is_refusing(self) -> bool:
        """True while new connections are turned away."""
        return self._clock.now() < self._refuse_until

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one WebSocket until it closes."""
        app_id = self._tickets.pop(request.query.get("ticket", ""), None)
        if app_id is None or self.is_refusing:
            return web.Response(status=403, text="This address was used before, or never given.")
        ws = web.WebSocketResponse(max_msg_size=0, compress=False)
        await ws.prepare(request)
        line = self._line(app_id)
        if len(line.sockets) >= self._options.max_sockets:
            await ws.send_str(dumps({"type": "disconnect", "reason": "too_many_websockets"}))
            await ws.close()
            return ws
        open_socket = Socket(ws, app_id, request)
        line.sockets.append(open_socket)
        try:
            await ws.send_str(dumps(self._hello(app_id)))
            await self._listen(ws)
        finally:
            self._forget(open_socket)
        return ws

    async def send(
        self, app: App, kind: EnvelopeType, payload: Json, retry: Retry | None = None
    ) -> Ack:
        """Send one envelope to one of the app's sockets and wait for its acknowledgement.

        The acknowledgement may come over another socket: a client that reconnected sends it there.
        """
        envelope_id = _uuid()
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            retry = retry or Retry()
            envelope |= {"retry_attempt": retry.attempt, "retry_reason": retry.reason}
        started = time.perf_counter()
        answer = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = answer
        try:
            if not await self._write(app.id, dumps(envelope)):
                return Ack("unreachable")
            async with asyncio.timeout(self._options.ack_within):
                sent_back = await answer
        except TimeoutError:
            return Ack("no_ack", _ms_since(started))
        finally:
            del self._waiting[envelope_id]
        return Ack("acked", _ms_since(started), sent_back)

    async def drop(self, app_id: str, how: DropHow, count: int | None = None) -> int:
        """End `count` connections, or all: by cutting, closing or asking the client to renew."""
        chosen = list(self._line(app_id).sockets)[:count]
        for each in chosen:
            if how in ("warning", "refresh_requested"):
                notice = {"type": "disconnect", "reason": how, "debug_info": {"host": "localchat"}}
                with contextlib.suppress(ConnectionError):
                    await each.ws.send_str(dumps(notice))
                if how == "refresh_requested":
                    self._forget(each)  # gets no more envelopes; acks are still read
            elif how == "abort":
                self._forget(each)
                abort(each.request)
            else:
                self._forget(each)
                await each.ws.close()
        return len(chosen)

    async def close(self) -> None:
        """Close every connection."""
        for app_id in list(self._lines):
            await self.drop(app_id, "close")

    def _line(self, app_id: str) -> Line:
        return self._lines.setdefault(app_id, Line())

    def _forget(self, gone: Socket) -> None:
        sockets = self._line(gone.app_id).sockets
        if gone in sockets:
            sockets.remove(gone)

    async def _write(self, app_id: str, text: str) -> bool:
        line = self._line(app_id)
        while chosen := line.next():
            try:
                await chosen.ws.send_str(text)
            except ConnectionError:
                self._forget(chosen)
            else:
                chosen.sent += 1
                return True
        return False

    async def _listen(self, ws: web.WebSocketResponse) -> None:
        async for message in ws:  # aiohttp answers pings itself, with their own payload
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                ack = json.loads(message.data)
            except ValueError:
                log.warning("An app sent something that is not JSON: %.100r", message.data)
                continue
            answer = self._waiting.get(ack.get("envelope_id", ""))
            if answer and not answer.done():
                answer.set_result(ack.get("payload"))

    def _hello(self, app_id: str) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._line(app_id).sockets),
            "debug_info": {
                "host": "localchat",
                "build_number": 1,
                "approximate_connection_time": 18060,  # seconds, as Slack says
            },
            "connection_info": {"app_id": app_id},
        }


def _uuid() -> str:
    text = secret(32)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000

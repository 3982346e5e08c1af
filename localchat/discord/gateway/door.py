import asyncio
import contextlib
import json
from typing import Any, Literal

from aiohttp import WSMsgType, web

from localchat.cutting import abort
from localchat.discord.gateway.compression import packing
from localchat.discord.gateway.handshake import CloseError, Handshake
from localchat.discord.gateway.session import Connection
from localchat.discord.options import Options

HELLO, HEARTBEAT, HEARTBEAT_ACK = 10, 1, 11
IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, REQUEST_MEMBERS = 2, 6, 7, 9, 8
IGNORED = frozenset((3, 4, 31, 43))  # presence, voice, soundboard, channel info
PAYLOAD_MAX = 4096  # bytes
MINUTE = 60.0  # seconds
DropHow = Literal["abort", "close", "reconnect", "invalid_session", "resumable_session"]


class Gateway:
    """WebSockets to the bot: hello, heartbeats, IDENTIFY, RESUME, and their end."""

    def __init__(self, handshake: Handshake, options: Options) -> None:
        self._handshake = handshake
        self._options = options
        self._refuse_until = 0.0
        self.connections: set[Connection] = set()

    def refuse_for(self, seconds: float) -> None:
        """Turn every new connection away for a while."""
        self._refuse_until = asyncio.get_running_loop().time() + seconds

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one WebSocket until it closes."""
        if asyncio.get_running_loop().time() < self._refuse_until:
            return web.Response(status=503, text="The gateway is closed for a while.")
        ws = web.WebSocketResponse(max_msg_size=0, compress=False)
        await ws.prepare(request)
        if request.query.get("v", "10") not in ("9", "10"):
            await ws.close(code=4012, message=b"Invalid API version.")
            return ws
        connection = Connection(ws, request, packing(request.query.get("compress", "")))
        self.connections.add(connection)
        writer = asyncio.create_task(connection.write())
        try:
            await self._talk(connection)
        finally:
            self.connections.discard(connection)
            self._handshake.lose(connection)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
        return ws

    async def drop(self, how: DropHow, count: int | None = None, code: int = 4000) -> int:
        """End `count` connections, or all, in one of several ways; how many it were."""
        chosen = list(self.connections)[:count]
        for each in chosen:
            if how == "reconnect":
                each.send_op(RECONNECT, None)
            elif how in ("invalid_session", "resumable_session"):
                is_resumable = how == "resumable_session"
                if not is_resumable:
                    self._handshake.forget(each)
                each.send_op(INVALID_SESSION, is_resumable)
            elif how == "abort":
                self._handshake.lose(each)
                abort(each.request)
            else:
                self._handshake.lose(each)
                await each.ws.close(code=code)
        return len(chosen)

    async def close(self) -> None:
        """Close every connection."""
        await self.drop("close", code=1001)

    async def _talk(self, connection: Connection) -> None:
        interval = self._options.heartbeat_interval
        loop = asyncio.get_running_loop()
        connection.heartbeat_at = loop.time()
        connection.send_op(HELLO, {"heartbeat_interval": int(interval * 1000), "_trace": []})
        try:
            while True:
                silent_until = (
                    connection.heartbeat_at + interval * self._options.heartbeats_missed_max
                )
                message = await connection.ws.receive(timeout=max(0.0, silent_until - loop.time()))
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._said_goodbye(connection)
                    return
                self._read(connection, message.data)
        except TimeoutError:
            await connection.ws.close(code=4009, message=b"Session timed out.")
        except CloseError as error:
            await connection.ws.close(code=error.code, message=str(error).encode())

    def _said_goodbye(self, connection: Connection) -> None:
        """D22: a client that closes with 1000 or 1001 ends its session."""
        if connection.ws.close_code in (1000, 1001):
            self._handshake.forget(connection)

    def _read(self, connection: Connection, raw: str | bytes) -> None:
        now = asyncio.get_running_loop().time()
        sent = connection.sent_at
        sent.append(now)
        while sent[0] < now - MINUTE:
            sent.popleft()
        if len(sent) > self._options.gateway_sends_max:
            raise CloseError(4008, "You are being rate limited.")
        if len(raw) > PAYLOAD_MAX:
            raise CloseError(4002, "Error while decoding payload.")
        try:
            payload: Any = json.loads(raw)
            op, data = payload["op"], payload.get("d")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CloseError(4002, "Error while decoding payload.") from None
        self._obey(connection, op, data)

    def _obey(self, connection: Connection, op: object, data: Any) -> None:
        if op == HEARTBEAT:
            connection.heartbeat_at = asyncio.get_running_loop().time()
            connection.send_op(HEARTBEAT_ACK, None)
        elif op == IDENTIFY:
            self._handshake.identify(connection, data)
        elif op == RESUME:
            self._handshake.resume(connection, data)
        elif connection.session is None:
            raise CloseError(4003, "Not authenticated.")
        elif op == REQUEST_MEMBERS:
            self._handshake.list_members(connection.session, data)
        elif op not in IGNORED:
            raise CloseError(4001, "Unknown opcode.")

import asyncio
from collections import deque
from dataclasses import dataclass, field

from aiohttp import web

from localchat.discord.gateway.compression import Packing
from localchat.wire import dumps

REMEMBERED_MAX = 10_000  # events that a session can miss and still resume


@dataclass(eq=False)
class Connection:
    """One WebSocket, and what waits to be written to it."""

    ws: web.WebSocketResponse
    request: web.Request
    packing: Packing | None
    session: "Session | None" = None
    heartbeat_at: float = 0.0  # by the loop's clock
    sent_at: deque[float] = field(default_factory=deque)  # the client's payloads, for 4008
    waiting: "asyncio.Queue[str | None]" = field(default_factory=asyncio.Queue)

    def send(self, text: str) -> None:
        """Write a payload as soon as those before it are written."""
        self.waiting.put_nowait(text)

    def send_op(self, op: int, data: object) -> None:
        """Write a payload that is no event."""
        self.send(dumps({"t": None, "s": None, "op": op, "d": data}))

    async def write(self) -> None:
        """Write what waits until the connection ends."""
        while (text := await self.waiting.get()) is not None:
            try:
                if self.packing:
                    await self.ws.send_bytes(self.packing.pack(text))
                else:
                    await self.ws.send_str(text)
            except (ConnectionError, RuntimeError):
                return


@dataclass(eq=False)
class Session:
    """What an IDENTIFY begins: it outlives its connection, and numbers and remembers its events."""

    id: str
    intents: int
    shard: tuple[int, int] = (0, 1)
    sequence: int = 0
    connection: Connection | None = None
    lost_at: float | None = None  # by the workspace's clock
    events: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=REMEMBERED_MAX))

    def dispatch(self, name: str, data: str) -> None:
        """Send an event, or keep it for a RESUME; `data` is JSON."""
        self.sequence += 1
        text = f'{{"t":"{name}","s":{self.sequence},"op":0,"d":{data}}}'
        self.events.append((self.sequence, text))
        if self.connection:
            self.connection.send(text)

    def replay(self, after: int) -> bool:
        """Send what was missed again; False when not all of it is remembered."""
        if self.events and after < self.events[0][0] - 1:
            return False
        if self.connection:
            for number, text in self.events:
                if number > after:
                    self.connection.send(text)
        return True

    def wants_guild(self, guild_id: str) -> bool:
        """True when the guild, or "" for direct messages, belongs to the session's shard."""
        number, count = self.shard
        return (int(guild_id) >> 22) % count == number if guild_id else number == 0

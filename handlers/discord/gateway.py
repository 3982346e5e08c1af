"""The gateway, watched over: whatever happens to the connection, there is a next one.

discord.py's own loop ends at a failed first connection, a bad token and an event that it cannot
read, and with it the session and the clicks in it. Here only the connection ends: the session is
resumed, so that clicks of the meantime are delivered, and a new one is asked for sparingly.
"""

import asyncio
import logging
from dataclasses import dataclass

import discord
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from handlers.calls import CallError
from handlers.discord.api import Api, RefusedError
from handlers.discord.client import Client

CONNECT_WITHIN = 30.0  # seconds
IDENTIFY_EVERY = 5.0  # seconds; Discord's own limit for one connection at a time
ATTEMPT_EVERY = 1.0  # seconds between the starts of two attempts to connect
RESUME_PAUSE_MAX = 5.0  # seconds; a resume costs none of the day's sessions, a late click does
PAUSE_MAX = 60.0  # seconds between two attempts, or new sessions when few are left today
TOKEN_PAUSE = 30.0  # seconds, doubling, between two looks whether our token is taken again
TOKEN_PAUSE_MAX = 900.0
STARTS_KEPT = 20  # of Discord's 1,000 a day; the token is reset when they are used up
STARTS_FEW = 500  # from here on a session is asked for once in PAUSE_MAX
BAD_TOKEN = 4004
OUR_FAULTS = {  # close codes after which nothing but a change of ours helps
    4010: "an invalid shard",
    4011: "more servers than one connection may serve",
    4012: "an API version that Discord has given up",
    4013: "intents that do not exist",
    4014: "intents that the app's page at Discord does not allow",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Session:
    """What it takes to go on where a connection was lost."""

    gateway: yarl.URL | None = None
    id: str | None = None
    sequence: int | None = None


@dataclass(slots=True)
class Pause:
    """How long to wait before the next attempt: not at all, then a second, doubling."""

    seconds: float = 0.0

    async def wait(self, at_least: float, at_most: float) -> None:
        """Waits, and makes the next wait longer."""
        await asyncio.sleep(max(min(self.seconds, at_most), at_least))
        self.seconds = min(PAUSE_MAX, max(1.0, self.seconds * 2))

    def reset(self) -> None:
        """The gateway has taken us: the next loss is another trouble."""
        self.seconds = 0.0


class Socket(DiscordWebSocket):
    """A connection whose end says its close code, which discord.py keeps to itself."""

    async def poll_event(self) -> None:
        """Waits for one event."""
        try:
            await super().poll_event()
        except ReconnectWebSocket as told:
            told.args = (f"closed with {self.socket.close_code}",)
            raise


class Listener:
    """Keeps us connected until it is cancelled."""

    def __init__(self, client: Client, api: Api, url: str) -> None:
        self._client = client
        self._api = api
        self._home = yarl.URL(url)
        self._session = Session()
        self._pause = Pause()
        self._identified_at = -PAUSE_MAX
        self._failures = 0  # to connect, in a row
        client.when_greeted = self._pause.reset

    async def listen(self) -> None:
        """Listens for ever."""
        loop = asyncio.get_running_loop()
        while True:
            started_at = loop.time()
            try:
                if self._session.id is None:
                    await self._await_start()
                socket = await self._connect()
            except Exception as problem:  # noqa: BLE001  whatever it is, the other doors stay open
                self._failures += 1
                log.warning("Discord: no connection to the gateway: %s", _words(problem))
            else:
                self._failures = 0
                await self._hold(socket)
            at_most = PAUSE_MAX if self._session.id is None else RESUME_PAUSE_MAX
            await self._pause.wait(started_at + ATTEMPT_EVERY - loop.time(), at_most)

    async def _connect(self) -> DiscordWebSocket:
        session = self._session
        gateway = session.gateway if self._failures < 2 else None
        async with asyncio.timeout(CONNECT_WITHIN):
            socket = await Socket.from_client(
                self._client,
                initial=True,  # else it would wait for five seconds more
                gateway=gateway or self._home,
                session=session.id,
                sequence=session.sequence,
                resume=session.id is not None,
            )
        self._client.ws = socket
        return socket

    async def _hold(self, socket: DiscordWebSocket) -> None:
        """Listens to one connection until it ends, and sees to what its end means."""
        try:
            while True:
                await socket.poll_event()
        except ReconnectWebSocket as told:
            log.info("Discord: the connection ended: %s", _words(told))
            self._session = _session_of(socket) if told.resume else Session()
        except discord.ConnectionClosed as closed:
            log.info("Discord: the session ended: closed with %s", closed.code)
            self._session = Session()
            await self._see_to(closed.code)
        except Exception as problem:  # noqa: BLE001  as above
            log.warning("Discord: the connection broke: %s", _words(problem))
            self._session = _session_of(socket)
        finally:
            await _close(socket)

    async def _await_start(self) -> None:
        """Returns when a new session may be asked for."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._identified_at + IDENTIFY_EVERY - loop.time())
        try:
            left, again_in = await self._api.starts_left()
        except RefusedError as problem:
            if problem.is_token:
                await self._see_to(BAD_TOKEN)
        except (CallError, LookupError, TypeError, ValueError) as problem:
            log.debug("Discord does not say how many sessions are left: %s", problem)
        else:
            if left <= STARTS_KEPT:
                log.error("Discord: %d sessions left today; waiting %d s", left, again_in)
                await asyncio.sleep(again_in)
            elif left <= STARTS_FEW:
                await asyncio.sleep(self._identified_at + PAUSE_MAX - loop.time())
        self._identified_at = loop.time()

    async def _see_to(self, code: int) -> None:
        """What nobody but its owner can mend is said once, and waited for."""
        if code == BAD_TOKEN:
            log.error("Discord refuses our token. Nothing works until it takes it again: check "
                      "DISCORD_BOT_TOKEN, or reset the token on the app's page.")  # fmt: skip
            await self._until_token_works()
        elif code in OUR_FAULTS:
            log.error("Discord closed the connection (%d): %s", code, OUR_FAULTS[code])
            await asyncio.sleep(TOKEN_PAUSE_MAX)

    async def _until_token_works(self) -> None:
        pause = TOKEN_PAUSE
        while True:
            await asyncio.sleep(pause)
            pause = min(TOKEN_PAUSE_MAX, pause * 2)
            try:
                await self._api.whoami()
            except CallError as problem:
                log.debug("Discord: %s", problem)
            else:
                log.warning("Discord takes our token again.")
                return


async def sign_in(client: Client, token: str) -> None:
    """Returns when Discord has taken our token; says once that it does not."""
    pause, has_said = 1.0, False
    while True:
        try:
            await client.sign_in(token)
        except discord.LoginFailure:
            _complain(has_said=has_said)
            has_said, pause = True, max(TOKEN_PAUSE, pause)
        except Exception as problem:  # noqa: BLE001  whatever it is, the other doors stay open
            log.warning("Discord cannot be reached: %s", _words(problem))
        else:
            return
        await client.sign_out()
        await asyncio.sleep(pause)
        pause = min(TOKEN_PAUSE_MAX if has_said else PAUSE_MAX, pause * 2)


def _complain(*, has_said: bool) -> None:
    if not has_said:
        log.error(
            "Discord refuses our token: check DISCORD_BOT_TOKEN. The other doors stay open; this "
            "one tries again."
        )


def _session_of(socket: DiscordWebSocket) -> Session:
    return Session(socket.gateway, socket.session_id, socket.sequence)


async def _close(socket: DiscordWebSocket) -> None:
    """Lets a connection go; 4000 keeps the session for whoever resumes it."""
    try:
        await socket.close(code=4000)
    except Exception as problem:  # noqa: BLE001  it is of no use any more
        log.debug("closing a socket: %s", problem)


def _words(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {problem}".removesuffix(": ")

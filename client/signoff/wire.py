"""The drivers' hands: HTTP by httpx, blocking and awaiting. Loaded by the first request."""

import asyncio
import json
import math
import os
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from weakref import finalize

import httpx

from signoff.access import Access
from signoff.steps import Event, EventReader, Hear, LostError, Reply, Send, Stream

CONNECTS_WITHIN = 5.0  # seconds
SILENCE_MAX = 40.0  # seconds; a stream says something every 15
STAYS_WITHIN = 2.0  # seconds that a cancelled caller waits for its last request
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=4.0)
JSON = {"Content-Type": "application/json"}
EVENTS = {"Accept": "text/event-stream", "Cache-Control": "no-store"}


def _options(access: Access) -> dict[str, Any]:
    """What both clients are made with. Redirects are not followed: the key goes nowhere else."""
    return {
        "headers": access.headers,
        "limits": LIMITS,
        "transport": access.transport,
        "verify": access.is_encrypted,  # certificates take 20 ms to load, and plain HTTP has none
    }


def _request(access: Access, send: Send) -> dict[str, Any]:
    content = None if send.body is None else json.dumps(send.body, allow_nan=False).encode()
    return {
        "method": send.method,
        "url": access.url + send.path,
        "content": content,
        "headers": None if content is None else JSON,
        "timeout": _timeout(send.within),
    }


def _stream(access: Access, hear: Hear) -> dict[str, Any]:
    last = {"Last-Event-ID": hear.stream.last_id} if hear.stream.last_id else {}
    return {
        "method": "GET",
        "url": access.url + hear.stream.path,
        "headers": EVENTS | last,
        "timeout": _timeout(min(SILENCE_MAX, hear.within)),
    }


def _timeout(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=min(CONNECTS_WITHIN, seconds))


def _reply(response: httpx.Response) -> Reply:
    return Reply(response.status_code, response.headers, response.content)


def _lost(problem: httpx.HTTPError) -> LostError:
    return LostError(
        f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
    )


class Wire:
    """Requests that block."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._client: httpx.Client | None = None
        self._owner = 0  # the process that opened it: connections must not cross a fork
        self._lock = threading.Lock()

    def send(self, send: Send) -> Reply:
        """The answer to one request.

        Raises:
            LostError: there is none.
        """
        try:
            return _reply(self._open().request(**_request(self._access, send)))
        except httpx.HTTPError as problem:
            raise _lost(problem) from problem

    def hear(self, hear: Hear) -> Event | Reply:
        """The next event of a stream.

        Raises:
            LostError: it broke off, or nothing came in time.
        """
        ends_at = time.monotonic() + hear.within
        try:
            if hear.stream.live is None:
                opened = self._open().stream(**_stream(self._access, hear))
                response = opened.__enter__()
                if response.status_code != httpx.codes.OK:
                    response.read()
                    opened.__exit__(None, None, None)
                    return _reply(response)
                hear.stream.live = _Live(opened, response.iter_lines())
            live: _Live = hear.stream.live
            for line in live.lines:
                if event := live.reader.read(line):
                    return event
                if time.monotonic() > ends_at:
                    break
        except httpx.HTTPError as problem:
            self.hang_up(hear.stream)
            raise _lost(problem) from problem
        self.hang_up(hear.stream)
        raise LostError("the stream ended")

    def hang_up(self, stream: Stream) -> None:
        """Lets a stream go."""
        live, stream.live = stream.live, None
        if live is not None:
            live.opened.__exit__(None, None, None)

    def close(self) -> None:
        """Closes what is open."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None or self._owner != os.getpid():
                self._client, self._owner = httpx.Client(**_options(self._access)), os.getpid()
                finalize(self, self._client.close)
            return self._client


@dataclass(slots=True)
class _Live:
    opened: AbstractContextManager[httpx.Response]
    lines: Iterator[str]
    reader: EventReader = field(default_factory=EventReader)


class AsyncWire:
    """Requests that are awaited; each event loop has connections of its own."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._clients: dict[asyncio.AbstractEventLoop, httpx.AsyncClient] = {}
        self._keepers: dict[asyncio.AbstractEventLoop, AsyncGenerator[None, None]] = {}
        self._staying: set[asyncio.Task[Reply]] = set()

    async def send(self, send: Send) -> Reply:
        """The answer to one request.

        Raises:
            LostError: there is none.
        """
        if not send.is_last:
            return await self._send(send)
        staying = asyncio.create_task(self._send(send))
        self._staying.add(staying)
        staying.add_done_callback(self._let_go)
        done, _ = await asyncio.wait({staying}, timeout=STAYS_WITHIN)
        if not done:
            raise LostError("nobody answered before the caller had to go")
        return staying.result()

    async def hear(self, hear: Hear) -> Event | Reply:
        """The next event of a stream.

        Raises:
            LostError: it broke off, or nothing came in time.
        """
        within = None if math.isinf(hear.within) else hear.within
        try:
            async with asyncio.timeout(within):
                return await self._hear(hear)
        except (httpx.HTTPError, TimeoutError) as problem:
            await self.hang_up(hear.stream)
            lost = _lost(problem) if isinstance(problem, httpx.HTTPError) else LostError("silence")
            raise lost from problem

    async def hang_up(self, stream: Stream) -> None:
        """Lets a stream go."""
        live, stream.live = stream.live, None
        if live is not None:
            await live.opened.__aexit__(None, None, None)

    async def close(self) -> None:
        """Closes what this loop has open."""
        keeper = self._keepers.get(asyncio.get_running_loop())
        if keeper is not None:
            await keeper.aclose()

    async def _send(self, send: Send) -> Reply:
        try:
            return _reply(await (await self._open()).request(**_request(self._access, send)))
        except httpx.HTTPError as problem:
            raise _lost(problem) from problem

    async def _hear(self, hear: Hear) -> Event | Reply:
        if hear.stream.live is None:
            opened = (await self._open()).stream(**_stream(self._access, hear))
            response = await opened.__aenter__()
            if response.status_code != httpx.codes.OK:
                await response.aread()
                await opened.__aexit__(None, None, None)
                return _reply(response)
            hear.stream.live = _AsyncLive(opened, response.aiter_lines())
        live: _AsyncLive = hear.stream.live
        async for line in live.lines:
            if event := live.reader.read(line):
                return event
        await self.hang_up(hear.stream)
        raise LostError("the stream ended")

    def _let_go(self, task: asyncio.Task[Reply]) -> None:
        """Looks at what became of it, since nobody else may."""
        self._staying.discard(task)
        if not task.cancelled():
            task.exception()

    async def _open(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = self._clients[loop] = httpx.AsyncClient(**_options(self._access))
            keeper = self._keepers[loop] = self._kept(loop, client)
            await anext(keeper)
        return client

    async def _kept(
        self, loop: asyncio.AbstractEventLoop, client: httpx.AsyncClient
    ) -> AsyncGenerator[None, None]:
        """Closes the client with its loop: a loop that ends closes the generators it has begun."""
        try:
            yield
        finally:
            del self._clients[loop], self._keepers[loop]
            await client.aclose()


@dataclass(slots=True)
class _AsyncLive:
    opened: AbstractAsyncContextManager[httpx.Response]
    lines: AsyncIterator[str]
    reader: EventReader = field(default_factory=EventReader)

"""A receiver of webhooks on this machine, which answers as it is told and keeps what it got."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.patience import PATIENCE


@dataclass
class Receiver:
    """What arrived, and what to answer."""

    port: int = 0
    answers: list[int] = field(default_factory=list)  # one each; 204 when there is none left
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    holds: asyncio.Event | None = None  # answers wait for it
    redirects_to: str = ""
    says: str | None = None  # the body of its answers
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def take(self, request: web.Request) -> web.Response:
        """Keeps one delivery."""
        body = await request.text()
        headers = {name.lower(): value for name, value in request.headers.items()}
        async with self.news:
            self.got.append((headers, body))
            self.news.notify_all()
        if self.holds:
            await self.holds.wait()
        status = self.answers.pop(0) if self.answers else 204
        location = {"Location": self.redirects_to} if self.redirects_to else {}
        status = 200 if self.says and status == 204 else status
        return web.Response(status=status, headers=location, text=self.says)

    async def until(self, count: int) -> list[tuple[dict[str, str], str]]:
        """What arrived, once it is so many."""
        async with asyncio.timeout(PATIENCE), self.news:
            await self.news.wait_for(lambda: len(self.got) >= count)
        return self.got


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver that listens on a free port."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        receiver.port = runner.addresses[0][1]
        yield receiver
    finally:
        if receiver.holds:
            receiver.holds.set()
        await runner.cleanup()

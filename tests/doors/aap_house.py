"""A house that serves the Agent Approval Protocol on loopback, and agents that speak it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import uvicorn
from agentapprovalprotocol import AsyncClient, Receiver
from sqlalchemy import select

from bot.facts import Identity
from bot.flows import aap_instances, aap_provisioners, ticking, voting
from bot.flows.aap_provisioners import Provisioner
from bot.flows.voting import Ballot
from config.settings import Settings
from handlers.app import House, read_clock
from storage.engine import open_engine
from storage.tables import AAP_REQUEST
from storage.unit import Memory, Unit
from tests.doors.http_house import NOON, a_rulebook, started, stopped

CALL: dict[str, Any] = {
    "tool": "issue_refund",
    "arguments": {"payment_id": "p-123", "amount": 49.5, "lines": [1, True, None]},
    "timeout": "10m",
}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Agents:
    """The served protocol, and whoever speaks it."""

    house: House
    address: str
    http: httpx.AsyncClient
    clients: list[AsyncClient] = field(default_factory=list)

    @property
    def base(self) -> str:
        return self.address + "/api/aap"

    async def credential(self, name: str = "codex", lasts: timedelta | None = None) -> str:
        """A new instance's."""
        now = self.house.now()
        expires_at = now + lasts if lasts else None
        _, secret = await self.house.do(
            aap_instances.add_instance,
            self.house.rulebook,
            name,
            "agent-actions",
            (),
            expires_at,
            now,
        )
        return secret

    async def agent(self, name: str = "codex") -> AsyncClient:
        """The package's own client, with a credential of its own."""
        return self.client(await self.credential(name))

    def client(self, token: str) -> AsyncClient:
        client = AsyncClient(self.base, token, retry_budget=10.0)
        self.clients.append(client)
        return client

    async def provisioner(self, name: str = "platform", lasts: timedelta | None = None) -> str:
        """A new provisioner's token."""
        asked = Provisioner(name, "agent-actions", (), lasts)
        house = self.house
        return await house.do(
            aap_provisioners.add_provisioner, house.rulebook, asked, None, house.now()
        )

    async def call(
        self,
        method: str,
        path: str,
        token: str,
        body: object = None,
        *,
        key: str | None = None,
        raw: bytes | None = None,
    ) -> httpx.Response:
        """One plain request."""
        headers = {"Authorization": f"Bearer {token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        if raw is not None:
            headers["Content-Type"] = "application/json"
            return await self.http.request(method, self.base + path, headers=headers, content=raw)
        if body is None:
            return await self.http.request(method, self.base + path, headers=headers)
        return await self.http.request(method, self.base + path, headers=headers, json=body)

    async def item_id(self, request_id: str) -> str:
        """The item that a request became."""
        return str((await self.house.see(_row_of, request_id)).item_id)

    async def decide(
        self, request_id: str, choice: str = "approve", reason: str | None = None
    ) -> None:
        """Ann's click on the request's card."""
        ballot = Ballot(await self.item_id(request_id), choice, Identity("slack", "Uann"), reason)
        house = self.house
        receipt = await house.do(voting.cast, house.rulebook, ballot, house.now())
        assert receipt.refusal is None, receipt.refusal

    async def tick(self) -> None:
        """What the clock does."""
        house = self.house
        await house.do(ticking.tick, house.rulebook, house.now())


def _row_of(unit: Unit, request_id: str) -> Any:
    return unit.connection.execute(select(AAP_REQUEST).where(AAP_REQUEST.c.id == request_id)).one()


@asynccontextmanager
async def open_agents(url: str, now: Callable[[], datetime] = read_clock) -> AsyncIterator[Agents]:
    """The door on this database; by default at the time that it is, as the package looks at it."""
    settings = Settings.read({"SIGNOFF_DATABASE_URL": url, "SIGNOFF_WEBHOOK_ALLOW": "127.0.0.1/32"})
    house = House(settings, a_rulebook(), Memory(open_engine(url)), now=now)
    task, address = await started(house)
    try:
        async with httpx.AsyncClient(timeout=40) as http:
            agents = Agents(house, address, http)
            yield agents
            for client in agents.clients:
                await client.aclose()
    finally:
        await stopped(task)
        house.close()


class _Quiet(uvicorn.Server):
    """Leaves signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """An ASGI application on a free port: its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = _Quiet(uvicorn.Config(app, log_config=None, lifespan="off"))
        task = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[str]:
    """The package's own receiver, at this address."""
    async with serving(receiver.asgi()) as address:
        yield address + "/aap/events"

"""The package's own provider and gates: ours answers as the one, and the others work with ours."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import httpx
import pytest
from agentapprovalprotocol import Allow, AsyncClient, AsyncGate, Call, Client, Deny, Gate, Pending
from agentapprovalprotocol.testing import BASE_URL, TOKEN, FakeProvider
from sqlalchemy import select

from bot.flows.loading import load
from storage.tables import AAP_REQUEST
from tests.doors.aap_house import CALL, Agents, Clock, open_agents
from tests.patience import PATIENCE

Answer = tuple[int, Any]


class Provider(Protocol):
    """Either of the two."""

    async def send(
        self, method: str, path: str, body: object = None, key: str | None = None
    ) -> Answer: ...

    async def decide(self, request_id: str, status: str) -> None: ...


class Theirs:
    """The package's in-memory provider, over its own transport."""

    def __init__(self) -> None:
        self._provider = FakeProvider(auto=None)
        self._http = self._provider.async_http()

    async def send(
        self, method: str, path: str, body: object = None, key: str | None = None
    ) -> Answer:
        return await _send(self._http, BASE_URL + path, TOKEN, method, body, key)

    async def decide(self, request_id: str, status: str) -> None:
        self._provider.decide(request_id, status)


class Ours:
    """Our server, over HTTP, with people who click."""

    def __init__(self, agents: Agents, token: str) -> None:
        self._agents, self._token = agents, token

    async def send(
        self, method: str, path: str, body: object = None, key: str | None = None
    ) -> Answer:
        url = self._agents.base + path
        return await _send(self._agents.http, url, self._token, method, body, key)

    async def decide(self, request_id: str, status: str) -> None:
        await self._agents.decide(request_id, "approve" if status == "approved" else "reject")


Play = Callable[[Provider], Awaitable[list[Answer]]]


async def _approved(provider: Provider) -> list[Answer]:
    made = await provider.send("POST", "/v1/requests", CALL, "k")
    place = f"/v1/requests/{made[1]['id']}"
    early = await provider.send("POST", place + "/consume", None, "a")
    untold = await provider.send("POST", place + "/outcome", {"status": "succeeded"})
    await provider.decide(made[1]["id"], "approved")
    return [
        made,
        early,
        untold,
        await provider.send("GET", place),
        await provider.send("DELETE", place),
        await provider.send("POST", place + "/consume"),
        await provider.send("POST", place + "/consume", None, "a"),
        await provider.send("POST", place + "/consume", None, "a"),
        await provider.send("POST", place + "/consume", None, "b"),
        await provider.send("POST", place + "/outcome", {"status": "failed", "note": "no"}),
        await provider.send("POST", place + "/outcome", {"status": "failed", "note": "no"}),
        await provider.send("POST", place + "/outcome", {"status": "succeeded"}),
        await provider.send("POST", "/v1/requests", CALL, "k"),
    ]


async def _denied(provider: Provider) -> list[Answer]:
    made = await provider.send("POST", "/v1/requests", CALL, "k")
    place = f"/v1/requests/{made[1]['id']}"
    await provider.decide(made[1]["id"], "denied")
    return [
        await provider.send("GET", place),
        await provider.send("POST", place + "/consume", None, "a"),
        await provider.send("POST", place + "/outcome", {"status": "succeeded"}),
        await provider.send("DELETE", place),
    ]


async def _withdrawn(provider: Provider) -> list[Answer]:
    made = await provider.send("POST", "/v1/requests", CALL, "k")
    place = f"/v1/requests/{made[1]['id']}"
    return [
        await provider.send("DELETE", place),
        await provider.send("DELETE", place),
        await provider.send("POST", place + "/consume", None, "a"),
        await provider.send("GET", place),
    ]


async def _repeated(provider: Provider) -> list[Answer]:
    return [
        await provider.send("POST", "/v1/requests", CALL),
        await provider.send("POST", "/v1/requests", CALL, "k"),
        await provider.send("POST", "/v1/requests", CALL, "k"),
        await provider.send("POST", "/v1/requests", CALL | {"tool": "other"}, "k"),
        await provider.send("GET", "/v1/requests/7ab8c8ec-7b2d-4fd6-9b52-752f9515eb71"),
    ]


@pytest.mark.parametrize("play", [_approved, _denied, _withdrawn, _repeated])
async def test_ours_answers_as_the_packages_own_provider(sqlite_url: str, play: Play) -> None:
    async with open_agents(sqlite_url, Clock()) as agents:
        ours = await play(Ours(agents, await agents.credential()))
        theirs = await play(Theirs())

    assert [_told(answer) for answer in ours] == [_told(answer) for answer in theirs]


async def test_the_packages_gate_waits_lets_one_run_and_reports(sqlite_url: str) -> None:
    call = Call(key="run:1", tool="rm", arguments={"path": "/x"}, reasoning="it is old")
    async with open_agents(sqlite_url) as agents:
        gate = AsyncGate(await agents.agent())
        checking = asyncio.create_task(gate.check(call))
        await agents.decide(await _first_request(agents))

        allowed = await checking
        again = await gate.check(call)
        assert isinstance(allowed, Allow)
        told = await allowed.report("succeeded", "gone")
        item = await agents.house.see(_item_of, allowed.request_id)

        assert told is True
        assert isinstance(again, Deny)
        assert again.status == "consumed"
        assert (item.report.execution, item.report.note) == ("executed", "gone")


async def test_the_packages_blocking_gate_and_its_pausing_mode(sqlite_url: str) -> None:
    call = Call(key="run:1", tool="rm", arguments={"path": "/x"}, resume={"framework": "x"})
    async with open_agents(sqlite_url) as agents:
        client = Client(agents.base, await agents.credential())
        gate = Gate(client, mode="async")

        pending = await asyncio.to_thread(gate.check, call)
        assert isinstance(pending, Pending)
        await agents.decide(pending.request_id, "reject", "keep it")
        denied = await asyncio.to_thread(gate.check, call)
        client.close()

        assert isinstance(denied, Deny)
        assert "keep it" in denied.reason


async def test_the_packages_gate_denies_when_nobody_is_there() -> None:
    client = AsyncClient("http://127.0.0.1:9/api/aap", "sgn_aap_x", retry_budget=0.0)

    denied = await AsyncGate(client).check(Call(key="run:1", tool="rm", arguments={}))
    await client.aclose()

    assert isinstance(denied, Deny)


async def _send(
    http: httpx.AsyncClient, url: str, token: str, method: str, body: object, key: str | None
) -> Answer:
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    content = None if body is None else json.dumps(body).encode()
    if content is not None:
        headers["Content-Type"] = "application/json"
    reply = await http.request(method, url, headers=headers, content=content)
    return reply.status_code, reply.json() if reply.content and reply.status_code != 405 else None


def _told(answer: Answer) -> Any:
    """What an answer says, without ids and times, of which only it is told that they are there."""
    status, body = answer
    if body is None:
        return status
    if "error" in body:
        return status, body["error"]["type"], _code(body["error"]["code"])
    return status, _timeless(body)


def _code(code: str) -> str:
    return {"request_not_found": "not_found"}.get(code, code)


def _timeless(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        name: "…" if name == "id" or name.endswith("_at") else _timeless(inner)
        for name, inner in value.items()
    }


async def _first_request(agents: Agents) -> str:
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await agents.house.see(_requests)
            if found:
                return str(found[0].id)
            await asyncio.sleep(0.02)


def _requests(unit: Any) -> Any:
    return unit.connection.execute(select(AAP_REQUEST)).all()


def _item_of(unit: Any, request_id: str) -> Any:
    return load(unit, next(row.item_id for row in _requests(unit) if row.id == request_id))

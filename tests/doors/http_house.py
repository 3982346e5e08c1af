"""A house with its HTTP door open on a free port: what the tests of that door talk to."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import aiohttp

from bot.facts import Identity
from bot.flows import keeping, voting
from bot.flows.voting import Ballot
from config.policies import Person, Policy, Queue, QueueKind, Rulebook
from config.settings import Settings
from handlers.app import House
from handlers.http.serving import serve
from storage.engine import open_engine
from storage.unit import Memory

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
APPROVAL: dict[str, Any] = {
    "queue": "agent-actions",
    "kind": "approval",
    "key": "run-7:call-3",
    "action": {"name": "delete_files", "args": {"paths": ["a.log", "b.log"]}},
    "reason": "disk is 97 % full",
}
LABEL: dict[str, Any] = {
    "queue": "moderation",
    "kind": "label",
    "key": "msg-991",
    "body": "You won! Call now",
    "choices": ["spam", "ham"],
    "prediction": {"choice": "spam", "confidence": 0.62, "model": "nb-3"},
}


def a_rulebook() -> Rulebook:
    """Two queues; Ann and Ben review."""
    policy = Policy(
        due_in=timedelta(minutes=30),
        cost_per_review_usd=Decimal("0.50"),
        reviewers=("ann", "ben"),
        votes_needed=2,
        auto_above=0.9,
    )
    people = {name: Person(id=name, name=name.title(), slack=f"U{name}") for name in ("ann", "ben")}
    kinds: dict[str, QueueKind] = {"agent-actions": "approval", "moderation": "label"}
    queues = {
        name: Queue(name=name, title=name, kinds=(kind,), policy=policy, slack="C1")
        for name, kind in kinds.items()
    }
    return Rulebook(queues=queues, people=people)


def a_house(url: str, **settings: str) -> House:
    """A house on this database, at noon."""
    stated = {"SIGNOFF_DATABASE_URL": url, **settings}
    return House(Settings.read(stated), a_rulebook(), Memory(open_engine(url)), now=lambda: NOON)


async def vote(
    house: House, item_id: str, choice: str, person: str = "ann", reason: str | None = None
) -> None:
    """One person's click."""
    ballot = Ballot(item_id, choice, Identity("slack", f"U{person}"), reason)
    receipt = await house.do(voting.cast, house.rulebook, ballot, house.now())
    assert receipt.refusal is None, receipt.refusal


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Any
    text: str

    @property
    def body(self) -> Any:
        """Its JSON."""
        return json.loads(self.text)

    @property
    def faults(self) -> dict[str, str]:
        """Field -> message of a problem."""
        return {fault["field"]: fault["message"] for fault in self.body.get("errors", [])}


class Door:
    """The served door, and a program that calls it."""

    def __init__(self, house: House, address: str, session: aiohttp.ClientSession) -> None:
        self.house = house
        self.address = address
        self.session = session
        self.key = ""

    async def make_key(
        self, name: str = "agent", can: str = "submit,read,redeem", *owners: str, **stated: Any
    ) -> str:
        """A new key's secret."""
        now = self.house.now()
        return await self.house.do(keeping.add_key, name, can.split(","), owners, now, **stated)

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        raw: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """One request; `raw` instead of `body` sends these bytes."""
        given = {"Authorization": f"Bearer {self.key if key is None else key}"}
        if body is not None or raw is not None:
            given["Content-Type"] = "application/json"
        data = raw if body is None else json.dumps(body).encode()
        named = {**given, **(headers or {})}
        async with self.session.request(
            method, self.address + path, data=data, headers=named, allow_redirects=False
        ) as answer:
            return Reply(answer.status, answer.headers, await answer.text())

    async def submit(self, body: object = None, **call: Any) -> Reply:
        """Posts a submission."""
        return await self.call("POST", "/v1/items", APPROVAL if body is None else body, **call)

    async def send(self, raw: bytes) -> Reply:
        """Posts these bytes as a submission."""
        return await self.call("POST", "/v1/items", raw=raw)

    async def item_id(self, **stated: Any) -> str:
        """The id of a fresh approval."""
        reply = await self.submit(APPROVAL | stated)
        assert reply.status in (200, 201), reply.text
        found: str = reply.body["id"]
        return found

    async def redeem(self, item_id: str, attempt: str = "attempt-1", **call: Any) -> Reply:
        """Redeems the grant of an approved item, for its action as it stands."""
        digest = (await self.show(item_id)).body["action_digest"]
        body = {"action_digest": digest, "attempt": attempt, **call.pop("body", {})}
        return await self.call("POST", f"/v1/items/{item_id}/grant/redeem", body, **call)

    async def show(self, item_id: str, wait: float = 0, **call: Any) -> Reply:
        """Reads an item."""
        return await self.call("GET", f"/v1/items/{item_id}?wait={wait:g}", **call)


async def started(house: House, **how: Any) -> tuple[asyncio.Task[None], str]:
    """The serving task, and the address it took."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(house, "127.0.0.1", 0, on_ready=ready.set_result, **how))
    task.add_done_callback(lambda ended: _tell(ended, ready))
    return task, await ready


def _tell(ended: asyncio.Task[None], ready: asyncio.Future[str]) -> None:
    """Whoever waits for a door that failed to open hears why."""
    if not ready.done() and not ended.cancelled():
        ready.set_exception(ended.exception() or RuntimeError("the door closed"))


async def stopped(task: asyncio.Task[None]) -> None:
    """Closes the door as a signal would."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def open_door(url: str, **settings: str) -> AsyncIterator[Door]:
    """The door on this database, with a key that may do everything an agent's may."""
    house = a_house(url, **settings)
    task, address = await started(house)
    try:
        async with aiohttp.ClientSession() as session:
            door = Door(house, address, session)
            door.key = await door.make_key()
            yield door
    finally:
        await stopped(task)
        house.close()

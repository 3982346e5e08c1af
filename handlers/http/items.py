"""What a program may do: submit an item, wait for its outcome, say what became of it."""

import asyncio
import json
import re
from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from bot.content import SUBMISSION
from bot.errors import UnknownItemError
from bot.flows.opening import ALPHABET, ID_LENGTH, Producer, open_item
from bot.flows.reporting import fetch, report
from handlers.app import House
from handlers.http.keys import Gate
from handlers.http.reading import parse, read_body
from handlers.http.shapes import REPORT, item_answer
from handlers.http.waiting import Waiters

WAIT_MAX = 60.0  # seconds
ITEM_ID = re.compile(f"[{ALPHABET}]{{{ID_LENGTH}}}")
CLIENT_GONE = 499  # nginx's number for it; nobody is there to read it

Wait = Annotated[
    float,
    Query(
        ge=0,
        le=WAIT_MAX,
        allow_inf_nan=False,
        description="Seconds to wait for the outcome; answered within 100 ms of it. "
        "0: answered at once.",
        examples=[30],
    ),
]


class ItemDoor:
    """`/v1/items`. There is no way to vote here: no key has a scope for it."""

    def __init__(self, house: House, gate: Gate, waiters: Waiters) -> None:
        self._house = house
        self._gate = gate
        self._waiters = waiters

    async def submit(self, request: Request) -> Response:
        """Opens an item. The same key with the same body gives the stored item: safe to repeat."""
        house = self._house
        producer = await self._gate.admit(request, "submit")
        content = parse(await read_body(request), SUBMISSION)
        opened = await house.do(open_item, house.rulebook, producer, content, house.now())
        request.state.item_id = opened.item.id
        headers = {"Location": f"/v1/items/{opened.item.id}"}
        if not opened.is_new:
            headers["Idempotent-Replayed"] = "true"
        body = item_answer(opened.item)
        return _json(body, 201 if opened.is_new else 200, headers)

    async def show(self, request: Request, item_id: str, wait: Wait = 0) -> Response:
        """The item as it stands; with `wait`, as soon as it is settled or the time is over."""
        producer = await self._gate.admit(request, "read")
        _admit_id(request, item_id)
        if not wait:
            return await self._shown(producer, item_id)
        with self._waiters.watch(item_id) as settled:
            item = await self._house.see(fetch, producer, item_id)
            if not item.is_settled and await _leaves(request, settled, wait):
                return Response(status_code=CLIENT_GONE)
        return await self._shown(producer, item_id)

    async def report(self, request: Request, item_id: str) -> Response:
        """Keeps what became of an approved action, for its card. The last report stands."""
        house = self._house
        producer = await self._gate.admit(request, "submit")
        _admit_id(request, item_id)
        said = parse(await read_body(request), REPORT)
        item = await house.do(report, producer, item_id, said.execution, said.note, house.now())
        return _json(item_answer(item))

    async def _shown(self, producer: Producer, item_id: str) -> Response:
        return _json(item_answer(await self._house.see(fetch, producer, item_id)))


def _admit_id(request: Request, item_id: str) -> None:
    """Keeps from the memory what cannot be an id: no database takes every text."""
    if not ITEM_ID.fullmatch(item_id):
        raise UnknownItemError(f"There is no item {json.dumps(item_id)}.")
    request.state.item_id = item_id


async def _leaves(request: Request, settled: asyncio.Event, within: float) -> bool:
    """Waits for the news or for the time to pass; True when the client has left before."""
    news = asyncio.create_task(settled.wait())
    gone = asyncio.create_task(_disconnected(request))
    try:
        done, _ = await asyncio.wait(
            {news, gone}, timeout=within, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        news.cancel()
        gone.cancel()
    return gone in done


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _json(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="application/json")

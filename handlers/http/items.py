"""What a program may do: submit items, one or many, find its own, wait for their outcome."""

import asyncio
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from bot.content import SUBMISSION, Approval, Label, Submitted
from bot.errors import SignoffError, UnknownItemError
from bot.facts import Kind, Status
from bot.flows.batching import open_together
from bot.flows.listing import Place, find, list_items
from bot.flows.opening import ALPHABET, ID_LENGTH, Opened, Producer, open_item
from bot.flows.reporting import Known
from handlers.app import House
from handlers.http.faults import of_validation, of_values, placed
from handlers.http.keys import Gate
from handlers.http.problems import Fault, ProblemError, document, invalid, of_flow
from handlers.http.reading import parse, read_body
from handlers.http.shapes import item_answer, stated_item, to_json
from handlers.http.waiting import Waiters

WAIT_MAX = 60.0  # seconds
BATCH_MAX = 100  # submissions
PAGE_MAX = 200  # items
ITEM_ID = re.compile(f"[{ALPHABET}]{{{ID_LENGTH}}}")
CLIENT_GONE = 499  # nginx's number for it; nobody is there to read it
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

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
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="Items on one page.")]
OfQueue = Annotated[str | None, Query(description="Only items of this queue.", max_length=200)]
OfKind = Annotated[Kind | None, Query(description="Only `approval`s, or only `label`s.")]
OfStatus = Annotated[
    Status | None, Query(description="Only `open`, `escalated` or `settled` items.")
]
OfKey = Annotated[str | None, Query(description="Only what its producer calls so.", max_length=200)]
After = Annotated[
    str | None,
    Query(description="`next_cursor` of the page before; nothing that opened since moves it."),
]


class Batch(Submitted):
    """Several submissions; each is taken or refused by itself."""

    items: Annotated[
        list[dict[str, Any]],
        Field(min_length=1, max_length=BATCH_MAX, description="Each as `POST /v1/items` takes it."),
    ]
    card: Annotated[
        Literal["each", "one"],
        Field(
            description="`one`: new approvals that differ in arguments and target only, 2 to 10 of "
            "them, each with `reversible: true`, are shown on one card, where each is decided by "
            "itself. All others have a card each."
        ),
    ] = "each"


BATCH: TypeAdapter[Batch] = TypeAdapter(Batch)


class ItemDoor:
    """`/v1/items`. No key that submits here has a scope to vote."""

    def __init__(self, house: House, gate: Gate, waiters: Waiters) -> None:
        self._house = house
        self._gate = gate
        self._waiters = waiters

    async def submit(self, request: Request) -> Response:
        """Opens an item. The same key with the same body gives the stored item: safe to repeat."""
        producer = await self._gate.admit(request, "submit")
        content = parse(await read_body(request), SUBMISSION)
        opened = await self._open(producer, content)
        request.state.item_id = opened.item.id
        headers = {"Location": f"/v1/items/{opened.item.id}"}
        if not opened.is_new:
            headers["Idempotent-Replayed"] = "true"
        body = item_answer(Known(opened.item, opened.content), self._house.rulebook.people)
        return json_answer(body, 201 if opened.is_new else 200, headers)

    async def submit_many(self, request: Request) -> Response:
        """Opens several items, each as if it came alone: one that is refused holds up no other.

        The answers stand in the order of the submissions, each with its own `status` and either
        its `item` or its `problem`. A batch counts as so many requests as it has items.
        """
        producer = await self._gate.admit(request, "submit")
        batch = parse(await read_body(request), BATCH)
        self._gate.charge(request, len(batch.items) - 1)
        if batch.card == "one":
            opened = await self._open_together(producer, batch.items)
        else:
            opened = await asyncio.gather(
                *(self._try_one(producer, *each) for each in enumerate(batch.items))
            )
        answers = [self._one_of_many(request, each) for each in opened]
        return json_answer(to_json({"items": answers}))

    async def list_(
        self,
        request: Request,
        queue: OfQueue = None,
        kind: OfKind = None,
        status: OfStatus = None,
        key: OfKey = None,
        limit: Limit = 50,
        cursor: After = None,
    ) -> Response:
        """The program's own items, the newest first; a key that observes reads everybody's."""
        producer = await self._gate.admit(request, "read", "observe")
        given = {"queue": queue, "kind": kind, "status": status, "key": key}
        stated = {name: text for name, text in given.items() if text is not None}
        after = _place_in(cursor) if cursor is not None else None
        if any("\0" in text for text in stated.values()):
            page, then = [], None  # no database takes it, so nothing is called so
        else:
            found = await self._house.see(list_items, producer, stated, after, limit)
            page, then = found.known, found.then
        people = self._house.rulebook.people
        items = [stated_item(known, people) for known in page]
        return json_answer(to_json({"items": items, "next_cursor": then and _cursor_at(then)}))

    async def show(self, request: Request, item_id: str, wait: Wait = 0) -> Response:
        """The item as it stands; with `wait`, as soon as it is settled or the time is over."""
        producer = await self._gate.admit(request, "read", "observe")
        admit_id(request, item_id)
        if not wait:
            return await self._shown(producer, item_id)
        with self._waiters.watch(item_id) as settled:
            known = await self._house.see(find, producer, item_id)
            if not known.item.is_settled and await leaves(request, settled, wait):
                return Response(status_code=CLIENT_GONE)
        return await self._shown(producer, item_id)

    async def _open(self, producer: Producer, content: Approval | Label) -> Opened:
        house = self._house
        return await house.do(open_item, house.rulebook, producer, content, house.now())

    async def _try_one(
        self, producer: Producer, at: int, value: dict[str, Any]
    ) -> Opened | ProblemError | SignoffError:
        """The item, or why there is none."""
        try:
            return await self._open(producer, _submission(at, value))
        except (ProblemError, SignoffError) as problem:
            return problem

    async def _open_together(
        self, producer: Producer, values: Sequence[dict[str, Any]]
    ) -> Sequence[Opened | ProblemError | SignoffError]:
        """The items, or why there are none, in their order; one transaction for all."""
        house, read = self._house, [_read(*each) for each in enumerate(values)]
        contents = [each for each in read if not isinstance(each, ProblemError)]
        given = await house.do(open_together, house.rulebook, producer, contents, house.now())
        opened = iter(given)
        return [each if isinstance(each, ProblemError) else next(opened) for each in read]

    def _one_of_many(
        self, request: Request, opened: Opened | ProblemError | SignoffError
    ) -> dict[str, Any]:
        """What `POST /v1/items` would have answered, as a part of a larger answer."""
        if isinstance(opened, SignoffError):
            opened = of_flow(opened)
        if isinstance(opened, ProblemError):
            return _refused(opened, request)
        known = Known(opened.item, opened.content)
        item = stated_item(known, self._house.rulebook.people)
        return {"status": 201 if opened.is_new else 200, "item": item}

    async def _shown(self, producer: Producer, item_id: str) -> Response:
        known = await self._house.see(find, producer, item_id)
        return json_answer(item_answer(known, self._house.rulebook.people))


def admit_id(request: Request, item_id: str) -> None:
    """Keeps from the memory what cannot be an id: no database takes every text."""
    if not ITEM_ID.fullmatch(item_id):
        raise UnknownItemError(f"There is no item {json.dumps(item_id)}.")
    request.state.item_id = item_id


def json_answer(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON, as it is."""
    return Response(body, status, headers, media_type="application/json")


def _submission(at: int, value: dict[str, Any]) -> Approval | Label:
    try:
        return SUBMISSION.validate_python(value)
    except ValidationError as refused:
        found = of_values(value) or of_validation(refused)
        raise invalid(*(placed(fault, f"items[{at}]") for fault in found)) from None


def _read(at: int, value: dict[str, Any]) -> Approval | Label | ProblemError:
    try:
        return _submission(at, value)
    except ProblemError as problem:
        return problem


def _refused(problem: ProblemError, request: Request) -> dict[str, Any]:
    told = document(problem, request.state.request_id)
    return {"status": told["status"], "problem": told}


def _cursor_at(place: Place) -> str:
    opened_at = (place.opened_at - EPOCH) // MICROSECOND
    return urlsafe_b64encode(f"{opened_at}.{place.item_id}".encode()).decode().rstrip("=")


def _place_in(cursor: str) -> Place:
    try:
        text = urlsafe_b64decode((cursor + "=" * (-len(cursor) % 4)).encode()).decode()
        at, _, item_id = text.partition(".")
        place = Place(EPOCH + int(at[:20]) * MICROSECOND, item_id)
    except (ValueError, OverflowError):
        place = None
    if place is None or not ITEM_ID.fullmatch(place.item_id):
        raise invalid(Fault("cursor", "is none that was given out here"))
    return place


async def leaves(request: Request, settled: asyncio.Event, within: float) -> bool:
    """Waits for the news or for the time to pass; True when the client has left before."""
    news = asyncio.create_task(settled.wait())
    gone = asyncio.create_task(disconnected(request))
    try:
        done, _ = await asyncio.wait(
            {news, gone}, timeout=within, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        news.cancel()
        gone.cancel()
    return gone in done


async def disconnected(request: Request) -> None:
    """Returns when the client has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass

"""`/api/aap/v1/requests`: ask, wait, withdraw, consume just before the call, say how it ended."""

import json
import re
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from bot import aap
from bot.errors import UnknownItemError
from bot.flows import aap as flows
from bot.flows.aap import Asked, Instance, Submission, UnknownInstanceError
from handlers.aap.envelope import UUID
from handlers.aap.gate import CHALLENGE, Gate, key_of
from handlers.aap.problems import AapProblemError, invalid
from handlers.aap.reading import read_object, shaped, too_large
from handlers.aap.shapes import request_answer
from handlers.app import House
from handlers.http.items import CLIENT_GONE, leaves
from handlers.http.waiting import Waiters

WAIT_MAX = 30  # seconds; the protocol's
WAIT = re.compile(r"[1-9][0-9]*[smh]")


class RequestDoor:
    """What an instance may do. Nothing here decides."""

    def __init__(self, house: House, gate: Gate, waiters: Waiters) -> None:
        self._house = house
        self._gate = gate
        self._waiters = waiters

    async def create(self, request: Request) -> Response:
        """Asks whether a call may be made. The same key with the same body: the same request."""
        house = self._house
        instance = await self._gate.instance(request)
        key = key_of(request)
        submitted = await read_object(request)
        asked = _submission(submitted, instance, key)
        found = await _as_gone(house.do(flows.create, house.rulebook, instance, asked, house.now()))
        request.state.item_id = found.item.id
        return _answer(found, 201 if found.is_new else 200)

    async def show(self, request: Request) -> Response:
        """The request as it stands; with `wait`, as soon as there is a decision."""
        instance = await self._gate.instance(request)
        request_id, wait = _id_of(request), _wait_of(request)
        found = await self._house.see(flows.fetch, instance, request_id)
        request.state.item_id = found.item.id
        if not wait or found.item.is_settled:
            return _answer(found)
        with self._waiters.watch(found.item.id) as settled:
            found = await self._house.see(flows.fetch, instance, request_id)
            if not found.item.is_settled and await leaves(request, settled, wait):
                return Response(status_code=CLIENT_GONE)
        return _answer(await self._house.see(flows.fetch, instance, request_id))

    async def withdraw(self, request: Request) -> Response:
        """Cancels a pending request."""
        house = self._house
        instance = await self._gate.instance(request)
        request_id = _id_of(request)
        found = await house.do(flows.withdraw, house.rulebook, instance, request_id, house.now())
        return _answer(found)

    async def consume(self, request: Request) -> Response:
        """Redeems an approval for this one attempt, just before the call."""
        house = self._house
        instance = await self._gate.instance(request)
        request_id, attempt = _id_of(request), aap.item_key(key_of(request))
        flow = house.do(flows.consume, instance, request_id, attempt, house.now())
        return _answer(await _as_gone(flow))

    async def end(self, request: Request) -> Response:
        """Keeps what became of a consumed call, for its card."""
        house = self._house
        instance = await self._gate.instance(request)
        request_id = _id_of(request)
        ended = shaped(await read_object(request), aap.ENDED)
        return _answer(await house.do(flows.end, instance, request_id, ended, house.now()))


def _submission(submitted: dict[str, Any], instance: Instance, key: str) -> Submission:
    asked = shaped(submitted, aap.REQUEST)
    try:
        content = aap.content_of(asked, instance.queue, aap.item_key(key), instance.name)
    except ValidationError as refused:
        raise too_large(refused) from None
    text = json.dumps(submitted, separators=(",", ":"))
    return Submission(text, aap.digest_of(submitted), content)


async def _as_gone(flow: Any) -> Asked:
    """What the flow finds; an instance that was deleted meanwhile has no credential any more."""
    try:
        found: Asked = await flow
    except UnknownInstanceError as gone:
        raise AapProblemError(401, "invalid_credential", str(gone), headers=CHALLENGE) from None
    return found


def _id_of(request: Request) -> str:
    """Keeps from the memory what cannot be an id."""
    request_id: str = request.path_params["id"]
    if not UUID.fullmatch(request_id):
        raise UnknownItemError("There is no such request of this instance.")
    return request_id.lower()


def _wait_of(request: Request) -> int:
    given = request.query_params.get("wait")
    if given is None:
        return 0
    if not WAIT.fullmatch(given):
        raise invalid("wait", "must be a whole number and its unit, such as 30s")
    return min(WAIT_MAX, aap.seconds_of(given))


def _answer(asked: Asked, status: int = 200) -> Response:
    body = json.dumps(request_answer(asked))
    return Response(body, status, media_type="application/json")

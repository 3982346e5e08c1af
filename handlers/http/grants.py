"""After an item was asked: its grant is redeemed and its action reported, or it is withdrawn."""

from starlette.requests import Request
from starlette.responses import Response

from bot.facts import Item
from bot.flows.cancelling import cancel
from bot.flows.granting import redeem, report
from bot.flows.opening import Producer
from bot.flows.reporting import Known, fetch_known
from handlers.app import House
from handlers.http.items import admit_id, json_answer
from handlers.http.keys import Gate
from handlers.http.reading import parse, read_body
from handlers.http.shapes import CANCEL, REDEEM, REPORT, item_answer, redeemed_answer


class GrantDoor:
    """`/v1/items/{id}/grant/redeem`, `/report` and `/cancel`."""

    def __init__(self, house: House, gate: Gate) -> None:
        self._house = house
        self._gate = gate

    async def redeem(self, request: Request, item_id: str) -> Response:
        """Permits the approved action to run once, now. Ask just before the call, every time."""
        house = self._house
        producer = await self._admit(request, item_id, "redeem")
        asked = parse(await read_body(request), REDEEM)
        item = await house.do(
            redeem, producer, item_id, asked.action_digest, asked.attempt, house.now()
        )
        known = await self._known(producer, item)
        return json_answer(redeemed_answer(known, house.rulebook.people))

    async def report(self, request: Request, item_id: str) -> Response:
        """Keeps what became of an approved action, for its card. The last report stands."""
        house = self._house
        producer = await self._admit(request, item_id, "submit", "redeem")
        said = parse(await read_body(request), REPORT)
        about = (item_id, said.execution, said.note, house.now(), said.attempt)
        item = await house.do(report, producer, *about)
        return await self._answer(producer, item)

    async def cancel(self, request: Request, item_id: str) -> Response:
        """Withdraws a question that nobody needs answered any more. Safe to repeat."""
        house = self._house
        producer = await self._admit(request, item_id, "submit")
        said = parse(await read_body(request), CANCEL)
        item = await house.do(cancel, house.rulebook, producer, item_id, said.reason, house.now())
        return await self._answer(producer, item)

    async def _admit(self, request: Request, item_id: str, *scopes: str) -> Producer:
        producer = await self._gate.admit(request, *scopes)
        admit_id(request, item_id)
        return producer

    async def _answer(self, producer: Producer, item: Item) -> Response:
        known = await self._known(producer, item)
        return json_answer(item_answer(known, self._house.rulebook.people))

    async def _known(self, producer: Producer, item: Item) -> Known:
        """The item as this request left it, with what is asked."""
        found = await self._house.see(fetch_known, producer, item.id)
        return Known(item, found.content)

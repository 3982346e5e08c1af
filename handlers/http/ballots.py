"""Voting by HTTP: for keys that are bound to one person, under the rules that hold for a click."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from bot.content import Submitted
from bot.errors import NeedsReadingError
from bot.facts import Status
from bot.flows.voting import Receipt
from bot.flows.voting_by_key import cast_by_key
from handlers.app import House
from handlers.http.items import admit_id, json_answer
from handlers.http.keys import Gate
from handlers.http.problems import ProblemError
from handlers.http.reading import parse, read_body
from handlers.http.shapes import NOTE_MAX, Answer


def _without_nul(text: str | None) -> str | None:
    if text is not None and "\0" in text:
        raise ValueError("holds a NUL character")
    return text


class VoteRequest(Submitted):
    """One person's answer."""

    choice: Annotated[
        str,
        StringConstraints(min_length=1, max_length=200),
        Field(description="`approve` or `reject`, one of the item's `choices`, or `unsure`."),
    ]
    reason: Annotated[
        str | None,
        StringConstraints(max_length=NOTE_MAX),
        AfterValidator(_without_nul),
        Field(description="In the person's own words; some queues want one."),
    ] = None
    digest: Annotated[
        str | None,
        StringConstraints(pattern=r"^[0-9a-f]{64}$"),
        Field(
            description="The item's `digest`, to say that the person had all of it before them. "
            "Needed for items that do not fit a card; another digest than the item's is refused."
        ),
    ] = None


VOTE: TypeAdapter[VoteRequest] = TypeAdapter(VoteRequest)


class VoteAnswer(Answer):
    """The vote as it stands. Nothing is told of other votes."""

    item_id: Annotated[str, Field(description="The item.")]
    status: Annotated[Status, Field(description="Of the item, with this vote in it.")]
    choice: Annotated[str, Field(description="As it counts.")]
    reason: Annotated[str | None, Field(description="As it is kept.")]
    cast_at: Annotated[datetime, Field(description="RFC 3339, UTC.")]


class BallotDoor:
    """`/v1/items/{id}/votes`. An agent's key never comes in here: `vote` stands on no other key."""

    def __init__(self, house: House, gate: Gate) -> None:
        self._house = house
        self._gate = gate

    async def vote(self, request: Request, item_id: str) -> Response:
        """Casts the vote of the person whose key this is, in place of their earlier one."""
        house = self._house
        _, person_id = await self._gate.admit_voter(request)
        admit_id(request, item_id)
        said = parse(await read_body(request), VOTE)
        ballot = (person_id, item_id, said.choice, said.reason, said.digest)
        receipt = await house.do(cast_by_key, house.rulebook, *ballot, house.now())
        return json_answer(_told(receipt).model_dump_json().encode())


def _told(receipt: Receipt) -> VoteAnswer:
    """The vote that stands.

    Raises:
        SignoffError: it was refused, which is in the history by now.
    """
    if isinstance(receipt.refusal, NeedsReadingError):
        raise ProblemError(
            "needs-reading",
            "This item does not fit a card. Whoever answers it must have had all of it before "
            "them: send its digest to say so. Nothing was counted.",
        )
    if receipt.refusal is not None:
        raise receipt.refusal
    if receipt.item is None or receipt.vote is None:
        raise AssertionError("unreachable: a vote that was not refused stands")
    vote = receipt.vote
    return VoteAnswer(
        item_id=receipt.item.id,
        status=receipt.item.status,
        choice=vote.choice,
        reason=vote.reason,
        cast_at=vote.cast_at,
    )

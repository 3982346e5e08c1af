"""What there is to ask and whom: the queues, and for observers the people."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import UnknownItemError
from config.policies import Person, Policy, Queue, QueueKind, Role, Rulebook
from handlers.app import House
from handlers.http.items import json_answer
from handlers.http.keys import Gate
from handlers.http.shapes import Answer

ASKERS = ("submit", "read", "observe")


class PolicyAnswer(Answer):
    """A queue's rules in short. An item keeps those under which it was opened."""

    due_in: Annotated[float, Field(description="Seconds until an item expires.")]
    approvals_needed: Annotated[int, Field(description="Of an approval: how many must say yes.")]
    denials_needed: Annotated[int, Field(description="Of an approval: how many end it with a no.")]
    votes_needed: Annotated[int, Field(description="Of a label: how many votes are wanted.")]
    majority_share: Annotated[float, Field(description="Of a label: the share that must agree.")]
    seniors_needed: Annotated[int, Field(description="Seniors who must agree after escalation.")]
    auto_above: Annotated[
        float | None, Field(description="The machine's confidence from which it settles a label.")
    ]
    escalate_after: Annotated[
        float | None, Field(description="Seconds until the seniors are asked.")
    ]
    grace_for: Annotated[float, Field(description="Seconds in which a yes can be taken back.")]
    require_reason: Annotated[str, Field(description="`both`: every vote needs a reason.")]


class QueueAnswer(Answer):
    """A named stream of items under one policy."""

    name: Annotated[str, Field(description="What a submission names.")]
    title: Annotated[str, Field(description="What people call it.")]
    kinds: Annotated[list[QueueKind], Field(description="What it takes.")]
    policy: Annotated[PolicyAnswer, Field(description="Its rules as they are now.")]


class QueuesAnswer(Answer):
    """Every queue."""

    queues: Annotated[list[QueueAnswer], Field(description="By name.")]


class ReviewerAnswer(Answer):
    """Somebody who may be asked."""

    id: Annotated[str, Field(description="As `people.toml` names them.")]
    name: Annotated[str, Field(description="What people call them.")]
    roles: Annotated[list[Role], Field(description="`reviewer`, `senior`, `admin`.")]
    groups: Annotated[list[str], Field(description="Without the @.")]
    active: Annotated[bool, Field(description="false: whatever they click does not count.")]


class ReviewersAnswer(Answer):
    """Everybody in `people.toml`, without their accounts."""

    reviewers: Annotated[list[ReviewerAnswer], Field(description="By id.")]


class DirectoryDoor:
    """`/v1/queues` and `/v1/reviewers`."""

    def __init__(self, house: House, gate: Gate) -> None:
        self._house = house
        self._gate = gate

    async def queues(self, request: Request) -> Response:
        """What may be submitted where, and under which rules."""
        await self._gate.admit(request, *ASKERS)
        queues = sorted(self._house.rulebook.queues.values(), key=lambda queue: queue.name)
        listed = QueuesAnswer(queues=[_queue(queue) for queue in queues])
        return json_answer(listed.model_dump_json().encode())

    async def queue(self, request: Request, name: str) -> Response:
        """One queue."""
        await self._gate.admit(request, *ASKERS)
        queue = self._house.rulebook.queues.get(name)
        if queue is None:
            raise UnknownItemError("There is no such queue.")
        return json_answer(_queue(queue).model_dump_json().encode())

    async def reviewers(self, request: Request) -> Response:
        """Who there is to ask, in which groups."""
        await self._gate.admit(request, "observe")
        book = self._house.rulebook
        people = sorted(book.people.values(), key=lambda person: person.id)
        listed = ReviewersAnswer(reviewers=[_reviewer(person, book) for person in people])
        return json_answer(listed.model_dump_json().encode())


def _queue(queue: Queue) -> QueueAnswer:
    return QueueAnswer(
        name=queue.name, title=queue.title, kinds=list(queue.kinds), policy=_policy(queue.policy)
    )


def _policy(policy: Policy) -> PolicyAnswer:
    return PolicyAnswer(
        due_in=policy.due_in.total_seconds(),
        approvals_needed=policy.approvals_needed,
        denials_needed=policy.denials_needed,
        votes_needed=policy.votes_needed,
        majority_share=policy.majority_share,
        seniors_needed=policy.seniors_needed,
        auto_above=policy.auto_above,
        escalate_after=_seconds(policy.escalate_after),
        grace_for=policy.grace_for.total_seconds(),
        require_reason=policy.require_reason,
    )


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _reviewer(person: Person, book: Rulebook) -> ReviewerAnswer:
    groups = sorted(name for name, members in book.groups.items() if person.id in members)
    return ReviewerAnswer(
        id=person.id,
        name=person.name,
        roles=sorted(person.roles),
        groups=groups,
        active=person.active,
    )

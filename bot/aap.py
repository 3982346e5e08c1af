"""The Agent Approval Protocol, version 1: what a request says, and the item that it becomes.

Source: https://agentapprovalprotocol.io, `openapi.yaml` and the specification beside it; consuming
and outcomes as the package `agentapprovalprotocol` 0.3.3 speaks them.
"""

import hashlib
import json
import re
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import AfterValidator, StringConstraints, TypeAdapter, model_validator

from bot.content import DUE_MAX, NAME_MAX, TEXT_MAX, Action, Approval, Submitted, TextEvidence
from bot.facts import APPROVE, Item, Outcome, Rule

TAG = b"signoff/v1/aap\n"
PRODUCER = "aap:"  # how the producer of such an item begins; an instance's id follows
REASON_MAX = 4_000  # characters; a longer reasoning is evidence
NOTE_MAX = 2_000  # characters of what an instance says became of its call
OWN_CONTEXT = {"call_id", "resume"}  # what adapters keep there for themselves
SECONDS = {"s": 1, "m": 60, "h": 3600}
DURATION = re.compile(r"[1-9][0-9]*[smh]")


def _named(name: str) -> str:
    if name != name.strip() or any(ord(char) < 0x20 or ord(char) == 0x7F for char in name):
        raise ValueError("begins or ends with a space, or holds a control character")
    return name


Named = Annotated[str, StringConstraints(min_length=1, max_length=NAME_MAX), AfterValidator(_named)]
Duration = Annotated[str, StringConstraints(pattern=f"^{DURATION.pattern}$", max_length=20)]
Status = Literal["pending", "approved", "denied", "expired", "cancelled"]


class Wire(Submitted):
    """Anything of the protocol: unknown fields and nulls are refused."""

    @model_validator(mode="before")
    @classmethod
    def _without_null(cls, given: Any) -> Any:
        for name, value in given.items() if isinstance(given, dict) else ():
            if value is None and name not in cls.nullable():
                raise ValueError(f"{name} must not be null: leave it out")
        return given

    @classmethod
    def nullable(cls) -> frozenset[str]:
        """Fields that may be null."""
        return frozenset()


class Request(Wire):
    """May this tool be called with these arguments?"""

    tool: Named
    arguments: dict[str, Any]
    timeout: Duration
    server: Named | None = None
    agent_reasoning: Annotated[str, StringConstraints(max_length=TEXT_MAX)] | None = None
    context: dict[str, Any] | None = None


class Ended(Wire):
    """What became of an approved call."""

    status: Literal["succeeded", "failed"]
    note: Annotated[str, StringConstraints(min_length=1, max_length=NOTE_MAX)] | None = None


class Receiver(Wire):
    """Where an instance is to be woken."""

    type: Literal["webhook"]
    url: Annotated[str, StringConstraints(max_length=2_000)]
    registration_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F-]{36}$")]
    signing_secret: Annotated[
        str, StringConstraints(pattern=r"^whsec_[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$")
    ]


class NewInstance(Wire):
    """An instance that a provisioner wants."""

    instance_name: Named | None = None
    delivery: Receiver | None = None


class ChangedInstance(Wire):
    """What is to be another with an instance; a delivery of null ends it."""

    instance_name: Named | None = None
    delivery: Receiver | None = None

    @classmethod
    def nullable(cls) -> frozenset[str]:
        """A null ends the delivery."""
        return frozenset({"delivery"})

    @model_validator(mode="after")
    def _says_something(self) -> "ChangedInstance":
        if not self.model_fields_set:
            raise ValueError("must hold instance_name, delivery or both")
        return self


REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
ENDED: TypeAdapter[Ended] = TypeAdapter(Ended)
NEW_INSTANCE: TypeAdapter[NewInstance] = TypeAdapter(NewInstance)
CHANGED_INSTANCE: TypeAdapter[ChangedInstance] = TypeAdapter(ChangedInstance)


def digest_of(submitted: dict[str, Any]) -> str:
    """SHA-256 (hex) over the canonical JSON of a submission: tells the same one from another."""
    return hashlib.sha256(TAG + rfc8785.dumps(submitted)).hexdigest()


def seconds_of(duration: str) -> int:
    """A duration such as "30m", in seconds; at most what an item may wait.

    Raises:
        ValueError: it is none.
    """
    if not DURATION.fullmatch(duration):
        raise ValueError("must be a whole number and its unit, such as 30s, 30m or 24h")
    return min(DUE_MAX, int(duration[:-1][:12]) * SECONDS[duration[-1]])


def item_key(idempotency_key: str) -> str:
    """The item's key: of one length, whatever the instance chose for its own."""
    return hashlib.sha256(idempotency_key.encode()).hexdigest()


def content_of(request: Request, queue: str, key: str, requester: str) -> Approval:
    """The approval that reviewers see.

    The server of the tool is its target. The agent's reasoning is quoted as its own words; the
    adapter's context stands as evidence, without what adapters keep there for themselves.

    Raises:
        ValidationError: it is too large to be shown, or has no canonical form.
    """
    reasoning = request.agent_reasoning or ""
    context = {
        name: value for name, value in (request.context or {}).items() if name not in OWN_CONTEXT
    }
    evidence = []
    if len(reasoning) > REASON_MAX:
        evidence.append(TextEvidence(kind="text", title="The agent's reasoning", text=reasoning))
        reasoning = ""
    if context.keys() - {"framework"}:
        text = json.dumps(context, indent=2, ensure_ascii=False, sort_keys=True)
        evidence.append(TextEvidence(kind="text", title="Context, from the adapter", text=text))
    return Approval(
        kind="approval",
        queue=queue,
        key=key,
        action=Action(name=request.tool, args=request.arguments, target=request.server),
        reason=reasoning,
        requester=requester,
        due_in=float(seconds_of(request.timeout)),
        evidence=tuple(evidence),
    )


def status_of(item: Item) -> Status:
    """Where the request of an item stands. What is not clearly approved is denied."""
    outcome = item.outcome
    if outcome is None:
        return "pending"
    if outcome.rule is Rule.CANCELLED:
        return "cancelled"
    if outcome.rule is Rule.TIMEOUT:
        return "expired"
    return "approved" if outcome.choice == APPROVE and item.grant else "denied"


def note_of(item: Item, outcome: Outcome) -> str:
    """What the deciders say to the agent: an answer in place of the tool, or their reasons."""
    if outcome.words:
        return outcome.words
    carried = (vote for vote in item.votes if vote.person_id in outcome.decided_by)
    return "\n".join(vote.reason for vote in carried if vote.reason)

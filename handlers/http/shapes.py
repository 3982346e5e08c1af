"""What this door answers, field by field. Stable: fields are added, never changed or removed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic.json_schema import SkipJsonSchema

from bot.content import Approval, Submitted
from bot.facts import (
    RESPOND,
    Execution,
    Grant,
    Item,
    Kind,
    Outcome,
    Report,
    Rule,
    Status,
    Vote,
)
from bot.flows.reporting import Known
from bot.rules.granting import is_approved
from config.policies import Person

NOTE_MAX = 2_000  # characters


def _without_nul(note: str) -> str:
    if "\0" in note:
        raise ValueError("holds a NUL character")
    return note


def _without_nul_or_none(note: str | None) -> str | None:
    return None if note is None else _without_nul(note)


Attempt = Annotated[
    str, StringConstraints(min_length=8, max_length=100, pattern=r"^[A-Za-z0-9._:-]+$")
]


class Answer(BaseModel):
    """Anything that is answered."""

    model_config = ConfigDict(frozen=True)


class PersonAnswer(Answer):
    """Somebody, as people.toml names them."""

    id: Annotated[str, Field(description="Stable.")]
    name: Annotated[str, Field(description="For people to read.")]


class OutcomeAnswer(Answer):
    """The final answer. Nothing of it is told before."""

    choice: Annotated[
        str | None,
        Field(
            description="`approve`, `reject` or `respond` (a person answered in place of the "
            "tool, which must not run) for an approval; one of `choices` for a label. "
            "null: nobody decided, which never means yes."
        ),
    ]
    rule: Annotated[Rule, Field(description="What produced it. `timeout`: the deadline passed.")]
    votes: Annotated[int, Field(description="Votes that stood when it was decided.")]
    reasons: Annotated[
        list[str],
        Field(description="Why, in the words of those whose votes carried it and who said why."),
    ]
    decided_at: Annotated[datetime, Field(description="RFC 3339, UTC.")]
    by: Annotated[list[PersonAnswer], Field(description="Whose votes carried it.")] = []
    response: Annotated[
        str | None, Field(description="With `respond`: the person's answer, for the agent.")
    ] = None
    correction: Annotated[
        str | None, Field(description="What reviewers say is right instead, where they were asked.")
    ] = None


class GrantAnswer(Answer):
    """The single-use permission of an approved action."""

    status: Annotated[
        str,
        Field(
            description="`ready` (redeem it just before the call), `redeemed` (running), `used` "
            "(reported, or given up), `expired` (never used), `none`."
        ),
    ]
    expires_at: Annotated[
        datetime | SkipJsonSchema[None], Field(description="Redeem it before.")
    ] = None
    redeemed_at: Annotated[
        datetime | SkipJsonSchema[None], Field(description="When it was redeemed.")
    ] = None


class ReportAnswer(Answer):
    """What the producer said became of the action."""

    execution: Annotated[Execution, Field(description="As it was reported last.")]
    note: Annotated[str, Field(description="The producer's words about it; may be empty.")]
    reported_at: Annotated[datetime, Field(description="RFC 3339, UTC.")]


class ItemAnswer(Answer):
    """An item as it stands."""

    id: Annotated[str, Field(description="Its name here: eight letters and digits.")]
    status: Annotated[
        Status,
        Field(description="`open`, `escalated` (seniors are asked), or `settled`: for ever."),
    ]
    queue: Annotated[str, Field(description="The queue that it was submitted to.")]
    kind: Annotated[
        Kind, Field(description="What is asked: `approval`, `label`, `audit` or `preference`.")
    ]
    key: Annotated[str, Field(description="The producer's own name of it.")]
    opened_at: Annotated[datetime, Field(description="RFC 3339, UTC.")]
    due_at: Annotated[
        datetime,
        Field(description="RFC 3339, UTC. Without an outcome by then, an approval is denied."),
    ]
    digest: Annotated[
        str,
        Field(
            description="SHA-256, hex, over `signoff/v1/item\\n` and the canonical JSON "
            "(RFC 8785) of what the reviewers are shown: the submission, with a reviewer's edits."
        ),
    ]
    action_digest: Annotated[
        str | SkipJsonSchema[None],
        Field(
            description="Approvals. SHA-256, hex, over `signoff/v1/action\\n` and the canonical "
            "JSON (RFC 8785) of the action's name, version, args, environment and target, null "
            "where there is none: what a grant is bound to."
        ),
    ] = None
    action: Annotated[
        dict[str, Any] | SkipJsonSchema[None],
        Field(
            description="Approvals. The action as it stands. A reviewer may have changed its "
            "`args`: then `edited_by` and `edited_at` say who and when."
        ),
    ] = None
    grant: Annotated[
        GrantAnswer | SkipJsonSchema[None], Field(description="Approved actions only.")
    ] = None
    paused: Annotated[
        bool | SkipJsonSchema[None],
        Field(description="true while Signoff is paused: nothing can be redeemed."),
    ] = None
    outcome: Annotated[
        OutcomeAnswer | SkipJsonSchema[None], Field(description="Only when `status` is `settled`.")
    ] = None
    report: Annotated[
        ReportAnswer | SkipJsonSchema[None], Field(description="Only when something was reported.")
    ] = None


class ReportRequest(Submitted):
    """What became of an approved action."""

    execution: Annotated[
        Execution,
        Field(description="`unknown`: it began, and nobody can tell whether it was done."),
    ]
    note: Annotated[
        str,
        StringConstraints(max_length=NOTE_MAX),
        AfterValidator(_without_nul),
        Field(description="A few words for the card."),
    ] = ""

    attempt: Annotated[
        Attempt | None, Field(description="The attempt that redeemed the grant, to be sure.")
    ] = None


class RedeemRequest(Submitted):
    """Just before the call: may this very action run now?"""

    action_digest: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9a-f]{64}$"),
        Field(description="Of the action that is about to run, reckoned anew."),
    ]
    attempt: Annotated[
        Attempt,
        Field(
            description="A random name of this attempt, chosen by the caller. After a lost answer "
            "the same attempt may ask again; another one is refused."
        ),
    ]


class RedeemedAnswer(Answer):
    """The action may run, once, now."""

    grant: GrantAnswer
    item: ItemAnswer


class CancelRequest(Submitted):
    """Nobody needs the answer any more."""

    reason: Annotated[
        str | None,
        StringConstraints(max_length=NOTE_MAX),
        AfterValidator(_without_nul_or_none),
        Field(description="A few words for the card."),
    ] = None


REPORT: TypeAdapter[ReportRequest] = TypeAdapter(ReportRequest)
REDEEM: TypeAdapter[RedeemRequest] = TypeAdapter(RedeemRequest)
CANCEL: TypeAdapter[CancelRequest] = TypeAdapter(CancelRequest)


class LedgerAnswer(Answer):
    """How long the history is."""

    count: Annotated[int, Field(description="Lines in the ledger.")]


class PauseAnswer(Answer):
    """All grants are withheld."""

    since: Annotated[datetime, Field(description="RFC 3339, UTC.")]


class HealthAnswer(Answer):
    """What a monitor wants to know."""

    status: Annotated[str, Field(description="`ok`")]
    database: Annotated[str, Field(description="`ok`")]
    ledger: LedgerAnswer
    oldest_overdue_seconds: Annotated[
        float,
        Field(description="How long the oldest passed deadline waits to be applied; 0: none."),
    ]
    paused: Annotated[
        PauseAnswer | SkipJsonSchema[None],
        Field(description="Only while Signoff is paused: no approved action may run."),
    ] = None


class FaultAnswer(Answer):
    """What is wrong with one field."""

    field: Annotated[
        str, Field(description='Its path as it was sent, such as `evidence[0].text`; "": the body.')
    ]
    message: Annotated[str, Field(description="What is wrong, to be read behind the path.")]


class ProblemAnswer(Answer):
    """Problem Details, RFC 9457."""

    type: Annotated[str, Field(description="Which problem; an address that explains it.")]
    title: Annotated[str, Field(description="The same in a few words.")]
    status: Annotated[int, Field(description="The HTTP status.")]
    detail: Annotated[str, Field(description="What happened this time, and what to do.")]
    errors: Annotated[
        list[FaultAnswer], Field(description="The fields, when it is about some.")
    ] = []
    request_id: Annotated[str, Field(description="What to quote when asking about it.")]


def item_answer(known: Known, people: Mapping[str, Person]) -> bytes:
    """The item as its producer may know it: never a vote nor a name while it is open."""
    return _JSON.dump_json(stated_item(known, people))


def to_json(stated: dict[str, Any]) -> bytes:
    """An answer of plain values, dates among them, as JSON."""
    return _JSON.dump_json(stated)


def redeemed_answer(known: Known, people: Mapping[str, Person]) -> bytes:
    """The permission to run once, and the item that it belongs to."""
    item = stated_item(known, people)
    return _JSON.dump_json({"grant": item["grant"], "item": item})


def stated_item(known: Known, people: Mapping[str, Person]) -> dict[str, Any]:
    """The same, before it is JSON: for answers that hold more than one item."""
    item = known.item
    stated: dict[str, Any] = {
        "id": item.id,
        "status": item.status,
        "queue": item.queue,
        "kind": item.kind,
        "key": item.key,
        "opened_at": item.opened_at,
        "due_at": item.due_at,
        "digest": item.digest,
    }
    if isinstance(known.content, Approval):
        stated["action_digest"] = item.action_digest
        stated["action"] = _action(item, known.content)
    if item.outcome:
        outcome = _outcome(item.outcome, item.votes, people)
        stated["outcome"] = outcome | {"correction": item.correction}
    if is_approved(item):
        stated["grant"] = _grant(item.grant)
    if item.report:
        stated["report"] = _report(item.report)
    if item.paused:
        stated["paused"] = True
    return stated


def _action(item: Item, content: Approval) -> dict[str, Any]:
    """What would run, as it stands now."""
    stated = content.action.model_dump(mode="json", exclude={"args_schema"})
    if item.edit is not None:
        stated |= {"edited_by": item.edit.person_id, "edited_at": item.edit.edited_at}
    return stated


def _grant(grant: Grant | None) -> dict[str, Any]:
    if grant is None:
        return {"status": "none"}
    stated = {"status": grant.standing, "expires_at": grant.expires_at}
    return stated if grant.redeemed_at is None else stated | {"redeemed_at": grant.redeemed_at}


def _outcome(
    outcome: Outcome, votes: tuple[Vote, ...], people: Mapping[str, Person]
) -> dict[str, Any]:
    carried = [vote for vote in votes if vote.person_id in outcome.decided_by]
    return {
        "choice": outcome.choice,
        "rule": outcome.rule,
        "votes": outcome.vote_count,
        "reasons": [vote.reason for vote in carried if vote.reason],
        "decided_at": outcome.decided_at,
        "by": [{"id": who, "name": _name_of(who, people)} for who in outcome.decided_by],
        "response": outcome.words if outcome.choice == RESPOND else None,
    }


def _name_of(person_id: str, people: Mapping[str, Person]) -> str:
    """A name to read; the id of somebody who has left."""
    return people[person_id].name if person_id in people else person_id


def _report(report: Report) -> dict[str, Any]:
    return {
        "execution": report.execution,
        "note": report.note,
        "reported_at": report.reported_at,
    }


_JSON: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])

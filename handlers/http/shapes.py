"""What this door answers, field by field. Stable: fields are added, never changed or removed."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic.json_schema import SkipJsonSchema

from bot.content import Submitted
from bot.facts import Execution, Item, Kind, Outcome, Report, Rule, Status, Vote

NOTE_MAX = 2_000  # characters


def _without_nul(note: str) -> str:
    if "\0" in note:
        raise ValueError("holds a NUL character")
    return note


class Answer(BaseModel):
    """Anything that is answered."""

    model_config = ConfigDict(frozen=True)


class OutcomeAnswer(Answer):
    """The final answer. Nothing of it is told before."""

    choice: Annotated[
        str | None,
        Field(
            description="`approve` or `reject` for an approval; one of `choices` for a label. "
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
    kind: Annotated[Kind, Field(description="What is asked: `approval` or `label`.")]
    key: Annotated[str, Field(description="The producer's own name of it.")]
    opened_at: Annotated[datetime, Field(description="RFC 3339, UTC.")]
    due_at: Annotated[
        datetime,
        Field(description="RFC 3339, UTC. Without an outcome by then, an approval is denied."),
    ]
    digest: Annotated[
        str,
        Field(
            description="SHA-256, hex, over `signoff/v1/action\\n` and the canonical JSON "
            "(RFC 8785) of the submission: what the reviewers were shown."
        ),
    ]
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


REPORT: TypeAdapter[ReportRequest] = TypeAdapter(ReportRequest)


class LedgerAnswer(Answer):
    """How long the history is."""

    count: Annotated[int, Field(description="Lines in the ledger.")]


class HealthAnswer(Answer):
    """What a monitor wants to know."""

    status: Annotated[str, Field(description="`ok`")]
    database: Annotated[str, Field(description="`ok`")]
    ledger: LedgerAnswer
    oldest_overdue_seconds: Annotated[
        float,
        Field(description="How long the oldest passed deadline waits to be applied; 0: none."),
    ]


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


def item_answer(item: Item) -> bytes:
    """The item as its producer may know it: never a vote nor a name while it is open."""
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
    if item.outcome:
        stated["outcome"] = _outcome(item.outcome, item.votes)
    if item.report:
        stated["report"] = _report(item.report)
    return _JSON.dump_json(stated)


def _outcome(outcome: Outcome, votes: tuple[Vote, ...]) -> dict[str, Any]:
    carried = [vote for vote in votes if vote.person_id in outcome.decided_by]
    return {
        "choice": outcome.choice,
        "rule": outcome.rule,
        "votes": outcome.vote_count,
        "reasons": [vote.reason for vote in carried if vote.reason],
        "decided_at": outcome.decided_at,
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "execution": report.execution,
        "note": report.note,
        "reported_at": report.reported_at,
    }


_JSON: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])

"""What a producer submits, validated; the neutral content of an item."""

import base64
import binascii
import hashlib
import unicodedata
from typing import Annotated, Any, Literal, Self

import rfc8785
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    field_validator,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from bot.facts import APPROVE, BOTH_BAD, FIRST, REJECT, SECOND, TIE, UNSURE
from bot.schemas import fault_of_schema

TEXT_MAX = 200_000  # characters of one text; ten modal pages
NAME_MAX = 200
PICTURE_MAX = 700_000  # characters of a data: address; about half a megabyte of picture
CHOICES_MAX = 20  # buttons on a card, with room for "not sure" within Slack's 25
CHOICE_MAX = 60  # characters; Slack's buttons take 75
EVIDENCE_MAX = 10
DUE_MAX = 30 * 24 * 3600  # seconds
ITEM_TAG = b"signoff/v1/item\n"
ACTION_TAG = b"signoff/v1/action\n"


PICTURES = {  # how the address of a picture starts, and the bytes that such a picture starts with
    "data:image/png;base64,": b"\x89PNG",
    "data:image/jpeg;base64,": b"\xff\xd8\xff",
}


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError("holds something that is not base64") from None


def _is_text(value: str) -> str:
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("holds half of a surrogate pair, which is not text")
    return value


def _is_name(value: str) -> str:
    if any(ord(char) < 0x20 or ord(char) == 0x7F for char in value):
        raise ValueError("holds control characters")
    return _is_text(value)


def _is_bare(value: str) -> str:
    if value != value.strip():
        raise ValueError("begins or ends with a space; what is approved is exactly what is sent")
    return value


Text = Annotated[str, StringConstraints(max_length=TEXT_MAX), AfterValidator(_is_text)]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=NAME_MAX, strip_whitespace=True),
    AfterValidator(_is_name),
]
BoundName = Annotated[  # part of what is digested, so it is taken as it comes or not at all
    str,
    StringConstraints(min_length=1, max_length=NAME_MAX),
    AfterValidator(_is_bare),
    AfterValidator(_is_name),
]
Choice = Annotated[
    str,
    StringConstraints(min_length=1, max_length=CHOICE_MAX, strip_whitespace=True),
    AfterValidator(_is_name),
]


class Submitted(BaseModel):
    """Anything a producer sends: unknown fields are refused, numbers are finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Action(Submitted):
    """What would run: function, bound arguments and where."""

    name: BoundName
    version: BoundName | None = None  # of the function
    args: dict[str, Any] = {}
    environment: BoundName | None = None
    target: BoundName | None = None
    reversible: Annotated[bool, Field(strict=True)] | None = None  # None: the producer does not say
    args_schema: dict[str, Any] | None = None  # JSON Schema of args; what an edit must keep to

    @field_validator("args")
    @classmethod
    def _canonical(cls, args: dict[str, Any]) -> dict[str, Any]:
        try:
            size = len(rfc8785.dumps(args))
        except RecursionError:
            raise ValueError("is nested too deep") from None
        except (rfc8785.CanonicalizationError, UnicodeEncodeError) as problem:
            raise ValueError(
                f"has no canonical JSON form (RFC 8785), so it cannot be bound: {problem}"
            ) from None
        if size > TEXT_MAX:
            raise ValueError(f"takes {size:,} bytes of JSON; at most {TEXT_MAX:,} can be shown")
        return args

    @field_validator("args_schema")
    @classmethod
    def _is_schema(cls, schema: dict[str, Any] | None) -> dict[str, Any] | None:
        if schema is not None and (fault := fault_of_schema(schema)):
            raise ValueError(fault)
        return schema


class TextEvidence(Submitted):
    """A text or a diff that helps to judge."""

    kind: Literal["text", "diff"]
    text: Text
    title: Name | None = None


class ImageEvidence(Submitted):
    """A picture: `data:image/png;base64,...`, or an https address of a host the queue allows."""

    kind: Literal["image"]
    url: Annotated[str, StringConstraints(max_length=PICTURE_MAX), AfterValidator(_is_text)]
    alt: Name | None = None
    title: Name | None = None

    @field_validator("url")
    @classmethod
    def _is_picture(cls, url: str) -> str:
        if url.startswith("https://"):
            return url
        for start, magic in PICTURES.items():
            if url.startswith(start):
                if not _decoded(url.removeprefix(start)).startswith(magic):
                    raise ValueError(f"is not the picture that {start} announces")
                return url
        raise ValueError(f"must start with https:// or {' or '.join(PICTURES)}")


class LinkEvidence(Submitted):
    """A link back to the run, its trace or its log; shown as text with its host."""

    kind: Literal["link"]
    url: Annotated[str, StringConstraints(max_length=2_000, pattern=r"^https?://")]
    title: Name | None = None


Evidence = Annotated[TextEvidence | ImageEvidence | LinkEvidence, Field(discriminator="kind")]


class Prediction(Submitted):
    """What the machine thinks, and how sure it is."""

    choice: Choice
    confidence: Annotated[float, Field(ge=0, le=1, strict=True)]
    model: Name | None = None


class _Submission(Submitted):
    queue: Name
    key: Name  # the producer's own, stable name of this question
    due_in: Annotated[float, Field(gt=0, le=DUE_MAX, strict=True)] | None = None  # seconds
    requester: Name | None = None
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=EVIDENCE_MAX)] = ()


class Approval(_Submission):
    """May this action run?"""

    kind: Literal["approval"]
    action: Action
    reason: Annotated[str, StringConstraints(max_length=4_000), AfterValidator(_is_text)] = ""
    allow: tuple[Literal["edit", "respond"], ...] = ()  # what reviewers may do besides voting

    @model_validator(mode="after")
    def _editable(self) -> Self:
        if "edit" in self.allow and self.action.args_schema is None:
            raise ValueError("has 'edit' in allow, and no action.args_schema to say what fits")
        return self

    @property
    def votable(self) -> tuple[str, ...]:
        """The choices of an approval."""
        return (APPROVE, REJECT)


class Label(_Submission):
    """Which class is this?"""

    kind: Literal["label"]
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=CHOICES_MAX)]
    body: Text = ""
    question: Name | None = None
    prediction: Prediction | None = None

    @field_validator("choices")
    @classmethod
    def _distinct(cls, choices: tuple[str, ...]) -> tuple[str, ...]:
        seen: dict[str, str] = {}
        for choice in choices:
            alike = unicodedata.normalize("NFKC", choice).casefold()
            if choice in seen.values():
                raise ValueError(f"names {choice!r} twice")
            if alike in seen:
                raise ValueError(f"names {seen[alike]!r} and {choice!r}, which look alike")
            seen[alike] = choice
        if UNSURE in choices:
            raise ValueError(f"may not hold {UNSURE!r}: every card has it already")
        return choices

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.prediction and self.prediction.choice not in self.choices:
            raise ValueError(f"prediction.choice {self.prediction.choice!r} is not in choices")
        if not self.body and not self.evidence:
            raise ValueError("there is nothing to judge: give a body or evidence")
        return self

    @property
    def votable(self) -> tuple[str, ...]:
        """The choices that the producer gave."""
        return self.choices


class Audit(Label):
    """Was the machine right? People are asked the same question, and do not see its answer."""

    kind: Literal["audit"]  # type: ignore[assignment]  # narrower words of the same field
    prediction: Prediction  # what the machine decided


class Candidate(Submitted):
    """One of the two answers of a pair."""

    text: Annotated[
        str, StringConstraints(min_length=1, max_length=TEXT_MAX), AfterValidator(_is_text)
    ]
    model: Name | None = None  # told to nobody before the outcome


class Pair(Label):
    """Which of two answers is better? `body` is what they answer, if anything."""

    kind: Literal["preference"]  # type: ignore[assignment]  # as above
    answers: tuple[Candidate, Candidate]
    choices: SkipJsonSchema[tuple[Choice, ...]] = (FIRST, SECOND, TIE, BOTH_BAD)
    prediction: SkipJsonSchema[None] = None

    @model_validator(mode="before")
    @classmethod
    def _unclassed(cls, stated: Any) -> Any:
        for fixed in ("choices", "prediction"):
            if isinstance(stated, dict) and fixed in stated:
                raise ValueError(f"{fixed} does not belong to a preference: leave it out")
        return stated

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.answers[0].text == self.answers[1].text:
            raise ValueError("answers are one and the same text")
        return self


Submission = Annotated[Approval | Label | Audit | Pair, Field(discriminator="kind")]
SUBMISSION: TypeAdapter[Approval | Label] = TypeAdapter(Submission)


def digest_of(submission: Approval | Label) -> str:
    """SHA-256 (hex) over the canonical JSON of all that is asked.

    Source: RFC 8785 (JSON Canonicalization Scheme), with a domain tag before it.
    """
    canonical = rfc8785.dumps(submission.model_dump(mode="json", exclude_unset=True))
    return hashlib.sha256(ITEM_TAG + canonical).hexdigest()


def action_digest(action: Action) -> str:
    """SHA-256 (hex) over the canonical JSON of all that would run: what a grant is bound to.

    Every key stands in it, null when the producer does not say; clients compute the same.
    Source: RFC 8785, with a domain tag of its own, so that no item's digest is ever an action's.
    """
    bound = {
        "name": action.name,
        "version": action.version,
        "args": action.args,
        "environment": action.environment,
        "target": action.target,
    }
    return hashlib.sha256(ACTION_TAG + rfc8785.dumps(bound)).hexdigest()

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

from bot.facts import APPROVE, REJECT, UNSURE

TEXT_MAX = 200_000  # characters of one text; ten modal pages
NAME_MAX = 200
PICTURE_MAX = 700_000  # characters of a data: address; about half a megabyte of picture
CHOICES_MAX = 20  # buttons on a card, with room for "not sure" within Slack's 25
CHOICE_MAX = 60  # characters; Slack's buttons take 75
EVIDENCE_MAX = 10
DUE_MAX = 30 * 24 * 3600  # seconds
DIGEST_TAG = b"signoff/v1/action\n"


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


Text = Annotated[str, StringConstraints(max_length=TEXT_MAX), AfterValidator(_is_text)]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=NAME_MAX, strip_whitespace=True),
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

    name: Name
    args: dict[str, Any] = {}
    environment: Name | None = None
    target: Name | None = None
    reversible: Annotated[bool, Field(strict=True)] | None = None  # None: the producer does not say

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


Submission = Annotated[Approval | Label, Field(discriminator="kind")]
SUBMISSION: TypeAdapter[Approval | Label] = TypeAdapter(Submission)


def digest_of(submission: Approval | Label) -> str:
    """SHA-256 (hex) over the canonical JSON of all that the producer sent.

    Source: RFC 8785 (JSON Canonicalization Scheme), with a domain tag before it.
    """
    canonical = rfc8785.dumps(submission.model_dump(mode="json", exclude_unset=True))
    return hashlib.sha256(DIGEST_TAG + canonical).hexdigest()

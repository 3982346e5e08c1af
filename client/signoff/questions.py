"""What is put before people, as a program states it."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, asdict, dataclass, field
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from signoff.answers import Action
from signoff.keys import fresh_key

Kind = Literal["approval", "label"]
Allow = Literal["edit", "respond"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text that helps to judge."""

    text: str
    title: str | None = None
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Diff:
    """What would change, as a unified diff."""

    text: str
    title: str | None = None
    kind: Literal["diff"] = "diff"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: `data:image/png;base64,...`, or an https address of a host the queue allows."""

    url: str
    alt: str | None = None
    title: str | None = None
    kind: Literal["image"] = "image"


@dataclass(frozen=True, slots=True)
class Link:
    """A link back to the run, its trace or its log."""

    url: str
    title: str | None = None
    kind: Literal["link"] = "link"


Evidence: TypeAlias = Text | Diff | Picture | Link


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the machine thinks, and how sure it is (0 to 1)."""

    choice: str
    confidence: float
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `action` makes it an approval, `choices` a label."""

    queue: str
    _: KW_ONLY
    kind: Kind | None = None  # None: what it is
    action: Action | None = None  # approvals
    allow: Sequence[Allow] = ()  # approvals: what a reviewer may do besides yes and no
    reason: str = ""  # approvals: the program's own words, shown as unverified
    body: str = ""  # labels
    choices: Sequence[str] = ()  # labels
    question: str | None = None  # labels
    prediction: Prediction | None = None  # labels
    evidence: Sequence[Evidence] = ()
    requester: str | None = None  # who or what wants it; a person named here never judges it
    within: timedelta | None = None  # until then people may answer; None: the queue's policy
    key: str = field(default_factory=fresh_key)  # the program's own, stable name of this question

    def as_json(self) -> dict[str, Any]:
        """The body of a submission."""
        kind = self.kind or ("approval" if self.action else "label")
        stated: dict[str, Any] = {
            "queue": self.queue,
            "kind": kind,
            "key": self.key,
            "action": stated_of(self.action) if self.action else None,
            "allow": list(self.allow),
            "reason": self.reason,
            "body": self.body,
            "choices": list(self.choices),
            "question": self.question,
            "prediction": stated_of(self.prediction) if self.prediction else None,
            "evidence": [stated_of(one) for one in self.evidence],
            "requester": self.requester,
            "due_in": self.within.total_seconds() if self.within is not None else None,
        }
        return {name: value for name, value in stated.items() if value not in (None, "", [])}


def stated_of(value: Any) -> dict[str, Any]:
    """A dataclass as JSON, without what it does not state."""
    fields: Mapping[str, Any] = asdict(value)
    return {name: one for name, one in fields.items() if one is not None}

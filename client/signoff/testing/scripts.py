"""What the people of a test say, and what they are asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from signoff.answers import APPROVE, REJECT, Action


@dataclass(frozen=True, slots=True)
class Asked:
    """One item, as the people of a test see it."""

    item_id: str
    queue: str
    kind: str
    key: str
    action: Action | None = None  # approvals
    reason: str = ""  # approvals
    body: str = ""  # labels
    choices: tuple[str, ...] = ()
    evidence: tuple[dict[str, Any], ...] = ()  # as it was submitted
    requester: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What everybody who may does about one item, until it is settled."""

    what: Literal["vote", "edit", "respond", "leave"]
    text: str = ""  # the choice, or the words that answer in place of the tool
    reason: str | None = None
    args: dict[str, Any] = field(default_factory=dict)  # that an edit sets


Reviewer: TypeAlias = Callable[[Asked], Answer | None]


def choose(choice: str, reason: str | None = None) -> Answer:
    """A vote for one of the choices."""
    return Answer("vote", choice, reason)


def approve(reason: str | None = None) -> Answer:
    """A vote for yes."""
    return choose(APPROVE, reason)


def reject(reason: str | None = None) -> Answer:
    """A vote for no."""
    return choose(REJECT, reason)


def edit(**args: Any) -> Answer:
    """A yes to the action with these arguments changed."""
    return Answer("edit", args=args)


def respond(text: str) -> Answer:
    """An answer in place of the tool."""
    return Answer("respond", text)


def leave() -> Answer:
    """Nothing: the item stays open."""
    return Answer("leave")


def approve_all(_asked: Asked) -> Answer:
    """A reviewer who says yes to everything."""
    return approve()


def reject_all(_asked: Asked) -> Answer:
    """A reviewer who says no to everything."""
    return reject()


def script(answers: Iterable[Answer]) -> Reviewer:
    """A reviewer who gives these answers, one to each item in the order of their opening.

    An item more than there are answers fails the test.
    """
    left = iter(answers)

    def reviewer(asked: Asked) -> Answer:
        answer = next(left, None)
        if answer is None:
            raise AssertionError(f"the script has no answer for one more item: {asked}")
        return answer

    return reviewer

"""What comes back: items and decisions. Frozen; instants are aware UTC; fields may be added."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from signoff.errors import Cancelled, Denied, Expired, Undecided

Execution = Literal["executed", "failed", "unknown"]
Args = Mapping[str, Any]

APPROVE = "approve"
REJECT = "reject"
RESPOND = "respond"
SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose vote carried the outcome."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What would run: the function, every bound argument, and where."""

    name: str
    args: dict[str, Any] = field(default_factory=dict)  # JSON
    version: str | None = None
    environment: str | None = None
    target: str | None = None
    reversible: bool | None = None  # None: nobody says
    args_schema: dict[str, Any] | None = None  # JSON Schema of `args`; needed for `edit`


@dataclass(frozen=True, slots=True)
class BoundAction(Action):
    """The action as it now stands on the server, a reviewer's edits included."""

    edited_by: str | None = None
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """The single-use permission that stands behind an approval."""

    status: str  # "none", "ready", "redeemed", "expired" or "used"
    expires_at: datetime | None = None
    redeemed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The final answer, and the rule that produced it."""

    choice: str | None
    rule: str
    votes: int
    decided_at: datetime
    reasons: tuple[str, ...] = ()
    by: tuple[Person, ...] = ()
    response: str | None = None
    correction: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What the program said became of the action."""

    execution: str
    reported_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One question before people, as it stands."""

    id: str
    status: str  # "open", "escalated" (seniors are asked) or "settled", for ever
    queue: str
    kind: str
    key: str
    opened_at: datetime
    due_at: datetime
    digest: str  # of all that was submitted
    action_digest: str | None = None  # approvals: what a grant is bound to
    action: BoundAction | None = None
    grant: Grant | None = None
    outcome: Outcome | None = None
    report: Report | None = None
    paused: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether the outcome is there."""
        return self.status == SETTLED

    @property
    def decision(self) -> "Decision | None":
        """The decision, once it is settled."""
        return Decision(self, self.outcome) if self.outcome else None


@dataclass(frozen=True, slots=True)
class Decision:
    """What people (or the rules) decided about one item."""

    item: Item
    _outcome: Outcome

    @property
    def item_id(self) -> str:
        """The item that was decided."""
        return self.item.id

    @property
    def outcome(self) -> str | None:
        """The choice. None: nobody decided, which never means yes."""
        return self._outcome.choice

    @property
    def rule(self) -> str:
        """What produced it: `unanimous`, `majority`, `senior`, `auto`, `timeout`, `cancelled`..."""
        return self._outcome.rule

    @property
    def votes(self) -> int:
        """How many votes stood when it was decided."""
        return self._outcome.votes

    @property
    def who(self) -> tuple[Person, ...]:
        """Whose votes carried it; nobody's when a rule decided alone."""
        return self._outcome.by

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in the words of those who said why."""
        return self._outcome.reasons

    @property
    def reason(self) -> str:
        """The reasons as one text; "" when nobody gave any."""
        return "; ".join(self.reasons)

    @property
    def decided_at(self) -> datetime:
        """When it was decided."""
        return self._outcome.decided_at

    @property
    def correction(self) -> str | None:
        """What a reviewer would have had instead."""
        return self._outcome.correction

    @property
    def response(self) -> str | None:
        """A person's own answer, given instead of running the action."""
        return self._outcome.response

    @property
    def action(self) -> BoundAction | None:
        """What was approved, a reviewer's edits included."""
        return self.item.action

    @property
    def edited(self) -> Args | None:
        """The arguments that a reviewer set; None when nobody edited."""
        action = self.item.action
        return action.args if action and action.edited_by else None

    @property
    def is_approved(self) -> bool:
        """Whether people said yes to this action. Only the grant lets it run."""
        return self.item.kind == "approval" and self.outcome == APPROVE

    def checked(self) -> "Decision":
        """The same decision, if there is an answer in it.

        Raises:
            Denied: people said no.
            Expired: nobody answered in time.
            Cancelled: the question was taken back.
            Undecided: it was settled without a choice.
        """
        about = f"Item {self.item_id}"
        if self.rule == "cancelled":
            raise Cancelled(f"{about} was cancelled{_words(self.reason)}.", self)
        if self.rule == "timeout" and self.outcome in (None, REJECT):
            raise Expired(f"{about} expired: nobody answered in time.", self)
        if self.outcome is None:
            raise Undecided(f"{about} was settled without a choice.", self)
        if self.item.kind == "approval" and self.outcome == REJECT:
            by = f" by {', '.join(one.name or one.id for one in self.who)}" if self.who else ""
            raise Denied(f"{about} was denied{by}{_words(self.reason)}.", self)
        return self


def _words(reason: str) -> str:
    return f": {reason}" if reason else ""

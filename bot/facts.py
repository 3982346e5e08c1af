"""What the rules reason about: plain, frozen facts. Instants are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from config.policies import Policy

UNSURE = "unsure"  # the vote that counts as an abstention and hands the item to the seniors
APPROVE = "approve"
REJECT = "reject"


class Kind(StrEnum):
    """What is asked about an item."""

    APPROVAL = "approval"
    LABEL = "label"
    AUDIT = "audit"
    PREFERENCE = "preference"


class Status(StrEnum):
    """Where an item stands."""

    OPEN = "open"  # reviewers are asked
    ESCALATED = "escalated"  # seniors are asked, and only they decide
    SETTLED = "settled"  # it has its outcome, for ever


class Rule(StrEnum):
    """What produced an outcome."""

    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    SENIOR = "senior"
    AUTO = "auto"
    JUDGE = "judge"
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"


class Trigger(StrEnum):
    """Why an item went to the seniors."""

    UNSURE = "unsure"
    DISAGREEMENT = "disagreement"
    LATE = "late"  # no quorum within the policy's `escalate_after`
    EXHAUSTED = "exhausted"  # everybody who may vote has, and it is not enough


class Execution(StrEnum):
    """What became of an approved action, as its producer reports it."""

    EXECUTED = "executed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Vote:
    """One reviewer's answer; the newest replaces the one before."""

    person_id: str
    choice: str  # one of the item's choices, or UNSURE
    cast_at: datetime
    reason: str | None = None
    as_senior: bool = False  # cast after the item was handed to the seniors


@dataclass(frozen=True, slots=True)
class Outcome:
    """The final answer, and the rule that produced it."""

    choice: str | None  # None: nobody decided (a label that expired undecided, a cancelled item)
    rule: Rule
    vote_count: int  # the votes that stood when it was decided, abstentions left out
    decided_at: datetime
    decided_by: tuple[str, ...] = ()  # person ids whose votes carried it


@dataclass(frozen=True, slots=True)
class Report:
    """What the producer says became of its approved action."""

    execution: Execution
    reported_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One question, with everything a rule may look at; its content stays in the memory."""

    id: str
    queue: str
    kind: Kind
    status: Status
    choices: tuple[str, ...]  # what may be voted, UNSURE left out
    policy: Policy  # as it was when the item opened
    opened_at: datetime
    due_at: datetime
    digest: str  # SHA-256 of the content, hex
    producer: str  # the API key's name
    key: str = ""  # the producer's own name of it
    requester: str | None = None  # who or what wants it, as the producer says
    owners: tuple[str, ...] = ()  # person ids that stand behind the producer; they never judge it
    predicted: str | None = None  # the machine's choice
    confidence: float | None = None  # 0 to 1
    needs_reading: bool = False  # does not fit a card: only readers of the full view may approve
    escalate_at: datetime | None = None
    escalated_at: datetime | None = None
    trigger: Trigger | None = None
    settles_at: datetime | None = None  # decided, and changeable until then (the grace window)
    outcome: Outcome | None = None
    report: Report | None = None
    revision: int = 1  # rises with everything a card shows
    votes: tuple[Vote, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether the outcome is there."""
        return self.status is Status.SETTLED

    def vote_of(self, person_id: str) -> Vote | None:
        """The standing vote of one person, or None."""
        return next((vote for vote in self.votes if vote.person_id == person_id), None)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a platform says is acting: ids only, names prove nothing."""

    platform: str  # "slack", "discord", "cli"
    user_ref: str
    team_ref: str = ""
    role_refs: frozenset[str] = frozenset()
    barred: str = ""  # why the platform's own record rules this account out, "" when it does not


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card or a notice goes."""

    platform: str
    channel_ref: str
    thread_ref: str = ""

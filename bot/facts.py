"""What the rules reason about: plain, frozen facts. Instants are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from config.policies import Policy

UNSURE = "unsure"  # the vote that counts as an abstention and hands the item to the seniors
APPROVE = "approve"
REJECT = "reject"
FIRST, SECOND, TIE, BOTH_BAD = "first", "second", "tie", "both-bad"  # how a pair is voted on
SELF = "signoff"  # the producer of what Signoff itself asks; no key may have this name
RESPOND = "respond"  # a person answered in place of the tool: the action does not run


class Kind(StrEnum):
    """What is asked about an item."""

    APPROVAL = "approval"
    LABEL = "label"
    AUDIT = "audit"
    PREFERENCE = "preference"


class Purpose(StrEnum):
    """Why Signoff itself asks, where no producer does."""

    AUDIT = "audit"  # was the machine right about an item that it settled?
    GOLD = "gold"  # the answer is known: is the reviewer right?
    PROBE = "probe"  # an action that must be refused, and that nothing ever runs
    REPEAT = "repeat"  # a pair once more, its sides swapped
    REOPENED = "reopened"  # everybody is asked, since an audit found the machine wrong


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
    LOOKUP = "lookup"  # a platform could not say who clicked, again and again


class Standing(StrEnum):
    """Where a grant stands."""

    READY = "ready"  # it may be redeemed, once
    REDEEMED = "redeemed"  # the action runs, and nothing is reported yet
    USED = "used"  # what became of it is reported, or given up
    EXPIRED = "expired"  # nobody redeemed it in time


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
    left: str | None = None  # of a pair: the answer that stood on this reviewer's left


@dataclass(frozen=True, slots=True)
class Outcome:
    """The final answer, and the rule that produced it."""

    choice: str | None  # None: nobody decided (a label that expired undecided, a cancelled item)
    rule: Rule
    vote_count: int  # the votes that stood when it was decided, abstentions left out
    decided_at: datetime
    decided_by: tuple[str, ...] = ()  # person ids whose votes carried it
    words: str | None = None  # the answer in place of the tool, or why its producer withdrew it


@dataclass(frozen=True, slots=True)
class Grant:
    """The single-use permission of an approved action."""

    action_digest: str  # of the action as it was approved
    standing: Standing
    expires_at: datetime
    attempt: str | None = (
        None  # who redeemed it names its attempt, to ask again after a lost answer
    )
    redeemed_at: datetime | None = None

    @property
    def is_ready(self) -> bool:
        """Whether nobody has redeemed it, and time has not ended it."""
        return self.standing is Standing.READY


@dataclass(frozen=True, slots=True)
class Edit:
    """A reviewer changed the arguments; what stands now is theirs."""

    person_id: str  # the last one
    edited_at: datetime
    submitted_args: str  # JSON, as the producer sent them
    submitted_digest: str  # of what the producer sent


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
    digest: str  # SHA-256 of the content as it stands, hex
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
    attended_by: str | None = None  # the senior who said that they are on it
    attended_until: datetime | None = None  # then somebody else is asked
    settles_at: datetime | None = None  # decided, and changeable until then (the grace window)
    outcome: Outcome | None = None
    report: Report | None = None
    action_digest: str | None = None  # of the action that is asked for, as it stands; approvals
    edit: Edit | None = None
    grant: Grant | None = None  # of an approved action
    paused: bool = False  # its cards say that grants are withheld
    purpose: Purpose | None = None  # None: a producer's own question
    posed_by: str | None = None  # whom cards name in place of the producer
    about_id: str | None = None  # the item that this one looks at again
    correction: str | None = None  # what people found right where the machine was wrong
    claim_count: int = 0  # reviewers who hold it; claims come and go without a revision
    batch_id: str | None = None  # the items that it shares one card with
    revision: int = 1  # rises with everything a card shows
    votes: tuple[Vote, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether the outcome is there."""
        return self.status is Status.SETTLED

    @property
    def is_probe(self) -> bool:
        """Whether nothing may ever run because of it, whatever is voted."""
        return self.purpose is Purpose.PROBE

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

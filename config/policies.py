"""A queue's rules, and the people who apply them, as the TOML files state them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.schedules import Schedule

Role = Literal["reviewer", "senior", "admin"]
QueueKind = Literal["approval", "label", "audit", "preference"]
Expiry = Literal["denied", "undecided", "prediction"]
Money = Annotated[Decimal, Field(ge=0)]  # dollars
Share = Annotated[float, Field(ge=0, le=1)]
BY_CHOICE: tuple[QueueKind, ...] = ("label", "audit", "preference")  # a majority of choices wins


class Stated(BaseModel):
    """A part of the configuration: what is not known is refused, what was read never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(Stated):
    """One step of an escalation: one person of each target is asked."""

    after: timedelta = timedelta(0)  # after the step before, or after the hand-over
    to: tuple[str, ...]  # "ann", "@group", "role:senior", "schedule:NAME", "channel"


class Policy(Stated):
    """A queue's rules, frozen into each item when it opens."""

    due_in: timedelta  # from opening to the expiry outcome
    cost_per_review_usd: Money
    reviewers: tuple[str, ...] = ()  # person ids and "@group"s; nobody listed, nobody may vote
    seniors: tuple[str, ...] = ()  # who decides after escalation
    qualifications: tuple[str, ...] = ()  # a reviewer needs every one of them
    votes_needed: Annotated[int, Field(ge=1, le=99)] = 3  # labels
    majority_share: Annotated[float, Field(gt=0.5, le=1)] = 0.6  # labels
    approvals_needed: Annotated[int, Field(ge=1, le=99)] = 1  # approvals
    denials_needed: Annotated[int, Field(ge=1, le=99)] = 1  # approvals
    seniors_needed: Annotated[int, Field(ge=1, le=9)] = 1  # after escalation; see also the above
    auto_above: Annotated[float, Field(ge=0, le=1)] | None = None  # machine's confidence; labels
    expiry: Expiry = "undecided"  # approvals: always denied
    escalate_after: timedelta | None = None  # no outcome in time: the seniors are asked
    escalation: tuple[Step, ...] = ()  # who of them is asked when; none: one after the other
    escalation_rounds: Annotated[int, Field(ge=1, le=4)] = 1  # how often the steps are gone through
    acknowledge_for: timedelta = timedelta(minutes=10)  # "I am on it" holds the next step back
    remind: bool = True  # once, at half time
    first_vote_within: timedelta | None = None  # the team's own target, told in digests and stats
    outcome_within: timedelta | None = None  # likewise
    grace_for: timedelta = timedelta(0)  # between the deciding "approve" and the outcome
    require_reason: Literal["never", "both"] = "never"
    progress: Literal["blind", "open"] = "blind"
    claim_for: timedelta = timedelta(minutes=10)  # how long somebody may hold what they were handed
    confirm: bool = False  # ask again before an approval counts
    cards_at_most: Annotated[int, Field(ge=1, le=1_000)] = (
        20  # of one program, in the channel at once
    )
    open_at_most: Annotated[int, Field(ge=1)] | None = None  # of one program; approvals: 100
    image_hosts: tuple[str, ...] = ()  # where pictures may be loaded from, besides uploads
    grant_for: timedelta = timedelta(minutes=15)  # from the approval until it must be used
    report_within: timedelta = timedelta(minutes=10)  # of its use; then nobody knows how it went
    editors: tuple[str, ...] = ()  # who may change an action's arguments and approve that
    responders: tuple[str, ...] = ()  # who may answer in place of a tool
    rate_per_hour_usd: Money | None = None  # of a reviewer; where the time is known, it is the cost
    active_for_at_most: timedelta = timedelta(minutes=5)  # of one review that is paid as work
    audit_share: Share = 0.0  # of what the machine settles: people look at it, blind
    audit_minimum: Annotated[int, Field(ge=0, le=999)] = 5  # of each class and confidence, a week
    reopen_on_correction: bool = False  # what an audit found wrong goes to everybody once more
    gold_share: Annotated[float, Field(ge=0, le=0.5)] = 0.0  # labels and pairs: known answers
    probe_share: Annotated[float, Field(ge=0, le=0.5)] = 0.0  # approvals: bad actions, never run
    repeat_share: Annotated[float, Field(ge=0, le=0.5)] = 0.0  # pairs shown again, sides swapped
    overlap_share: Share = 0.0  # labels and pairs that get `overlap_votes`, to measure agreement
    overlap_votes: Annotated[int, Field(ge=1, le=99)] = 2
    seed: str = ""  # of every lot; who knows it knows what will be looked at
    cost_per_model_call_usd: Money = Decimal(0)  # of the model that predicts
    cost_per_judge_call_usd: Money = Decimal(0)  # of a model that judges
    cost_per_escalation_usd: Money = Decimal(0)  # on top of the seniors' reviews
    budget_per_month_usd: Money | None = None  # calendar months, UTC
    individual_figures: Literal["own", "leads"] = "own"  # who is told a reviewer's figures


class DigestRule(Stated):
    """When a digest is due: on a wall clock, or each time that so much has passed."""

    every: Literal["day", "week"] | timedelta
    on: int = 0  # day of the week, 0 is Monday; of a weekly one
    at: time = time(9)  # on the zone's clocks
    zone: str = "UTC"


class Queue(Stated):
    """A named stream of items under one policy."""

    name: str
    title: str
    kinds: tuple[QueueKind, ...]
    policy: Policy
    slack: str | None = None  # channel id
    discord: str | None = None  # channel id
    digest: DigestRule | None = None
    preset: str | None = None

    @property
    def channels(self) -> Sequence[tuple[str, str]]:
        """Each platform on which it has a channel, and that channel's id."""
        there = (("slack", self.slack), ("discord", self.discord))
        return [(platform, channel_ref) for platform, channel_ref in there if channel_ref]


class Person(Stated):
    """One reviewer, on whichever platforms."""

    id: str
    name: str
    roles: frozenset[Role] = frozenset({"reviewer"})
    qualifications: frozenset[str] = frozenset()
    slack: str | None = None  # user id
    discord: str | None = None  # user id
    zone: str = "UTC"
    active: bool = True


class Limits(Stated):
    """How much one person reviews, over all queues, before the bot hands them nothing more."""

    max_per_hour: Annotated[int, Field(ge=1, le=3600)] = 200  # in any sixty minutes
    break_after: timedelta = timedelta(minutes=45)  # of work without a pause
    break_for: timedelta = timedelta(minutes=10)  # a pause this long ends a stretch of work


class Rulebook(Stated):
    """Every queue, person and group."""

    queues: Mapping[str, Queue]
    people: Mapping[str, Person]
    groups: Mapping[str, tuple[str, ...]] = {}
    limits: Limits = Limits()
    slack_team: str | None = None  # the one workspace whose accounts may vote; None: the token's
    discord_guild: str | None = None  # the one server; None: those of the queues' channels
    discord_role: str | None = None  # an account must hold it to vote; None: no role is needed
    schedules: Mapping[str, Schedule] = {}  # on call; by name, as oncall.toml states them
    known_as: Mapping[str, tuple[str, ...]] = {}  # person -> their names in calendars, PagerDuty
    pagers: Mapping[str, tuple[str, ...]] = {}  # person -> names of what pages them

    def title_of(self, queue: str) -> str:
        """What people call a queue; "" when the rules no longer name it."""
        there = self.queues.get(queue)
        return there.title if there else ""

    def members(self, names: tuple[str, ...]) -> frozenset[str]:
        """The ids of the people listed, groups opened; unknown names stand for nobody."""
        if names not in self._members:
            self._members[names] = frozenset(self._opened(names))
        return self._members[names]

    def _opened(self, names: tuple[str, ...]) -> Iterator[str]:
        for name in names:
            listed = self.groups.get(name[1:], ()) if name.startswith("@") else (name,)
            yield from (person for person in listed if person in self.people)

    @cached_property
    def _members(self) -> dict[tuple[str, ...], frozenset[str]]:
        return {}  # asked for every vote, and as few lists as there are policies

    def person_at(self, platform: str, user_ref: str) -> Person | None:
        """Who a platform account belongs to, or None."""
        return self._by_account.get((platform, user_ref))

    @cached_property
    def _by_account(self) -> dict[tuple[str, str], Person]:
        accounts: dict[tuple[str, str], Person] = {}
        for person in self.people.values():
            accounts["http", person.id] = person  # of a voting key, which names them by id
            for platform in ("slack", "discord"):
                user_ref = getattr(person, platform)
                if user_ref:
                    accounts[platform, user_ref] = person
        return accounts

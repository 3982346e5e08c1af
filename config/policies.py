"""A queue's rules, and the people who apply them, as the TOML files state them."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["reviewer", "senior", "admin"]
QueueKind = Literal["approval", "label", "audit", "preference"]
Expiry = Literal["denied", "undecided", "prediction"]
WORKING_KINDS: tuple[QueueKind, ...] = ("approval", "label")  # the others are still to come

Money = Annotated[Decimal, Field(ge=0)]  # dollars

class Stated(BaseModel):
    """A part of the configuration: what is not known is refused, what was read never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    grace_for: timedelta = timedelta(0)  # between the deciding "approve" and the outcome
    require_reason: Literal["never", "both"] = "never"
    progress: Literal["blind", "open"] = "blind"
    confirm: bool = False  # ask again before an approval counts
    image_hosts: tuple[str, ...] = ()  # where pictures may be loaded from, besides uploads


    rate_per_hour_usd: Money | None = None  # of a reviewer; where the time is known, it is the cost
    active_for_at_most: timedelta = timedelta(minutes=5)  # of one review that is paid as work
    cost_per_model_call_usd: Money = Decimal(0)  # of the model that predicts
    cost_per_judge_call_usd: Money = Decimal(0)  # of a model that judges
    cost_per_escalation_usd: Money = Decimal(0)  # on top of the seniors' reviews
    budget_per_month_usd: Money | None = None  # calendar months, UTC
    individual_figures: Literal["own", "leads"] = "own"  # who is told a reviewer's figures
class Queue(Stated):
    """A named stream of items under one policy."""

    name: str
    title: str
    kinds: tuple[QueueKind, ...]
    policy: Policy
    slack: str | None = None  # channel id
    discord: str | None = None  # channel id
    preset: str | None = None


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


class Rulebook(Stated):
    """Every queue, person and group."""

    queues: Mapping[str, Queue]
    people: Mapping[str, Person]
    groups: Mapping[str, tuple[str, ...]] = {}
    slack_team: str | None = None  # the one workspace whose accounts may vote; None: the token's
    discord_guild: str | None = None  # the one server; None: those of the queues' channels
    discord_role: str | None = None  # an account must hold it to vote; None: no role is needed

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
            for platform in ("slack", "discord"):
                user_ref = getattr(person, platform)
                if user_ref:
                    accounts[platform, user_ref] = person
        return accounts

"""What answers cost: exact money, from counts of work and a list of prices."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from config.policies import Policy

Key = TypeVar("Key", bound=Hashable)

ZERO = Decimal(0)
LONGEST = timedelta(minutes=5)  # of one review that is paid as work; a tab left open is not
WARN_AT = Decimal("0.8")  # share of a budget
EARLY = 0.1  # share of a period before which nothing is foretold


@dataclass(frozen=True, slots=True)
class Prices:
    """What each thing costs; a review costs a fixed sum, or its time."""

    review_usd: Decimal = ZERO  # a review, however long
    hour_usd: Decimal | None = None  # an hour of review; replaces `review_usd`
    call_usd: Decimal = ZERO  # a call of the model that predicts
    judge_usd: Decimal = ZERO  # a call of the model that judges
    escalation_usd: Decimal = ZERO  # on top of the seniors' reviews


@dataclass(frozen=True, slots=True)
class Work:
    """What was done, in counts that add up."""

    item_count: int = 0
    review_count: int = 0
    timed_count: int = 0  # reviews whose time is known
    active_for: timedelta = timedelta(0)  # of those, capped; see `timed`
    call_count: int = 0
    judge_count: int = 0
    escalation_count: int = 0

    def __add__(self, other: "Work") -> "Work":
        return Work(
            self.item_count + other.item_count,
            self.review_count + other.review_count,
            self.timed_count + other.timed_count,
            self.active_for + other.active_for,
            self.call_count + other.call_count,
            self.judge_count + other.judge_count,
            self.escalation_count + other.escalation_count,
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """Money by what it was spent on."""

    reviews_usd: Decimal = ZERO
    calls_usd: Decimal = ZERO
    judge_usd: Decimal = ZERO
    escalations_usd: Decimal = ZERO

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.reviews_usd + other.reviews_usd,
            self.calls_usd + other.calls_usd,
            self.judge_usd + other.judge_usd,
            self.escalations_usd + other.escalations_usd,
        )

    @property
    def total_usd(self) -> Decimal:
        """All of it."""
        return self.reviews_usd + self.calls_usd + self.judge_usd + self.escalations_usd


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The same items in the two simplest ways."""

    by_people_usd: Decimal  # every item by the usual number of votes
    by_machine_usd: Decimal  # every item by one call, nobody looks


class Budget(StrEnum):
    """How the spending stands."""

    WITHIN = "within"
    NEAR = "near"  # most of it is spent
    HEADING_OVER = "heading over"  # at this pace it will not last the period
    OVER = "over"


def prices_in(policy: Policy) -> Prices:
    """What a queue's policy says that things cost."""
    return Prices(
        review_usd=policy.cost_per_review_usd,
        hour_usd=policy.rate_per_hour_usd,
        call_usd=policy.cost_per_model_call_usd,
        judge_usd=policy.cost_per_judge_call_usd,
        escalation_usd=policy.cost_per_escalation_usd,
    )


def timed(seconds: Iterable[float], longest: timedelta = LONGEST) -> timedelta:
    """The active time of some reviews, none of them counted for more than `longest`."""
    most = round(longest.total_seconds() * 1000)
    return timedelta(milliseconds=sum(min(max(round(one * 1000), 0), most) for one in seconds))


def cost_of(work: Work, prices: Prices) -> Cost:
    """What the work cost.

    With a price by the hour, reviews of unknown time cost what the others cost on average.
    """
    return Cost(
        reviews_usd=work.review_count * review_usd(work, prices),
        calls_usd=work.call_count * prices.call_usd,
        judge_usd=work.judge_count * prices.judge_usd,
        escalations_usd=work.escalation_count * prices.escalation_usd,
    )


def review_usd(work: Work, prices: Prices) -> Decimal:
    """What one review costs: the fixed price, or the mean active time at the price of an hour."""
    if prices.hour_usd is None or not work.timed_count:
        return prices.review_usd
    microseconds = Decimal(work.active_for // timedelta(microseconds=1))
    return microseconds * prices.hour_usd / (3_600_000_000 * work.timed_count)


def share_of(usd: Decimal, count: float) -> Decimal | None:
    """Money per item, vote or right answer; None when there is none of them."""
    return usd / Decimal(str(count)) if count > 0 else None


def per_right_answer(usd: Decimal, item_count: int, accuracy: float | None) -> Decimal | None:
    """Money per right answer, items x accuracy of them; None when accuracy is unknown or 0.

    Of an estimate's low and high it gives the interval's high and low.
    """
    return None if accuracy is None else share_of(usd, item_count * accuracy)


def summed(lines: Iterable[tuple[Key, Work]]) -> dict[Key, Work]:
    """The work per queue, outcome or whatever else the keys are."""
    total: dict[Key, Work] = {}
    for key, work in lines:
        total[key] = total.get(key, Work()) + work
    return total


def alternatives(work: Work, prices: Prices, *, votes_needed: int) -> Alternatives:
    """What these items would have cost by people alone, and by the machine alone.

    A vote costs what it does now; escalations are left out of both.
    """
    return Alternatives(
        by_people_usd=work.item_count * votes_needed * review_usd(work, prices),
        by_machine_usd=work.item_count * prices.call_usd,
    )


def budget_state(
    spent_usd: Decimal, budget_usd: Decimal, *, elapsed: timedelta, period: timedelta
) -> Budget:
    """How the spending stands, `elapsed` into the period."""
    if spent_usd > budget_usd:
        return Budget.OVER
    share = Decimal(str(min(elapsed / period, 1.0)))
    if share >= Decimal(str(EARLY)) and spent_usd > budget_usd * share and share < 1:
        return Budget.HEADING_OVER
    return Budget.NEAR if spent_usd >= WARN_AT * budget_usd and spent_usd else Budget.WITHIN

"""How votes become an answer. Pure: votes in, a ruling out."""

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction

from bot.facts import APPROVE, REJECT, UNSURE, Item, Kind, Rule, Status, Trigger, Vote
from config.policies import Policy


@dataclass(frozen=True, slots=True)
class Decided:
    """The votes settle it."""

    choice: str
    rule: Rule
    carried_by: tuple[str, ...]  # person ids


@dataclass(frozen=True, slots=True)
class Escalate:
    """The votes cannot settle it: the seniors are asked."""

    trigger: Trigger


@dataclass(frozen=True, slots=True)
class Waiting:
    """More votes are needed."""


Ruling = Decided | Escalate | Waiting


def resolve(item: Item, eligible: AbstractSet[str]) -> Ruling:
    """What the standing votes amount to.

    Args:
        item: with its votes; its status says whose turn it is.
        eligible: ids of everybody who may judge it now; votes of others do not count.
    """
    votes = [vote for vote in item.votes if vote.person_id in eligible]
    if item.status is Status.ESCALATED:
        return _by_seniors(item, [vote for vote in votes if vote.as_senior])
    if any(vote.choice == UNSURE for vote in votes):
        return Escalate(Trigger.UNSURE)
    ruling = _of_approvals(item, votes) if item.kind is Kind.APPROVAL else _of_labels(item, votes)
    if isinstance(ruling, Waiting) and votes and len(votes) == len(eligible):
        return Escalate(Trigger.EXHAUSTED)
    return ruling


def _by_seniors(item: Item, votes: list[Vote]) -> Ruling:
    """Enough agreeing seniors decide; of an approval, one senior's "no" is enough."""
    if item.kind is Kind.APPROVAL and any(vote.choice == REJECT for vote in votes):
        return _decided(REJECT, Rule.SENIOR, votes)
    counts = Counter(vote.choice for vote in votes if vote.choice != UNSURE)
    for choice, count in counts.items():
        if count >= seniors_needed(item.kind, item.policy):
            return _decided(choice, Rule.SENIOR, votes)
    return Waiting()


def seniors_needed(kind: Kind, policy: Policy) -> int:
    """How many seniors must agree. Escalation never lowers the number of people for a "yes"."""
    if kind is Kind.APPROVAL:
        return max(policy.seniors_needed, policy.approvals_needed)
    return policy.seniors_needed


def _of_approvals(item: Item, votes: list[Vote]) -> Ruling:
    """Whichever of the two numbers is reached first; a denial wins a tie."""
    counts = Counter(vote.choice for vote in votes)
    rule = Rule.UNANIMOUS if len(counts) == 1 else Rule.MAJORITY
    if counts[REJECT] >= item.policy.denials_needed:
        return _decided(REJECT, rule, votes)
    if counts[APPROVE] >= item.policy.approvals_needed:
        return _decided(APPROVE, rule, votes)
    return Waiting()


def _of_labels(item: Item, votes: list[Vote]) -> Ruling:
    """Unanimous, else the majority's share, else the seniors; as soon as no vote can change it."""
    if not votes:
        return Waiting()
    needed = max(item.policy.votes_needed, len(votes))
    leader, count = Counter(vote.choice for vote in votes).most_common(1)[0]
    if count == needed:
        return _decided(leader, Rule.UNANIMOUS, votes)
    share = Fraction(str(item.policy.majority_share))  # 0.6 * 5 must be 3, not 3.0000000000000004
    if count >= share * needed:
        return _decided(leader, Rule.MAJORITY, votes)
    still_to_come = needed - len(votes)
    if count + still_to_come < share * needed:
        return Escalate(Trigger.DISAGREEMENT)
    return Waiting()


def _decided(choice: str, rule: Rule, votes: list[Vote]) -> Decided:
    carried_by = tuple(sorted(vote.person_id for vote in votes if vote.choice == choice))
    return Decided(choice, rule, carried_by)

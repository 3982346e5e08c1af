"""Who looks again at what: lots over items, drawn from their ids and a seed, so a replay agrees.

Nothing here is random: an item's lot is a hash of its id and its queue's seed. Every lot has a salt
of its own, so that being drawn for one thing says nothing about being drawn for another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.facts import FIRST, SECOND, Item, Kind, Purpose, Rule
from bot.measures.audit_sample import is_drawn, ticket
from config.policies import Policy

PLANT_WITHIN = timedelta(seconds=90)  # after a real item; how long exactly is a lot too
REPEAT_AFTER = timedelta(hours=1)  # a pair is repeated when its reviewers have seen others
_BY_MACHINE = (Rule.AUTO, Rule.JUDGE)
_BY_PEOPLE = (Rule.UNANIMOUS, Rule.MAJORITY, Rule.SENIOR)
_ASKED_AGAIN = (Purpose.AUDIT, Purpose.GOLD, Purpose.PROBE, Purpose.REOPENED)
_NOTHING_MORE: dict[str, Any] = {
    "auto_above": None,
    "audit_share": 0.0,
    "gold_share": 0.0,
    "probe_share": 0.0,
    "repeat_share": 0.0,
    "reopen_on_correction": False,
}


class Task(StrEnum):
    """What the clock does about an item, besides its deadlines."""

    DRAW = "draw"  # a machine settled it: do people look at it?
    CONCLUDE = "conclude"  # people have judged a machine's answer
    CONFIRM = "confirm"  # everybody has judged what an audit found wrong
    FEED_BACK = "feed-back"  # a known answer has been voted on
    REPEAT = "repeat"  # a pair is shown once more
    PLANT = "plant"  # a question with a known answer goes out after this real one


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be done about an item, and not before when."""

    task: Task
    at: datetime


def errand_of(item: Item) -> Errand | None:
    """What the clock has to do about the item as it stands; the later task replaces the earlier."""
    if item.outcome is not None:
        settled = _task_when_settled(item, item.outcome.rule)
        if settled is not None:
            wait = REPEAT_AFTER if settled is Task.REPEAT else timedelta(0)
            return Errand(settled, item.outcome.decided_at + wait)
        if item.outcome.rule in _BY_MACHINE:
            return None
    if _is_followed(item):
        return Errand(Task.PLANT, item.opened_at + PLANT_WITHIN * _lot(item, "delay"))
    return None


def errand_at(item: Item) -> datetime | None:
    """When the clock must look at the item for more than its deadline."""
    errand = errand_of(item)
    return errand.at if errand else None


def policy_for(policy: Policy, item_id: str, kind: Kind) -> Policy:
    """The rules of one item: more votes where it is drawn to show how far reviewers agree."""
    if kind is Kind.APPROVAL or policy.votes_needed >= policy.overlap_votes:
        return policy
    if not _draws(item_id, policy, "overlap", policy.overlap_share):
        return policy
    return policy.model_copy(update={"votes_needed": policy.overlap_votes})


def policy_of_ours(policy: Policy) -> Policy:
    """The rules for what Signoff itself asks in a queue: the same to reviewers, and no more lots.

    The votes needed stay, and so does the word about the deadline: else a card would give away
    that it is no producer's.
    """
    return policy.model_copy(update=_NOTHING_MORE)


def audit_seed(policy: Policy) -> str:
    """The seed of the lots that decide about audits."""
    return _seed(policy, "audit")


def gold_seed(policy: Policy) -> str:
    """The seed of the lots that decide which known question is asked."""
    return _seed(policy, "which gold")


def week_of(at: datetime) -> str:
    """The ISO week within which every stratum gets its minimum, such as "2026-W10"; UTC."""
    year, week, _ = at.isocalendar()
    return f"{year}-W{week:02}"


def left_of(item: Item, person_id: str) -> str:
    """Which answer of a pair stands on this reviewer's left: FIRST or SECOND.

    Each reviewer has a lot of their own for each pair; where a pair is repeated, the sides are
    swapped.
    """
    is_repeat = item.purpose is Purpose.REPEAT
    pair_id = item.about_id if is_repeat and item.about_id else item.id
    is_first = ticket(f"{pair_id} {person_id}", _seed(item.policy, "side")) < 0.5
    return FIRST if is_first is not is_repeat else SECOND


def _task_when_settled(item: Item, rule: Rule) -> Task | None:
    if item.kind is Kind.AUDIT:
        return Task.CONCLUDE
    if item.purpose in _ASKED_AGAIN:
        return Task.CONFIRM if item.purpose is Purpose.REOPENED else Task.FEED_BACK
    if item.purpose is not None:
        return None
    if item.kind is Kind.LABEL and rule in _BY_MACHINE and item.policy.audit_share:
        return Task.DRAW
    if item.kind is Kind.PREFERENCE and rule in _BY_PEOPLE:
        drawn = _draws(item.id, item.policy, "repeat", item.policy.repeat_share)
        return Task.REPEAT if drawn else None
    return None


def _is_followed(item: Item) -> bool:
    """Whether a question with a known answer follows this real one."""
    policy = item.policy
    share = policy.probe_share if item.kind is Kind.APPROVAL else policy.gold_share
    return item.purpose is None and _draws(item.id, policy, "plant", share)


def _draws(item_id: str, policy: Policy, salt: str, share: float) -> bool:
    """Whether the item's lot falls; where nothing is drawn, no lot is: this is a click's path."""
    return share > 0 and is_drawn(item_id, _seed(policy, salt), share)


def _lot(item: Item, salt: str) -> float:
    return ticket(item.id, _seed(item.policy, salt))


def _seed(policy: Policy, salt: str) -> str:
    return f"{salt}/{policy.seed}"

"""Who may hold what: how many votes an item still wants, and which claims stand."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.facts import APPROVE, UNSURE, Item, Kind, Status
from bot.rules.resolution import seniors_needed

HELD_MAX = 5  # items that one person may hold; what they hold, nobody else is handed


class Lack(StrEnum):
    """Why somebody was handed nothing."""

    UNLISTED = "unlisted"  # no queue lists them
    INACTIVE = "inactive"
    EMPTY = "empty"  # nothing is open in their queues
    DONE = "done"  # they have voted on it, skipped it, or it is for others
    HELD = "held"  # other people have it in hand
    RESTING = "resting"
    HOLDING = "holding"  # as much as one person may hold


@dataclass(frozen=True, slots=True)
class Claim:
    """One person's hold on one item."""

    item_id: str
    person_id: str
    claimed_at: datetime
    until: datetime


def votes_wanted(item: Item) -> int:
    """How many more votes could settle the item in its round: its overlap, less what is in.

    None once it is settled, and none while it is decided and only its grace window runs. An
    approval wants as many as are missing for a "yes", whatever "no"s are in; a label as many as
    are missing for its overlap; with the seniors, as many as the leading answer lacks. While
    nothing is decided that is at least one: a vote that does not count any more, because its
    voter has left, is replaced.
    """
    if item.is_settled or item.settles_at is not None:
        return 0
    if item.status is Status.ESCALATED:
        return max(1, seniors_needed(item.kind, item.policy) - _leading_among_seniors(item))
    if item.kind is Kind.APPROVAL:
        approvals = sum(vote.choice == APPROVE for vote in item.votes)
        return max(1, item.policy.approvals_needed - approvals)
    return max(1, item.policy.votes_needed - len(item.votes))


def standing(before: Item, after: Item, claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The claims that outlive a change of their item, oldest first.

    A vote uses its voter's claim up. Another round is other people's. What a vote on the channel's
    card made superfluous goes, the youngest first; who held it may vote all the same.
    """
    if after.status is not before.status:
        return ()
    kept = [claim for claim in claims if not _has_voted(after, claim.person_id)]
    kept.sort(key=lambda claim: (claim.claimed_at, claim.person_id))
    return tuple(kept[: votes_wanted(after)])


def _has_voted(item: Item, person_id: str) -> bool:
    """Whether this person's part in the item's round is done."""
    vote = item.vote_of(person_id)
    return vote is not None and vote.as_senior == (item.status is Status.ESCALATED)


def _leading_among_seniors(item: Item) -> int:
    choices = Counter(vote.choice for vote in item.votes if vote.as_senior)
    del choices[UNSURE]
    if item.kind is Kind.APPROVAL:
        return choices[APPROVE]
    return max(choices.values(), default=0)

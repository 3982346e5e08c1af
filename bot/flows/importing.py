"""Recorded votes come in: through the same opening, authority and rules as clicks.

The raters of an import are people of that import alone. They are in no people.toml, have no account
on any chat, and the frozen policy of an imported item lists nobody else: in chat nobody may vote on
it. No card is posted, nobody is reminded or paged, and nothing waits for a deadline: an item opens,
is voted on and settles in one unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from bot.content import Label, digest_of
from bot.errors import SignoffError
from bot.facts import Identity, Item, Vote
from bot.flows import advancing, opening
from bot.flows.loading import load
from bot.flows.opening import Producer
from bot.flows.saving import line, save
from bot.rules.authority import authorise, eligible
from bot.rules.deadlines import expire
from bot.rules.resolution import Decided, Escalate, resolve
from bot.rules.sampling import policy_of_ours
from config.policies import Person, Queue, Rulebook
from storage import figures, items, ledger, votes
from storage.ledger import Line
from storage.unit import Unit

SOURCE = "import"
RATERS = "import:raters"  # a group that no people.toml can have: names there hold no colon


@dataclass(frozen=True, slots=True)
class RecordedVote:
    """One line of a file of votes."""

    line: int
    rater: str
    choice: str
    cast_at: datetime
    seconds: float | None = None  # of active work


@dataclass(frozen=True, slots=True)
class RecordedItem:
    """One item of an import, with every vote on it."""

    content: Label
    opened_at: datetime
    votes: tuple[RecordedVote, ...]  # in the order they were cast
    known: str | None = None  # the true answer


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not taken, and why."""

    line: int | None  # of the votes; None: the item itself
    key: str  # the item's name in the file
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of some items."""

    item_count: int = 0  # added
    vote_count: int = 0  # added
    there_count: int = 0  # items that were there already
    refused: tuple[Refused, ...] = ()

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            self.item_count + other.item_count,
            self.vote_count + other.vote_count,
            self.there_count + other.there_count,
            self.refused + other.refused,
        )


class Raters(Rulebook):
    """The rules of one item's import: its raters, who exist nowhere else."""

    def person_at(self, platform: str, user_ref: str) -> Person | None:
        """A rater of this import; no account of any chat is somebody here."""
        return self.people.get(user_ref) if platform == SOURCE else None


def import_items(
    unit: Unit, queue: Queue, recorded: Sequence[RecordedItem], now: datetime
) -> Taken:
    """Takes recorded items with their votes; those that are there already stay as they are.

    Args:
        unit: the transaction.
        queue: whose rules apply.
        recorded: the items.
        now: the moment of the import, for the history: what is recorded keeps its own times.
    """
    ours = without_channels(queue)
    return sum((_import(unit, ours, one, now) for one in recorded), Taken())


def without_channels(queue: Queue) -> Queue:
    """The queue with its votes, majorities and prices, but nobody to ask and nowhere to post.

    Raises:
        SignoffError: it does not take labels.
    """
    if not {"label", "preference"} & set(queue.kinds):
        raise SignoffError(
            f"The queue {queue.name} takes {', '.join(queue.kinds)} only. Recorded votes are "
            "labels: name a queue that takes them."
        )
    nobody: dict[str, Any] = {
        "reviewers": (f"@{RATERS}",),
        "seniors": (),
        "qualifications": (),
        "editors": (),
        "responders": (),
        "escalation": (),
        "escalate_after": None,
        "remind": False,
        "overlap_share": 0.0,
        "require_reason": "never",
    }
    policy = policy_of_ours(queue.policy).model_copy(update=nobody)
    alone: dict[str, Any] = {"slack": None, "discord": None, "kinds": ("label",), "policy": policy}
    return queue.model_copy(update=alone)


def rater_id(name: str) -> str:
    """The id under which a rater of an import is kept: nobody in people.toml can have it."""
    return f"{SOURCE}:{name}"


def _import(unit: Unit, queue: Queue, recorded: RecordedItem, now: datetime) -> Taken:
    producer = Producer(rater_id(queue.name))
    key = recorded.content.key
    known = items.find_by_key(unit.connection, producer.name, key)
    if known is not None:
        return _there(unit, known.id, recorded, digest_of(recorded.content))
    item = opening.fresh(
        queue, producer, recorded.content, digest_of(recorded.content), recorded.opened_at
    )
    if not opening.add(unit, queue, item, recorded.content, source=SOURCE):
        return _import(unit, queue, recorded, now)  # its id was taken, or another import was here
    if recorded.known is not None:
        figures.know(unit.connection, item.id, recorded.known)
    told = Line(now, "imported", item.id, "cli", SOURCE, {"key": key, "votes": len(recorded.votes)})
    ledger.append(unit.connection, told)
    count, refused = _vote(unit, queue, item, recorded)
    return Taken(1, count, 0, refused)


def _there(unit: Unit, item_id: str, recorded: RecordedItem, digest: str) -> Taken:
    """Nothing is added to what is there; what differs from it is named."""
    item, key = load(unit, item_id), recorded.content.key
    if item.digest != digest:
        why = f"item {item_id} has this id already, with another text, prediction or choices"
        return Taken(there_count=1, refused=(Refused(None, key, why),))
    if recorded.known is not None:
        figures.know(unit.connection, item_id, recorded.known)
    cast = {vote.person_id for vote in item.votes}
    refused = tuple(
        Refused(vote.line, key, "its item is decided already, so this new vote was not added")
        for vote in recorded.votes
        if rater_id(vote.rater) not in cast
    )
    return Taken(there_count=1, refused=refused)


def _vote(
    unit: Unit, queue: Queue, item: Item, recorded: RecordedItem
) -> tuple[int, tuple[Refused, ...]]:
    """Counts the votes, and settles the item as its rules say; how many stand, and who may not."""
    rulebook = _rules(queue, recorded.votes)
    standing: dict[str, tuple[Vote, RecordedVote]] = {}
    told: list[Line] = []
    refused: list[Refused] = []
    for one in recorded.votes:
        try:
            person = authorise(item, Identity(SOURCE, rater_id(one.rater)), rulebook)
        except SignoffError as refusal:
            refused.append(Refused(one.line, recorded.content.key, str(refusal)))
            continue
        event = "vote-changed" if person.id in standing else "voted"
        standing[person.id] = (Vote(person.id, one.choice, one.cast_at), one)
        told.append(
            line(event, item.id, one.cast_at, person.id, SOURCE, choice=one.choice,
                 account=one.rater)
        )  # fmt: skip
    for vote, one in standing.values():
        votes.put(
            unit.connection,
            item_id=item.id,
            person_id=vote.person_id,
            choice=vote.choice,
            reason=None,
            as_senior=False,
            cast_at=vote.cast_at,
            left=None,
            source=SOURCE,
            seconds=one.seconds,
        )
    voted = replace(item, votes=tuple(vote for vote, _ in standing.values()))
    _settle(unit, rulebook, item, voted, told)
    return len(standing), tuple(refused)


def _rules(queue: Queue, cast: Sequence[RecordedVote]) -> Raters:
    """A rulebook with the raters of one item and nobody else."""
    ids = dict.fromkeys(rater_id(vote.rater) for vote in cast)
    people = {one: _person(one) for one in ids}
    return Raters.model_construct(
        queues={queue.name: queue}, people=people, groups={RATERS: tuple(ids)}
    )


@lru_cache(maxsize=10_000)  # few raters cast many votes
def _person(one: str) -> Person:
    return Person.model_construct(id=one, name=one)


def _settle(unit: Unit, rulebook: Raters, item: Item, voted: Item, told: list[Line]) -> None:
    """Settles by the votes; what they cannot settle would go to seniors, and here to nobody."""
    at = max((vote.cast_at for vote in voted.votes), default=item.opened_at)
    ruling = resolve(voted, eligible(voted, rulebook)) if voted.votes else None
    if isinstance(ruling, Decided):
        advancing.follow_votes(unit, rulebook, item, voted, at, *told)
        return
    if isinstance(ruling, Escalate):
        told.append(line("escalated", item.id, at, "rules", trigger=ruling.trigger))
        voted = replace(voted, trigger=ruling.trigger, escalated_at=at)
    undecided = save(unit, item, voted, *told)
    advancing.settle(unit, undecided, expire(undecided, at))

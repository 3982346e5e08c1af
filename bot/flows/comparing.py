"""Pairs of answers: shown again with the sides swapped, and what the sides did to the votes."""

from dataclasses import dataclass
from datetime import datetime

from bot.facts import UNSURE, Item, Purpose
from bot.flows.loading import content_of
from bot.flows.posing import guise_of, pose
from config.policies import Rulebook
from storage import gold
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class SideVote:
    """One reviewer's vote on a pair, and which answer stood on their left."""

    item_id: str
    queue: str
    person_id: str
    choice: str  # FIRST, SECOND, TIE or BOTH_BAD
    left: str  # FIRST or SECOND
    at: datetime

    @property
    def took_left(self) -> bool | None:
        """Whether they preferred what stood on their left; None when neither side."""
        return self.choice == self.left if self.choice in ("first", "second") else None


@dataclass(frozen=True, slots=True)
class Repeat:
    """One reviewer's votes on one pair, seen twice, the sides swapped in between."""

    first: SideVote
    second: SideVote

    @property
    def is_consistent(self) -> bool:
        """Whether they said the same, wherever the answers stood."""
        return self.first.choice == self.second.choice


def repeat(unit: Unit, rulebook: Rulebook, pair: Item, now: datetime) -> Item | None:
    """Asks about a settled pair once more; the sides are swapped for whoever judged it before."""
    queue = rulebook.queues.get(pair.queue)
    if queue is None:
        return None
    return pose(
        unit, queue, content_of(unit, pair.id), guise_of(pair), now,
        purpose=Purpose.REPEAT, about_id=pair.id,
    )  # fmt: skip


def side_votes(
    unit: Unit,
    queue: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[SideVote, ...]:
    """The votes on real pairs within a time, oldest first; who was not sure preferred nothing."""
    rows = gold.pair_votes(unit.connection, queue, since, until)
    return tuple(_vote(row) for row in rows if row.purpose is None and row.choice != UNSURE)


def repeats(
    unit: Unit,
    queue: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Repeat, ...]:
    """Who judged a pair twice: their vote on it, and the one on its repeat within a time."""
    every = gold.pair_votes(unit.connection, queue, None, until)
    first = {(row.item_id, row.person_id): _vote(row) for row in every if row.purpose is None}
    found = []
    for row in every:
        before = first.get((row.about_id, row.person_id))
        is_within = since is None or row.cast_at >= since
        if row.purpose == Purpose.REPEAT and before and is_within:
            after = _vote(row)
            if UNSURE not in (before.choice, after.choice):
                found.append(Repeat(before, after))
    return tuple(found)


def sides_since(
    unit: Unit, queue: str | None, since: datetime | None, until: datetime
) -> tuple[tuple[SideVote, ...], tuple[Repeat, ...]]:
    """Both of the above, as they stand at one instant."""
    return side_votes(unit, queue, since, until), repeats(unit, queue, since, until)


def _vote(row: object) -> SideVote:
    names = ("item_id", "queue", "person_id", "choice", "left", "cast_at")
    return SideVote(*(getattr(row, name) for name in names))

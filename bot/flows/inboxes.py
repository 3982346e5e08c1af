"""What one person's inbox holds: theirs alone, and read in one look."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from bot.content import Approval, Label
from bot.facts import Identity, Item, Vote
from bot.flows import pulling
from bot.flows.loading import content_of, load
from bot.flows.pulling import Held
from bot.flows.resting import resting
from bot.flows.searching import Search, rounds_of
from bot.flows.settings import wishes
from bot.rules.authority import recognise
from bot.rules.fatigue import HOUR, Rest, Wishes
from config.policies import Rulebook
from storage import reviewers
from storage.unit import Unit

Known = tuple[Item, Approval | Label]


@dataclass(frozen=True, slots=True)
class Contents:
    """What an inbox is made of."""

    held: tuple[Held, ...]
    waiting: tuple[Known, ...]  # the most urgent first
    counts: tuple[tuple[str, int], ...]  # by queue, up to what was asked for
    votes: tuple[tuple[Known, Vote], ...]  # the newest first
    wishes: Wishes
    rest: Rest | None
    reviewed_count: int  # in the last hour


def inbox_of(
    unit: Unit,
    rulebook: Rulebook,
    who: Identity,
    now: datetime,
    *,
    listed: int,
    counted: int,
    votes: int,
) -> Contents:
    """A person's inbox.

    Args:
        unit: reads.
        rulebook: who may judge what.
        who: whose account.
        now: this instant.
        listed: how many of what waits are wanted.
        counted: up to how many of each queue are counted.
        votes: how many of the last votes are wanted.

    Raises:
        NotAllowedError: the account is nobody's.
    """
    person = recognise(who, rulebook)
    search = Search(unit, rulebook, person, now, writes=False)
    rounds = rounds_of(person, rulebook)
    found = [each for one in rounds for each in search.first_in(one, counted)]
    found.sort(key=lambda each: each[0])
    counts = Counter(item.queue for _, item in found)
    urgent = [item for _, item in found[:listed]]
    last = reviewers.last_votes(unit.connection, person.id, votes)
    since = reviewers.reviews_since(unit.connection, person.id, now - HOUR)
    return Contents(
        held=tuple(pulling.mine(unit, rulebook, who, now)),
        waiting=tuple((item, content_of(unit, item.id)) for item in urgent),
        counts=tuple((name, min(count, counted)) for name, count in sorted(counts.items())),
        votes=tuple(_cast(unit, row.item_id, person.id) for row in last),
        wishes=wishes(unit, rulebook, person.id),
        rest=resting(unit, rulebook, person.id, now),
        reviewed_count=sum(review <= now for review in since),
    )


def _cast(unit: Unit, item_id: str, person_id: str) -> tuple[Known, Vote]:
    item = load(unit, item_id)
    vote = next(each for each in item.votes if each.person_id == person_id)
    return (item, content_of(unit, item_id)), vote

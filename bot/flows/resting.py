"""Who rests, who may be told something now, and how much a team has on its hands."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.facts import Identity
from bot.flows.settings import wishes
from bot.rules.authority import recognise
from bot.rules.fatigue import HOUR, Rest, RestReason, is_quiet, looks_back, rest
from config.policies import Rulebook
from storage import claims, reviewers
from storage.unit import Unit

BREAK = timedelta(minutes=15)  # when nobody says how long
BREAK_MAX = timedelta(hours=24)  # who is away for longer is set inactive


@dataclass(frozen=True, slots=True)
class Load:
    """How much a team has on its hands. It names nobody and counts nobody alone."""

    person_count: int
    working_count: int  # who reviewed something in the last hour
    resting_count: int
    review_count: int  # in the last hour
    held_count: int  # items that somebody was handed
    room_count: int  # reviews that the team may still do in this hour


def resting(unit: Unit, rulebook: Rulebook, person_id: str, now: datetime) -> Rest | None:
    """Whether a person rests, because they said so or because they have worked enough."""
    row = reviewers.find(unit.connection, person_id)
    announced = row.break_until if row is not None else None
    return resting_from(unit, rulebook, person_id, now, announced)


def resting_from(
    unit: Unit,
    rulebook: Rulebook,
    person_id: str,
    now: datetime,
    announced: datetime | None,
    held_count: int = 0,
) -> Rest | None:
    """The same, for who knows already until when the person has announced a break."""
    if announced and announced > now:
        return Rest(announced, RestReason.BREAK)
    since = now - looks_back(rulebook.limits)
    reviews = reviewers.reviews_since(unit.connection, person_id, since)
    return rest(reviews, rulebook.limits, now, held_count=held_count)


def may_be_pinged(unit: Unit, rulebook: Rulebook, person_id: str, now: datetime) -> bool:
    """Whether this person may be told something: not at rest, not in quiet hours, not "off"."""
    wished = wishes(unit, rulebook, person_id)
    if wished.ping_by == "off" or is_quiet(wished, now):
        return False
    return resting(unit, rulebook, person_id, now) is None


def take_break(
    unit: Unit, rulebook: Rulebook, who: Identity, length: timedelta | None, now: datetime
) -> datetime:
    """Until when this person is handed nothing and pinged for nothing.

    Raises:
        NotAllowedError: the account is nobody's.
    """
    person = recognise(who, rulebook)
    until = now + min(length or BREAK, BREAK_MAX)
    reviewers.change(unit.connection, person.id, break_until=until)
    return until


def come_back(unit: Unit, rulebook: Rulebook, who: Identity, now: datetime) -> Rest | None:
    """Ends an announced break; what the person still rests for, if they have worked enough.

    Raises:
        NotAllowedError: the account is nobody's.
    """
    person = recognise(who, rulebook)
    reviewers.change(unit.connection, person.id, break_until=None)
    return resting(unit, rulebook, person.id, now)


def load_of(unit: Unit, rulebook: Rulebook, person_ids: Collection[str], now: datetime) -> Load:
    """What these people have on their hands, all together."""
    limits = rulebook.limits
    reviews: dict[str, list[datetime]] = defaultdict(list)
    for row in reviewers.reviews_by(unit.connection, person_ids, now - looks_back(limits)):
        reviews[row.person_id].append(row.cast_at)
    in_hour = {
        person_id: sum(now - HOUR < review <= now for review in found)
        for person_id, found in reviews.items()
    }
    announced = reviewers.on_break(unit.connection, person_ids, now)
    at_rest = {each for each, found in reviews.items() if rest(found, limits, now)} | announced
    rooms = (
        max(0, limits.max_per_hour - in_hour.get(each, 0)) for each in set(person_ids) - at_rest
    )
    return Load(
        person_count=len(person_ids),
        working_count=sum(count > 0 for count in in_hour.values()),
        resting_count=len(at_rest),
        review_count=sum(in_hour.values()),
        held_count=claims.count_held(unit.connection, person_ids, now),
        room_count=sum(rooms),
    )

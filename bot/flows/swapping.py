"""Swapping shifts: both people agree, or a senior says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import NotAllowedError, SignoffError
from bot.facts import Identity
from bot.flows import outbox, rosters
from bot.flows.shifting import (
    LEADING,
    Changed,
    actor_of,
    body_of,
    holders_in,
    tell,
    write_down,
)
from bot.rules.oncall import Known, OnCall, shifts
from config.policies import Person, Rulebook
from config.schedules import Schedule
from storage import oncall as memory
from storage.unit import Unit

AHEAD = timedelta(days=180)  # how far ahead a shift to swap is looked for
ASKED_FOR = timedelta(days=7)  # how long somebody may think about a swap


@dataclass(frozen=True, slots=True)
class Swapped:
    """Two shifts that changed hands, or will when the other agrees."""

    given: Changed  # the asker's shift, which the other takes
    taken: Changed
    is_agreed: bool


def swap(
    unit: Unit,
    rulebook: Rulebook,
    who: Identity,
    schedule: Schedule,
    people: tuple[str, ...],
    now: datetime,
) -> Swapped:
    """Swaps the next shifts of two people: at once when a senior says so, else when both have.

    Args:
        unit: the transaction.
        rulebook: who there is.
        who: who asks.
        schedule: whose shifts.
        people: the other one; or the two, when a senior swaps for them.
        now: the instant.

    Raises:
        SignoffError: it cannot be; says why.
    """
    actor = actor_of(who, rulebook)
    first, second = (actor.id, *people)[-2:]
    if first == second:
        raise SignoffError("That is one and the same person. Nothing was changed.")
    is_leading = bool(actor.roles & LEADING)
    if not is_leading and actor.id not in (first, second):
        raise NotAllowedError("Only seniors swap the shifts of others. Nothing was changed.")
    known = rosters.known_of(unit, rulebook, schedule, now)
    asked = memory.asked_swap(unit.connection, schedule.name, second, first, now - ASKED_FOR)
    if asked is not None and not is_leading:
        theirs = OnCall((second,), "", asked.first_start, asked.first_end)
        mine = OnCall((first,), "", asked.second_start, asked.second_end)
        _still_theirs(schedule, known, (theirs, mine), now)
        memory.agree(unit.connection, asked.id, now)
        return _swapped(unit, who, actor, schedule, mine, theirs, asked.id, now)
    mine = _next_shift(schedule, known, first, now, rulebook)
    theirs = _next_shift(schedule, known, second, now, rulebook)
    number = memory.add_swap(
        unit.connection,
        schedule=schedule.name,
        first_id=first,
        first_start=mine.start,
        first_end=mine.until,
        second_id=second,
        second_start=theirs.start,
        second_end=theirs.until,
        asked_at=now,
        agreed_at=now if is_leading else None,
    )
    if is_leading:
        done = _swapped(unit, who, actor, schedule, mine, theirs, number, now)
        key = f"oncall-swap:{number}"
        tell(unit, rulebook, f"{key}:given", done.given, actor, now)
        tell(unit, rulebook, f"{key}:taken", done.taken, actor, now)
        return done
    return _asked(unit, rulebook, who, actor, schedule, mine, theirs, number, now)


def _next_shift(
    schedule: Schedule, known: Known, person_id: str, now: datetime, rulebook: Rulebook
) -> OnCall:
    """The first whole shift ahead of somebody who is alone in it."""
    for tile in shifts(schedule, known, now, now + AHEAD):
        if isinstance(tile, OnCall) and tile.holders == (person_id,) and tile.start > now:
            return tile
    name = rulebook.people[person_id].name if person_id in rulebook.people else person_id
    raise SignoffError(
        f"{name} has no shift of their own in {schedule.title} in the next {AHEAD.days} days, so "
        "there is nothing to swap. Nothing was changed."
    )


def _still_theirs(
    schedule: Schedule, known: Known, agreed: Iterable[OnCall], now: datetime
) -> None:
    for shift in agreed:
        holders = tuple(holders_in(schedule, known, shift.start, shift.until))
        if shift.start <= now or holders != shift.holders:
            raise SignoffError(
                "The shifts have changed since the swap was asked for. Ask for it anew: it then "
                "takes the next ones. Nothing was changed."
            )


def _swapped(
    unit: Unit,
    who: Identity,
    actor: Person,
    schedule: Schedule,
    mine: OnCall,
    theirs: OnCall,
    number: int,
    now: datetime,
) -> Swapped:
    """Both shifts in the other's hands."""
    halves = []
    for shift, taker in ((mine, theirs.holders[0]), (theirs, mine.holders[0])):
        override_id = memory.add_override(
            unit.connection,
            schedule=schedule.name,
            person_id=taker,
            start_at=shift.start,
            end_at=shift.until,
            swap_id=number,
            made_by=actor.id,
            made_at=now,
        )
        changed = Changed(schedule, taker, shift.start, shift.until, override_id, shift.holders)
        write_down(unit, "oncall-swapped", actor, who, now, changed, swap=number)
        halves.append(changed)
    return Swapped(halves[0], halves[1], is_agreed=True)


def _asked(
    unit: Unit,
    rulebook: Rulebook,
    who: Identity,
    actor: Person,
    schedule: Schedule,
    mine: OnCall,
    theirs: OnCall,
    number: int,
    now: datetime,
) -> Swapped:
    """The other is asked; nothing has changed yet."""
    other = theirs.holders[0]
    given = Changed(schedule, other, mine.start, mine.until, 0, mine.holders)
    taken = Changed(schedule, actor.id, theirs.start, theirs.until, 0, theirs.holders)
    write_down(unit, "oncall-swap-asked", actor, who, now, given, swap=number)
    outbox.send_to_person(
        unit,
        rulebook.people[other],
        key=f"oncall-swap-asked:{number}",
        template="oncall-shift",
        due_at=now,
        body={
            **body_of(given, actor, "asked"),
            "other_start": theirs.start.isoformat(),
            "other_until": theirs.until.isoformat(),
        },
    )
    return Swapped(given, taken, is_agreed=False)

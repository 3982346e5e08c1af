"""Changing who is on call from chat: overrides and times away. Each writes the history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.errors import NotAllowedError, SignoffError
from bot.facts import Identity
from bot.flows import outbox, rosters
from bot.rules.authority import recognise
from bot.rules.oncall import Known, OnCall, shifts
from config.policies import Person, Rulebook
from config.schedules import Schedule
from storage import ledger
from storage import oncall as memory
from storage.ledger import Line
from storage.unit import Unit

LEADING = frozenset({"senior", "admin"})
OPERATOR = Person(id="cli", name="The operator", roles=frozenset({"admin"}))


@dataclass(frozen=True, slots=True)
class Changed:
    """A span that changed hands, or was asked for."""

    schedule: Schedule
    person_id: str | None  # None: nobody
    start: datetime
    until: datetime
    number: int = 0  # of the override
    before: tuple[str, ...] = ()  # who would have been on call


def override(
    unit: Unit,
    rulebook: Rulebook,
    who: Identity,
    schedule: Schedule,
    person_id: str | None,
    span: tuple[datetime, datetime],
    now: datetime,
    reason: str = "",
) -> Changed:
    """Puts somebody, or nobody, on call for a span; whoever it concerns is told.

    Raises:
        SignoffError: this person may not change that; says what they may.
    """
    actor = actor_of(who, rulebook)
    known = rosters.known_of(unit, rulebook, schedule, now)
    before = tuple(holders_in(schedule, known, *span))
    _may_override(actor, schedule, known, person_id, span, rulebook)
    start, end = span
    number = memory.add_override(
        unit.connection,
        schedule=schedule.name,
        person_id=person_id,
        start_at=start,
        end_at=end,
        reason=reason or None,
        made_by=actor.id,
        made_at=now,
    )
    changed = Changed(schedule, person_id, start, end, number, before)
    write_down(unit, "oncall-override", actor, who, now, changed, override=number, reason=reason)
    key = f"oncall-override:{number}"
    tell(unit, rulebook, key, changed, actor, now, reason=reason)
    return changed


def cancel(unit: Unit, rulebook: Rulebook, who: Identity, number: int, now: datetime) -> Changed:
    """Takes an override back, and the other half of a swap with it.

    Raises:
        SignoffError: there is none that is not over, or it is not theirs to take back.
    """
    actor = actor_of(who, rulebook)
    row = memory.override(unit.connection, number)
    schedule = rulebook.schedules.get(row.schedule) if row is not None else None
    if row is None or schedule is None or row.end_at <= now:
        raise SignoffError(f"There is no override {number} to take back. Nothing was changed.")
    if not actor.roles & LEADING and actor.id not in (row.made_by, row.person_id):
        raise NotAllowedError(
            "Only who made it, who is on call by it, or a senior may take an override back."
        )
    memory.revoke_override(unit.connection, row, now)
    known = rosters.known_of(unit, rulebook, schedule, now)
    span = (max(row.start_at, now), row.end_at)
    back = tuple(holders_in(schedule, known, *span))
    changed = Changed(schedule, row.person_id, *span, number, back)
    write_down(unit, "oncall-override-cancelled", actor, who, now, changed, override=number)
    return changed


def away(
    unit: Unit,
    rulebook: Rulebook,
    who: Identity,
    person_id: str | None,
    span: tuple[datetime, datetime],
    now: datetime,
) -> str:
    """Has somebody passed over for a span, in every schedule; whose id that is.

    Raises:
        NotAllowedError: it is somebody else, and the asker is no senior.
    """
    actor = actor_of(who, rulebook)
    whose = person_id or actor.id
    _may_speak_for(actor, whose)
    start, end = span
    memory.add_absence(
        unit.connection,
        person_id=whose,
        start_at=start,
        end_at=end,
        made_by=actor.id,
        made_at=now,
    )
    body = {"person": whose, "start": start.isoformat(), "until": end.isoformat()}
    ledger.append(unit.connection, Line(now, "oncall-away", None, actor.id, who.platform, body))
    return whose


def back(
    unit: Unit, rulebook: Rulebook, who: Identity, person_id: str | None, now: datetime
) -> tuple[str, int]:
    """Ends somebody's times away; whose, and how many these were.

    Raises:
        NotAllowedError: it is somebody else, and the asker is no senior.
    """
    actor = actor_of(who, rulebook)
    whose = person_id or actor.id
    _may_speak_for(actor, whose)
    count = memory.end_absences(unit.connection, whose, now)
    if count:
        line = Line(now, "oncall-back", None, actor.id, who.platform, {"person": whose})
        ledger.append(unit.connection, line)
    return whose, count


def holders_in(schedule: Schedule, known: Known, start: datetime, end: datetime) -> Iterator[str]:
    """Everybody who is on call at some time of a span, each once."""
    tiles = shifts(schedule, known, start, end)
    yield from dict.fromkeys(
        person for tile in tiles if isinstance(tile, OnCall) for person in tile.holders
    )


def people_of(schedule: Schedule, known: Known, rulebook: Rulebook) -> frozenset[str]:
    """Everybody who has to do with a schedule."""
    layers = {person for layer in schedule.layers for person in layer.people}
    booked = {person for booking in known.bookings for person in booking.people}
    return frozenset(layers | booked | rulebook.members(schedule.otherwise))


def actor_of(who: Identity, rulebook: Rulebook) -> Person:
    """Who changes something.

    Raises:
        NotAllowedError: the account is nobody's, or is inactive.
    """
    if who.platform == "cli":
        return OPERATOR  # no door but the command line makes such an identity
    person = recognise(who, rulebook)
    if not person.active:
        raise NotAllowedError("Your account is set to inactive. Nothing was changed.")
    return person


def _may_override(
    actor: Person,
    schedule: Schedule,
    known: Known,
    person_id: str | None,
    span: tuple[datetime, datetime],
    rulebook: Rulebook,
) -> None:
    """Seniors change everything; everybody gives their own shift away, or takes one over."""
    person = rulebook.people.get(person_id or "")
    if person is not None and not person.active:
        raise SignoffError(f"{person.name} is set to inactive. Nothing was changed.")
    if actor.roles & LEADING:
        return
    members = people_of(schedule, known, rulebook)
    if actor.id not in members or person_id not in members:
        raise NotAllowedError(
            "You may take over shifts of schedules that you are in, and give your own to somebody "
            "in them. A senior may change the rest. Nothing was changed."
        )
    tiles = shifts(schedule, known, *span)
    is_mine = all(isinstance(tile, OnCall) and tile.holders == (actor.id,) for tile in tiles)
    if person_id != actor.id and not is_mine:
        raise NotAllowedError(
            "Part of that time is not yours to give away. Take a span in which you are on call, "
            "or ask a senior. Nothing was changed."
        )


def _may_speak_for(actor: Person, person_id: str) -> None:
    if person_id != actor.id and not actor.roles & LEADING:
        raise NotAllowedError("Only seniors say that others are away. Nothing was changed.")


def write_down(
    unit: Unit,
    event: str,
    actor: Person,
    who: Identity,
    now: datetime,
    changed: Changed,
    **more: object,
) -> None:
    """A line of history about a changed shift."""
    body = {
        "schedule": changed.schedule.name,
        "person": changed.person_id,
        "start": changed.start.isoformat(),
        "until": changed.until.isoformat(),
        "before": list(changed.before),
        **more,
    }
    ledger.append(unit.connection, Line(now, event, None, actor.id, who.platform, body))


def tell(
    unit: Unit,
    rulebook: Rulebook,
    key: str,
    changed: Changed,
    actor: Person,
    now: datetime,
    *,
    reason: str = "",
) -> None:
    """Whoever gets or loses the shift, and did not do it themselves, hears of it."""
    what = {person: "not-yours" for person in changed.before if person != changed.person_id}
    if changed.person_id is not None:
        what[changed.person_id] = "yours"
    for person_id, said in what.items():
        if person_id != actor.id and person_id in rulebook.people:
            outbox.send_to_person(
                unit,
                rulebook.people[person_id],
                key=f"{key}:{person_id}",
                template="oncall-shift",
                due_at=now,
                body={**body_of(changed, actor, said), "reason": reason},
            )


def body_of(changed: Changed, actor: Person, what: str) -> dict[str, str]:
    """What a letter about a shift is written from."""
    return {
        "schedule": changed.schedule.name,
        "start": changed.start.isoformat(),
        "until": changed.until.isoformat(),
        "by": actor.id,
        "what": what,
    }

"""On call, for the clock and for escalation: who it is, gaps ahead, pages and their end."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.facts import Item
from bot.flows import outbox
from bot.flows.rosters import is_away, known_of, next_in_line, standings, who_is_on_call
from bot.rules.oncall import Gap, gaps
from config.policies import Person, Rulebook
from config.schedules import Schedule
from storage import oncall as memory
from storage.unit import Unit

__all__ = [
    "announce_gaps", "gaps_ahead", "is_away", "next_in_line", "page", "resolve_pages",
    "standings", "who_is_on_call",
]  # fmt: skip

AHEAD = timedelta(days=7)  # how long before it begins a gap is announced
WHOLE = timedelta(days=28)  # how far behind that its end is looked for
LOOKED_EVERY = timedelta(minutes=10)
PAGER = "pager"  # the platform of pages in the outbox
PAGERDUTY = "pagerduty"  # the one pager that is told of the end too


def gaps_ahead(
    unit: Unit, rulebook: Rulebook, now: datetime, ahead: timedelta = AHEAD
) -> tuple[tuple[Schedule, tuple[Gap, ...]], ...]:
    """Each schedule with the spans that begin by then in which nobody will be on call, whole."""
    found = []
    for schedule in rulebook.schedules.values():
        known = known_of(unit, rulebook, schedule, now)
        near = gaps(schedule, known, now, now + ahead + WHOLE)
        found.append((schedule, tuple(gap for gap in near if gap.start <= now + ahead)))
    return tuple(found)


def announce_gaps(unit: Unit, rulebook: Rulebook, now: datetime) -> int:
    """Tells the admins of each gap, once, seven days before it begins; how many were new.

    A gap is named by its schedule and its start, which stay as they are while time passes.
    """
    if not rulebook.schedules:
        return 0
    if not memory.take_look(unit.connection, "gaps", now, now + LOOKED_EVERY):
        return 0
    return sum(
        _announce(unit, rulebook, schedule, gap)
        for schedule, found in gaps_ahead(unit, rulebook, now)
        for gap in found
        if schedule.announce_gaps
        and gap.start > now  # one that goes on was announced, or there is no use in it any more
    )


def page(
    unit: Unit,
    rulebook: Rulebook,
    item: Item,
    now: datetime,
    *,
    person_id: str | None = None,
    schedule: str | None = None,
    headline: str,
) -> int:
    """Tells the pagers of a person and of a schedule of an item, each once; how many were new."""
    count = 0
    for pager in dict.fromkeys(_pagers(rulebook, person_id, schedule)):
        if memory.add_page(unit.connection, item.id, pager, now):
            outbox.send(
                unit,
                key=_page_key(item.id, pager),
                template="page",
                platform=PAGER,
                channel_ref=pager,
                due_at=now,
                item_id=item.id,
                body={"headline": headline},
            )
            count += 1
    return count


def resolve_pages(unit: Unit, item_id: str, now: datetime) -> int:
    """Tells whoever was paged, and can be told, that it is over; how many these were.

    Pages that are not sent yet are not sent any more: their letter finds the item settled.
    """
    ended = memory.resolve_pages(unit.connection, item_id, now)
    for pager in ended:
        if pager == PAGERDUTY:
            outbox.send(
                unit,
                key=f"{_page_key(item_id, pager)}:end",
                template="page-end",
                platform=PAGER,
                channel_ref=pager,
                due_at=now,
                item_id=item_id,
                thread_key=_page_key(item_id, pager),
            )
    return len(ended)


def admins_of(rulebook: Rulebook) -> tuple[Person, ...]:
    """The people who look after the bot."""
    return tuple(p for p in rulebook.people.values() if p.active and "admin" in p.roles)


def _announce(unit: Unit, rulebook: Rulebook, schedule: Schedule, gap: Gap) -> int:
    told = [
        outbox.send_to_person(
            unit,
            admin,
            key=f"oncall-gap:{schedule.name}:{gap.start:%Y%m%dT%H%MZ}:{admin.id}",
            template="oncall-gap",
            due_at=gap.start - AHEAD,
            body={
                "schedule": schedule.name,
                "start": gap.start.isoformat(),
                "until": gap.until.isoformat(),
            },
        )
        for admin in admins_of(rulebook)
    ]
    return int(any(told))


def _pagers(rulebook: Rulebook, person_id: str | None, schedule: str | None) -> Iterator[str]:
    if person_id is not None:
        yield from rulebook.pagers.get(person_id, ())
    if schedule is not None and schedule in rulebook.schedules:
        yield from rulebook.schedules[schedule].pagers


def _page_key(item_id: str, pager: str) -> str:
    return f"page:{item_id}:{pager}"

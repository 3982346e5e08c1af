"""`signoff oncall`: who is on call, and when nobody will be."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import click

from bot import oncall_commands as typing
from bot.errors import SignoffError
from bot.facts import Identity
from bot.flows import calendars, oncall, rosters, shifting
from bot.flows.calendars import Errand
from bot.flows.rosters import Standing
from bot.rules.oncall import Gap, OnCall, shifts
from bot.rules.oncall.calendars import Entry, read_calendar
from bot.rules.oncall.people import people_in
from bot.rules.oncall.walls import wall_of
from config.policies import Rulebook
from config.schedules import Schedule
from handlers.app import House
from handlers.cli.houses import opened_house
from handlers.oncall.pagerduty import PagerDuty
from handlers.oncall.reading import Reader
from handlers.outside import Outside

OPERATOR = Identity("cli", "")
NAMES_MAX = 20  # unknown names that are told


@click.group("oncall")
def command() -> None:
    """Who is on call, changes to it, calendars in and out. Schedules stand in oncall.toml."""


@command.command("show")
@click.argument("schedule", required=False)
def show(schedule: str | None) -> None:
    """Say who is on call now, until when, and who is next."""
    with opened_house() as house:
        _refuse_none(house)
        names = [_schedule(house, schedule).name] if schedule else None
        now = house.now()
        for each in house.do_now(rosters.standings, house.rulebook, now, names):
            _print_standing(each, house.rulebook, now)


@command.command("next")
@click.argument("schedule", required=False)
@click.option("--days", default=14, show_default=True, type=click.IntRange(1, 366))
def next_(schedule: str | None, days: int) -> None:
    """List the shifts ahead, gaps too."""
    with opened_house() as house:
        found = _schedule(house, schedule)
        now = house.now()
        known = house.do_now(rosters.known_of, house.rulebook, found, now)
        click.echo(f"{found.title} ({found.zone})")
        for tile in shifts(found, known, now, now + timedelta(days=days)):
            click.echo(f"  {_span(tile, found)}  {_who(tile, house.rulebook)}")


@command.command("override")
@click.argument("person")
@click.argument("when", nargs=-1, required=True)
@click.option("--schedule", help="Which one; needed where there are several.")
@click.option("--because", default="", help="Why, for the history and for whom it concerns.")
def override(person: str, when: tuple[str, ...], schedule: str | None, because: str) -> None:
    """Put PERSON, or "nobody", on call: ann fri 18:00 to mon 09:00, in the schedule's zone."""
    with opened_house() as house:
        found = _schedule(house, schedule)
        now = house.now()
        person_id, rest = typing.person_first(person, house.rulebook)
        span = typing.span_in(" ".join((rest, *when)), found, now)
        done = house.do_now(
            shifting.override,
            house.rulebook,
            OPERATOR,
            found,
            person_id,
            span,
            now,
            because,
        )
        tile = OnCall((person_id or "nobody",), "override", done.start, done.until)
        click.echo(f"Override {done.number} in {found.title}: {_who(tile, house.rulebook)}")
        click.echo(f"  {_span(tile, found)} ({found.zone})")
        click.echo(f"  {done.start:%Y-%m-%d %H:%M} to {done.until:%Y-%m-%d %H:%M} (UTC)")


@command.command("import")
@click.argument("schedule", required=False)
@click.option("--file", "path", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Look into this .ics file, and keep nothing.")  # fmt: skip
def import_(schedule: str | None, path: Path | None) -> None:
    """Read the calendar or PagerDuty of a schedule now, and say whom it names."""
    with opened_house() as house:
        found = _schedule(house, schedule)
        if path is not None:
            text = path.read_text(encoding="utf-8-sig", errors="replace")
            entries = read_calendar(text, found.place, *calendars.span_of(house.now()))
            _print_entries(path.name, entries, house.rulebook)
            return
        if not rosters.origins_of(found):
            raise SignoffError(f"{found.name} has neither a calendar nor anything of PagerDuty.")
        for source, why in asyncio.run(_read(house, found)).items():
            click.echo(f"{source}: {why or 'read'}")
        _print_standing(_standing(house, found), house.rulebook, house.now())


@command.command("gaps")
@click.option("--days", default=28, show_default=True, type=click.IntRange(1, 366))
def gaps(days: int) -> None:
    """List when nobody will be on call."""
    with opened_house() as house:
        _refuse_none(house)
        ahead = timedelta(days=days)
        found = house.do_now(oncall.gaps_ahead, house.rulebook, house.now(), ahead)
        for schedule, holes in found:
            for hole in holes:
                click.echo(
                    f"{schedule.name}  {_span(hole, schedule)} ({schedule.zone}): {hole.why}"
                )
        if not any(holes for _, holes in found):
            click.echo(f"Somebody is on call at every minute of the next {days} days.")


@command.group("feed")
def feed() -> None:
    """Secret addresses under which calendar programs read the shifts."""


@feed.command("add")
@click.argument("name")
@click.option("--schedule", help="Only this schedule.")
@click.option("--person", help="Only this person's shifts, as people.toml names them.")
def feed_add(name: str, schedule: str | None, person: str | None) -> None:
    """Make an address and print it, once: it is kept as a hash and cannot be shown again."""
    with opened_house() as house:
        secret = house.do_now(
            calendars.add_feed,
            house.rulebook,
            name,
            house.now(),
            schedule=schedule,
            person_id=person,
        )
    click.echo("Whoever has this address may read the shifts; it is shown this once:", err=True)
    click.echo(f"/calendar/{secret}.ics")


@feed.command("list")
def feed_list() -> None:
    """List every feed, and when it was last read."""
    with opened_house() as house:
        for each in house.do_now(calendars.list_feeds):
            what = each["schedule"] or "every schedule"
            whose = f", {each['person_id']} only" if each["person_id"] else ""
            state = "revoked" if each["revoked_at"] else f"last read {_day(each['last_used_at'])}"
            click.echo(f"{each['name']}: {what}{whose}; {state}")


@feed.command("revoke")
@click.argument("name")
def feed_revoke(name: str) -> None:
    """Make an address useless, at once."""
    with opened_house() as house:
        house.do_now(calendars.revoke_feed, name, house.now())
    click.echo(f"The feed {name} is revoked.")


async def _read(house: House, schedule: Schedule) -> dict[str, str | None]:
    """Why each source of the schedule could not be read, or None."""
    outside = Outside(house.settings.webhook_allow)
    async with aiohttp.ClientSession() as session:
        reader = Reader(house, outside, PagerDuty(house.settings, session))
        try:
            return {
                source: await reader.read(Errand(schedule, source, origin))
                for source, origin in rosters.origins_of(schedule).items()
            }
        finally:
            await outside.close()


def _standing(house: House, schedule: Schedule) -> Standing:
    names = [schedule.name]
    (found,) = house.do_now(rosters.standings, house.rulebook, house.now(), names)
    return found


def _refuse_none(house: House) -> None:
    """Where there is no schedule, "no gaps" would sound like good news."""
    if not house.rulebook.schedules:
        raise SignoffError("There is no schedule: write one into oncall.toml (docs/oncall.md).")


def _schedule(house: House, name: str | None) -> Schedule:
    schedules = house.rulebook.schedules
    if name is not None and name not in schedules:
        known = ", ".join(sorted(schedules)) or "none"
        raise SignoffError(f"There is no schedule {name!r}. There are: {known}.")
    named = typing.Typed("", schedules[name] if name else None, "")
    return typing.schedule_of(named, house.rulebook)


def _print_standing(found: Standing, rulebook: Rulebook, now: datetime) -> None:
    schedule = found.schedule
    click.echo(f"{schedule.title} ({schedule.zone})")
    click.echo(f"  now   {_span(found.now, schedule)}  {_who(found.now, rulebook)}")
    click.echo(f"  then  {_span(found.next, schedule)}  {_who(found.next, rulebook)}")
    for copy in found.copies:
        stale = "  STALE" if copy.is_stale(now) else ""
        problem = f"; the newest try: {copy.problem}" if copy.problem else ""
        click.echo(f"  {copy.source}: last read {_day(copy.got_at)}{stale}{problem}")
        if copy.unmatched:
            click.echo(f"  {copy.source} names people who are nobody here: {_some(copy.unmatched)}")


def _print_entries(name: str, entries: Iterable[Entry], rulebook: Rulebook) -> None:
    listed = list(entries)
    named = [names for entry in listed for names in entry.people]
    unknown = [names[0] for names in named if not people_in(names, rulebook)]
    click.echo(f"{name}: {len(listed)} shifts; {len(named) - len(unknown)} of {len(named)} named.")
    if unknown:
        click.echo(f"Nobody here goes by: {_some(tuple(dict.fromkeys(unknown)))}")
        click.echo("List these names under [known_as] in oncall.toml.")


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - NAMES_MAX} more" if len(names) > NAMES_MAX else ""
    return ", ".join(ascii(name)[1:-1] if not name.isprintable() else name
                     for name in names[:NAMES_MAX]) + more  # fmt: skip


def _who(tile: OnCall | Gap, rulebook: Rulebook) -> str:
    if isinstance(tile, Gap):
        return f"NOBODY: {tile.why}"
    people = rulebook.people
    return ", ".join(people[each].name if each in people else each for each in tile.holders)


def _span(tile: OnCall | Gap, schedule: Schedule) -> str:
    start, until = wall_of(tile.start, schedule.place), wall_of(tile.until, schedule.place)
    return f"{start:%a %Y-%m-%d %H:%M} to {until:%a %Y-%m-%d %H:%M}"


def _day(instant: object) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if isinstance(instant, datetime) else "never"

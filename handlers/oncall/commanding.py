"""`/review oncall`: who is on call, and changing it; the same on every platform."""

from zoneinfo import ZoneInfo

from bot import oncall_commands as typing
from bot import oncall_words as words
from bot.card_parts import Line, Reply
from bot.errors import SignoffError
from bot.flows import rosters, shifting, swapping
from bot.flows.shifting import Changed
from bot.oncall_commands import Typed
from bot.rules.authority import recognise
from bot.rules.oncall.people import person_known_as
from bot.rules.oncall.phrases import read_span
from handlers.app import House
from handlers.desk import Desk
from handlers.pressing import Who

SHOWN_MAX = 8  # schedules in one answer


async def answer_to(desk: Desk, who: Who, line: str, command: str) -> Reply:
    """The answer to what was typed behind `/review oncall`.

    Raises:
        SignoffError: nothing was done; says why.
    """
    house = desk.house
    typed = typing.parse(line, house.rulebook)
    if typed.part == "help":
        return typing.help_to(command)
    if not house.rulebook.schedules:
        return words.no_schedules()
    match typed.part:
        case "override":
            return await _override(house, who, typed, command)
        case "swap":
            return await _swap(house, who, typed)
        case "cancel":
            return await _cancel(house, who, typed)
        case "away":
            return await _away(house, who, typed)
        case "back":
            return await _back(house, who, typed)
        case _:
            return await _show(house, who, typed)


async def _show(house: House, who: Who, typed: Typed) -> Reply:
    recognise(await who(), house.rulebook)
    if typed.rest:
        names = ", ".join(sorted(house.rulebook.schedules))
        raise SignoffError(f"There is no schedule “{typed.rest[:40]}”. There are: {names}.")
    names_of = [typed.schedule.name] if typed.schedule else list(house.rulebook.schedules)
    now = house.now()
    found = await house.see(rosters.standings, house.rulebook, now, names_of[:SHOWN_MAX])
    lines: list[Line] = []
    for each in found:
        lines += words.standing_lines(each.schedule, each.now, each.next, house.rulebook)
        for copy in each.copies:
            if copy.is_stale(now):
                lines.append(words.copy_line(copy.source, copy.got_at, copy.problem))
            if copy.unmatched:
                lines.append(words.unmatched_line(copy.source, copy.unmatched))
    return Reply(tuple(lines))


async def _override(house: House, who: Who, typed: Typed, command: str) -> Reply:
    schedule = typing.schedule_of(typed, house.rulebook)
    person_id, rest = typing.person_first(typed.rest, house.rulebook)
    now = house.now()
    span = typing.span_in(rest, schedule, now)
    done = await house.do(
        shifting.override,
        house.rulebook,
        await who(),
        schedule,
        person_id,
        span,
        now,
        typed.reason,
    )
    return words.overridden(
        schedule,
        done.person_id,
        done.start,
        done.until,
        done.number,
        done.before,
        house.rulebook,
        command,
    )


async def _cancel(house: House, who: Who, typed: Typed) -> Reply:
    number = typed.rest.strip().lstrip("#")
    if not number.isdecimal() or len(number) > 9:
        raise SignoffError("Say which override: its number, as in: cancel 12.")
    done = await house.do(shifting.cancel, house.rulebook, await who(), int(number), house.now())
    return words.override_cancelled(
        done.schedule, done.number, done.start, done.until, done.before, house.rulebook
    )


async def _swap(house: House, who: Who, typed: Typed) -> Reply:
    schedule = typing.schedule_of(typed, house.rulebook)
    people = typing.people_in_line(typed.rest, house.rulebook)
    done = await house.do(swapping.swap, house.rulebook, await who(), schedule, people, house.now())
    given, taken = _half(done.given), _half(done.taken)
    return words.swapped(schedule, given, taken, house.rulebook, is_agreed=done.is_agreed)


async def _away(house: House, who: Who, typed: Typed) -> Reply:
    identity = await who()
    person = recognise(identity, house.rulebook)
    whose, rest = _named(typed.rest, house)
    now = house.now()
    span = read_span(rest, ZoneInfo(person.zone), now)
    noted = await house.do(shifting.away, house.rulebook, identity, whose, span, now)
    return words.away_noted(noted, *span, person.zone, house.rulebook)


async def _back(house: House, who: Who, typed: Typed) -> Reply:
    whose, rest = _named(typed.rest, house)
    if rest:
        raise SignoffError(f"“{rest[:40]}” is nobody here. Nothing was changed.")
    noted, count = await house.do(shifting.back, house.rulebook, await who(), whose, house.now())
    return words.back_noted(noted, count, house.rulebook)


def _named(text: str, house: House) -> tuple[str | None, str]:
    """Somebody at the start or, as Discord gives it, at the end of a text; None: oneself."""
    first, _, rest = text.partition(" ")
    head, _, last = text.rpartition(" ")
    for name, left in ((first, rest), (last, head)):
        person = person_known_as(name, house.rulebook) if name else None
        if person is not None:
            return person.id, left
    return None, text


def _half(changed: Changed) -> dict[str, object]:
    return {"person": changed.person_id, "start": changed.start, "until": changed.until}

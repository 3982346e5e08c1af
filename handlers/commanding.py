"""What the slash command answers, whichever the platform: help, one item, the next item."""

from dataclasses import dataclass

from bot import commands_help, wording
from bot.card_parts import Card, Reply
from bot.flows import pausing, reporting
from bot.flows.delivering import View
from bot.rules.authority import recognise
from handlers.desk import Desk
from handlers.oncall import commanding as oncall_commanding
from handlers.presenting import card_for, shown_to
from handlers.recording import Who

WORKING = ("next", "show", "oncall", "pause", "resume")
COMMANDS = tuple(each for each in commands_help.COMMANDS if each.name in WORKING)


@dataclass(frozen=True, slots=True)
class Handed:
    """An item's card, for one person."""

    view: View
    card: Card


async def answer_to(desk: Desk, who: Who, user_ref: str, line: str, command: str) -> Reply | Handed:
    """The answer to what somebody typed behind the command.

    Args:
        desk: where things are.
        who: whose account; not looked at for help, where somebody learns what to do without one.
        user_ref: its id.
        line: what was typed.
        command: the command itself, with its slash.

    Raises:
        SignoffError: there is none; says why.
    """
    word, _, argument = (line.strip() or "help").partition(" ")
    match word.lower():
        case "help":
            return help_to(desk, user_ref, command)
        case "oncall":
            return await oncall_commanding.answer_to(desk, who, argument, command)
        case "next":
            return await next_for(desk, who, argument.strip() or None)
        case "pause" | "resume":
            return await switch(desk, who, argument, on=word.lower() == "pause")
        case "show" if argument.strip():
            return await show(desk, who, argument)
        case "show":
            return wording.refused(f"Say which: {command} show followed by the id.")
        case _:
            return commands_help.unknown_command(word, command, COMMANDS)


async def next_for(desk: Desk, who: Who, queue: str | None = None) -> Reply | Handed:
    """The most urgent item that a person may judge, or why there is none."""
    identity = await who()
    rulebook = desk.house.rulebook
    found = await desk.house.see(reporting.next_for, rulebook, identity, queue)
    if found.item is None:
        return commands_help.nothing_to_do(
            queue_count=found.queue_count, voted_count=found.voted_count, queue=queue
        )
    view = await desk.see_item(found.item.id)
    return Handed(view, card_for(view, recognise(identity, rulebook).id, rulebook))


async def show(desk: Desk, who: Who, item_id: str) -> Handed:
    """One item."""
    view, person_id = await shown_to(desk, who, item_id)
    return Handed(view, card_for(view, person_id, desk.house.rulebook))


async def switch(desk: Desk, who: Who, reason: str, *, on: bool) -> Reply:
    """Pauses or resumes, for an admin; the flow says who is one."""
    house, identity = desk.house, await who()
    switched = await house.do(
        pausing.switch_by, house.rulebook, identity, reason.strip() or None, house.now(), on=on
    )
    if switched.refusal is not None:
        return wording.refused(str(switched.refusal))
    return commands_help.switched(is_paused=switched.pause is not None, is_new=switched.is_new)


def help_to(desk: Desk, user_ref: str, command: str) -> Reply:
    """What this person can type."""
    person = desk.house.rulebook.person_at(desk.platform, user_ref)
    return commands_help.help_for(person.roles if person else frozenset(), command, COMMANDS)

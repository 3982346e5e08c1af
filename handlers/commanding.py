"""What the slash command answers, whichever the platform: each word has its own answer."""

from collections.abc import Awaitable, Callable, Mapping

from bot import commands_help, wording
from bot.card_parts import Reply
from bot.commands_help import COMMANDS
from bot.flows import pausing
from handlers import ballots, inboxes, inquiries, pulling
from handlers.asked import Answered, Asked, Handed
from handlers.desk import Desk
from handlers.oncall import commanding as oncall_commanding
from handlers.presenting import card_for, shown_to
from handlers.pressing import Who

__all__ = ["COMMANDS", "Asked", "Handed", "answer_to", "show"]


async def answer_to(desk: Desk, who: Who, user_ref: str, line: str, command: str) -> Answered:
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
    asked = Asked(desk, who, user_ref, word.lower(), argument.strip(), command)
    known = ANSWERS.get(asked.word)
    if known is None:
        return commands_help.unknown_command(word, command, COMMANDS)
    return await known(asked)


async def show(desk: Desk, who: Who, item_id: str) -> Handed:
    """One item."""
    view, person_id = await shown_to(desk, who, item_id)
    return Handed(view, card_for(view, person_id, desk.house.rulebook))


async def _help(asked: Asked) -> Reply:
    """What this person can type."""
    person = asked.desk.house.rulebook.person_at(asked.desk.platform, asked.user_ref)
    roles = person.roles if person else frozenset()
    return commands_help.help_for(roles, asked.command, COMMANDS)


async def _oncall(asked: Asked) -> Reply:
    return await oncall_commanding.answer_to(asked.desk, asked.who, asked.argument, asked.command)


async def _switch(asked: Asked) -> Reply:
    """Pauses or resumes, for an admin; the flow says who is one."""
    house, identity, on = asked.desk.house, await asked.who(), asked.word == "pause"
    reason = asked.argument or None
    switched = await house.do(
        pausing.switch_by, house.rulebook, identity, reason, house.now(), on=on
    )
    if switched.refusal is not None:
        return wording.refused(str(switched.refusal))
    return commands_help.switched(is_paused=switched.pause is not None, is_new=switched.is_new)


ANSWERS: Mapping[str, Callable[[Asked], Awaitable[Answered]]] = {  # each word of COMMANDS, and help
    "help": _help,
    "next": pulling.asked_next,
    "inbox": inboxes.asked_inbox,
    "mine": pulling.asked_mine,
    "show": pulling.asked_show,
    "skip": pulling.asked_skip,
    "release": pulling.asked_release,
    "approve": ballots.asked_vote,
    "reject": ballots.asked_vote,
    "unsure": ballots.asked_vote,
    "label": ballots.asked_label,
    "undo": ballots.asked_undo,
    "break": pulling.asked_break,
    "back": pulling.asked_back,
    "why": inquiries.asked_why,
    "stats": inquiries.asked_stats,
    "digest": inquiries.asked_digest,
    "oncall": _oncall,
    "pause": _switch,
    "resume": _switch,
}

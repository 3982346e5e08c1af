"""What people are sent when an item needs them: one person is named, never a whole channel."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.buttons import Act, button_id
from bot.card_parts import Button, Line, Moment, Reply, Strong, someone
from bot.card_state import deadline_line, trigger_words
from bot.facts import Item
from bot.headlines import brief
from bot.safe_text import SafeText, say, shown
from bot.voting_buttons import in_full
from config.policies import Person

NAME_MAX = 40
LISTED = 3  # waiting items that a reminder names


def asked_in_thread(
    item: Item, headline: SafeText, person: Person, why: SafeText, *, aloud: bool = True
) -> Reply:
    """The call for one senior, below the item's card; not aloud: who is called only by name."""
    asked: Line = (say("A senior is needed: "), someone(person, ping=aloud), say("."))
    return Reply(
        (asked, (Strong(headline),), (_because(item, why),), deadline_line(item)), _buttons(item)
    )


def asked_directly(item: Item, headline: SafeText, why: SafeText) -> Reply:
    """The same, to the senior alone."""
    return Reply(
        (
            (Strong(say("You are asked to decide this.")),),
            (Strong(headline),),
            (_because(item, why),),
            deadline_line(item),
        ),
        _buttons(item),
    )


def asked_openly(item: Item, headline: SafeText) -> Reply:
    """A word to the channel, which names and pings nobody."""
    return Reply(
        (
            (say("This still waits for a senior."),),
            (Strong(headline),),
            (_because(item),),
            deadline_line(item),
        ),
        _buttons(item),
    )


def nobody_to_ask(item: Item, headline: SafeText, tried: Sequence[str]) -> Reply:
    """Nobody could be asked; the deadline stands, and says what happens."""
    names = ", ".join(tried) or "nobody"
    return Reply(
        (
            (say("Nobody could be asked to decide this. Tried: {names}.", names=shown(names)),),
            (Strong(headline),),
            deadline_line(item),
        ),
        (in_full(item),),
    )


def waiting_for_you(
    count: int, oldest: timedelta, named: Sequence[tuple[str, SafeText]], command: str
) -> Reply:
    """One reminder for all that waits for a person.

    Args:
        count: items that they may judge and have not.
        oldest: how long the oldest of them has been open.
        named: ids and headlines of the most urgent ones.
        command: the slash command of their platform.
    """
    one = say("1 request waits for you, for {age}.", age=age_of(oldest))
    many = say("{n} requests wait for you, the oldest for {age}.", n=count, age=age_of(oldest))
    lines: list[Line] = [(Strong(one if count == 1 else many),)]
    lines += [
        (say("{id}: {headline}", id=shown(item_id), headline=headline),)
        for item_id, headline in named[:LISTED]
    ]
    if count > LISTED:
        lines.append((say("and {more} more", more=count - LISTED),))
    lines.append((say("Take the most urgent one with "), Strong(say("{c} next", c=command))))
    return Reply(tuple(lines))


def age_of(length: timedelta) -> SafeText:
    """A length of time in a word or two: "22 min", "3 h"."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return say("less than a minute")
    if minutes < 120:
        return say("{n} min", n=minutes)
    if minutes < 48 * 60:
        return say("{n} h", n=minutes // 60)
    return say("{n} days", n=minutes // (24 * 60))


def attended(until: datetime) -> Reply:
    """The answer to "I am on it"."""
    told: Line = (say("Noted: you are on it. Nobody else is asked until "), Moment(until))
    return Reply(((*told, say(", and your vote still decides.")),))


def why_asked(target: str) -> SafeText:
    """Why a person was chosen, from the step's target."""
    kind, _, name = target.partition(":")
    if target == "seniors":
        return say("a senior of this queue")
    if kind == "schedule":
        return say("on call for “{name}”", name=brief(shown(name), NAME_MAX))
    if kind == "role":
        return say("with the role {name}", name=brief(shown(name), NAME_MAX))
    if target.startswith("@"):
        return say("in the group {name}", name=brief(shown(target[1:]), NAME_MAX))
    return say("named in the queue's rules")


def _because(item: Item, why: SafeText | None = None) -> SafeText:
    reason = trigger_words(item)
    if why is None:
        return say("Why: {reason}.", reason=reason)
    return say("Why: {reason}. Why you: {why}.", reason=reason, why=why)


def _buttons(item: Item) -> tuple[Button, ...]:
    what = brief(shown(item.id), NAME_MAX)
    on_it = Button(
        button_id(Act.ATTEND, item.id),
        say("I am on it"),
        say("Say that you are on request {id}", id=what),
    )
    return (on_it, in_full(item))

"""What a person is told who asks for work: why there is none, what they gave back, when to rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.buttons import ME, Act, button_id
from bot.card_parts import Button, Line, Moment, Reply, Strong
from bot.facts import Item, Kind
from bot.headlines import brief
from bot.rules.claims import HELD_MAX, Lack
from bot.rules.fatigue import Rest, RestReason
from bot.safe_text import SafeText, say, shown

_WHY: Mapping[RestReason, SafeText] = {
    RestReason.BREAK: say("You are on a break."),
    RestReason.HOUR: say("You have reviewed as much as one hour should hold. Thank you!"),
    RestReason.STRETCH: say("You have worked for long without a pause. Thank you! Take one now:"),
}
_NOTHING: Mapping[Lack, SafeText] = {
    Lack.INACTIVE: say("Nothing comes to you: your account is set to inactive."),
    Lack.EMPTY: say("Nothing waits for you: no request is open in your queues."),
    Lack.DONE: say(
        "Nothing waits for you: you have voted on what is open or skipped it, or others must "
        "judge it."
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody was handed nothing, with what there is to say about it."""

    lack: Lack
    queue: str | None = None  # the one that they named
    rest: Rest | None = None
    held_count: int = 0
    returns_at: datetime | None = None


def nothing_to_do(reason: Reason) -> Reply:
    """The answer to `next` when nothing is handed out, and why not."""
    if reason.lack is Lack.UNLISTED:
        return Reply(((_unlisted(reason.queue),),))
    if reason.lack is Lack.HOLDING:
        return Reply(((_holding(reason.held_count),),), (inbox_button(),))
    if reason.rest is not None:
        return resting(reason.rest)
    if reason.returns_at is not None:
        return Reply((_with_others(reason.held_count, reason.returns_at),), (next_button(),))
    return Reply(((_NOTHING[reason.lack],),))


def resting(rest: Rest) -> Reply:
    """When it goes on, for somebody who should rest or wants to."""
    goes_on: Line = (_WHY[rest.why], say(" It goes on "), Moment(rest.until), say("."))
    votes = say("Cards in the channels still take your vote, and nobody pings you meanwhile.")
    buttons = (back_button(),) if rest.why is RestReason.BREAK else ()
    return Reply((goes_on, (votes,)), buttons)


def on_break(until: datetime) -> Reply:
    """The answer to who takes a break."""
    told: Line = (say("Enjoy your break. Nothing is asked of you until "), Moment(until), say("."))
    return Reply((told,), (back_button(),))


def back(rest: Rest | None) -> Reply:
    """The answer to who ends one, and may have worked enough all the same."""
    if rest is not None:
        return resting(rest)
    return Reply(((say("Welcome back."),),), (next_button(),))


def skipped(item: Item) -> Reply:
    """The answer to who does not want a request."""
    told = say("Skipped: request {id} goes to others and is not offered to you again.", id=item.id)
    return Reply(((told, say(" Your vote on its card would still count.")),), (next_button(),))


def released(item: Item) -> Reply:
    """The answer to who gives a request back."""
    told = say("Given back: request {id} is offered to others, and to you, again.", id=item.id)
    return Reply(((told,),), (next_button(),))


def holds_nothing(does: Literal["skip", "release"], command: str) -> Reply:
    """The answer to who would skip or give back what they do not hold."""
    told = say("You hold nothing. Say which: ")
    return Reply(((told, Strong(say("{c} {does}", c=command, does=does)), say(" and its id.")),))


def held_until(until: datetime) -> Line:
    """Below the card of what somebody was handed: how long it is theirs."""
    return (say("You hold this until "), Moment(until), say("; then others are offered it too."))


def choices_of(item: Item, command: str) -> Reply:
    """The answer to a vote for what the request does not offer."""
    sides = ("left", "right", "tie", "both bad") if item.kind is Kind.PREFERENCE else item.choices
    offered = shown(", ".join(sides))
    told = say("Not recorded: request {id} takes {choices}.", id=item.id, choices=offered)
    how = say("{c} label {id}", c=command, id=item.id)
    return Reply(((told, say(" Type "), Strong(how), say(" and one of them.")),))


def next_button() -> Button:
    """The button that hands out the next request."""
    return Button(button_id(Act.NEXT, ME), say("Next request"), say("Give me the next request"))


def inbox_button() -> Button:
    """The button that opens the inbox."""
    return Button(button_id(Act.INBOX, ME), say("Inbox"), say("What I hold and what waits"))


def back_button() -> Button:
    """The button that ends a break."""
    return Button(button_id(Act.BACK, ME), say("I am back"), say("End my break"))


def break_button() -> Button:
    """The button that begins a break."""
    return Button(button_id(Act.BREAK, ME), say("Take a break"), say("Pause for 15 minutes"))


def claim_buttons(item: Item) -> tuple[Button, Button]:
    """What can be done with a claim besides voting."""
    return (
        Button(
            button_id(Act.SKIP, item.id),
            say("Skip"),
            say("Skip request {id} for good", id=brief(shown(item.id), 40)),
        ),
        Button(
            button_id(Act.RELEASE, item.id),
            say("Give back"),
            say("Give request {id} back", id=brief(shown(item.id), 40)),
        ),
    )


def _unlisted(queue: str | None) -> SafeText:
    if queue:
        named = brief(shown(queue), 40)
        return say("Nothing waits for you: there is no queue “{q}” that lists you.", q=named)
    return say("Nothing waits for you: you are not listed in any queue. Ask an admin to add you.")


def _holding(count: int) -> SafeText:
    if count >= HELD_MAX:
        return say(
            "You hold {n} requests, and that is enough: vote on one, skip it or give it back.",
            n=count,
        )
    return say("What you hold fills your hour: vote on one, skip it or give it back.")


def _with_others(count: int, returns_at: datetime) -> Line:
    if count == 1:
        told = say("One request waits, and somebody has it in hand. It comes back ")
    else:
        told = say(
            "{n} requests wait, and others have them in hand. The first comes back ", n=count
        )
    return (told, Moment(returns_at), say(", if it is not decided by then."))

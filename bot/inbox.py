"""The inbox of one person: what they hold, what waits, their last votes, their settings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.buttons import ME, Act, button_id
from bot.card_parts import Button, Line, Moment, Reply, Strong
from bot.facts import Vote
from bot.headlines import brief
from bot.pull_words import back_button, break_button, next_button
from bot.rules.fatigue import PingBy, Rest, Wishes
from bot.safe_text import SafeText, say, shown
from bot.wording import choice_words

HEADLINE = 100  # characters of a request in a list
VOTES = 5  # that are listed
WAITING = 5
COUNTED = 25  # of a queue; more are "25 or more"
PING_WORDS: dict[PingBy, SafeText] = {
    "channel": say("in the channel and directly"),
    "dm": say("directly"),
    "off": say("not at all"),
}


@dataclass(frozen=True, slots=True)
class HeldItem:
    """A request that they hold."""

    item_id: str
    headline: SafeText
    until: datetime


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """A request that waits for them."""

    item_id: str
    headline: SafeText
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CastVote:
    """One of their last votes."""

    item_id: str
    headline: SafeText
    vote: Vote
    may_undo: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """All that an inbox shows."""

    held: tuple[HeldItem, ...]
    waiting: tuple[WaitingItem, ...]  # the most urgent first
    counts: tuple[tuple[str, int], ...]  # of what waits, by the queues' titles
    votes: tuple[CastVote, ...]  # the newest first
    wishes: Wishes
    rest: Rest | None = None
    reviewed_count: int = 0  # in the last hour, by this person alone
    hour_max: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """Lines, and what can be pressed below them."""

    lines: tuple[Line, ...]
    buttons: tuple[Button, ...] = ()


def sections_of(inbox: Inbox) -> tuple[Section, ...]:
    """The inbox, a section for each question that it answers."""
    return (_held(inbox), _waiting(inbox), _votes(inbox), _settings(inbox))


def reply_of_inbox(inbox: Inbox) -> Reply:
    """The same as one message."""
    lines: list[Line] = []
    buttons: list[Button] = []
    for section in sections_of(inbox):
        lines += [*([(say(""),)] if lines else []), *section.lines]
        buttons += section.buttons
    return Reply(tuple(lines), tuple(buttons))


def reply_of_held(held: Sequence[HeldItem]) -> Reply:
    """What a person holds, alone."""
    section = _held(Inbox(tuple(held), (), (), (), Wishes()))
    return Reply(section.lines, section.buttons)


def settings_of(inbox: Inbox) -> Reply:
    """What a person has set, alone."""
    section = _settings(inbox)
    return Reply((*section.lines, (say("Saved."),)))


def quiet_words(wishes: Wishes) -> SafeText:
    """Quiet hours as they are typed: "22:00-07:00", or "none"."""
    quiet = wishes.quiet
    if quiet is None:
        return say("none")
    return say("{a:%H:%M}-{b:%H:%M}", a=quiet.start, b=quiet.end)


def _held(inbox: Inbox) -> Section:
    title: Line = (Strong(say("You hold")),)
    if not inbox.held:
        return Section((title, (say("Nothing."),)))
    lines = [
        _listed(each, (say(" (yours until "), Moment(each.until), say(")"))) for each in inbox.held
    ]
    return Section((title, *lines), tuple(_open(each.item_id) for each in inbox.held))


def _waiting(inbox: Inbox) -> Section:
    title: Line = (Strong(say("Waiting for you")),)
    if inbox.rest:
        goes_on: Line = (say("You are resting. It goes on "), Moment(inbox.rest.until), say("."))
        return Section((title, goes_on), (back_button(),))
    if not inbox.counts:
        return Section((title, (say("Nothing right now."),)), (break_button(),))
    lines = [
        _listed(each, (say(" (due "), Moment(each.due_at), say(")"))) for each in inbox.waiting
    ]
    counts: list[Line] = [(_count(name, count),) for name, count in inbox.counts]
    return Section((title, *counts, *lines), (next_button(), break_button()))


def _votes(inbox: Inbox) -> Section:
    title: Line = (Strong(say("Your last votes")),)
    hour = say("{n} of {most} in the last hour.", n=inbox.reviewed_count, most=inbox.hour_max)
    lines = [
        _listed(each, (say(": "), Strong(choice_words(each.vote.choice, each.vote.left)), say(" "),
                       Moment(each.vote.cast_at, "relative")))
        for each in inbox.votes
    ]  # fmt: skip
    undo = tuple(_undo(each.item_id) for each in inbox.votes if each.may_undo)
    return Section((title, (hour,), *lines), undo)


def _settings(inbox: Inbox) -> Section:
    wishes = inbox.wishes
    return Section(
        (
            (Strong(say("Your settings")),),
            (say("When you are needed, you are told "), PING_WORDS[wishes.ping_by], say(".")),
            (say("Quiet hours: {hours}, in {zone}.", hours=quiet_words(wishes), zone=wishes.zone),),
        ),
        (*_ping_buttons(wishes), _quiet_button()),
    )


def _ping_buttons(wishes: Wishes) -> Iterator[Button]:
    for way, words in PING_WORDS.items():
        if way != wishes.ping_by:
            label = say("Tell me {how}", how=words)
            yield Button(button_id(Act.PREFER, ME, way), label, label)


def _quiet_button() -> Button:
    label = say("Quiet hours and zone")
    return Button(button_id(Act.QUIET, ME), label, say("Set my quiet hours and my zone"))


def _listed(each: HeldItem | WaitingItem | CastVote, more: Line) -> Line:
    return (say("{id}: ", id=each.item_id), brief(each.headline, HEADLINE), *more)


def _count(name: str, count: int) -> SafeText:
    title = brief(shown(name), 60)
    if count >= COUNTED:
        return say("{title}: {n} or more", title=title, n=COUNTED)
    return say("{title}: {n}", title=title, n=count)


def _open(item_id: str) -> Button:
    named = brief(shown(item_id), 40)
    return Button(button_id(Act.OPEN, item_id), say("Open {id}", id=named),
                  say("Open request {id}", id=named))  # fmt: skip


def _undo(item_id: str) -> Button:
    named = brief(shown(item_id), 40)
    return Button(button_id(Act.UNDO, item_id), say("Undo {id}", id=named),
                  say("Take my vote on request {id} back", id=named))  # fmt: skip

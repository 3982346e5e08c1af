"""Which sentence answers a click: one choice for every platform."""

from typing import Protocol

from bot import wording
from bot.card_parts import Reply
from bot.errors import (
    BusyError,
    NeedsReadingError,
    ReasonNeededError,
    SettledError,
    SignoffError,
    UnknownChoiceError,
    UnknownItemError,
)
from bot.facts import Item, Vote
from bot.wording import People
from config.policies import Person


class Clicked(Protocol):
    """What became of a click, as the voting flow says it."""

    @property
    def item(self) -> Item | None:
        """As it stands now; None when there is none."""

    @property
    def person(self) -> Person | None:
        """Who clicked; None when they were refused."""

    @property
    def vote(self) -> Vote | None:
        """The vote that stands."""

    @property
    def previous(self) -> Vote | None:
        """The vote before the click."""

    @property
    def refusal(self) -> SignoffError | None:
        """Why it was not counted."""

    @property
    def is_new(self) -> bool:
        """Whether it changed anything."""


def to_vote(click: Clicked, item_id: str, people: People) -> Reply:
    """The answer to a vote."""
    if click.refusal is not None:
        return to_refusal(click.refusal, click.item, item_id, people)
    if click.item is None or click.person is None:
        return wording.unknown_item(item_id)
    return wording.after_vote(click.item, click.person.id, people, changed=click.is_new)


def to_edit(click: Clicked, item_id: str, people: People, withdrawn_count: int) -> Reply:
    """The answer to changed arguments."""
    if click.refusal is not None or click.item is None:
        refusal = click.refusal or UnknownItemError(item_id)
        return to_refusal(refusal, click.item, item_id, people)
    return wording.after_edit(click.item, people, withdrawn_count)


def to_answer(click: Clicked, item_id: str, people: People) -> Reply:
    """The answer to a person's answer in place of the tool."""
    if click.refusal is not None or click.item is None:
        refusal = click.refusal or UnknownItemError(item_id)
        return to_refusal(refusal, click.item, item_id, people)
    return wording.after_answer(click.item)


def to_withdrawal(click: Clicked, item_id: str, people: People) -> Reply:
    """The answer to an undo."""
    if click.refusal is not None or click.item is None:
        refusal = click.refusal or UnknownItemError(item_id)
        return to_refusal(refusal, click.item, item_id, people)
    if click.previous is None:
        return wording.nothing_to_withdraw(click.item)
    return wording.vote_withdrawn(click.item)


def to_reason(click: Clicked, item_id: str, people: People) -> Reply:
    """The answer to a reason that was added later."""
    if click.refusal is not None or click.item is None:
        refusal = click.refusal or UnknownItemError(item_id)
        return to_refusal(refusal, click.item, item_id, people)
    return wording.reason_saved(click.item)


def to_refusal(refusal: SignoffError, item: Item | None, item_id: str, people: People) -> Reply:
    """The answer to somebody whose click does not count.

    Args:
        refusal: why.
        item: as it stands, where there is one.
        item_id: as the click named it.
        people: to name who decided.
    """
    if item is None:
        return to_error(refusal, item_id)
    match refusal:
        case SettledError(outcome=outcome):
            return wording.already_decided(item, outcome, people)
        case NeedsReadingError():
            return wording.needs_reading_first(item)
        case ReasonNeededError():
            return wording.reason_needed(item)
        case _:
            return to_error(refusal, item_id)


def to_error(problem: SignoffError, item_id: str) -> Reply:
    """The answer to what went wrong without an item at hand."""
    match problem:
        case BusyError():
            return wording.busy()
        case UnknownItemError():
            return wording.unknown_item(item_id)
        case UnknownChoiceError():
            return wording.unknown_button()
        case _:
            return wording.refused(str(problem))

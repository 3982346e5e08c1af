"""Button ids: everything a click means is in the id, so buttons survive every restart.

`<act>:<item>` or `<act>:<argument>:<item>`, at most 100 characters (Discord's custom_id). A vote's
argument is the *index* of its choice in the item's own frozen list, because a choice may hold 60
characters of anything; "unsure" stands for itself. Ids are claims, not proof: flows check each.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.facts import UNSURE

ID_MAX = 100  # characters; Discord custom_id


class Act(StrEnum):
    """What a button does."""

    VOTE = "vote"
    READ = "read"  # open the full view
    PAGE = "page"  # turn to a page of it
    UNDO = "undo"  # withdraw one's vote
    REASON = "reason"  # add a reason to one's vote
    EDIT = "edit"  # change the action's arguments and approve that
    RESPOND = "respond"  # answer in place of the tool
    ATTEND = "attend"  # say that one is on it: nobody else is asked for a while
    OPEN = "open"  # show the card to whoever presses
    SKIP = "skip"  # never be offered it again
    RELEASE = "release"  # give it back
    NEXT = "next"  # be handed the next one; this and the following are about nobody's item
    INBOX = "inbox"
    BREAK = "break"
    BACK = "back"  # end one's break
    PREFER = "prefer"  # be told in another way
    QUIET = "quiet"  # set quiet hours and zone


ME = "me"  # stands in place of the item in buttons about whoever presses them


PATTERN = re.compile(
    rf"(?P<act>{'|'.join(Act)}):(?:(?P<argument>\w+):)?(?P<item>[\w.-]+)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Press:
    """What a button id says."""

    act: Act
    item_id: str
    argument: str = ""  # a choice's index or "unsure"; a page's number; what an edit starts from

    def choice_in(self, choices: Sequence[str]) -> str | None:
        """The choice voted for, or None when these choices have no such place."""
        if self.argument == UNSURE:
            return UNSURE
        index = self.number
        return choices[index] if index is not None and index < len(choices) else None

    @property
    def choice(self) -> str | int:
        """The choice voted for: "unsure", or its place among the item's choices (-1: none)."""
        number = self.number
        return UNSURE if self.argument == UNSURE else -1 if number is None else number

    @property
    def number(self) -> int | None:
        """The argument as a number, such as a page's; None when it is none."""
        return int(self.argument) if re.fullmatch("[0-9]{1,4}", self.argument) else None


def button_id(act: Act, item_id: str, argument: str = "") -> str:
    """The id of a button.

    Raises:
        ValueError: a platform would not take it, or it could not be read back.
    """
    text = ":".join([act.value, *([argument] if argument else []), item_id])
    if len(text) > ID_MAX or parse_button(text) != Press(act, item_id, argument):
        raise ValueError(f"{text!r} cannot be the id of a button")
    return text


def vote_id(item_id: str, choice: str, choices: Sequence[str]) -> str:
    """The id of the button that votes for a choice."""
    return button_id(Act.VOTE, item_id, UNSURE if choice == UNSURE else str(choices.index(choice)))


def parse_button(text: str) -> Press | None:
    """What an id says; None when it is not one of ours, or an older Signoff's."""
    found = PATTERN.fullmatch(text)
    return Press(Act(found["act"]), found["item"], found["argument"] or "") if found else None

"""Button ids: everything a click means is in the id, so buttons survive every restart.

`<act>:<item>[:<argument>[:<seen>]]`, at most 100 characters (Discord's custom_id). A vote's
argument is the *index* of its choice in the item's own frozen list, because a choice may hold 60
characters of anything; "unsure" stands for itself. `seen` is the start of the content's digest, and
only the last page of the full view hands it out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.facts import UNSURE

ID_MAX = 100  # characters; Discord custom_id
SEEN_LENGTH = 16  # hex digits of the digest in the id of a vote from the full view


class Act(StrEnum):
    """What a button does."""

    VOTE = "vote"
    READ = "read"  # open the full view
    PAGE = "page"  # turn to a page of it
    UNDO = "undo"  # withdraw one's vote
    REASON = "reason"  # add a reason to one's vote


_ID = re.compile(
    rf"(?P<act>{'|'.join(Act)}):(?P<item>[\w.-]+)(?::(?P<argument>\w*)(?::(?P<seen>[0-9a-f]*))?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Press:
    """What a button id says."""

    act: Act
    item_id: str
    argument: str = ""  # a choice's index or "unsure"; a page's number
    seen: str = ""  # start of the digest that the reader of the full view has seen

    def choice_in(self, choices: Sequence[str]) -> str | None:
        """The choice voted for, or None when these choices have no such place."""
        if self.argument == UNSURE:
            return UNSURE
        index = int(self.argument) if self.argument.isdecimal() and len(self.argument) < 4 else -1
        return choices[index] if 0 <= index < len(choices) else None

    def has_seen(self, digest: str) -> bool:
        """Whether the click came from the last page of the full view of this very content."""
        return bool(self.seen) and self.seen == digest[:SEEN_LENGTH]


def button_id(act: Act, item_id: str, argument: str = "", *, digest: str = "") -> str:
    """The id of a button.

    Raises:
        ValueError: the id would be longer than a platform takes, or an item id holds a colon.
    """
    fields = [act.value, item_id, argument, digest[:SEEN_LENGTH]]
    while not fields[-1]:
        fields.pop()
    text = ":".join(fields)
    if len(text) > ID_MAX or not _ID.fullmatch(text):
        raise ValueError(f"{text!r} cannot be the id of a button")
    return text


def vote_id(item_id: str, choice: str, choices: Sequence[str], *, digest: str = "") -> str:
    """The id of the button that votes for a choice."""
    argument = UNSURE if choice == UNSURE else str(choices.index(choice))
    return button_id(Act.VOTE, item_id, argument, digest=digest)


def parse_button(text: str) -> Press | None:
    """What an id says; None when it is not one of ours, or an older Signoff's."""
    found = _ID.fullmatch(text)
    if not found:
        return None
    return Press(Act(found["act"]), found["item"], found["argument"] or "", found["seen"] or "")

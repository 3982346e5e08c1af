"""Windows that take more than a click: arguments to edit, an answer to write. Neutral, like cards.

All that a window means is in its id, which is a button's; whoever sends it in says the rest.
"""

from dataclasses import dataclass

from bot.buttons import Act, button_id
from bot.card_parts import Line
from bot.content import Approval
from bot.facts import Item
from bot.masking import masked_block
from bot.rules.editing import ANSWER_MAX, TEXT_MAX, args_text, base_of
from bot.safe_text import SafeText, say

REASON_MAX = 1_000  # characters
ARGS, ANSWER, REASON = "args", "answer", "reason"  # names of fields


@dataclass(frozen=True, slots=True)
class Field:
    """A text that must be filled in."""

    name: str
    label: SafeText  # <= 45 characters; Discord
    longest: int  # characters, <= 3,000; Slack
    initial: SafeText | None = None  # what stands in it, letter for letter


@dataclass(frozen=True, slots=True)
class Window:
    """One window."""

    id: str  # of the button that it goes on from
    title: SafeText  # <= 24 characters; Slack
    headline: SafeText
    about: tuple[Line, ...]
    fields: tuple[Field, ...]
    submit: SafeText  # <= 24 characters; Slack


def edit_window(item: Item, content: Approval, headline: SafeText) -> Window:
    """The arguments as they stand, to be changed."""
    initial = masked_block(args_text(content.action.args))
    asks_why = item.policy.require_reason == "both"
    reason = (Field(REASON, say("Why?"), REASON_MAX),) if asks_why else ()
    return Window(
        id=button_id(Act.EDIT, item.id, base_of(item)),
        title=say("Edit and approve"),
        headline=headline,
        about=(
            (
                say(
                    "What you save is what may run, and counts as your approval of it. Votes on "
                    "the version before are withdrawn."
                ),
            ),
        ),
        fields=(Field(ARGS, say("Arguments, as JSON"), TEXT_MAX, initial), *reason),
        submit=say("Approve this version"),
    )


def answer_window(item: Item, headline: SafeText) -> Window:
    """An empty text, for the answer."""
    return Window(
        id=button_id(Act.RESPOND, item.id),
        title=say("Answer instead"),
        headline=headline,
        about=((say("The program gets your answer in place of a result; nothing runs."),),),
        fields=(Field(ANSWER, say("Your answer to the program"), ANSWER_MAX),),
        submit=say("Send the answer"),
    )

"""How a card and the full view tell of an edit: who, when, and what it changed."""

from collections.abc import Mapping

from bot.card_parts import Code, Line, Moment, someone
from bot.content import Approval, Label
from bot.facts import Item
from bot.rules.editing import diff_of
from bot.safe_text import say
from config.policies import Person

TITLE = say("What a reviewer changed")


def edited_line(item: Item, people: Mapping[str, Person]) -> Line | None:
    """Whose version stands; None when it is the producer's own."""
    if item.edit is None:
        return None
    editor = people.get(item.edit.person_id)
    who = someone(editor) if editor else say("a reviewer")
    told = say(". What stands above is that version; votes from before it do not count.")
    return (say("Edited by "), who, say(", "), Moment(item.edit.edited_at), told)


def change_of(item: Item, content: Approval | Label) -> Code | None:
    """The lines that differ from what the producer sent; None when nobody edited it."""
    if item.edit is None or not isinstance(content, Approval):
        return None
    return Code(TITLE, diff_of(item.edit.submitted_args, content.action.args), "diff")

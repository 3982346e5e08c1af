"""Changing an action's arguments before approving it, within what its producer allows."""

import difflib
import json
from typing import Any

import rfc8785
from pydantic import ValidationError

from bot.content import Approval, Label
from bot.errors import EditError, NotAllowedError
from bot.facts import RESPOND, UNSURE, Item, Rule, Status
from bot.masking import masked_block
from bot.safe_text import SafeText, is_hidden, join
from bot.schemas import faults_of
from config.policies import Person, Rulebook

TEXT_MAX = 3_000  # characters; a Slack text input takes 3,000, a Discord one 4,000
ANSWER_MAX = 3_000  # characters, likewise
BASE_LENGTH = 16  # hex digits of the digest that an edit starts from


def allows_edit(item: Item, content: object) -> bool:
    """Whether reviewers may be offered to edit.

    Both sides must allow it, and a window must show every argument, letter for letter: too long
    ones, secrets and runs of blanks are not edited.
    """
    if not isinstance(content, Approval) or item.is_settled or not item.policy.editors:
        return False
    if "edit" not in content.allow or content.action.args_schema is None:
        return False
    text = args_text(content.action.args)
    return len(text) <= TEXT_MAX and masked_block(text) == text


def allows_answer(item: Item, content: object) -> bool:
    """Whether reviewers may be offered to answer in place of the tool."""
    allowed = isinstance(content, Approval) and "respond" in content.allow
    return allowed and bool(item.policy.responders) and not item.is_settled


def base_of(item: Item) -> str:
    """What names the arguments that an edit starts from, within a button's id."""
    return (item.action_digest or "")[:BASE_LENGTH]


def args_text(args: dict[str, Any]) -> str:
    """The arguments as JSON to edit; hidden characters as JSON's own escapes, which mean them."""
    text = json.dumps(args, ensure_ascii=False, indent=2)
    return "".join(_escaped(char) if char != "\n" and is_hidden(char) else char for char in text)


def refuse_unlisted(person: Person, names: tuple[str, ...], what: str, rulebook: Rulebook) -> None:
    """Nothing, for somebody whom the policy lists.

    Raises:
        NotAllowedError: it does not; nobody listed means nobody.
    """
    if person.id not in rulebook.members(names):
        raise NotAllowedError(
            f"You may vote on this, but the queue does not list you among its {what}. "
            "Nothing was recorded."
        )


def rule_of_answer(item: Item) -> Rule:
    """By which rule one person's answer settles the item that holds it; one is enough."""
    if item.status is Status.ESCALATED:
        return Rule.SENIOR
    others = (vote.choice for vote in item.votes if vote.choice != UNSURE)
    return Rule.UNANIMOUS if all(choice == RESPOND for choice in others) else Rule.MAJORITY


def edited(item: Item, content: Approval | Label, base: str, text: str) -> Approval:
    """What is asked, with the arguments as the text has them.

    Args:
        item: as it stands.
        content: as it stands.
        base: of the arguments that the editor saw (see `base_of`).
        text: a JSON object: all arguments.

    Raises:
        EditError: it cannot be taken; says what to mend.
    """
    if not isinstance(content, Approval) or not allows_edit(item, content):
        raise EditError("The arguments of this request cannot be edited. Nothing was recorded.")
    if base != base_of(item):
        raise EditError(
            "Somebody else has edited this request since you opened it. Nothing was recorded: "
            "close this, look at the card again, and edit what stands there now."
        )
    args = _parsed(text)
    schema = content.action.args_schema or {}
    if faults := faults_of(args, schema):
        raise EditError("Not recorded; the arguments do not fit. " + "; ".join(faults))
    stated = content.model_dump(mode="json", exclude_unset=True)
    stated["action"]["args"] = args
    fresh = _validated(stated)
    if rfc8785.dumps(fresh.action.args) == rfc8785.dumps(content.action.args):
        raise EditError(
            "You have changed nothing, so nothing was recorded. To approve it as it stands, "
            "use Approve."
        )
    return fresh


def diff_of(before: str, args: dict[str, Any]) -> SafeText:
    """What an edit changed, line by line.

    Args:
        before: JSON of the arguments as they were submitted.
        args: as they stand.
    """
    old, new = (
        json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).split("\n")
        for value in (json.loads(before), args)
    )
    lines = list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:]
    return join((masked_block(line) for line in lines if not line.startswith("@@")), "\n")


def _parsed(text: str) -> dict[str, Any]:
    try:
        args = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except RecursionError:
        raise EditError("Not recorded: this is nested too deep.") from None
    except json.JSONDecodeError as fault:
        raise EditError(
            f"Not recorded: this is not JSON. Line {fault.lineno}, column {fault.colno}: "
            f"{fault.msg}."
        ) from None
    except ValueError as fault:
        raise EditError(f"Not recorded: {fault}.") from None
    if not isinstance(args, dict):
        raise EditError("Not recorded: the arguments must be a JSON object, with braces around it.")
    return args


def _validated(stated: dict[str, Any]) -> Approval:
    try:
        return Approval.model_validate(stated)
    except ValidationError as refused:
        first = refused.errors(include_url=False, include_input=False)[0]
        words = first["msg"].removeprefix("Value error, ")
        raise EditError(f"Not recorded; this {words}.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        twice = next(key for key, _ in pairs if sum(other == key for other, _ in pairs) > 1)
        raise ValueError(f"the name {twice[:60]!a} stands twice in one object")
    return read


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _escaped(char: str) -> str:
    """JSON's escape; two of them for a character beyond the first plane."""
    return json.dumps(char)[1:-1]

"""An item's first line, built from the bound action alone: what would happen, to what, where."""

import json
import re
from typing import Any

from bot.card_parts import HEADLINE_MAX
from bot.content import Action, Approval, Label, Pair
from bot.facts import APPROVE, BOTH_BAD, FIRST, RESPOND, SECOND, TIE, Item, Kind, Rule, Status
from bot.masking import masked
from bot.safe_text import SafeText, cut, join, say
from config.policies import Rulebook

_APPROVALS = {APPROVE: say("Approved"), RESPOND: say("Answered by a person")}
_PREFERRED = {
    FIRST: say("First answer better"),
    SECOND: say("Second answer better"),
    TIE: say("A tie"),
    BOTH_BAD: say("Both bad"),
}
_STATE_MAX = 30  # characters kept free for the state, such as "About to be approved: "
_PLAIN_WORD = re.compile(r"[\w./@+-]{1,60}")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAME_PART = re.compile(r"[._\-\s:/]+")


def headline_of(item: Item, content: Approval | Label, queue_title: str = "") -> SafeText:
    """The item's state and what it asks, in at most 150 characters."""
    if isinstance(content, Approval):
        return _with_state(item, action_phrase(content.action, HEADLINE_MAX - _STATE_MAX))
    title = brief(masked(queue_title or item.queue), 30)
    usual = "Which answer is better?" if isinstance(content, Pair) else "Which class is this?"
    question = brief(masked(content.question or usual), 60)
    return _with_state(item, say("{question} ({title})", question=question, title=title))


def headline_in(rulebook: Rulebook, item: Item, content: Approval | Label) -> SafeText:
    """The same, with the queue called as the rules call it."""
    return headline_of(item, content, rulebook.title_of(item.queue))


def action_phrase(action: Action, room: int = HEADLINE_MAX) -> SafeText:
    """Verb, object, place and environment of an action.

    Args:
        action: the bound action.
        room: characters; what does not fit is left to the card's facts, and the phrase says so.
    """
    verb, objects, place = _verb(action.name), _objects(action.args), _place(action)
    count = len(action.args)
    noun = "argument" if count == 1 else "arguments"
    below = say(" ({count} {noun}, see below)", count=count, noun=noun) if count else say("")
    below = _counted(action.args) or below
    for phrase in (
        join([verb, objects, place]) if objects is not None else None,
        join([verb, below, place]),
        join([verb, say(" (where and with what: see below)")]),
    ):
        if phrase is not None and len(phrase) <= room:
            return phrase
    return join([brief(verb, room - 60), say(" (where and with what: see below)")])


def brief(text: SafeText, size: int) -> SafeText:
    """A text of at most `size` characters; a longer one ends with how many more there are."""
    if len(text) <= size:
        return text
    head = cut(text, size - len("… (000,000 more)"))
    return say("{head}… ({more:,} more)", head=head, more=len(text) - len(head))


def exact(value: Any) -> str:
    """A JSON value as JSON text: strings in quotes, numbers as they are, keys sorted."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _with_state(item: Item, what: SafeText) -> SafeText:
    if item.outcome is not None:
        return join([_outcome(item), what], ": ")
    if item.settles_at is not None:
        return say("About to be approved: {what}", what=what)
    question = what if what.endswith(("?", ")")) and item.kind is not Kind.APPROVAL else None
    asked = question or say("{what}?", what=what)
    return say("For seniors: {asked}", asked=asked) if item.status is Status.ESCALATED else asked


def _outcome(item: Item) -> SafeText:
    outcome = item.outcome
    if outcome is None or outcome.rule is Rule.CANCELLED:
        return say("Cancelled")
    if item.kind is Kind.APPROVAL:
        if outcome.rule is Rule.TIMEOUT:
            return say("Expired, so denied")
        return _APPROVALS.get(outcome.choice or "", say("Rejected"))
    if outcome.choice is None:
        return say("Undecided")
    if item.kind is Kind.PREFERENCE:
        return _PREFERRED.get(outcome.choice) or say("Decided")
    return say("Decided “{choice}”", choice=brief(masked(outcome.choice), 30))


def _verb(name: str) -> SafeText:
    """The last part of a function's name as words: "ops.delete_files" is "Delete files"."""
    last = name.rsplit(".", 1)[-1]
    words = " ".join(word for word in _NAME_PART.split(_CAMEL.sub(" ", last)) if word).lower()
    return masked(words[:1].upper() + words[1:]) if words else masked(name)


def _objects(args: dict[str, Any]) -> SafeText | None:
    """The arguments in words, or None when they are too many for a line anyhow."""
    if not args:
        return say("")
    if len(exact(args)) > 4 * HEADLINE_MAX:
        return None
    if len(args) == 1:
        return say(" {value}", value=_value(next(iter(args.values()))))
    pairs = [say("{key} {value}", key=masked(key), value=_value(args[key])) for key in sorted(args)]
    return say(" ({pairs})", pairs=join(pairs, ", "))


def _counted(args: dict[str, Any]) -> SafeText | None:
    """One long list by its length: "4 paths". None for anything else."""
    if len(args) != 1:
        return None
    [(key, value)] = args.items()
    if not isinstance(value, list) or len(value) < 2:
        return None
    return say(" ({count} {key}, see below)", count=len(value), key=brief(masked(key), 30))


def _value(value: Any) -> SafeText:
    if isinstance(value, str) and _PLAIN_WORD.fullmatch(value):
        return masked(value)
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return join([_value(part) for part in value], ", ")
    return masked(exact(value))


def _place(action: Action) -> SafeText:
    target = say(" on {target}", target=masked(action.target)) if action.target else say("")
    where = say(" in {where}", where=masked(action.environment)) if action.environment else say("")
    return join([target, where])

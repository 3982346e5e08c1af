"""The buttons people vote with: on the card, and at the end of the full view."""

from collections.abc import Iterator

from bot.buttons import Act, button_id, vote_id
from bot.card_content import unlabelled
from bot.card_parts import DESCRIPTION_MAX, Button, Confirmation
from bot.content import Approval, Label, Pair
from bot.facts import APPROVE, REJECT, UNSURE, Item, Status
from bot.headlines import action_phrase, brief, exact
from bot.lookalikes import remark_on
from bot.masking import masked
from bot.pair_cards import order_of, side_words
from bot.rules.editing import allows_answer, allows_edit, base_of
from bot.safe_text import SafeText, say, shown

NOT_SURE = say("Not sure, ask a senior")
IN_FULL = say("Review in full")
EDIT = say("Edit and approve…")
RESPOND = say("Answer instead…")
JUDGE = say("Judge this pair")
_VERBS = {APPROVE: say("Approve"), REJECT: say("Reject"), UNSURE: NOT_SURE}
_RESERVED = frozenset(text.casefold() for text in (NOT_SURE, IN_FULL, JUDGE, EDIT, RESPOND))
CONFIRM_MAX = 300  # characters; text of a Slack confirmation
REMARK_MAX = 120  # characters of them for letters that pass for others


def card_buttons(
    item: Item, content: Approval | Label, unread_size: int | None
) -> tuple[Button, ...]:
    """The buttons of a card; none once the item is settled.

    Args:
        item: as it stands.
        content: what is asked.
        unread_size: characters of a content that does not fit the card; None when it does.
    """
    if item.is_settled:
        return ()
    if isinstance(content, Pair):
        return (_judge(item), *_safe_votes(item, content))
    if unread_size is not None:
        safe = (*_safe_votes(item, content), *_answer_instead(item, content))
        return (in_full(item, unread_size), *safe)
    votes = tuple(_votes(item, content))
    if not isinstance(content, Approval):
        return votes
    return (*votes, *edit_button(item, content), *_answer_instead(item, content), in_full(item))


def full_view_buttons(
    item: Item, content: Approval | Label, left: str | None = None
) -> tuple[Button, ...]:
    """The buttons at the end of the full view: every vote.

    Args:
        item: as it stands.
        content: what is asked.
        left: the answer of a pair on the reader's left; no pair is voted on without a reader.
    """
    if item.is_settled:
        return ()
    if isinstance(content, Pair):
        return tuple(_sides(item, content, left)) if left else ()
    others = (*edit_button(item, content), *_answer_instead(item, content))
    return (*_votes(item, content), *others)


def numbered_buttons(
    item: Item, content: Approval, number: int, unread_size: int | None
) -> tuple[Button, ...]:
    """The buttons of one request among several on a card: each says which, and decides that alone.

    Args:
        item: as it stands.
        content: what is asked.
        number: its place on the card.
        unread_size: characters of a content that the card does not show whole; None when it does.
    """
    if item.is_settled:
        return ()
    choices = (APPROVE, REJECT) if unread_size is None else (REJECT,)
    votes = tuple(
        _vote(item, content, choice, say("{verb} {n}", verb=_VERBS[choice], n=number))
        for choice in choices
    )
    return (*votes, in_full(item, unread_size or 0, number))


def opening_button(item: Item, number: int) -> Button:
    """The button that shows one request of several, with all its buttons, to whoever presses it."""
    described = say("Open request {id}", id=brief(shown(item.id), 40))
    return Button(button_id(Act.OPEN, item.id), say("Open {n}", n=number), described)


def edit_button(item: Item, content: Approval | Label) -> tuple[Button, ...]:
    """The button that opens the arguments as they stand, where policy and producer allow it."""
    if not allows_edit(item, content):
        return ()
    request = brief(shown(item.id), 40)
    described = say("Edit request {id} and approve that", id=request)
    return (Button(button_id(Act.EDIT, item.id, base_of(item)), EDIT, described),)


def _answer_instead(item: Item, content: Approval | Label) -> tuple[Button, ...]:
    """The button to answer in place of the tool, likewise; the action does not run then."""
    if not allows_answer(item, content):
        return ()
    described = say("Answer request {id} instead", id=brief(shown(item.id), 40))
    return (Button(button_id(Act.RESPOND, item.id), RESPOND, described),)


def in_full(item: Item, size: int = 0, number: int = 0) -> Button:
    """The button that opens the full view, with its size and its number where these matter."""
    label = say("Review {n} in full", n=number) if number else IN_FULL
    label = say("{label} ({size:,} characters)", label=label, size=size) if size else label
    return Button(
        id=button_id(Act.READ, item.id),
        label=label,
        description=say("Review request {id} in full", id=brief(shown(item.id), 40)),
    )


def _judge(item: Item) -> Button:
    """The button that shows a pair to one reviewer, in the order drawn for them."""
    request = brief(shown(item.id), 40)
    description = say("Judge the pair of request {id}", id=request)
    return Button(button_id(Act.READ, item.id), JUDGE, description)


def _sides(item: Item, content: Pair, left: str) -> Iterator[Button]:
    for choice in (*order_of(left), UNSURE):
        is_last = choice == UNSURE and item.status is Status.OPEN
        yield _vote(item, content, choice, NOT_SURE if is_last else side_words(choice, left))


def _votes(item: Item, content: Approval | Label) -> Iterator[Button]:
    numbered = isinstance(content, Label) and unlabelled(content.choices)
    for number, choice in enumerate((*item.choices, UNSURE), 1):
        label = _label(choice, content)
        if numbered and choice != UNSURE:
            label = say("Choice {number}", number=number)
        if choice == UNSURE and item.status is Status.ESCALATED:
            label = say("Not sure")  # there is no senior left to ask
        yield _vote(item, content, choice, label)


def _safe_votes(item: Item, content: Approval | Label) -> Iterator[Button]:
    """What may be voted unread: refusing, and handing on."""
    for choice in (REJECT, UNSURE) if isinstance(content, Approval) else (UNSURE,):
        yield _vote(item, content, choice, _VERBS[choice])


def _vote(item: Item, content: Approval | Label, choice: str, label: SafeText) -> Button:
    asks_again = choice == APPROVE and item.policy.confirm and isinstance(content, Approval)
    return Button(
        id=vote_id(item.id, choice, item.choices),
        label=label,
        description=_description(item, content, label),
        confirm=_confirmation(content) if asks_again and isinstance(content, Approval) else None,
    )


def _label(choice: str, content: Approval | Label) -> SafeText:
    """A choice as its producer wrote it, in quotes where it would pass for a button of ours."""
    if choice == UNSURE or isinstance(content, Approval):
        return _VERBS[choice]
    text = masked(choice)
    return say("“{text}”", text=text) if text.casefold() in _RESERVED else text


def _description(item: Item, content: Approval | Label, label: SafeText) -> SafeText:
    """What a screen reader says: the vote and its object."""
    request = say(", request {id}", id=brief(shown(item.id), 20))
    name = content.action.name if isinstance(content, Approval) else item.queue
    object_ = say(" {name}", name=brief(masked(name), 25))
    room = DESCRIPTION_MAX - len(request) - len(object_)
    return say("{label}{what}{request}", label=brief(label, room), what=object_, request=request)


def _confirmation(content: Approval) -> Confirmation:
    remark = _remark(content)
    phrase = action_phrase(content.action, CONFIRM_MAX - 60 - len(remark))
    grave = say(" This cannot be undone.") if content.action.reversible is False else say("")
    return Confirmation(
        title=say("Approve this action?"),
        text=say("{phrase}.{grave}{remark}", phrase=phrase, grave=grave, remark=remark),
        yes=say("Approve"),
        no=say("Do not approve"),
        is_grave=content.action.reversible is False,
    )


def _remark(content: Approval) -> SafeText:
    """The card's warning of letters that pass for others, where an approval is stated again."""
    action = content.action
    named = " ".join([action.name, action.target or "", action.environment or ""])
    remark = remark_on(f"{named} {exact(action.args)}")
    return say(" ⚠ {remark}.", remark=brief(remark, REMARK_MAX)) if remark else say("")

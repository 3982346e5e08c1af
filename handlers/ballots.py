"""Voting by a typed command: the same flow as a button's, and the same rules."""

from bot import answers, wording
from bot.buttons import Act, button_id, parse_button
from bot.card_parts import Reply
from bot.facts import APPROVE, FIRST, REJECT, UNSURE, Kind
from bot.pair_cards import side_meant
from bot.pull_words import choices_of
from handlers import pressing, pulling
from handlers.asked import Answered, Asked
from handlers.desk import Frozen
from handlers.presenting import shown_to

_CHOICES = {"approve": APPROVE, "reject": REJECT, "unsure": UNSURE}


async def asked_vote(asked: Asked) -> Answered:
    """`approve ID [reason]`, `reject ID [reason]`, `unsure ID [reason]`.

    Where policy wants a second step, an approval gets the card, whose button asks again.
    """
    item_id, _, reason = asked.argument.partition(" ")
    if not item_id:
        return _which(asked)
    frozen = await asked.desk.frozen(item_id.upper())
    return await _vote(asked, frozen, item_id.upper(), _CHOICES[asked.word], reason.strip())


async def asked_label(asked: Asked) -> Answered:
    """`label ID CHOICE`; capitals do not matter where they tell no choices apart.

    Of a pair: left, right, tie or both bad, as whoever types has the answers before them.
    """
    item_id, _, typed = asked.argument.partition(" ")
    if not item_id:
        return _which(asked)
    frozen = await asked.desk.frozen(item_id.upper())
    if frozen.kind is Kind.PREFERENCE:
        view, _ = await shown_to(asked.desk, asked.who, item_id)
        meant = side_meant(typed, view.left or FIRST) or ""
    else:
        meant = _meant(typed.strip(), frozen)
    return await _vote(asked, frozen, item_id.upper(), meant, "")


async def asked_undo(asked: Asked) -> Reply:
    """`undo ID`."""
    item_id = asked.argument.upper()
    if not item_id:
        return _which(asked)
    receipt = await pressing.withdraw(asked.desk, asked.who, item_id)
    return answers.to_withdrawal(receipt, item_id, asked.desk.house.rulebook.people)


async def _vote(asked: Asked, frozen: Frozen, item_id: str, choice: str, reason: str) -> Answered:
    desk = asked.desk
    if choice not in (*frozen.choices, UNSURE):
        view = await desk.see_item(item_id)
        return choices_of(view.item, asked.command)
    argument = UNSURE if choice == UNSURE else str(frozen.choices.index(choice))
    press = parse_button(button_id(Act.VOTE, item_id, argument))
    if press is None or frozen.confirms(press):
        return await pulling.open_card(desk, asked.who, item_id)
    receipt = await pressing.cast(desk, asked.who, press, reason=reason or None)
    return answers.to_vote(receipt, item_id, desk.house.rulebook.people)


def _meant(typed: str, frozen: Frozen) -> str:
    if typed in frozen.choices:
        return typed
    alike = [each for each in frozen.choices if each.casefold() == typed.casefold()]
    return alike[0] if len(alike) == 1 else typed


def _which(asked: Asked) -> Reply:
    return wording.refused(
        f"Say which: {asked.command} {asked.word} followed by the id. Nothing was recorded."
    )

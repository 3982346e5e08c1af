"""From a person and a button to one flow: nothing here answers anybody."""

from bot.buttons import Press
from bot.errors import NeedsReadingError
from bot.flows import voting
from bot.flows.voting import Ballot, Receipt
from handlers.slack.desk import Desk


async def cast(
    desk: Desk,
    user_ref: str,
    press: Press,
    *,
    reason: str | None = None,
    read_digest: str = "",
) -> Receipt:
    """Records the vote that a button stands for.

    Args:
        desk: where things are.
        user_ref: whose account.
        press: the button.
        reason: why, when they said.
        read_digest: of the content whose last page they have before them, or "".

    Raises:
        SignoffError: nothing was recorded; says why.
    """
    who = desk.identities.cached(user_ref) or await desk.identities.of(user_ref)
    ballot = Ballot(press.item_id, await desk.choice_of(press), who, reason)
    house = desk.house
    receipt = await house.do(voting.cast, house.rulebook, ballot, house.now())
    item = receipt.item
    if item and isinstance(receipt.refusal, NeedsReadingError) and read_digest == item.digest:
        await house.do(voting.mark_read, house.rulebook, item.id, who, item.digest, house.now())
        receipt = await house.do(voting.cast, house.rulebook, ballot, house.now())
    return receipt


async def withdraw(desk: Desk, user_ref: str, item_id: str) -> Receipt:
    """Takes a person's vote back.

    Raises:
        SignoffError: nothing was recorded; says why.
    """
    who = await desk.identities.of(user_ref)
    house = desk.house
    return await house.do(voting.withdraw, house.rulebook, item_id, who, house.now())


async def explain(desk: Desk, user_ref: str, item_id: str, reason: str) -> Receipt:
    """Adds a reason to a person's vote.

    Raises:
        SignoffError: nothing was recorded; says why.
    """
    who = await desk.identities.of(user_ref)
    house = desk.house
    return await house.do(voting.add_reason, house.rulebook, item_id, who, reason, house.now())

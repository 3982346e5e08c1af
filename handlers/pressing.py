"""From a person and a button to one flow: nothing here answers anybody."""

import contextlib
from collections.abc import Awaitable, Callable

from bot import answers, pings
from bot.buttons import Act, Press
from bot.card_parts import Reply
from bot.errors import NeedsReadingError, SignoffError, UncheckedError, UnknownItemError
from bot.facts import Identity
from bot.flows import escalating, looking_up, voting
from bot.flows.escalating import Attendance
from bot.flows.voting import Ballot, Receipt
from bot.pages import Page
from handlers.desk import Desk, settled

Who = Callable[[], Awaitable[Identity]]  # asks the platform's own record who acts


async def cast(
    desk: Desk,
    who: Who,
    press: Press,
    *,
    reason: str | None = None,
    read_digest: str = "",
    message_ref: str = "",
) -> Receipt:
    """Records the vote that a button stands for.

    Args:
        desk: where things are.
        who: whose account.
        press: the button.
        reason: why, when they said.
        read_digest: of the content whose last page they have before them, or "".
        message_ref: of the clicked card, when the answer to the click will show it anew.

    Raises:
        SignoffError: nothing was recorded; says why.
    """
    identity = await identified(desk, who, press.item_id)
    ballot = Ballot(press.item_id, press.choice, identity, reason, message_ref)
    house = desk.house
    receipt = await house.do(voting.cast, house.rulebook, ballot, house.now())
    item = receipt.item
    if item and isinstance(receipt.refusal, NeedsReadingError) and read_digest == item.digest:
        reading = (house.rulebook, item.id, identity, item.digest, house.now())
        await house.do(voting.mark_read, *reading)
        receipt = await house.do(voting.cast, house.rulebook, ballot, house.now())
    return receipt


async def withdraw(desk: Desk, who: Who, item_id: str) -> Receipt:
    """Takes a person's vote back.

    Raises:
        SignoffError: nothing was recorded; says why.
    """
    house = desk.house
    identity = await identified(desk, who, item_id)
    return await house.do(voting.withdraw, house.rulebook, item_id, identity, house.now())


async def attended(desk: Desk, who: Who, item_id: str) -> Reply:
    """The answer to "I am on it"."""
    result = await settled(_attend(desk, who, item_id))
    if isinstance(result, BaseException):
        return desk.explain(result, item_id)
    if result.until is None:
        return desk.explain(result.refusal or UnknownItemError(item_id), item_id)
    return pings.attended(result.until)


async def identified(desk: Desk, who: Who, item_id: str) -> Identity:
    """Who acts on an item. That it cannot be said is kept, since the item must not wait for it.

    Raises:
        UncheckedError: the platform does not say; nothing was counted.
    """
    try:
        return await who()
    except UncheckedError as problem:
        house = desk.house
        with contextlib.suppress(SignoffError):
            now = house.now()
            await house.do(looking_up.note_failure, house.rulebook, item_id, problem, now)
        raise


async def _attend(desk: Desk, who: Who, item_id: str) -> Attendance:
    house = desk.house
    identity = await identified(desk, who, item_id)
    return await house.do(escalating.attend, house.rulebook, item_id, identity, house.now())


async def explained(desk: Desk, who: Who, press: Press, reason: str) -> Reply:
    """The answer to a reason: with the vote that needs it, or for the one that stands."""
    people = desk.house.rulebook.people
    if press.act is Act.VOTE:
        result = await settled(cast(desk, who, press, reason=reason))
        to_reply = answers.to_vote
    else:
        result = await settled(_explain(desk, who, press.item_id, reason))
        to_reply = answers.to_reason
    if isinstance(result, BaseException):
        return desk.explain(result, press.item_id)
    return to_reply(result, press.item_id, people)


async def note_reading(desk: Desk, who: Who, page: Page) -> None:
    """Who has the last page before them has had every page."""
    if page.number < page.page_count:
        return
    house = desk.house
    reading = (house.rulebook, page.item_id, await who(), page.digest, house.now())
    await house.do(voting.mark_read, *reading)


async def _explain(desk: Desk, who: Who, item_id: str, reason: str) -> Receipt:
    house = desk.house
    identity = await identified(desk, who, item_id)
    return await house.do(voting.add_reason, house.rulebook, item_id, identity, reason, house.now())

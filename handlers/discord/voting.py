"""A vote from a button or a window: recorded first, then answered, and the card rides along."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from bot import answers, wording
from bot.buttons import Press
from bot.card_parts import Reply
from bot.errors import NeedsReadingError
from bot.facts import UNSURE, Item
from bot.flows.delivering import card_shown
from bot.flows.voting import Receipt
from handlers import pressing
from handlers.desk import settled
from handlers.discord import reading
from handlers.discord.answering import Answer
from handlers.discord.render import message_of
from handlers.presenting import CannotRenderError, card_in, pictures_of, uploads_among

DEFER_AFTER = 2.0  # seconds; Discord gives up on an interaction after three
UNSEEN = (
    "Not recorded: the pictures of this request did not reach you here. Open it in full again "
    "from its card."
)

T = TypeVar("T")


async def record(answer: Answer, press: Press, reason: str | None = None) -> None:
    """Records the vote that a button stands for, and tells the voter what became of it."""
    if await _is_unseen(answer, press):
        await answer.reply(wording.refused(UNSEEN))
        return
    riding, card = answer.desk.riding, answer.card
    if card:
        riding.expect(card)
    try:
        work = pressing.cast(
            answer.desk,
            answer.who,
            press,
            reason=reason,
            read_digest=answer.clicked.read_digest if answer.clicked else "",
            message_ref=card[1] if card and not riding.edit(card).locked() else "",
        )
        await _conclude(answer, press, await in_time(answer, work))
    finally:
        if card:
            riding.over(card)


async def in_time(answer: Answer, work: Awaitable[T]) -> T | BaseException:
    """What the work came to; when it takes long, the click is acknowledged meanwhile."""
    after = answer.desk.after
    after.recording(+1)
    task = asyncio.ensure_future(settled(work))
    task.add_done_callback(lambda _: after.recording(-1))
    await asyncio.wait((task,), timeout=DEFER_AFTER)
    if not task.done():
        await answer.defer()
    return await task


async def _is_unseen(answer: Answer, press: Press) -> bool:
    """Whether it is pressed on a page that came without its pictures, as Discord itself says."""
    page = answer.clicked
    if page is None or not page.read_digest or press.argument == UNSURE:
        return False
    view = await settled(answer.desk.see_item(press.item_id))
    if isinstance(view, BaseException):
        return False  # pressing says why
    return len(page.attachment_refs) < len(uploads_among(pictures_of(view)))


async def _conclude(answer: Answer, press: Press, result: Receipt | BaseException) -> None:
    desk = answer.desk
    if isinstance(result, BaseException):
        await answer.reply(desk.explain(result, press.item_id))
    elif isinstance(result.refusal, NeedsReadingError):
        await reading.open_pages(answer, press.item_id)
    else:
        reply = answers.to_vote(result, press.item_id, desk.house.rulebook.people)
        item = result.item
        if item and (result.is_new or item.is_settled) and await _ride(answer, item):
            desk.after.soon(_tell(answer, reply))
        else:
            await answer.reply(reply)


async def _tell(answer: Answer, reply: Reply) -> None:
    await answer.reply(reply)


async def _ride(answer: Answer, item: Item) -> bool:
    """Whether the message clicked shows the newest state by this answer.

    When another answer is just carrying it, this one need not wait: the courier brings the rest.
    """
    key, desk = answer.card, answer.desk
    if key is None or item.batch_id is not None:  # a batch's card is the courier's
        return False
    lock = desk.riding.edit(key)
    if lock.locked():
        return False
    async with lock:
        if desk.riding.carried(key) >= item.revision:
            return False
        view = await settled(desk.view_of(item))
        if isinstance(view, BaseException):
            return False
        try:
            message = message_of(card_in(view, desk.house.rulebook))
        except CannotRenderError:
            return False
        if not await answer.show_anew(message):
            return False
        revision = view.item.revision
        desk.riding.carry(key, revision)
    await settled(desk.house.do(card_shown, desk.platform, *key, revision))
    return True

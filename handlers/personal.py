"""Buttons about whoever presses them, whichever the platform: what each of them answers."""

from collections.abc import Awaitable, Callable, Mapping

from bot.buttons import Act, Press
from bot.card_parts import Reply
from bot.inbox import reply_of_inbox
from handlers import inboxes, pulling
from handlers.asked import Answered
from handlers.desk import Desk
from handlers.pressing import Who


async def answer_to(desk: Desk, who: Who, press: Press) -> Answered:
    """What one of these buttons answers.

    Raises:
        SignoffError: nothing was done; says why.
    """
    return await _ANSWERS[press.act](desk, who, press)


async def _next(desk: Desk, who: Who, _press: Press) -> Answered:
    return await pulling.next_for(desk, who)


async def _open(desk: Desk, who: Who, press: Press) -> Answered:
    return await pulling.open_card(desk, who, press.item_id)


async def _skip(desk: Desk, who: Who, press: Press) -> Reply:
    return await pulling.skip(desk, who, press.item_id)


async def _release(desk: Desk, who: Who, press: Press) -> Reply:
    return await pulling.release(desk, who, press.item_id)


async def _inbox(desk: Desk, who: Who, _press: Press) -> Reply:
    return reply_of_inbox(await inboxes.inbox_for(desk, who))


async def _break(desk: Desk, who: Who, _press: Press) -> Reply:
    return await pulling.take_break(desk, who)


async def _back(desk: Desk, who: Who, _press: Press) -> Reply:
    return await pulling.come_back(desk, who)


async def _prefer(desk: Desk, who: Who, press: Press) -> Reply:
    await inboxes.prefer(desk, who, press)
    return await _inbox(desk, who, press)


_ANSWERS: Mapping[Act, Callable[[Desk, Who, Press], Awaitable[Answered]]] = {
    Act.NEXT: _next,
    Act.OPEN: _open,
    Act.SKIP: _skip,
    Act.RELEASE: _release,
    Act.INBOX: _inbox,
    Act.BREAK: _break,
    Act.BACK: _back,
    Act.PREFER: _prefer,
}
PERSONAL = frozenset(_ANSWERS)

"""Buttons: read the click, call one flow, acknowledge once it is durable, answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot import answers, wording
from bot.buttons import Act, Press, parse_button
from bot.card_parts import Reply
from bot.errors import NeedsReadingError, ReasonNeededError
from bot.flows.voting import Receipt
from handlers import pressing
from handlers.desk import settled
from handlers.personal import PERSONAL
from handlers.slack import home, modals, personal
from handlers.slack.answering import Click, answer, click_from, show_anew
from handlers.slack.api import Json
from handlers.slack.desk import RECORD_WITHIN, SlackDesk

Ack = Callable[..., Awaitable[Any]]


async def pressed(desk: SlackDesk, ack: Ack, body: Json, action: Json) -> None:
    """Any button of any message or modal of ours."""
    click = click_from(body, str(action.get("action_id", "")))
    press = parse_button(click.action_id)
    if press is None:
        await ack()
        if not action.get("url"):  # a link has been followed: that was all
            desk.after.soon(answer(desk, click, wording.unknown_button()))
        return
    await _ACTS[press.act](desk, ack, click, press)


async def _vote(desk: SlackDesk, ack: Ack, click: Click, press: Press) -> None:
    if click.card:
        desk.riding.expect(click.card)
    desk.after.recording(+1)
    who, rides = desk.who(click.user_ref), click.card and click.response_url
    work = asyncio.ensure_future(
        settled(
            pressing.cast(
                desk,
                who,
                press,
                read_digest=click.read_digest,
                message_ref=click.message_ref if rides else "",
            )
        )
    )
    work.add_done_callback(lambda _: desk.after.recording(-1))
    await asyncio.wait((work,), timeout=RECORD_WITHIN)
    await ack()
    conclusion = _conclude_vote(desk, click, press, work)
    if work.done() and _wants_a_modal(work.result()):
        desk.after.at_once(conclusion)
    else:
        desk.after.soon(conclusion)


def _wants_a_modal(result: Receipt | BaseException) -> bool:
    return isinstance(result, Receipt) and isinstance(
        result.refusal, (NeedsReadingError, ReasonNeededError)
    )


async def _conclude_vote(
    desk: SlackDesk, click: Click, press: Press, work: Awaitable[Receipt | BaseException]
) -> None:
    try:
        result = await work
        if isinstance(result, BaseException):
            await answer(desk, click, desk.explain(result, press.item_id))
        elif isinstance(result.refusal, NeedsReadingError) and not click.view_id:
            await modals.open_pages(desk, click, press.item_id)
        elif isinstance(result.refusal, ReasonNeededError):
            await modals.ask_reason(desk, click, press)
        else:
            reply = answers.to_vote(result, press.item_id, desk.house.rulebook.people)
            await asyncio.gather(answer(desk, click, reply), _show(desk, click, result))
    finally:
        if click.card:
            desk.riding.over(click.card)


async def _show(desk: SlackDesk, click: Click, receipt: Receipt) -> None:
    """The clicked card is shown anew when it changed, or when it should not have had buttons.

    A batch's card is the courier's: the answer to a click knows one item only.
    """
    item = receipt.item
    if item and item.batch_id is None and (receipt.is_new or item.is_settled):
        await show_anew(desk, click, item.id)


async def _attend(desk: SlackDesk, ack: Ack, click: Click, press: Press) -> None:
    work = asyncio.ensure_future(pressing.attended(desk, desk.who(click.user_ref), press.item_id))
    await asyncio.wait((work,), timeout=RECORD_WITHIN)
    await ack()
    desk.after.soon(_tell(desk, click, work))


async def _tell(desk: SlackDesk, click: Click, work: Awaitable[Reply]) -> None:
    await answer(desk, click, await work)


async def _undo(desk: SlackDesk, ack: Ack, click: Click, press: Press) -> None:
    work = asyncio.ensure_future(
        settled(pressing.withdraw(desk, desk.who(click.user_ref), press.item_id))
    )
    await asyncio.wait((work,), timeout=RECORD_WITHIN)
    await ack()
    desk.after.soon(_conclude_undo(desk, click, press, work))


async def _conclude_undo(
    desk: SlackDesk, click: Click, press: Press, work: Awaitable[Receipt | BaseException]
) -> None:
    result = await work
    if isinstance(result, BaseException):
        reply = desk.explain(result, press.item_id)
    else:
        reply = answers.to_withdrawal(result, press.item_id, desk.house.rulebook.people)
    await answer(desk, click, reply)
    if click.is_home:
        await home.publish(desk, click.user_ref)


async def _read(desk: SlackDesk, ack: Ack, click: Click, press: Press) -> None:
    await ack()
    desk.after.at_once(modals.open_pages(desk, click, press.item_id))


async def _turn(desk: SlackDesk, ack: Ack, click: Click, press: Press) -> None:
    await ack()
    desk.after.at_once(modals.turn_to(desk, click, press))


async def _ask_reason(desk: SlackDesk, ack: Ack, click: Click, press: Press) -> None:
    await ack()
    desk.after.at_once(modals.ask_reason(desk, click, press))


async def _ask_more(desk: SlackDesk, ack: Ack, click: Click, press: Press) -> None:
    await ack()
    desk.after.at_once(modals.ask_more(desk, click, press))


_ACTS: Mapping[Act, Callable[[SlackDesk, Ack, Click, Press], Awaitable[None]]] = {
    Act.VOTE: _vote,
    Act.UNDO: _undo,
    Act.READ: _read,
    Act.PAGE: _turn,
    Act.REASON: _ask_reason,
    Act.EDIT: _ask_more,
    Act.RESPOND: _ask_more,
    Act.ATTEND: _attend,
    Act.QUIET: personal.ask_quiet,
    **dict.fromkeys(PERSONAL, personal.pressed),
}

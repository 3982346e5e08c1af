"""Buttons about whoever presses them: the answer, and the Home tab anew when it was there."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.buttons import Act, Press
from handlers import personal
from handlers.asked import Handed
from handlers.desk import settled
from handlers.slack import home, modals
from handlers.slack.answering import Click, answer, deliver
from handlers.slack.desk import SlackDesk
from handlers.slack.present import message_with

Ack = Callable[..., Awaitable[Any]]

IN_SIGHT = (Act.INBOX, Act.PREFER)  # the Home tab itself shows what these answer


async def pressed(desk: SlackDesk, ack: Ack, click: Click, press: Press) -> None:
    """Any of these buttons; none of them is a vote, so Slack need not wait for it."""
    await ack()
    desk.after.at_once(_answer(desk, click, press))


async def ask_quiet(desk: SlackDesk, ack: Ack, click: Click, _press: Press) -> None:
    """The button that opens the window for quiet hours and zone."""
    await ack()
    desk.after.at_once(modals.ask_quiet(desk, click))


async def _answer(desk: SlackDesk, click: Click, press: Press) -> None:
    result = await settled(personal.answer_to(desk, desk.who(click.user_ref), press))
    if isinstance(result, BaseException):
        await answer(desk, click, desk.explain(result, press.item_id))
    elif isinstance(result, Handed):
        await _hand(desk, click, press, result)
    elif not (click.is_home and press.act in IN_SIGHT):
        await answer(desk, click, result)
    if click.is_home:
        await home.publish(desk, click.user_ref)


async def _hand(desk: SlackDesk, click: Click, press: Press, handed: Handed) -> None:
    """The card, in place of the private message clicked; from the Home tab, the full view."""
    if click.is_home:
        await modals.open_pages(desk, click, handed.view.item.id)
        return
    message = message_with(handed.card, handed.view.uploads)
    await deliver(desk, click, message, replaces=click.is_ephemeral and press.act is Act.NEXT)

"""Windows: the full view in pages, and the question for a reason."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot import wording
from bot.buttons import Press, parse_button
from bot.card_parts import Reply
from bot.pages import Page, pages_of
from handlers.calls import CallError
from handlers.desk import settled
from handlers.presenting import reason_asked, shown_to
from handlers.recording import explained, note_reading
from handlers.slack.answering import Click, answer, view_of_reply
from handlers.slack.api import Json, ask
from handlers.slack.desk import RECORD_WITHIN, SlackDesk
from handlers.slack.render import reason_view, view_of

Ack = Callable[..., Awaitable[Any]]

TOO_SLOW = "Slack did not open the window in time. Nothing was recorded; press the button again."


async def open_pages(desk: SlackDesk, click: Click, item_id: str) -> None:
    """Opens the full view at its first page."""
    result = await settled(_page(desk, click.user_ref, item_id, 1))
    if isinstance(result, BaseException):
        await answer(desk, click, desk.explain(result, item_id))
    elif await _show(desk, click, view_of(result)):
        await note_reading(desk, desk.who(click.user_ref), result)


async def turn_to(desk: SlackDesk, click: Click, press: Press) -> None:
    """Turns to another page."""
    result = await settled(_page(desk, click.user_ref, press.item_id, press.number or 1))
    if isinstance(result, BaseException):
        await answer(desk, click, desk.explain(result, press.item_id))
    elif await _show(desk, click, view_of(result)):
        await note_reading(desk, desk.who(click.user_ref), result)


async def ask_reason(desk: SlackDesk, click: Click, press: Press) -> None:
    """Opens the window that asks why: before a vote that needs it, or after a vote."""
    asked = await settled(reason_asked(desk, desk.who(click.user_ref), press))
    if isinstance(asked, BaseException):
        await answer(desk, click, desk.explain(asked, press.item_id))
    else:
        await _show(desk, click, reason_view(*asked))


async def submitted(desk: SlackDesk, ack: Ack, body: Json, view: Json) -> None:
    """A reason comes in; the window closes with what became of it."""
    press = parse_button(str(view.get("private_metadata", "")))
    user_ref = body["user"]["id"]
    if press is None:
        await ack(response_action="update", view=view_of_reply(wording.unknown_button()))
        return
    work = asyncio.ensure_future(explained(desk, desk.who(user_ref), press, _typed(view)))
    await asyncio.wait((work,), timeout=RECORD_WITHIN)
    if work.done():
        await ack(response_action="update", view=view_of_reply(work.result()))
    else:
        await ack()
        desk.after.soon(_tell_later(desk, user_ref, work))


async def _page(desk: SlackDesk, user_ref: str, item_id: str, number: int) -> Page:
    view, _ = await shown_to(desk, desk.who(user_ref), item_id)
    pages = pages_of(view.item, view.content)
    return pages[min(max(number, 1), len(pages)) - 1]


async def _show(desk: SlackDesk, click: Click, view: Json) -> bool:
    """Whether the window shows the view now."""
    try:
        if click.view_id:
            extra = {"hash": click.view_hash} if click.view_hash else {}
            await ask(desk.client.views_update(view_id=click.view_id, view=view, **extra))
        else:
            await ask(desk.client.views_open(trigger_id=click.trigger_id, view=view))
    except CallError as problem:
        if "hash_conflict" in str(problem):
            return False  # a later click has shown something newer
        await answer(desk, click, wording.refused(TOO_SLOW))
        return False
    return True


async def _tell_later(desk: SlackDesk, user_ref: str, work: Awaitable[Reply]) -> None:
    await answer(desk, Click("", user_ref), await work)


def _typed(view: Json) -> str:
    """The text in the window's one input, wherever Slack puts it."""
    values = (view.get("state") or {}).get("values") or {}
    for block in values.values():
        for entry in block.values():
            if isinstance(entry.get("value"), str):
                return str(entry["value"])
    return ""

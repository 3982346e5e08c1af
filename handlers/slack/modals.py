"""Windows: the full view in pages, and the question for a reason."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot import wording
from bot.buttons import Act, Press, parse_button
from bot.card_parts import Reply
from bot.errors import SettingsError
from bot.flows.delivering import View
from bot.flows.settings import HOURS, ZONE
from bot.flows.voting import Receipt
from bot.inbox import settings_of
from bot.pages import PAGE_SIZE
from bot.safe_text import shown
from bot.windows import ARGS
from handlers import inboxes
from handlers.calls import CallError, LimitedError, LostError, NotThereError, UnreachableError
from handlers.desk import settled
from handlers.presenting import CannotRenderError, reason_asked, shown_to
from handlers.pressing import explained, note_reading
from handlers.slack import home
from handlers.slack.answering import Click, answer, deliver, view_of_reply
from handlers.slack.api import Json, RefusedError, ask
from handlers.slack.desk import RECORD_WITHIN, SlackDesk
from handlers.slack.present import MESSAGE_PAGE_SIZE, Sheet, sheet_of
from handlers.slack.render import reason_view, window_view
from handlers.windowing import WINDOWED, fault_in, reply_to, sent_in, window_for

Ack = Callable[..., Awaitable[Any]]
log = logging.getLogger(__name__)

FAULT_MAX = 400  # characters of what is to be mended, below a field
TOO_SLOW = "Slack did not open the window in time. Nothing was recorded; press the button again."
LIMITED = (
    "Slack opens no more windows just now. Nothing was recorded; press the button again in "
    "{seconds:.0f} seconds."
)
UNCLEAR = (
    "Slack did not say whether the window opened. Nothing was recorded; if you see no window, "
    "press the button again."
)
REFUSED = (
    "Slack refused to show the window ({error}). Nothing was recorded; press the button again, "
    "and if it happens every time, tell an admin."
)
TOO_SLOW_ERRORS = frozenset(
    ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged")
)


async def open_pages(desk: SlackDesk, click: Click, item_id: str) -> None:
    """Opens the full view at its first page; as messages, where Slack opens no window."""
    view = await _seen(desk, click, item_id)
    if view is None:
        return
    sheet = _sheet(desk, view, 1)
    problem = await _show(desk, click, sheet.view)
    if problem is None:
        await _note(desk, click, sheet)
    elif _is_refusal(problem) and not click.view_id:
        log.warning("item %s is shown as messages: views.open says %s", item_id, problem)
        await _send_page(desk, click, view, 1, replaces=click.is_ephemeral)
    else:
        await _own_up(desk, click, problem)


async def turn_to(desk: SlackDesk, click: Click, press: Press) -> None:
    """Turns to another page, in the window or in the message that shows one."""
    view, number = await _seen(desk, click, press.item_id), press.number or 1
    if view is None:
        return
    if not click.view_id:
        await _send_page(desk, click, view, number, replaces=True)
        return
    sheet = _sheet(desk, view, number)
    problem = await _show(desk, click, sheet.view)
    if problem is None:
        await _note(desk, click, sheet)
    else:
        await _own_up(desk, click, problem)


async def ask_reason(desk: SlackDesk, click: Click, press: Press) -> None:
    """Opens the window that asks why: before a vote that needs it, or after a vote."""
    asked = await settled(reason_asked(desk, desk.who(click.user_ref), press))
    if isinstance(asked, BaseException):
        await answer(desk, click, desk.explain(asked, press.item_id))
    elif problem := await _show(desk, click, reason_view(*asked)):
        await _own_up(desk, click, problem)


async def ask_more(desk: SlackDesk, click: Click, press: Press) -> None:
    """Opens the window to edit or to answer in; over the full view, when it is there."""
    window = await settled(window_for(desk, desk.who(click.user_ref), press))
    if isinstance(window, BaseException):
        await answer(desk, click, desk.explain(window, press.item_id))
    elif problem := await _show(desk, click, window_view(window)):
        await _own_up(desk, click, problem)


async def ask_quiet(desk: SlackDesk, click: Click) -> None:
    """Opens the window that asks for quiet hours and zone."""
    window = await settled(inboxes.window_for(desk, desk.who(click.user_ref)))
    if isinstance(window, BaseException):
        await answer(desk, click, desk.explain(window, ""))
    elif problem := await _show(desk, click, window_view(window)):
        await _own_up(desk, click, problem)


async def submitted(desk: SlackDesk, ack: Ack, body: Json, view: Json) -> None:
    """What was typed comes in; the window closes with what became of it."""
    press = parse_button(str(view.get("private_metadata", "")))
    user_ref = body["user"]["id"]
    if press is None:
        await ack(response_action="update", view=view_of_reply(wording.unknown_button()))
        return
    if press.act is Act.QUIET:
        await _quiet_set(desk, ack, user_ref, _all_typed(view))
        return
    if press.act in WINDOWED:
        await _sent_in(desk, ack, user_ref, press, _all_typed(view))
        return
    work = asyncio.ensure_future(explained(desk, desk.who(user_ref), press, _typed(view)))
    await asyncio.wait((work,), timeout=RECORD_WITHIN)
    if work.done():
        await ack(response_action="update", view=view_of_reply(work.result()))
    else:
        await ack()
        desk.after.soon(_tell_later(desk, user_ref, work))


async def _quiet_set(desk: SlackDesk, ack: Ack, user_ref: str, typed: dict[str, str]) -> None:
    """Quiet hours and zone; what is to be mended keeps the window open."""
    who = desk.who(user_ref)
    work = inboxes.set_quiet(desk, who, typed.get(HOURS, ""), typed.get(ZONE, ""))
    result = await settled(work)
    if isinstance(result, SettingsError):
        errors = {result.field: shown(str(result))[:FAULT_MAX]}
        await ack(response_action="errors", errors=errors)
        return
    told = desk.explain(result, "") if isinstance(result, BaseException) else settings_of(result)
    await ack(response_action="update", view=view_of_reply(told))
    desk.after.soon(home.publish(desk, user_ref))


async def _sent_in(
    desk: SlackDesk, ack: Ack, user_ref: str, press: Press, typed: dict[str, str]
) -> None:
    """Changed arguments or an answer; what is to be mended keeps the window open, text and all."""
    work = asyncio.ensure_future(settled(sent_in(desk, desk.who(user_ref), press, typed)))
    await asyncio.wait((work,), timeout=RECORD_WITHIN)
    if not work.done():
        await ack()
        desk.after.soon(_tell_what_came(desk, user_ref, press, work))
    elif fault := fault_in(work.result()):
        field = next(iter(typed), ARGS)
        await ack(response_action="errors", errors={field: shown(str(fault))[:FAULT_MAX]})
    else:
        reply = reply_to(desk, press, work.result())
        await ack(response_action="update", view=view_of_reply(reply))


async def _tell_what_came(
    desk: SlackDesk, user_ref: str, press: Press, work: Awaitable[Receipt | BaseException]
) -> None:
    await answer(desk, Click("", user_ref), reply_to(desk, press, await work))


async def _seen(desk: SlackDesk, click: Click, item_id: str) -> View | None:
    """The item, if whoever clicked may see it; otherwise they are told why not."""
    result = await settled(shown_to(desk, desk.who(click.user_ref), item_id))
    if isinstance(result, BaseException):
        await answer(desk, click, desk.explain(result, item_id))
        return None
    return result[0]


def _sheet(desk: SlackDesk, view: View, number: int, page_size: int = PAGE_SIZE) -> Sheet:
    title = desk.house.rulebook.title_of(view.item.queue)
    return sheet_of(view, number, page_size, queue_title=title)


async def _show(desk: SlackDesk, click: Click, view: Json) -> CallError | None:
    """Why the window does not show the view; None when it does."""
    try:
        if click.view_id:
            extra = {"hash": click.view_hash} if click.view_hash else {}
            await ask(desk.client.views_update(view_id=click.view_id, view=view, **extra))
        else:
            await ask(desk.client.views_open(trigger_id=click.trigger_id, view=view))
    except CallError as problem:
        return problem
    return None


async def _send_page(
    desk: SlackDesk, click: Click, view: View, number: int, *, replaces: bool
) -> None:
    sheet = _sheet(desk, view, number, MESSAGE_PAGE_SIZE)
    try:
        message = sheet.message
    except CannotRenderError:
        log.exception("page %d of item %s cannot be rendered", number, view.item.id)
        await answer(desk, click, wording.refused(REFUSED.format(error="too_large")))
        return
    if await deliver(desk, click, message, replaces=replaces):
        await _note(desk, click, sheet)


async def _note(desk: SlackDesk, click: Click, sheet: Sheet) -> None:
    """Who has had the last page with all that belongs on it may vote."""
    if sheet.is_whole:
        await note_reading(desk, desk.who(click.user_ref), sheet.page)


async def _own_up(desk: SlackDesk, click: Click, problem: CallError) -> None:
    match problem:
        case RefusedError(error="hash_conflict"):
            return  # a later click has shown something newer
        case RefusedError(error=error) if error in TOO_SLOW_ERRORS:
            told = TOO_SLOW
        case LimitedError(retry_after=seconds):
            told = LIMITED.format(seconds=seconds)
        case LostError() | UnreachableError():
            told = UNCLEAR
        case _:
            told = REFUSED.format(error=problem)
    await answer(desk, click, wording.refused(told))


def _is_refusal(problem: CallError) -> bool:
    """Whether pressing the button again would not help."""
    if isinstance(problem, RefusedError):
        return problem.error not in TOO_SLOW_ERRORS | {"hash_conflict"}
    return isinstance(problem, NotThereError)


async def _tell_later(desk: SlackDesk, user_ref: str, work: Awaitable[Reply]) -> None:
    await answer(desk, Click("", user_ref), await work)


def _all_typed(view: Json) -> dict[str, str]:
    """The text in each input, by its block."""
    values = (view.get("state") or {}).get("values") or {}
    return {
        str(name): str(entry["value"])
        for name, block in values.items()
        for entry in block.values()
        if isinstance(entry.get("value"), str)
    }


def _typed(view: Json) -> str:
    """The text in the window's one input, wherever Slack puts it."""
    values = (view.get("state") or {}).get("values") or {}
    for block in values.values():
        for entry in block.values():
            if isinstance(entry.get("value"), str):
                return str(entry["value"])
    return ""

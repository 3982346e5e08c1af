"""The slash command."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot.card_parts import Reply
from handlers import commanding
from handlers.asked import Handed
from handlers.desk import settled
from handlers.slack.answering import Click, respond, tell
from handlers.slack.api import Json
from handlers.slack.desk import RECORD_WITHIN, SlackDesk
from handlers.slack.present import message_with
from handlers.slack.render import reply_of

Ack = Callable[..., Awaitable[Any]]


async def commanded(desk: SlackDesk, ack: Ack, body: Json) -> None:
    """Any slash command of ours; its answer comes with the acknowledgement when it is quick."""
    work = asyncio.ensure_future(_answer(desk, body))
    await asyncio.wait((work,), timeout=RECORD_WITHIN)
    if work.done():
        await ack(response_type="ephemeral", **work.result())
        return
    await ack()
    desk.after.soon(_answer_later(desk, body, work))


def _message(answer: Reply | Handed) -> Json:
    if isinstance(answer, Reply):
        return reply_of(answer)
    return message_with(answer.card, answer.view.uploads)


async def _answer(desk: SlackDesk, body: Json) -> Json:
    command, user_ref = str(body.get("command", "/review")), str(body["user_id"])
    line = str(body.get("text") or "")
    work = commanding.answer_to(desk, desk.who(user_ref), user_ref, line, command)
    result = await settled(work)
    if isinstance(result, BaseException):
        return reply_of(desk.explain(result, line.strip().partition(" ")[2].strip()))
    return _message(result)


async def _answer_later(desk: SlackDesk, body: Json, work: Awaitable[Json]) -> None:
    message = await work
    url = str(body.get("response_url") or "")
    if not await respond(desk, url, {"response_type": "ephemeral", **message}):
        click = Click("", str(body["user_id"]), channel_ref=str(body.get("channel_id", "")))
        await tell(desk, click, message)

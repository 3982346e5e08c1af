"""How an answer reaches the person who clicked, and how the clicked card is shown anew."""

import json
import logging
from dataclasses import dataclass

import aiohttp

from bot.card_parts import Reply
from bot.flows.delivering import card_shown
from bot.safe_text import say
from handlers.calls import CallError
from handlers.presenting import CannotRenderError, card_in
from handlers.slack.api import Json, ask, is_direct
from handlers.slack.blocks import plain_text
from handlers.slack.desk import SlackDesk
from handlers.slack.present import message_with, uploads_in
from handlers.slack.render import reply_of

ANSWER_WITHIN = aiohttp.ClientTimeout(total=5)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Click:
    """Where a click came from, and how to answer it."""

    action_id: str
    user_ref: str
    channel_ref: str = ""
    message_ref: str = ""
    thread_ref: str = ""
    is_ephemeral: bool = False
    response_url: str = ""
    trigger_id: str = ""
    view_id: str = ""
    view_hash: str = ""
    is_home: bool = False  # on the Home tab, which no answer may replace
    read_digest: str = ""  # of the content whose last page was clicked

    @property
    def card(self) -> tuple[str, str] | None:
        """The message that was clicked, when everybody sees it."""
        if self.view_id or self.is_ephemeral or not (self.channel_ref and self.message_ref):
            return None
        return self.channel_ref, self.message_ref


def click_from(body: Json, action_id: str) -> Click:
    """A click as Slack describes it; whatever an emulator leaves out is empty."""
    container, view = body.get("container") or {}, body.get("view") or {}
    message = body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    is_ephemeral = container.get("is_ephemeral") or message.get("is_ephemeral")
    is_home = view.get("type") == "home"
    return Click(
        action_id=action_id,
        user_ref=body["user"]["id"],
        channel_ref=channel,
        message_ref=message.get("ts") or container.get("message_ts") or "",
        thread_ref=message.get("thread_ts") or container.get("thread_ts") or "",
        is_ephemeral=bool(is_ephemeral),
        response_url=body.get("response_url") or "",
        trigger_id=body.get("trigger_id") or "",
        view_id="" if is_home else view.get("id") or "",
        view_hash="" if is_home else view.get("hash") or "",
        is_home=is_home,
        read_digest=_digest_in(view),
    )


def _digest_in(view: Json) -> str:
    """What the pages of the full view keep about themselves."""
    try:
        kept = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return ""
    return str(kept.get("digest", "")) if isinstance(kept, dict) else ""


async def answer(desk: SlackDesk, click: Click, reply: Reply) -> None:
    """Tells the person, by the nearest way that is open."""
    if click.view_id:
        await _answer_in_view(desk, click, reply)
        return
    if click.is_home and await _answer_over_home(desk, click, reply):
        return
    await deliver(desk, click, reply_of(reply), replaces=click.is_ephemeral)


async def deliver(desk: SlackDesk, click: Click, message: Json, *, replaces: bool) -> bool:
    """Whether a message reached the person who clicked, in place of the one clicked or below."""
    body = {"response_type": "ephemeral", "replace_original": replaces, **message}
    if await respond(desk, click.response_url, body):
        return True
    return await tell(desk, click, message)


async def respond(desk: SlackDesk, url: str, body: Json) -> bool:
    """Whether the answer went through a click's response_url."""
    if not url:
        return False
    trust = not is_direct(url)
    try:
        async with desk.session.post(
            url, json=body, timeout=ANSWER_WITHIN, proxy=desk.client.proxy if trust else None
        ) as said:
            text = await said.text()
    except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
        log.warning("a response_url failed: %s", type(problem).__name__)
        return False
    is_fine = said.status == 200 and '"ok":false' not in text.replace(" ", "")
    if not is_fine:
        log.warning("a response_url answered %d %s", said.status, text[:200])
    return is_fine


async def tell(desk: SlackDesk, click: Click, message: Json) -> bool:
    """Whether a way without a response_url went: ephemeral at the click, else a direct message."""
    if click.channel_ref:
        extra: Json = {"thread_ts": click.thread_ref} if click.thread_ref else {}
        try:
            await ask(
                desk.client.chat_postEphemeral(
                    channel=click.channel_ref, user=click.user_ref, **message, **extra
                )
            )
        except CallError as problem:
            log.warning("chat.postEphemeral: %s", problem)
        else:
            return True
    try:
        await ask(desk.client.chat_postMessage(channel=click.user_ref, **message))
    except CallError as problem:
        log.warning("%s could not be answered: %s", click.user_ref, problem)
        return False
    return True


async def show_anew(desk: SlackDesk, click: Click, item_id: str) -> None:
    """Puts the item's newest state where it was clicked; the courier does it where this fails."""
    key = click.card
    if key is None or not click.response_url:
        return
    async with desk.riding.edit(key):
        view = await desk.see_item(item_id)
        revision = view.item.revision
        if desk.riding.carried(key) >= revision:
            return
        try:
            message = message_with(card_in(view, desk.house.rulebook), view.uploads)
        except CannotRenderError:
            return
        if await respond(desk, click.response_url, {"replace_original": True, **message}):
            desk.riding.carry(key, revision)
            if view.item.is_settled or len(view.uploads) >= len(uploads_in(view)):
                await desk.house.do(card_shown, "slack", *key, revision)


def view_of_reply(reply: Reply) -> Json:
    """A reply as the last sight of a modal."""
    return {
        "type": "modal",
        "callback_id": "reply",
        "title": plain_text(say("Signoff")),
        "close": plain_text(say("Close")),
        "blocks": reply_of(reply)["blocks"],
    }


async def _answer_over_home(desk: SlackDesk, click: Click, reply: Reply) -> bool:
    """Whether a window showed the answer; a direct message is what is left."""
    try:
        view = view_of_reply(reply)
        await ask(desk.client.views_open(trigger_id=click.trigger_id, view=view))
    except CallError as problem:
        log.info("views.open: %s", problem)
        return False
    return True


async def _answer_in_view(desk: SlackDesk, click: Click, reply: Reply) -> None:
    try:
        await ask(desk.client.views_update(view_id=click.view_id, view=view_of_reply(reply)))
    except CallError as problem:  # it was closed meanwhile
        log.info("views.update: %s", problem)
        await tell(desk, click, reply_of(reply))

"""The Home tab: the inbox of whoever looks at it."""

import logging

from bot.inbox import sections_of
from handlers.calls import CallError
from handlers.desk import settled
from handlers.inboxes import inbox_for
from handlers.slack.api import Json, ask
from handlers.slack.blocks import actions, rich_text, section
from handlers.slack.desk import SlackDesk
from handlers.slack.render import reply_of

DIVIDER: Json = {"type": "divider"}

log = logging.getLogger(__name__)


async def opened(desk: SlackDesk, event: Json) -> None:
    """Shows the inbox."""
    if event.get("tab", "home") == "home":
        await publish(desk, str(event["user"]))


async def publish(desk: SlackDesk, user_ref: str) -> None:
    """Shows a person's inbox as it stands, on their Home tab."""
    result = await settled(inbox_for(desk, desk.who(user_ref)))
    if isinstance(result, BaseException):
        blocks = reply_of(desk.explain(result, ""))["blocks"]
    else:
        blocks = []
        for number, part in enumerate(sections_of(result)):
            shown = [rich_text(section(part.lines)), *actions(part.buttons)]
            blocks += [DIVIDER, *shown] if number else shown
    try:
        view = {"type": "home", "blocks": blocks}
        await ask(desk.client.views_publish(user_id=user_ref, view=view))
    except CallError as problem:
        log.info("views.publish: %s", problem)

"""The Home tab: the most urgent item that waits for whoever looks at it."""

import logging

from handlers.calls import CallError
from handlers.desk import settled
from handlers.slack.api import Json, ask
from handlers.slack.commands import next_for
from handlers.slack.desk import SlackDesk
from handlers.slack.render import reply_of

log = logging.getLogger(__name__)


async def opened(desk: SlackDesk, event: Json) -> None:
    """Shows what waits."""
    if event.get("tab", "home") != "home":
        return
    user_ref = str(event["user"])
    result = await settled(next_for(desk, user_ref))
    message = reply_of(desk.explain(result, "")) if isinstance(result, BaseException) else result
    try:
        view = {"type": "home", "blocks": message["blocks"]}
        await ask(desk.client.views_publish(user_id=user_ref, view=view))
    except CallError as problem:
        log.info("views.publish: %s", problem)

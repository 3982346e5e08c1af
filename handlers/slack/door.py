"""The Slack door: connected, listening and sending, until it is closed."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from starlette.types import ASGIApp

from bot.errors import SignoffError
from handlers.app import House
from handlers.courier import POLL_EVERY, Courier
from handlers.slack.api import open_client
from handlers.slack.desk import SlackDesk
from handlers.slack.http import asgi_of, serve_asgi
from handlers.slack.identity import Identities
from handlers.slack.listen import build_app
from handlers.slack.send import SlackSender
from handlers.slack.sockets import listen_on_sockets

SWITCH_EVERY = 0.0003  # seconds; a writer waits so long for a busy loop, at each statement

log = logging.getLogger(__name__)


class NotSetUpError(SignoffError):
    """The environment does not say how to reach Slack."""


@dataclass(slots=True)
class SlackDoor:
    """The open door."""

    desk: SlackDesk
    asgi: ASGIApp | None  # to be mounted at /slack; None with Socket Mode
    connected: asyncio.Event = field(default_factory=asyncio.Event)  # once a socket was there


async def serve_slack(house: House) -> None:
    """Serves until it is cancelled: by sockets, or on the port after the HTTP door's."""
    async with run_slack(house) as door:
        if door.asgi is None:
            await asyncio.Event().wait()
        else:
            settings = house.settings
            await serve_asgi(door.asgi, settings.http_host, settings.http_port + 1)


@asynccontextmanager
async def run_slack(house: House, *, poll_every: float = POLL_EVERY) -> AsyncIterator[SlackDoor]:
    """The door, open inside the block: by sockets when there is an app token.

    Without one it speaks signed HTTP, and whoever opened it mounts or serves `door.asgi`.

    Raises:
        NotSetUpError: a token or secret is missing; says which.
    """
    settings = house.settings
    by_socket = bool(settings.slack_app_token.get_secret_value())
    if not settings.slack_bot_token.get_secret_value():
        raise NotSetUpError("Slack needs SLACK_BOT_TOKEN, the token that starts with xoxb-.")
    if not by_socket and not settings.slack_signing_secret.get_secret_value():
        raise NotSetUpError(
            "Slack needs a way in: SLACK_APP_TOKEN (xapp-…) for Socket Mode, or "
            "SLACK_SIGNING_SECRET for HTTP."
        )
    sys.setswitchinterval(min(SWITCH_EVERY, sys.getswitchinterval()))
    async with aiohttp.ClientSession() as session:
        client = open_client(settings, session, settings.slack_bot_token.get_secret_value())
        desk = SlackDesk(
            house, client, session, Identities(client, house.now, house.rulebook.slack_team)
        )
        app = build_app(desk, settings, open_client(settings, session, None))
        door = SlackDoor(desk, None if by_socket else asgi_of(app))
        courier = Courier(
            house,
            SlackSender(house, client, session, desk.riding, desk.remember),
            poll_every=poll_every,
        )
        tasks = [asyncio.create_task(courier.run(), name="slack courier")]
        if by_socket:
            listening = listen_on_sockets(app, settings, door.connected.set)
            tasks.append(asyncio.create_task(listening, name="slack sockets"))
        try:
            yield door
        finally:
            await desk.after.recorded()
            for task in reversed(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await desk.after.close()

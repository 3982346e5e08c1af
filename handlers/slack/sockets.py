"""Socket Mode, watched over: a connection that does not come back is made anew, for ever."""

import asyncio
import logging
from collections.abc import Callable

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from config.settings import Settings
from handlers.slack.api import is_direct

PING_EVERY = 5.0  # seconds
LOOK_EVERY = 1.0  # seconds
AWAY_FOR = 30.0  # seconds without a socket, after which everything is built again
PAUSE_MAX = 60.0  # seconds

log = logging.getLogger(__name__)


async def listen_on_sockets(
    app: AsyncApp, settings: Settings, connected: Callable[[], None] = lambda: None
) -> None:
    """Keeps a socket to Slack open until it is cancelled; a failure is logged and tried again."""
    pause = 1.0
    while True:
        handler = AsyncSocketModeHandler(
            app,
            settings.slack_app_token.get_secret_value(),
            ping_interval=PING_EVERY,
            logger=logging.getLogger("handlers.slack.socket"),
        )
        if is_direct(settings.slack_api_url):
            handler.client.proxy = None
        try:
            if await _connect(handler):
                pause = 1.0
                log.info("Slack: connected by Socket Mode")
                connected()
                await _while_alive(handler)
        finally:
            await _close(handler)
        log.warning("Slack: no socket; trying again in %d s", pause)
        await asyncio.sleep(pause)
        pause = min(PAUSE_MAX, pause * 2)


async def _connect(handler: AsyncSocketModeHandler) -> bool:
    """Whether there is a socket; the SDK itself tries on and on, with one address for ever."""
    try:
        async with asyncio.timeout(AWAY_FOR):
            await handler.client.connect_to_new_endpoint()
            return bool(await handler.client.is_connected())
    except Exception as problem:  # noqa: BLE001  whatever it is, the other doors stay open
        log.warning("Slack: Socket Mode: %s", problem or type(problem).__name__)
        return False


async def _while_alive(handler: AsyncSocketModeHandler) -> None:
    """Returns when there has been no socket for a while: the SDK has given up, or goes astray."""
    loop = asyncio.get_running_loop()
    seen_at = loop.time()
    while loop.time() - seen_at < AWAY_FOR:
        await asyncio.sleep(LOOK_EVERY)
        if await handler.client.is_connected():
            seen_at = loop.time()


async def _close(handler: AsyncSocketModeHandler) -> None:
    try:
        await handler.client.close()  # type: ignore[no-untyped-call]  # the SDK has no types there
    except Exception as problem:  # noqa: BLE001  it is of no use any more
        log.debug("closing a socket: %s", problem)

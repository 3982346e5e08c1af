"""`signoff discord`."""

import asyncio
import logging

import click

from config.settings import Settings
from handlers.cli.logs import set_up
from handlers.running import until_stopped

log = logging.getLogger(__name__)


@click.command("discord")
def command() -> None:
    """The Discord door, which is not built yet: waits quietly until it is stopped."""
    settings = Settings.read()
    set_up(settings.log_level)
    has_token = bool(settings.discord_bot_token.get_secret_value())
    asyncio.run(_wait("is ignored" if has_token else "is not needed"))


async def _wait(token: str) -> None:
    stopped = asyncio.create_task(until_stopped())
    await asyncio.sleep(0)  # from here on, signals are heard
    log.warning("Discord is not built yet: this process waits; DISCORD_BOT_TOKEN %s", token)
    await stopped

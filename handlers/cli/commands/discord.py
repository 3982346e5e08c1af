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
    token = "is ignored" if settings.discord_bot_token.get_secret_value() else "is not needed"
    log.warning("Discord is not built yet: this process waits; DISCORD_BOT_TOKEN %s", token)
    asyncio.run(until_stopped())

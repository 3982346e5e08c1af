"""`signoff discord`."""

import asyncio
import logging

import click
import uvloop

from config.settings import Settings
from handlers import running
from handlers.app import House, open_house
from handlers.cli.logs import set_up
from handlers.running import until_stopped

log = logging.getLogger(__name__)


@click.command("discord")
def command() -> None:
    """Serve the Discord door: post cards, take clicks, keep the cards true.

    It needs DISCORD_BOT_TOKEN and no public address: it calls Discord, and Discord answers on
    that connection. Without a token it waits quietly, so that one Procfile fits every
    installation.
    """
    settings = Settings.read()
    set_up(settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if settings.discord_bot_token.get_secret_value():
            runner.run(_serve(open_house(settings)))
        else:
            runner.run(_wait())


async def _serve(house: House) -> None:
    from handlers.discord.door import serve_discord  # noqa: PLC0415  not loaded only to wait

    await running.serve(house, {"discord": serve_discord})


async def _wait() -> None:
    stopped = asyncio.create_task(until_stopped())
    await asyncio.sleep(0)  # from here on, signals are heard
    log.warning("There is no DISCORD_BOT_TOKEN: this process waits and does nothing")
    await stopped

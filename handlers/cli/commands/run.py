"""`signoff run`."""

import asyncio
import importlib
from collections.abc import Mapping

import click
import uvloop
from starlette.types import ASGIApp

from bot.errors import SignoffError
from config.settings import Settings
from handlers.app import House, open_house
from handlers.cli.logs import set_up
from handlers.clock import run_clock
from handlers.http.serving import serve as serve_http
from handlers.oncall.door import run_oncall
from handlers.running import Door, serve
from handlers.slack.door import run_slack
from handlers.slack.http import MOUNT
from handlers.watchman import run_watchman


@click.command("run")
def command() -> None:
    """Serve all doors in one process: HTTP, the clock, and each chat that has a token.

    Without SLACK_APP_TOKEN Slack calls by HTTP, at /slack/events of the HTTP door.
    """
    settings = Settings.read()
    set_up(settings.log_level)
    doors = _doors(settings)
    house = open_house(settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(house, doors))


def _doors(settings: Settings) -> dict[str, Door]:
    """The doors that the environment has tokens for.

    Raises:
        SignoffError: there is no chat to speak to.
    """
    doors: dict[str, Door] = {
        "clock": run_clock,
        "watchman": run_watchman,
        "on call": run_oncall,
    }
    if settings.discord_bot_token.get_secret_value():
        # loaded only by those who use it: discord.py takes 25 MB
        doors["Discord"] = importlib.import_module("handlers.discord.door").serve_discord
    if settings.slack_bot_token.get_secret_value():
        return {"HTTP and Slack": _http_and_slack, **doors}
    if "Discord" in doors:
        return {"HTTP": _http, **doors}
    raise SignoffError(
        "There is no chat to speak to: set SLACK_BOT_TOKEN or DISCORD_BOT_TOKEN. "
        "`signoff doctor` looks into it."
    )


async def _http_and_slack(house: House) -> None:
    async with run_slack(house) as slack:
        await _http(house, {MOUNT: slack.asgi} if slack.asgi else {})


async def _http(house: House, mounts: Mapping[str, ASGIApp] | None = None) -> None:
    settings = house.settings
    await serve_http(house, settings.http_host, settings.http_port, mounts=mounts or {})

"""`signoff run`."""

import asyncio

import click
import uvloop

from config.settings import Settings
from handlers.app import House, open_house
from handlers.cli.logs import set_up
from handlers.clock import run_clock
from handlers.http.serving import serve as serve_http
from handlers.running import serve
from handlers.slack.door import run_slack
from handlers.slack.http import MOUNT


@click.command("run")
def command() -> None:
    """Serve all doors in one process: HTTP, Slack and the clock. Discord is not built yet.

    Without SLACK_APP_TOKEN Slack calls by HTTP, at /slack/events of the HTTP door.
    """
    settings = Settings.read()
    set_up(settings.log_level)
    house = open_house(settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(house, {"HTTP and Slack": _http_and_slack, "clock": run_clock}))


async def _http_and_slack(house: House) -> None:
    async with run_slack(house) as slack:
        settings = house.settings
        mounts = {MOUNT: slack.asgi} if slack.asgi else {}
        await serve_http(house, settings.http_host, settings.http_port, mounts=mounts)

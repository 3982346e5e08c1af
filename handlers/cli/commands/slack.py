"""`signoff slack`."""

import asyncio

import click
import uvloop

from config.settings import Settings
from handlers import running
from handlers.app import open_house
from handlers.cli.logs import set_up
from handlers.slack.door import serve_slack


@click.command("slack")
def command() -> None:
    """Serve the Slack door: post cards, take clicks, keep the cards true.

    With SLACK_APP_TOKEN it listens by Socket Mode and needs no public address. With
    SLACK_SIGNING_SECRET alone it takes signed requests at /slack/events, on the port after
    SIGNOFF_HTTP_PORT.
    """
    settings = Settings.read()
    set_up(settings.log_level)
    house = open_house(settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(running.serve(house, {"slack": serve_slack}))

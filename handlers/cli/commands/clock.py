"""`signoff clock`."""

import asyncio

import click

from config.settings import Settings
from handlers import running
from handlers.app import open_house
from handlers.cli.logs import set_up
from handlers.clock import run_clock
from handlers.oncall.door import run_oncall
from handlers.watchman import run_watchman


@click.command("clock")
def command() -> None:
    """Apply deadlines and escalations as they fall due. Any number of these may run."""
    settings = Settings.read()
    set_up(settings.log_level)
    doors = {"clock": run_clock, "watchman": run_watchman, "on call": run_oncall}
    asyncio.run(running.serve(open_house(settings), doors))

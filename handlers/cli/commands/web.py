"""`signoff web`."""

import asyncio

import click
import uvloop

from config.settings import Settings
from handlers import running
from handlers.app import House, open_house
from handlers.cli.databases import require_current
from handlers.cli.logs import set_up
from handlers.http.serving import serve


@click.command("web")
def command() -> None:
    """Serve the HTTP door: programs submit items and wait for what people decide.

    SIGNOFF_HTTP_HOST and SIGNOFF_HTTP_PORT say where; the reference is at /docs.
    """
    settings = Settings.read()
    set_up(settings.log_level)
    require_current(settings.database_url)
    house = open_house(settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(running.serve(house, {"http": _door}))


async def _door(house: House) -> None:
    await serve(house, house.settings.http_host, house.settings.http_port, on_ready=_say)


def _say(address: str) -> None:
    click.echo(f"Signoff takes requests at {address} (reference: {address}/docs)")

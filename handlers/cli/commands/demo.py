"""`signoff demo`."""

import asyncio
from pathlib import Path

import click

from handlers.cli.demo.composing import Wishes, run

PORT = 8400


@click.command("demo")
@click.option("--people", type=click.IntRange(0), default=0, show_default=True,
              help="Simulated people who answer cards while you watch.")  # fmt: skip
@click.option("--port", type=click.IntRange(1, 65_000), default=PORT, show_default=True,
              help="Where the page is; the next free one if it is taken.")  # fmt: skip
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default=Path(".demo"),
              show_default=True, help="Where the demo keeps its things.")  # fmt: skip
def command(people: int, port: int, folder: Path) -> None:
    """A whole Signoff on this machine: a simulated Slack with a page, and programs that ask.

    Needs no account and no token, and sends nothing anywhere.
    """
    click.echo("Opening a workspace, training two small models…")
    asyncio.run(run(Wishes(folder, port, people)))

"""`signoff ledger verify`."""

import re
import sys
from typing import Any

import click

from bot.flows.reporting import verify_ledger
from config.settings import Settings
from handlers.cli.databases import open_memory
from storage.ledger import Head

HEAD = re.compile(r"(?P<count>[0-9]{1,18}):(?P<hash>[0-9a-fA-F]{64})")
BROKEN = 1  # exit status


class HeadType(click.ParamType[Head]):
    """A head as `signoff ledger verify` prints it: `1234:9f86d0…`."""

    name = "N:HASH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        """The head that the text names."""
        match = HEAD.fullmatch(str(value).strip())
        if match is None:
            self.fail("write it as N:HASH, a count and 64 hex digits with a colon between",
                      param, ctx)  # fmt: skip
        return Head(int(match["count"]), match["hash"].lower())


@click.group("ledger")
def command() -> None:
    """The history: who did what, when, from where; each line vouches for the ones before."""


@command.command("verify")
@click.option("--head", type=HeadType(), help="A head noted earlier: shows a cut-off end too.")
def verify(head: Head | None) -> None:
    """Check every line of the history.

    Prints the head. Note it somewhere else: later, --head shows that nothing was cut off since.
    The exit status is 1 when the chain is broken.
    """
    memory = open_memory(Settings.read().database_url)
    try:
        newest, broken = memory.read(verify_ledger, head).result()
    finally:
        memory.close()
    if broken is not None:
        click.echo(
            f"BROKEN at line {broken.seq}: {broken.what}. Lines before it hold; it and what "
            "follows cannot be trusted. Keep this file as it is and compare it with a backup.",
            err=True,
        )
        sys.exit(BROKEN)
    seen = " and the head you noted is part of it" if head else ""
    click.echo(f"The chain holds{seen}.")
    click.echo(f"Head: {newest.count}:{newest.hash}")

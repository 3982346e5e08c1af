"""`signoff check-config`."""

import sys
from pathlib import Path

import click

from config.checking import check, describe
from config.settings import Settings


@click.command("check-config")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Warnings make the exit status 2 too.")
def command(folder: Path | None, *, strict: bool) -> None:
    """Check queues.toml and people.toml: everything to mend, all at once.

    FOLDER holds the two files; without it, the folder that SIGNOFF_CONFIG names, else ./config.
    """
    checked = check(folder or Settings.read().config)
    click.echo(describe(checked))
    if not checked.is_usable or (strict and checked.warnings):
        sys.exit(2)

"""`signoff check-config`."""

import os
import sys
from pathlib import Path

import click

from config.checking import check, describe
from config.problems import ConfigError, Problem
from config.settings import Settings


@click.command("check-config")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Warnings make the exit status 2 too.")
def command(folder: Path | None, *, strict: bool) -> None:
    """Check the settings and the rules: everything to mend, all at once.

    FOLDER holds queues.toml, people.toml and perhaps oncall.toml; without it, the folder that
    SIGNOFF_CONFIG names, else ./config.
    """
    stated, problems = _settings()
    for problem in problems:
        click.echo(f"{problem}\n")
    checked = check(folder or stated)
    click.echo(describe(checked))
    if problems or not checked.is_usable or (strict and checked.warnings):
        sys.exit(2)


def _settings() -> tuple[Path, tuple[Problem, ...]]:
    """The folder that the environment names, and what is wrong with the environment."""
    try:
        return Settings.read().config, ()
    except ConfigError as error:
        return Path(os.environ.get("SIGNOFF_CONFIG") or "config"), error.problems

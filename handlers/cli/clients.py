"""Commands that are the client's own: handed on to it as they came."""

import importlib
from typing import Any

import click

from bot.errors import SignoffError

PASSED_ON = {"ignore_unknown_options": True, "help_option_names": list[str]()}


def passing_on(name: str, module: str, short: str) -> click.Command:
    """A command that gives every argument to `main` of a module of the client."""

    @click.command(name, context_settings=PASSED_ON, help=short)
    @click.argument("given", nargs=-1, type=click.UNPROCESSED)
    def command(given: tuple[str, ...]) -> None:
        _client(module).main(list(given))

    return command


def _client(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        raise SignoffError(
            f"This command is the client's, and {missing.name} is not installed here. "
            "Run, in Signoff's repository: pip install ./client"
        ) from None

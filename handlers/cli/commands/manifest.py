"""`signoff manifest slack`."""

import json
import re
from urllib.parse import urlsplit

import click

from handlers.slack import manifest

SLASH = re.compile(r"/[a-z0-9_-]{1,31}")  # source: Slack's manifest schema; lower case only


@click.group("manifest")
def command() -> None:
    """Print what a platform needs to create the app."""


@command.command("slack")
@click.option(
    "--command",
    "slash",
    default=manifest.COMMAND,
    show_default=True,
    help="The slash command; choose another one if it is taken.",
)
@click.option(
    "--url",
    metavar="https://…",
    help="Public address of `signoff web`: Slack calls it instead of Socket Mode.",
)
def slack(slash: str, url: str | None) -> None:
    """Print the app manifest, for api.slack.com/apps, Create New App, From a manifest (JSON)."""
    if not SLASH.fullmatch(slash):
        raise click.UsageError(
            f"{slash!r} cannot be a slash command: write a slash, then lower-case letters, "
            "digits, - or _, at most 32 characters in all."
        )
    if url is not None and not _is_public(url):
        raise click.UsageError(f"{url!r} is not an address that starts with https://.")
    click.echo(json.dumps(manifest.manifest(slash, url), indent=2))


def _is_public(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(parts.hostname)

"""`signoff manifest slack` and `signoff manifest discord`."""

import json
import re
from urllib.parse import urlsplit

import click

from handlers.discord import manifest as discord_manifest
from handlers.slack import manifest

SLASH = re.compile(r"/[a-z0-9_-]{1,31}")  # source: Slack's manifest schema; lower case only


@click.group("manifest")
def command() -> None:
    """Print what a platform needs to know of the app."""


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


@command.command("discord")
@click.option(
    "--invite",
    metavar="APPLICATION_ID",
    help="Print the address that invites the bot, with the least permissions, instead.",
)
def discord(invite: str | None) -> None:
    """Print the commands that `signoff discord` registers, as JSON; nothing is to be pasted."""
    if invite is None:
        click.echo(json.dumps(discord_manifest.manifest(), indent=2))
    elif invite.isascii() and invite.isdecimal():
        click.echo(discord_manifest.invitation(invite))
    else:
        raise click.UsageError(
            f"{invite!r} is no application id: it is the long number on the app's page at "
            "discord.com/developers/applications."
        )


def _is_public(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(parts.hostname)

"""`signoff discord`."""

import click

from handlers.cli.alone import serve_alone


@click.command("discord")
def command() -> None:
    """Serve the Discord door: post cards, take clicks, keep the cards true.

    It needs DISCORD_BOT_TOKEN and no public address: it calls Discord, and Discord answers on
    that connection. Without a token it waits quietly, so that one Procfile fits every
    installation.
    """
    serve_alone("discord")

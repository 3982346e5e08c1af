"""`signoff slack`."""

import click

from handlers.cli.alone import serve_alone


@click.command("slack")
def command() -> None:
    """Serve the Slack door: post cards, take clicks, keep the cards true.

    With SLACK_APP_TOKEN it listens by Socket Mode and needs no public address. With
    SLACK_SIGNING_SECRET alone it takes signed requests at /slack/events, on the port after
    SIGNOFF_HTTP_PORT. Without SLACK_BOT_TOKEN it waits quietly, so that one Procfile fits every
    installation.
    """
    serve_alone("slack")

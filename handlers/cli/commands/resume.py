"""`signoff resume`."""

import click

from handlers.cli.switching import moved


@click.command("resume")
@click.option("--reason", help="Why, for the history.")
def command(reason: str | None) -> None:
    """End the pause: what is approved and still in time may run again."""
    switched = moved(on=False, reason=reason)
    click.echo("Signoff goes on." if switched.is_new else "Signoff was not paused.")

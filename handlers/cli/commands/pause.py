"""`signoff pause`."""

import sys

import click

from handlers.cli.switching import moved, standing, told, voided

NOT_PAUSED = 1  # exit status of --status


@click.command("pause")
@click.option("--reason", help="Why, for the history and whoever asks.")
@click.option(
    "--void-grants",
    is_flag=True,
    help="End every grant that is ready, too: after a backup was restored.",
)
@click.option("--status", is_flag=True, help="Change nothing; tell whether it is paused.")
def command(reason: str | None, *, void_grants: bool, status: bool) -> None:
    """Withhold every grant from now on: no approved action may run until `signoff resume`.

    Votes still count, cards say that it is paused, and a restart changes nothing. An action that
    was redeemed before runs on: it is no longer Signoff's to stop. With --status, the exit status
    is 1 when it is not paused.
    """
    if status:
        pause = standing()
        click.echo(f"Signoff is {told(pause)}." if pause else "Signoff is not paused.")
        sys.exit(0 if pause else NOT_PAUSED)
    switched = moved(on=True, reason=reason)
    if switched.pause is None:
        raise AssertionError("unreachable: it has just been paused")
    already = "" if switched.is_new else "already "
    click.echo(f"Signoff is {already}{told(switched.pause)}.")
    if void_grants:
        click.echo(f"Approvals that can no longer be used: {voided()}. Programs ask again.")
    click.echo("Nothing that is approved can run. To go on: signoff resume")

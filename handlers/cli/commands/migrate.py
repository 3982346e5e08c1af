"""`signoff migrate`."""

import click

from config.settings import Settings
from handlers.cli.databases import place_of, refuse_newer
from storage.migrating import migrate, newest


@click.command("migrate")
def command() -> None:
    """Create or upgrade the database that SIGNOFF_DATABASE_URL names. Safe to repeat."""
    settings = Settings.read()
    refuse_newer(settings.database_url)
    migrate(settings.database_url)
    click.echo(f"The database {place_of(settings.database_url)} is at revision {newest()}.")

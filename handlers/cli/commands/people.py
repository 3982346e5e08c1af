"""`signoff people`: who reviews, and which accounts are theirs."""

from pathlib import Path

import click

from config.linking import PLATFORMS, link, unlink
from config.policies import Person
from config.reading import read_rulebook
from config.settings import Settings

RESTART = "Restart Signoff's processes: they read the file when they start."
COLUMNS = ("PERSON", "NAME", "ROLES", "SLACK", "DISCORD")


@click.group("people")
def command() -> None:
    """List the people, and link their accounts: by id, never by name or e-mail."""


@command.command("list")
def list_() -> None:
    """List everybody in people.toml with their accounts."""
    rows = [COLUMNS, *map(_row, read_rulebook(_folder()).people.values())]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    for row in rows:
        cells = zip(row, widths, strict=True)
        click.echo("  ".join(cell.ljust(width) for cell, width in cells).rstrip())


@command.command("link")
@click.argument("person")
@click.option("--slack", metavar="U…", help="The Slack member id.")
@click.option("--discord", metavar="DIGITS", help="The Discord user id.")
def link_(person: str, slack: str | None, discord: str | None) -> None:
    """Write that an account is this person's. Whatever they click counts as theirs: be sure.

    One person has one vote, whichever of their accounts they use, and no account is two people's.
    """
    given = {"slack": slack, "discord": discord}
    if not any(given.values()):
        raise click.UsageError("Say which account: --slack U… or --discord DIGITS.")
    for platform in PLATFORMS:
        user_ref = given[platform]
        if user_ref:
            before = link(_folder(), person, platform, user_ref)
            instead = f", in place of {before}" if before not in (None, user_ref) else ""
            click.echo(f"{person}: {platform} is {user_ref} now{instead}.")
    click.echo(f"{RESTART} `signoff doctor` looks at the account itself.")


@command.command("unlink")
@click.argument("person")
@click.argument("platform", type=click.Choice(PLATFORMS))
def unlink_(person: str, platform: str) -> None:
    """Take an account from a person: its clicks count no more."""
    before = unlink(_folder(), person, platform)
    if before is None:
        click.echo(f"Nothing changed: {person} has no {platform} account.")
        return
    click.echo(f"{person}: {platform} was {before}, and is nobody's now. {RESTART}")


def _folder() -> Path:
    return Settings.read().config


def _row(person: Person) -> tuple[str, ...]:
    name = person.name if person.active else f"{person.name} (inactive)"
    roles = ", ".join(sorted(person.roles))
    return person.id, name, roles, person.slack or "-", person.discord or "-"

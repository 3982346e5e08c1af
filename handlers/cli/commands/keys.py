"""`signoff keys`: which programs may submit items and read their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from bot.errors import SignoffError
from bot.flows import keeping
from config.settings import Settings
from handlers.app import House, open_house
from handlers.cli.databases import require_current

COLUMNS = ("NAME", "KEY", "CAN", "OWNERS", "MADE", "LAST USED", "STATE")


@click.group("keys")
def command() -> None:
    """Add, list and revoke the programs' API keys. No key can vote."""


@command.command("add")
@click.argument("name")
@click.option("--can", default="submit,read", show_default=True, metavar="SCOPES",
              help="What the program may do, a comma between.")  # fmt: skip
@click.option("--owner", "owners", multiple=True, metavar="PERSON",
              help="A person behind the program, as people.toml names them: they never judge "
              "what it submits. May be given several times.")  # fmt: skip
def add(name: str, can: str, owners: tuple[str, ...]) -> None:
    """Make a key and print it, once: it is kept as a hash and cannot be shown again."""
    scopes = {scope.strip() for scope in can.split(",") if scope.strip()}
    with _house() as house:
        strangers = sorted(set(owners) - set(house.rulebook.people))
        if strangers:
            raise SignoffError(
                f"people.toml names nobody {', '.join(strangers)}: the program would have no owner."
            )
        secret = house.do_now(keeping.add_key, _name(name), scopes, set(owners), house.now())
    click.echo(f"The key of {name}; it is shown this once:", err=True)
    click.echo(secret)


@command.command("list")
def list_() -> None:
    """List every key: its beginning, what it can, and when it was last used."""
    with _house() as house:
        known = house.do_now(keeping.list_keys)
    if not known:
        click.echo("There are no keys. Make one: signoff keys add NAME --can submit,read")
        return
    _print_table([COLUMNS, *map(_row, known)])


@command.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """Make a key useless: within five seconds, everywhere."""
    with _house() as house:
        house.do_now(keeping.revoke_key, name, house.now())
    click.echo(f"The key {name} is revoked.")


@contextmanager
def _house() -> Iterator[House]:
    settings = Settings.read()
    require_current(settings.database_url)
    house = open_house(settings)
    try:
        yield house
    finally:
        house.close()


def _name(name: str) -> str:
    if not name.isprintable() or not 0 < len(name) <= 100 or name != name.strip():
        raise SignoffError("A key's name is one line of 1 to 100 visible characters.")
    return name


def _row(key: dict[str, object]) -> tuple[str, ...]:
    owners = key["owners"]
    return (
        str(key["name"]),
        f"{key['prefix']}…",
        str(key["scopes"]),
        ", ".join(owners) if isinstance(owners, list) and owners else "nobody",
        _day(key["created_at"]),
        _day(key["last_used_at"]),
        f"revoked {_day(key['revoked_at'])}" if key["revoked_at"] else "living",
    )


def _day(instant: object) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if isinstance(instant, datetime) else "never"


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())

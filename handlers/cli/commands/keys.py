"""`signoff keys`: which programs may ask, and what each may do."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import click

from bot.errors import SignoffError
from bot.flows import keeping
from config.durations import read_duration
from config.problems import WrongValueError
from config.settings import Settings
from handlers.app import House, open_house
from handlers.cli.databases import require_current

COLUMNS = ("NAME", "KEY", "CAN", "OWNERS", "MADE", "LAST USED", "STATE")


class Length(click.ParamType[timedelta]):
    """A length of time, as the rules write it."""

    name = "length"

    def __init__(self, *, may_be_nothing: bool = True) -> None:
        """Some lengths mean nothing when they are nothing: a life, for one."""
        self._may_be_nothing = may_be_nothing

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """`90d`, `24h`."""
        if isinstance(value, timedelta):
            return value
        try:
            length = read_duration(value)
        except WrongValueError as problem:
            self.fail(f"{problem.wrong}. {problem.right}.", param, ctx)
        if not length and not self._may_be_nothing:
            self.fail("This must be more than nothing, such as 90d.", param, ctx)
        return length


@click.group("keys")
def command() -> None:
    """Add, list, rotate and revoke the programs' API keys. An agent's key can never vote.

    \b
    submit    open items, cancel its own, say what became of them
    read      read its own items and wait for them
    redeem    redeem the grants of its own items
    webhooks  be told of its own items at an address
    observe   read every item, the queues and the reviewers (alone)
    vote      vote, as the one person that --person names (alone)
    """  # noqa: D301  \b is click's mark of lines to leave as they are


@command.command("add")
@click.argument("name")
@click.option("--can", default="submit,read,redeem", show_default=True, metavar="SCOPES",
              help="What the program may do, a comma between.")  # fmt: skip
@click.option("--owner", "owners", multiple=True, metavar="PERSON",
              help="A person behind the program, as people.toml names them: they never judge "
              "what it submits. May be given several times.")  # fmt: skip
@click.option("--person", metavar="PERSON",
              help="Whose votes a key that can vote casts.")  # fmt: skip
@click.option("--expires", "lives_for", type=Length(may_be_nothing=False), metavar="90d",
              help="How long the key lives; for ever, if it is not said.")  # fmt: skip
@click.option("--rate", type=click.IntRange(1, 1_000_000), metavar="N",
              help="Requests a minute, in place of SIGNOFF_RATE.")  # fmt: skip
def add(
    name: str,
    can: str,
    owners: tuple[str, ...],
    person: str | None,
    lives_for: timedelta | None,
    rate: int | None,
) -> None:
    """Make a key and print it, once: it is kept as a hash and cannot be shown again."""
    scopes = {scope.strip() for scope in can.split(",") if scope.strip()}
    with _house() as house:
        _refuse_strangers(house, {*owners, *([person] if person else [])})
        now = house.now()
        secret = house.do_now(
            keeping.add_key,
            _name(name),
            scopes,
            set(owners),
            now,
            expires_at=now + lives_for if lives_for else None,
            person=person,
            rate=rate,
        )
    _print_secret(name, secret)


@command.command("list")
def list_() -> None:
    """List every key: its beginning, what it can, and when it was last used."""
    with _house() as house:
        known = house.do_now(keeping.list_keys)
        now = house.now()
    if not known:
        click.echo("There are no keys. Make one: signoff keys add NAME --can submit,read,redeem")
        return
    _print_table([COLUMNS, *(_row(key, now) for key in known)])


@command.command("rotate")
@click.argument("name")
@click.option("--overlap", type=Length(), default="24h", show_default=True, metavar="24h",
              help="How long the old key still works beside the new one.")  # fmt: skip
@click.option("--expires", "lives_for", type=Length(may_be_nothing=False), metavar="90d",
              help="How long the new key lives; to the old date, if it is not said.")  # fmt: skip
def rotate(name: str, overlap: timedelta, lives_for: timedelta | None) -> None:
    """Make a second key for the same program and print it; the old one dies when the overlap ends.

    Rotating again ends the oldest one at once: at most two keys of a program live.
    """
    with _house() as house:
        now = house.now()
        expires_at = now + lives_for if lives_for else None
        secret = house.do_now(keeping.rotate_key, name, now, overlap=overlap, expires_at=expires_at)
    _print_secret(name, secret)


@command.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """Make a key useless: within a second, everywhere."""
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


def _refuse_strangers(house: House, people: set[str]) -> None:
    strangers = sorted(people - set(house.rulebook.people))
    if strangers:
        raise SignoffError(
            f"people.toml names nobody {', '.join(strangers)}: the program would have no owner, "
            "or vote as nobody."
        )


def _name(name: str) -> str:
    if not name.isprintable() or not 0 < len(name) <= 100 or name != name.strip():
        raise SignoffError("A key's name is one line of 1 to 100 visible characters.")
    return name


def _print_secret(name: str, secret: str) -> None:
    click.echo(f"The key of {name}; it is shown this once:", err=True)
    click.echo(secret)


def _row(key: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    person = f" as {key['person']}" if key["person"] else ""
    return (
        key["name"],
        f"{key['prefix']}…",
        f"{key['scopes']}{person}",
        ", ".join(key["owners"]) or "nobody",
        _day(key["created_at"]),
        _day(key["last_used_at"]),
        _state(key, now),
    )


def _state(key: Mapping[str, Any], now: datetime) -> str:
    if key["revoked_at"]:
        return f"revoked {_day(key['revoked_at'])}"
    if key["expires_at"] and key["expires_at"] <= now:
        return f"expired {_day(key['expires_at'])}"
    rate = f", {key['rate']} a minute" if key["rate"] else ""
    ends = f" until {_day(key['expires_at'])}" if key["expires_at"] else ""
    is_double = key["old_until"] and key["old_until"] > now
    old = f", the one before until {_day(key['old_until'])}" if is_double else ""
    return f"living{ends}{old}{rate}"


def _day(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "never"


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())

"""`signoff aap`: which agents may ask by the Agent Approval Protocol, and who may add more."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import click

from bot.errors import SignoffError
from bot.flows import aap_instances, aap_provisioners
from bot.flows.aap import UnknownInstanceError
from bot.flows.aap_provisioners import Provisioner
from config.settings import Settings
from handlers.aap.app import MOUNT
from handlers.app import House, open_house
from handlers.cli.commands.keys import Length
from handlers.cli.databases import require_current
from handlers.cli.tables import print_table

INSTANCES = ("INSTANCE", "NAME", "KEY", "QUEUE", "OWNERS", "BY", "LAST SEEN", "WAITING", "STATE")
PROVISIONERS = ("PROVISIONER", "KEY", "QUEUE", "OWNERS", "CREDENTIALS LIVE", "STATE")


@click.group("aap")
def command() -> None:
    """Agents that ask by the Agent Approval Protocol, at /api/aap of the HTTP door."""


@command.command("add")
@click.argument("name")
@click.option("--queue", required=True, help="Where its requests go.")
@click.option("--owner", "owners", multiple=True, metavar="PERSON",
              help="A person behind the agent, who never judges what it asks.")  # fmt: skip
@click.option(
    "--expires",
    type=Length(may_be_nothing=False),
    metavar="FOR",
    help="How long its credential lives, such as 30d.",
)
def add(name: str, queue: str, owners: tuple[str, ...], expires: timedelta | None) -> None:
    """Add one agent (an instance) and print its credential, once."""
    with _house() as house:
        ends_at = _end(house.now(), expires)
        instance_id, credential = house.do_now(
            aap_instances.add_instance,
            house.rulebook,
            _name(name),
            queue,
            owners,
            ends_at,
            house.now(),
        )
        base = f"http://{house.settings.http_host}:{house.settings.http_port}{MOUNT}"
    click.echo(
        f"The instance {instance_id} asks at {base} (or your own address before it).", err=True
    )
    click.echo("Its credential; it is shown this once:", err=True)
    click.echo(credential)


@command.command("provisioner")
@click.argument("name")
@click.option("--queue", required=True, help="Where the requests of its instances go.")
@click.option("--owner", "owners", multiple=True, metavar="PERSON",
              help="A person behind its instances, who never judges what they ask.")  # fmt: skip
@click.option("--credentials", type=Length(), metavar="FOR", default="30d", show_default=True,
              help="How long the credentials of its instances live, in whole days.")  # fmt: skip
@click.option(
    "--expires",
    type=Length(may_be_nothing=False),
    metavar="FOR",
    help="How long the token itself lives, such as 90d.",
)
def provisioner(
    name: str,
    queue: str,
    owners: tuple[str, ...],
    credentials: timedelta,
    expires: timedelta | None,
) -> None:
    """Add a provisioner, which makes instances and their receivers by itself; print its token."""
    if credentials < timedelta(days=1) or credentials % timedelta(days=1):
        raise SignoffError("Credentials live for whole days, such as 30d.")
    with _house() as house:
        asked = Provisioner(_name(name), queue, owners, credentials)
        ends_at = _end(house.now(), expires)
        token = house.do_now(
            aap_provisioners.add_provisioner, house.rulebook, asked, ends_at, house.now()
        )
    click.echo(f"The token of {name}; it is shown this once:", err=True)
    click.echo(token)


@command.command("list")
def list_() -> None:
    """List provisioners and instances, and how many requests wait."""
    with _house() as house:
        provisioners, instances = house.do_now(aap_instances.list_all)
        now = house.now()
    if not provisioners and not instances:
        click.echo("There are none. Add an agent: signoff aap add NAME --queue QUEUE")
        return
    if provisioners:
        print_table([PROVISIONERS, *(_provisioner_row(each, now) for each in provisioners)])
    if instances:
        print_table([INSTANCES, *(_instance_row(each, now) for each in instances)])


@command.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """End an instance, by its id, with all that it waits for; or a provisioner, by its name."""
    with _house() as house:
        if house.do_now(aap_provisioners.revoke_provisioner, name, house.now()):
            click.echo(f"The provisioner {name} is revoked; its instances live on.")
            return
        try:
            house.do_now(aap_instances.delete, house.rulebook, None, name, house.now())
        except UnknownInstanceError:
            raise SignoffError(
                f"There is no living provisioner and no instance {name!r}. Look: signoff aap list"
            ) from None
    click.echo(f"The instance {name} is over, and so is what it waited for.")


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
        raise SignoffError("A name is one line of 1 to 100 visible characters.")
    return name


def _end(now: datetime, lasts: timedelta | None) -> datetime | None:
    return None if lasts is None else now + lasts


def _provisioner_row(known: dict[str, Any], now: datetime) -> tuple[str, ...]:
    days = known["credential_days"]
    return (
        known["name"],
        f"{known['prefix']}…",
        known["queue"],
        ", ".join(known["owners"]) or "nobody",
        "for ever" if days is None else f"{days} days",
        _state(known["revoked_at"], known["expires_at"], now, "revoked"),
    )


def _instance_row(known: dict[str, Any], now: datetime) -> tuple[str, ...]:
    return (
        known["id"],
        known["name"],
        f"{known['prefix']}…",
        known["queue"],
        ", ".join(known["owners"]) or "nobody",
        known["provisioner"] or "cli",
        _day(known["last_used_at"]),
        str(known["waiting"]),
        _state(known["deleted_at"], known["expires_at"], now, "over since"),
    )


def _state(ended: datetime | None, expires_at: datetime | None, now: datetime, word: str) -> str:
    if ended is not None:
        return f"{word} {_day(ended)}"
    if expires_at is not None and expires_at <= now:
        return f"expired {_day(expires_at)}"
    return "living" if expires_at is None else f"living until {_day(expires_at)}"


def _day(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "never"

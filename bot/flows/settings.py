"""What a person sets for themselves: how they are told, when not, and where they live."""

from dataclasses import dataclass
from datetime import time
from typing import get_args
from zoneinfo import ZoneInfo

from bot.errors import SettingsError
from bot.facts import Identity
from bot.rules.authority import recognise
from bot.rules.fatigue import PingBy, Quiet, Wishes
from config.policies import Rulebook
from config.problems import WrongValueError
from config.values import read_zone
from storage import reviewers
from storage.unit import Unit

HOURS, ZONE = "hours", "zone"  # fields of the window that asks for them
PING_BY: tuple[PingBy, ...] = get_args(PingBy)


@dataclass(frozen=True, slots=True)
class Stated:
    """What somebody filled into the form of their settings, as they wrote it."""

    ping_by: str
    quiet_from: str  # "" for no quiet hours
    quiet_until: str
    zone: str  # "" for the one of people.toml


def wishes(unit: Unit, rulebook: Rulebook, person_id: str) -> Wishes:
    """How a person wants to be told; what they have not set is as for everybody."""
    person = rulebook.people.get(person_id)
    at_home = person.zone if person else "UTC"
    row = reviewers.find(unit.connection, person_id)
    if row is None:
        return Wishes(zone=at_home)
    quiet = None
    if row.quiet_from and row.quiet_until:
        quiet = Quiet(time.fromisoformat(row.quiet_from), time.fromisoformat(row.quiet_until))
    return Wishes(row.ping_by or "channel", quiet, row.zone or at_home)


def wishes_of(unit: Unit, rulebook: Rulebook, who: Identity) -> Wishes:
    """The same, for whoever has this account.

    Raises:
        NotAllowedError: the account is nobody's.
    """
    return wishes(unit, rulebook, recognise(who, rulebook).id)


def prefer(unit: Unit, rulebook: Rulebook, who: Identity, stated: Stated) -> Wishes:
    """Keeps what a person wants.

    Raises:
        NotAllowedError: the account is nobody's.
        SettingsError: something in it cannot be; says what, and what would be right.
    """
    person = recognise(who, rulebook)
    ping_by = stated.ping_by if stated.ping_by in PING_BY else None
    if ping_by is None:
        raise SettingsError(
            "ping_by", "Choose how you want to be told: in the channel, directly, or not."
        )
    quiet_from, quiet_until = _times(stated)
    zone = _zone(stated.zone)
    reviewers.change(
        unit.connection,
        person.id,
        ping_by=ping_by,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        zone=zone if zone != person.zone else None,
    )
    return wishes(unit, rulebook, person.id)


def _times(stated: Stated) -> tuple[str | None, str | None]:
    given = (stated.quiet_from.strip(), stated.quiet_until.strip())
    if not any(given):
        return None, None
    if not all(given):
        raise SettingsError(
            HOURS,
            "Quiet hours need a beginning and an end, such as 22:00 and 07:00; leave both empty "
            "for none. Nothing was changed.",
        )
    start, end = (_time(each) for each in given)
    if start == end:
        raise SettingsError(
            HOURS,
            "Quiet hours that end when they begin would be none, or the whole day. Choose “do not "
            "tell me” instead. Nothing was changed.",
        )
    return f"{start:%H:%M}", f"{end:%H:%M}"


def _time(text: str) -> time:
    hour, _, minute = text.replace(".", ":").partition(":")
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        raise SettingsError(
            HOURS, f"“{text}” is not a time of day. Write it as 22:00. Nothing was changed."
        ) from None


def _zone(text: str) -> str | None:
    if not text.strip():
        return None
    try:
        return ZoneInfo(read_zone(text.strip())).key
    except WrongValueError as problem:
        raise SettingsError(
            ZONE, f"{problem.wrong}. {problem.right}. Nothing was changed."
        ) from None

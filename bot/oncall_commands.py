"""What can be typed about being on call, and what it means."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.card_parts import Reply
from bot.commands_help import ONCALL, help_for
from bot.errors import SignoffError
from bot.rules.oncall.people import person_known_as
from bot.rules.oncall.phrases import read_span
from config.policies import Rulebook
from config.schedules import Schedule

NAMES = frozenset(part.name for part in ONCALL)
NOBODY = ("nobody", "none", "no-one", "noone")
BECAUSE = re.compile(r"\s+because\s+(?P<why>.+)$", re.IGNORECASE | re.DOTALL)
REASON_MAX = 300  # characters


@dataclass(frozen=True, slots=True)
class Typed:
    """A line behind the command, taken apart."""

    part: str
    schedule: Schedule | None
    rest: str
    reason: str = ""


def parse(line: str, rulebook: Rulebook) -> Typed:
    """What was typed: which part, which schedule if one is named, and the rest."""
    word, _, rest = line.strip().partition(" ")
    part = word.lower() if word.lower() in NAMES else "show"
    rest = rest if word.lower() == part else line.strip()
    because = BECAUSE.search(rest)
    reason = because["why"].strip() if because else ""
    if len(reason) > REASON_MAX:
        raise SignoffError(f"A reason has at most {REASON_MAX} characters. Nothing was changed.")
    words = (rest[: because.start()] if because else rest).split()
    named = [each for each in words if each.lower() in rulebook.schedules]
    if len(named) > 1:
        raise SignoffError("Name one schedule. Nothing was changed.")
    left = [each for each in words if each not in named]
    schedule = rulebook.schedules[named[0].lower()] if named else None
    return Typed(part, schedule, " ".join(left), reason)


def schedule_of(typed: Typed, rulebook: Rulebook) -> Schedule:
    """The schedule that is meant: the one that is named, or the only one.

    Raises:
        SignoffError: there are several, or none.
    """
    if typed.schedule is not None:
        return typed.schedule
    if len(rulebook.schedules) == 1:
        return next(iter(rulebook.schedules.values()))
    if not rulebook.schedules:
        raise SignoffError("There are no on-call schedules here. Nothing was changed.")
    names = ", ".join(sorted(rulebook.schedules))
    raise SignoffError(f"Say which schedule: {names}. Nothing was changed.")


def person_first(text: str, rulebook: Rulebook) -> tuple[str | None, str]:
    """The id of the person whom a text begins with (None: nobody), and what follows.

    Raises:
        SignoffError: it begins with somebody unknown, or with a name that two people have.
    """
    words = text.split()
    if words and words[0].lower() in NOBODY:
        return None, " ".join(words[1:])
    for count in (3, 2, 1):  # "@Ann Maria Berg" is one name, and so is "@ann"
        person = person_known_as(" ".join(words[:count]), rulebook)
        if person is not None and len(words) >= count:
            return person.id, " ".join(words[count:])
    name = words[0][:40] if words else ""
    if not name:
        raise SignoffError("Say who. Nothing was changed.")
    raise SignoffError(
        f"“{name}” is nobody here, or two people go by it. Use the id that people.toml gives them, "
        "such as @ann. Nothing was changed."
    )


def people_in_line(text: str, rulebook: Rulebook) -> tuple[str, ...]:
    """The ids of one or two people.

    Raises:
        SignoffError: it is nobody, or more.
    """
    found: list[str] = []
    while text:
        person_id, text = person_first(text, rulebook)
        if person_id is None or len(found) == 2:
            raise SignoffError("A swap is between two people. Nothing was changed.")
        found.append(person_id)
    if not found:
        raise SignoffError("Say with whom, as in: swap @ann. Nothing was changed.")
    return tuple(found)


def span_in(text: str, schedule: Schedule, now: datetime) -> tuple[datetime, datetime]:
    """The span that a text names, in the schedule's zone.

    Raises:
        SignoffError: it names none; says what would be right.
    """
    return read_span(text, schedule.place, now)


def help_to(command: str) -> Reply:
    """What can be typed."""
    return help_for(frozenset(), f"{command} oncall", ONCALL)

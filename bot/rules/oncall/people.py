"""Whom a name in a calendar, in PagerDuty or behind a command means."""

import re
from collections.abc import Iterable

from config.policies import Person, Rulebook

MENTION = re.compile(r"<@!?([A-Za-z0-9]+)(?:\|[^>]*)?>")


def person_known_as(name: str, rulebook: Rulebook) -> Person | None:
    """The person whose id, name, account or name elsewhere this is; None for nobody, or for two."""
    asked = _bare(name)
    found = [person for person in rulebook.people.values() if asked in _names(person, rulebook)]
    exact = [person for person in found if person.id == asked]
    return (exact or found)[0] if len(exact or found) == 1 else None


def people_in(names: Iterable[str], rulebook: Rulebook) -> tuple[str, ...]:
    """The ids of whoever one person's several names mean: the first name that is known counts."""
    for name in names:
        person = person_known_as(name, rulebook)
        if person is not None:
            return (person.id,)
    return ()


def _names(person: Person, rulebook: Rulebook) -> set[str]:
    listed = (person.id, person.name, person.slack, person.discord)
    return {_bare(name) for name in (*listed, *rulebook.known_as.get(person.id, ())) if name}


def _bare(name: str) -> str:
    """A name without what chats and calendars put around it."""
    mention = MENTION.fullmatch(name.strip())
    text = mention[1] if mention else name.strip()
    text = re.sub(r"^mailto:", "", text, flags=re.IGNORECASE)
    return " ".join(text.lstrip("@").split()).casefold()

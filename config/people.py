"""`people.toml`: who there is, on which accounts, in which groups."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from config.files import Reader, Source, Table
from config.policies import Limits, Person
from config.problems import WrongValueError, nearest, shown
from config.values import (
    discord_ref,
    list_of,
    one_of,
    read_flag,
    read_length,
    read_name,
    read_rate,
    read_text,
    read_zone,
    slack_ref,
)

FILE = "people.toml"
PURPOSE = (
    "Create it with one table per person, such as [people.ann] with "
    'name = "Ann Example" and slack = "U0123ABCD"'
)
TOP = ("slack_team", "discord_guild", "discord_role", "limits", "people", "groups")
READERS: Mapping[str, Reader] = {
    "name": read_text,
    "roles": list_of(one_of("reviewer", "senior", "admin", kind="roles"), '"reviewer", "senior"'),
    "qualifications": list_of(read_name, '"medical"'),
    "slack": slack_ref(
        "user", "UW", "In Slack, open the person's profile, then ⋮, then Copy member ID"
    ),
    "discord": discord_ref("user"),
    "zone": read_zone,
    "active": read_flag,
}
PLACES: Mapping[str, Reader] = {  # whose accounts may vote at all
    "slack_team": slack_ref("workspace", "T", "It stands in the address app.slack.com/client/T…"),
    "discord_guild": discord_ref("server"),
    "discord_role": discord_ref("role"),
}
LIMITS: Mapping[str, Reader] = {
    "max_per_hour": read_rate(3600),
    "break_after": read_length,
    "break_for": read_length,
}


@dataclass(frozen=True, slots=True)
class People:
    """What the file states, as far as it can be used."""

    people: Mapping[str, Person]
    groups: Mapping[str, tuple[str, ...]]
    limits: Limits = field(default_factory=Limits)
    places: Mapping[str, str] = field(default_factory=dict)  # by the keys of PLACES
    doubtful: frozenset[str] = frozenset()  # people and @groups with problems of their own


def read_people(source: Source) -> People:
    """The people and groups of the file; its problems are added to the source."""
    for key in source.table:
        if key not in TOP:
            right = nearest(key, TOP, kind="keys that may stand here")
            source.complain((key,), "there is no such key", right)
    people: dict[str, Person] = {}
    doubtful: set[str] = set()
    for person_id, table in source.tables(("people",)):
        person, is_whole = _person(source, person_id, table)
        people[person_id] = person
        if not is_whole:
            doubtful.add(person_id)
    _refuse_shared_accounts(source, people)
    groups = _groups(source, people, doubtful)
    return People(people, groups, _limits(source), _places(source), frozenset(doubtful))


def _person(source: Source, person_id: str, table: Table) -> tuple[Person, bool]:
    path = ("people", person_id)
    before = len(source.problems)
    try:
        read_name(person_id)
    except WrongValueError as problem:
        source.complain(path, problem.wrong, problem.right)
    values, _ = source.read(path, table, READERS)
    if "name" not in table:
        source.complain(path, "there is no name", 'Add name = "Ann Example"')
    person = Person.model_validate({"name": person_id, **values, "id": person_id})
    return person, len(source.problems) == before


def _refuse_shared_accounts(source: Source, people: Mapping[str, Person]) -> None:
    for platform in ("slack", "discord"):
        owners: dict[str, str] = {}
        for person_id, person in people.items():
            user_ref = getattr(person, platform)
            if user_ref is None:
                continue
            owner = owners.setdefault(user_ref, person_id)
            if owner != person_id:
                source.complain(
                    ("people", person_id, platform),
                    f"{shown(user_ref)} is already the account of {shown(owner)}",
                    "One person has one vote: give each person their own account, "
                    "or make the two entries one",
                )


def _groups(
    source: Source, people: Mapping[str, Person], doubtful: set[str]
) -> dict[str, tuple[str, ...]]:
    """The groups; those with problems are added to `doubtful`."""
    inside = source.table.get("groups", {})
    if not isinstance(inside, dict):
        source.complain(("groups",), "this must be a table", "Write it as [groups]")
        return {}
    groups: dict[str, tuple[str, ...]] = {}
    for name, value in inside.items():
        before = len(source.problems)
        groups[name] = _group(source, name, value, people)
        if len(source.problems) > before:
            doubtful.add(f"@{name}")
    return groups


def _group(source: Source, name: str, value: object, people: Collection[str]) -> tuple[str, ...]:
    path = ("groups", name)
    try:
        read_name(name)
    except WrongValueError as problem:
        right = "It is used with an @, but written here without" if name[:1] == "@" else None
        source.complain(path, problem.wrong, right or problem.right)
    try:
        members = list_of(_member, '"ann", "ben"')(value)
    except WrongValueError as problem:
        source.complain(path, problem.wrong, problem.right)
        return ()
    for member in members:
        if member not in people:
            right = nearest(member, people, kind="people")
            source.complain(path, f"there is no person {shown(member)}", right)
    return members


def _member(value: object) -> str:
    if isinstance(value, str) and value.startswith("@"):
        raise WrongValueError(
            f"{shown(value)} is a group, and a group may not stand inside a group",
            "List its people here one by one; a queue may list several groups",
        )
    if not isinstance(value, str):
        raise WrongValueError(f"{shown(value)} is not the id of a person", 'Write it as "ann"')
    return value


def _limits(source: Source) -> Limits:
    """How much one person reviews before a pause."""
    table = source.table.get("limits", {})
    if not isinstance(table, dict):
        source.complain(("limits",), "this must be a table", "Write it as [limits]")
        return Limits()
    values, _ = source.read(("limits",), table, LIMITS)
    limits = Limits.model_validate(values)
    if limits.break_for >= timedelta(hours=1) and "break_for" in values:
        source.complain(
            ("limits", "break_for"),
            "nobody would call that a pause between two stretches of work",
            'Write less than an hour, such as "10m"',
        )
    return limits


def _places(source: Source) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, read in PLACES.items():
        if key not in source.table:
            continue
        try:
            found[key] = str(read(source.table[key]))
        except WrongValueError as problem:
            source.complain((key,), problem.wrong, problem.right)
    return found

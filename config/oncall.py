"""`oncall.toml`: who is on call when. Without the file there are no schedules."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from os.path import lexists
from pathlib import Path

from config.files import Reader, Source, Table, open_source
from config.oncall_values import (
    read_calendar,
    read_day,
    read_every,
    read_pagerduty_id,
    read_priority,
    read_time,
    read_weekday,
    read_windows,
)
from config.people import People
from config.problems import WrongValueError, nearest, shown
from config.schedules import EVERY_DAY, Layer, Schedule
from config.values import (
    list_of,
    read_flag,
    read_name,
    read_slug,
    read_text,
    read_voter,
    read_zone,
)

FILE = "oncall.toml"
TOP = ("schedules", "known_as", "pagers")
SCHEDULE_READERS: Mapping[str, Reader] = {
    "title": read_text,
    "zone": read_zone,
    "otherwise": list_of(read_voter, '"@leads"'),
    "announce_gaps": read_flag,
    "calendar": read_calendar,
    "pagerduty_schedules": list_of(read_pagerduty_id, '"PI7DH85"'),
    "pagerduty_policies": list_of(read_pagerduty_id, '"PT20YPA"'),
    "pagers": list_of(read_name, '"pagerduty"'),
}
LAYER_READERS: Mapping[str, Reader] = {
    "people": list_of(read_voter, '"ann", "ben"'),
    "every": read_every,
    "handoff": read_time,
    "from": read_day,
    "priority": read_priority,
    "weekdays": list_of(read_weekday, '"mon", "tue"'),
    "between": read_windows,
}
NEEDED = {  # key of a layer -> why it has no default, and an example
    "people": ("who takes turns?", 'people = ["ann", "ben"]'),
    "every": ("how long is a turn?", 'every = "1w"'),
    "handoff": ("at which time do turns change?", 'handoff = "09:00"'),
    "from": ("on which day does the first of them begin?", "from = 2026-01-05"),
}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class OnCall:
    """What the file states, as far as it can be used."""

    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    known_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pagers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def open_oncall(folder: Path) -> Source:
    """The file as it was written; an absent one states nothing, and that is no problem."""
    if not lexists(folder / FILE):
        return Source(FILE, {})
    return open_source(folder, FILE, "Create it, or take it away: it is not needed")


def read_oncall(source: Source, people: People | None) -> OnCall:
    """The schedules of the file; its problems are added to the source.

    Args:
        source: the file.
        people: None when `people.toml` could not be read; then nobody is looked up.
    """
    for key in source.table:
        if key not in TOP:
            right = nearest(key, TOP, kind="keys that may stand here")
            source.complain((key,), "there is no such key", right)
    names = _Names(source, people)
    schedules = {
        name: _schedule(names, name, table) for name, table in source.tables(("schedules",))
    }
    known_as = _lists(names, "known_as", list_of(read_text, '"ann@example.com"'))
    _refuse_shared_names(source, known_as)
    return OnCall(schedules, known_as, _lists(names, "pagers", list_of(read_name, '"ann-phone"')))


@dataclass(frozen=True, slots=True)
class _Names:
    """The people that lists may name."""

    source: Source
    people: People | None

    def check(self, path: tuple[str, ...], name: str) -> None:
        """Complains about a name that stands for nobody."""
        if self.people is None:
            return
        is_group = name.startswith("@")
        known: Collection[str] = self.people.groups if is_group else self.people.people
        if name.lstrip("@") not in known:
            kind = "groups" if is_group else "people"
            wrong = f"there is no {'group' if is_group else 'person'} {shown(name)} in people.toml"
            self.source.complain(path, wrong, nearest(name.lstrip("@"), known, kind=kind))

    def opened(self, listed: Collection[str]) -> tuple[str, ...]:
        """The ids of the people listed, in their order, groups opened."""
        if self.people is None:
            return tuple(name for name in listed if not name.startswith("@"))
        return tuple(dict.fromkeys(self._members(listed, self.people)))

    def _members(self, listed: Collection[str], people: People) -> Iterator[str]:
        for name in listed:
            members = people.groups.get(name[1:], ()) if name.startswith("@") else (name,)
            yield from (member for member in members if member in people.people)


def _schedule(names: _Names, name: str, table: Table) -> Schedule:
    source, path = names.source, ("schedules", name)
    _complain_unless(read_slug_of_schedule, source, path, name)
    rest = {key: value for key, value in table.items() if key != "layers"}
    values, broken = source.read(path, rest, SCHEDULE_READERS)
    if "zone" not in table:
        wrong = "there is no zone: whose clock do its times go by?"
        source.complain(path, wrong, 'Add zone = "Europe/Berlin"')
    for listed in _texts(values, "otherwise"):
        names.check((*path, "otherwise"), listed)
    layers = tuple(_layers(names, path, table.get("layers", {})))
    sources = ("calendar", "pagerduty_schedules", "pagerduty_policies")
    if not table.get("layers") and not any(key in table for key in sources):
        source.complain(
            path,
            "nobody is ever on call: it has no layers, no calendar and nothing of PagerDuty",
            f"Add [schedules.{name}.layers.weekly]",
        )
    usable = {key: value for key, value in values.items() if key not in broken}
    stated = {"title": name.replace("-", " ").capitalize(), "zone": "UTC", **usable}
    ordered = sorted(layers, key=lambda layer: -layer.priority)
    return Schedule.model_validate({**stated, "name": name, "layers": tuple(ordered)})


def read_slug_of_schedule(value: object) -> str:
    """The name of a schedule.

    Raises:
        WrongValueError: it is not written as one.
    """
    try:
        return read_slug(value)
    except WrongValueError as problem:
        wrong = problem.wrong.replace("a queue", "a schedule")
        right = problem.right.replace('"agent-actions"', '"operations"')
        raise WrongValueError(wrong, right) from None


def _layers(names: _Names, path: tuple[str, ...], inside: object) -> Iterator[Layer]:
    source, here = names.source, (*path, "layers")
    tables = inside if isinstance(inside, dict) else {"": inside}
    for name, table in tables.items():
        if not isinstance(table, dict):
            right = f"Write it as [{'.'.join((*here, name or 'weekly'))}]"
            source.complain((*here, name) if name else here, "this must be a table", right)
            continue
        _complain_unless(read_name, source, (*here, name), name)
        if layer := _layer(names, (*here, name), table):
            yield layer


def _layer(names: _Names, path: tuple[str, ...], table: Table) -> Layer | None:
    """The layer, or None when there is nothing to make one of."""
    source = names.source
    values, broken = source.read(path, table, LAYER_READERS)
    for key, (wrong, right) in NEEDED.items():
        if key not in table:
            source.complain(path, f"there is no {key}: {wrong}", f"Add, for example, {right}")
    for listed in _texts(values, "people"):
        names.check((*path, "people"), listed)
    people = names.opened(_texts(values, "people"))
    if "people" in values and not people and not _texts(values, "people"):
        source.complain((*path, "people"), "nobody takes turns here", "List at least one person")
    if broken or any(key not in values for key in NEEDED) or not people:
        return None
    every = values["every"]
    if not isinstance(every, tuple):  # what read_every gives
        return None
    weekdays = frozenset(DAYS.index(day) for day in _texts(values, "weekdays"))
    return Layer.model_validate(
        {
            "name": path[-1],
            "people": people,
            "unit": every[1],
            "every": every[0],
            "handoff": values["handoff"],
            "starts_on": values["from"],
            "priority": values.get("priority", 0),
            "weekdays": weekdays or EVERY_DAY,
            "windows": values.get("between", ()),
        }
    )


def _lists(names: _Names, key: str, read: Reader) -> dict[str, tuple[str, ...]]:
    """A table that gives people lists of names."""
    source, found = names.source, dict[str, tuple[str, ...]]()
    inside = source.table.get(key, {})
    if not isinstance(inside, dict):
        source.complain((key,), "this must be a table", f"Write it as [{key}]")
        return found
    for person, value in inside.items():
        names.check((key, person), person)
        try:
            listed = read(value)
        except WrongValueError as problem:
            source.complain((key, person), problem.wrong, problem.right)
        else:
            found[person] = listed if isinstance(listed, tuple) else ()
    return found


def _refuse_shared_names(source: Source, known_as: Mapping[str, tuple[str, ...]]) -> None:
    owners: dict[str, str] = {}
    for person, listed in known_as.items():
        for name in listed:
            owner = owners.setdefault(name.casefold(), person)
            if owner != person:
                wrong = f"{shown(name)} is already a name of {shown(owner)}"
                right = "A name in a calendar must mean one person: take it from one of the two"
                source.complain(("known_as", person), wrong, right)


def _complain_unless(read: Reader, source: Source, path: tuple[str, ...], name: str) -> None:
    try:
        read(name)
    except WrongValueError as problem:
        source.complain(path, problem.wrong, problem.right)


def _texts(values: Mapping[str, object], key: str) -> tuple[str, ...]:
    listed = values.get(key, ())
    return tuple(str(each) for each in listed) if isinstance(listed, tuple) else ()

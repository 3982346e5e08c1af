"""`oncall.toml`: what it states, and each mistake with what would be right."""

from datetime import date, time
from pathlib import Path

import pytest

from config.checking import check
from config.schedules import Schedule
from tests.config.folders import APPROVALS, PEOPLE, a_queue, checked

GOOD = """
[schedules.operations]
zone = "Europe/Berlin"
otherwise = ["@leads"]
pagers = ["pagerduty"]

[schedules.operations.layers.weekly]
people = ["ann", "@ops"]
every = "1w"
handoff = "09:00"
from = 2026-01-05

[schedules.operations.layers.nights]
people = ["ben"]
every = "12h"
handoff = "21:00"
from = 2026-01-05
priority = 2
weekdays = ["mon", "friday"]
between = ["18:00-24:00", "00:00 – 06:30"]

[known_as]
ann = ["ann@example.com", "PANN001"]

[pagers]
ann = ["ann-phone"]
"""  # noqa: RUF001  people type such a dash


def _checked(folder: Path, oncall: str) -> list[str]:
    """The errors about `oncall.toml`."""
    (folder / "oncall.toml").write_text(oncall, encoding="utf-8")
    found = checked(folder, a_queue(APPROVALS), PEOPLE).problems
    assert {problem.file for problem in found} <= {"oncall.toml"}
    return [f"{p.key}: {p.wrong} | {p.right}" for p in found]


def _schedule(folder: Path, oncall: str = GOOD) -> Schedule:
    assert _checked(folder, oncall) == []
    rulebook = check(folder).rulebook
    assert rulebook is not None
    return rulebook.schedules["operations"]


def test_without_the_file_there_are_no_schedules(tmp_path: Path) -> None:
    rulebook = checked(tmp_path, a_queue(APPROVALS)).rulebook

    assert rulebook is not None
    assert rulebook.schedules == {}


def test_a_schedule_is_read_whole_with_the_highest_layer_first(tmp_path: Path) -> None:
    schedule = _schedule(tmp_path)

    nights, weekly = schedule.layers
    assert (schedule.title, schedule.zone, schedule.otherwise) == (
        "Operations", "Europe/Berlin", ("@leads",)
    )  # fmt: skip
    assert (nights.unit, nights.every, nights.priority) == ("hours", 12, 2)
    assert nights.weekdays == {0, 4}
    assert [(window.start, window.end) for window in nights.windows] == [(1080, 1440), (0, 390)]
    assert weekly.people == ("ann", "ben", "carla")
    assert (weekly.handoff, weekly.starts_on) == (time(9), date(2026, 1, 5))


def test_names_and_pagers_of_people_are_read(tmp_path: Path) -> None:
    _schedule(tmp_path)
    rulebook = check(tmp_path).rulebook

    assert rulebook is not None
    assert rulebook.known_as == {"ann": ("ann@example.com", "PANN001")}
    assert rulebook.pagers == {"ann": ("ann-phone",)}


def test_a_time_may_be_written_as_toml_has_it(tmp_path: Path) -> None:
    schedule = _schedule(tmp_path, GOOD.replace('handoff = "09:00"', "handoff = 09:00:00"))

    assert schedule.layers[1].handoff == time(9)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('zone = "Europe/Berlin"', "", ["operations: there is no zone", 'zone = "Europe/Berlin"']),
        ('"Europe/Berlin"', '"Europe/Berlinn"', ["not a time zone", "Did you mean"]),
        ('"@leads"', '"@leeds"', ["otherwise: there is no group", 'Did you mean "leads"']),
        ('["ann", "@ops"]', '["anne"]', ["weekly.people: there is no person", '"ann"']),
        ('["ann", "@ops"]', "[]", ["weekly.people: nobody takes turns", "at least one"]),
        ('every = "1w"', "every = 7", ["weekly.every: 7 is not the length of a turn", '"12h"']),
        ('every = "1w"', 'every = "60w"', ["longer than a turn may be"]),
        ('every = "1w"\n', "", ["weekly: there is no every", 'every = "1w"']),
        ('"09:00"', '"9 o\'clock"', ["weekly.handoff", "not a time of day", '"09:00"']),
        ('"09:00"', '"24:30"', ["not a time of day"]),
        ("from = 2026-01-05", 'from = "January"', ["from", "not a day", "2026-01-05"]),
        ("from = 2026-01-05", "from = 1026-01-05", ["is far from now"]),
        ("priority = 2", 'priority = "high"', ["nights.priority", "0 to 99"]),
        ('"friday"', '"freitag"', ["nights.weekdays", "not a day of the week"]),
        ('"18:00-24:00"', '"18:00"', ["nights.between", "not a part of the day", "midnight"]),
        ('"18:00-24:00"', '"18:00-18:00"', ["begins where it ends", "whole day"]),
        ("[known_as]", "[known-as]", ["there is no such key", "known_as"]),
        ('"PANN001"]', '"x"]\nben = ["ANN@example.com"]', ["already a name of", "one person"]),
        ("ann = [\"ann-phone\"]", 'zoe = ["p"]', ["pagers.zoe: there is no person", "people are"]),
        ('["pagerduty"]', '"pagerduty"', ["operations.pagers", "not a list"]),
        ("[schedules.operations.layers.nights]", "[schedules.operations.layer.nights]",
         ["operations.layer: there is no such key"]),
    ],
)  # fmt: skip
def test_a_mistake_is_explained(tmp_path: Path, before: str, after: str, words: list[str]) -> None:
    assert before in GOOD

    found = _checked(tmp_path, GOOD.replace(before, after))

    for word in words:
        assert word in "\n".join(found)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('calendar = "webcal://example.com/a.ics"', "https:// in place of webcal://"),
        ('calendar = "team.doc"', "neither the address of a calendar nor an .ics file"),
        ('pagerduty_schedules = ["ops team"]', "is not an id of PagerDuty"),
        ('title = ""', "is not a text"),
        ("layers = 3", "this must be a table"),
        ("", "nobody is ever on call"),
    ],
)
def test_a_source_is_checked(tmp_path: Path, line: str, words: str) -> None:
    found = _checked(tmp_path, f'[schedules.ops]\nzone = "UTC"\n{line}\n')

    assert words in "\n".join(found)


def test_a_schedule_has_the_name_of_one_and_is_a_table(tmp_path: Path) -> None:
    found = _checked(tmp_path, '[schedules]\nops = 3\n"The Ops" = {zone = "UTC"}\n')

    assert any("schedules.ops: this must be a table" in line for line in found)
    assert any("cannot be the name of a schedule" in line for line in found)


def test_calendar_and_pagerduty_do_without_layers(tmp_path: Path) -> None:
    stated = '[schedules.operations]\nzone = "UTC"\ncalendar = "https://example.com/a.ics"\n'

    assert _schedule(tmp_path, stated).layers == ()
    also = '[schedules.operations]\nzone = "UTC"\npagerduty_policies = ["PT20YPA"]\n'
    assert _schedule(tmp_path, also).pagerduty_policies == ("PT20YPA",)


def test_a_file_that_is_not_toml_says_where(tmp_path: Path) -> None:
    (found,) = _checked(tmp_path, "[schedules\n")

    assert "not valid TOML" in found


def test_each_problem_has_its_line(tmp_path: Path) -> None:
    _checked(tmp_path, GOOD.replace('"1w"', '"1y"'))

    (problem,) = check(tmp_path).problems
    assert GOOD.splitlines()[(problem.line or 0) - 1] == 'every = "1w"'

"""Whether a folder's files can be used, and the report that says so."""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from os.path import isdir, isfile
from pathlib import Path

from config import people, queues
from config.conflicts import find_conflicts
from config.escalation_conflicts import find_escalation_conflicts
from config.files import Source, open_source
from config.oncall import OnCall, open_oncall, read_oncall
from config.people import People, read_people
from config.policies import Rulebook
from config.problems import Problem, sentence
from config.queues import Draft, read_queues
from config.warnings import warnings_of

WIDTH = 90  # columns of the report


@dataclass(frozen=True, slots=True)
class Checked:
    """What a folder holds: a rulebook when nothing is wrong, and what to mend."""

    folder: Path
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    rulebook: Rulebook | None = None

    @property
    def is_usable(self) -> bool:
        """Whether the rulebook can be used; warnings do not prevent it."""
        return self.rulebook is not None


def check(folder: Path) -> Checked:
    """The rulebook of the folder, with all problems and warnings.

    Whatever the files hold, nothing is raised.
    """
    if not isdir(folder):
        return Checked(folder, (_no_folder(folder),))
    queue_file = open_source(folder, queues.FILE, queues.PURPOSE)
    people_file = open_source(folder, people.FILE, people.PURPOSE)
    staff = read_people(people_file)
    drafts = read_queues(queue_file)
    for draft in drafts:
        find_conflicts(queue_file, draft, staff if people_file.is_readable else None)
    oncall_file = open_oncall(folder)
    oncall = read_oncall(oncall_file, staff if people_file.is_readable else None)
    known = None if oncall_file.problems else oncall.schedules
    for draft in drafts:
        people_or_none = staff if people_file.is_readable else None
        find_escalation_conflicts(queue_file, draft, people_or_none, known)
    files = (queue_file, people_file, oncall_file)
    problems = tuple(problem for file in files for problem in _in_order(file.problems))
    if problems:
        return Checked(folder, problems)
    rulebook = _rulebook(drafts, staff, oncall)
    sources = {source.file: source for source in files}
    warnings = [_placed(warning, sources) for warning in warnings_of(rulebook)]
    return Checked(folder, (), tuple(_in_order(warnings)), rulebook)


def describe(checked: Checked) -> str:
    """The report for people: each file with what to mend in it, then one line of verdict."""
    found = (*checked.problems, *checked.warnings)
    sections = [_section(file, found) for file in dict.fromkeys(problem.file for problem in found)]
    return "\n\n".join([*sections, _verdict(checked)])


def _section(file: str, found: Iterable[Problem]) -> str:
    lines = [file]
    for problem in found:
        if problem.file == file:
            lines.extend(_told(problem))
    return "\n".join(lines)


def _told(problem: Problem) -> Iterator[str]:
    line = f"line {problem.line}" if problem.line else ""
    place = ", ".join(part for part in (line, problem.key) if part)
    yield f"  {problem.severity}{': ' if place else ''}{place}"
    for text in (problem.wrong, problem.right):
        yield textwrap.fill(
            sentence(_begun(text)),
            WIDTH,
            initial_indent="    ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _begun(text: str) -> str:
    is_key = "_" in text.partition(" ")[0]
    return text if is_key else text[:1].upper() + text[1:]


def _verdict(checked: Checked) -> str:
    problems, warnings = len(checked.problems), len(checked.warnings)
    if checked.rulebook is None:
        return f"Not usable: {_count(problems, 'error')} to mend in {checked.folder}."
    size = (
        f"{_count(len(checked.rulebook.queues), 'queue')} and "
        f"{_count(len(checked.rulebook.people), 'person', 'people')}"
    )
    if warnings:
        return f"Usable, with {_count(warnings, 'warning')}: {size} in {checked.folder}."
    return f"All is well: {size} in {checked.folder}."


def _count(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.line or 0)


def _rulebook(drafts: tuple[Draft, ...], staff: People, oncall: OnCall) -> Rulebook:
    return Rulebook(
        queues={draft.queue.name: draft.queue for draft in drafts},
        people=staff.people,
        groups=staff.groups,
        limits=staff.limits,
        schedules=oncall.schedules,
        known_as=oncall.known_as,
        pagers=oncall.pagers,
        **staff.places,
    )


def _placed(warning: Problem, sources: dict[str, Source]) -> Problem:
    return replace(warning, line=sources[warning.file].line_of(warning.key))


def _no_folder(folder: Path) -> Problem:
    wrong = "this is a file, not a folder" if isfile(folder) else "there is no such folder"
    right = (
        f"Create it with {queues.FILE} and {people.FILE} in it, "
        "or let SIGNOFF_CONFIG name the folder that has them"
    )
    return Problem(str(folder), "", wrong, right)

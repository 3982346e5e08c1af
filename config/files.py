"""A TOML file as it was written, with the line of every key."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from config.problems import Problem, WrongValueError, nearest, shown

Reader = Callable[[object], object]  # raises WrongValueError
Table = Mapping[str, object]

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
KEY = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)"""
DOTTED = rf"{KEY}(?:[ \t]*\.[ \t]*{KEY})*"
LINE = re.compile(rf"[ \t]*(?:\[\[?[ \t]*(?P<table>{DOTTED})[ \t]*\]|(?P<key>{DOTTED})[ \t]*=)")
AT = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
MEND = (
    "Text and lengths of time stand in quotes, lists in [square brackets], "
    "and no key or table is given twice"
)


@dataclass(frozen=True, slots=True)
class Source:
    """One file's content, and what was found wrong with it so far."""

    file: str
    table: Table
    lines: Mapping[str, int] = field(default_factory=dict)  # dotted key -> line, from 1
    problems: list[Problem] = field(default_factory=list)
    is_readable: bool = True

    def complain(self, path: tuple[str, ...], wrong: str, right: str) -> None:
        """Adds one problem."""
        key = dotted(path)
        self.problems.append(Problem(self.file, key, wrong, right, self.line_of(key)))

    def line_of(self, key: str) -> int | None:
        """The line of a dotted key, else of the table around it."""
        while key not in self.lines and "." in key:
            key = key.rpartition(".")[0]
        return self.lines.get(key)

    def tables(self, path: tuple[str, ...]) -> Iterator[tuple[str, Table]]:
        """The named tables inside a table; whatever else is there is complained about."""
        inside = self.table.get(path[0], {})
        if not isinstance(inside, dict):
            name = dotted((*path, "some-name"))
            self.complain(path, "this must be a table", f"Write it as [{name}]")
            return
        for name, table in inside.items():
            if isinstance(table, dict):
                yield name, table
            else:
                here = (*path, name)
                self.complain(here, "this must be a table", f"Write it as [{dotted(here)}]")

    def read(
        self, path: tuple[str, ...], table: Table, readers: Mapping[str, Reader]
    ) -> tuple[dict[str, object], set[str]]:
        """The values of a table, and the keys that were wrong; unknown keys are complained about.

        Args:
            path: where the table stands in the file.
            table: what stands there.
            readers: every key that may stand there, with what reads its value.
        """
        values: dict[str, object] = {}
        wrong_keys: set[str] = set()
        for key, value in table.items():
            if key not in readers:
                right = nearest(key, readers, kind="keys that may stand here")
                self.complain((*path, key), "there is no such key", right)
                continue
            try:
                values[key] = readers[key](value)
            except WrongValueError as problem:
                self.complain((*path, key), problem.wrong, problem.right)
                wrong_keys.add(key)
        return values, wrong_keys


def dotted(path: tuple[str, ...]) -> str:
    """The path as TOML writes it: `queues.agent-actions.due_in`."""
    return ".".join(part if BARE_KEY.fullmatch(part) else shown(part) for part in path)


def open_source(folder: Path, file: str, purpose: str) -> Source:
    """The file's content; unreadable ones come back empty, with the problem that explains it.

    Args:
        folder: where the file should be.
        file: its name.
        purpose: what stands in it, for the message that it is missing.
    """
    try:
        text = (folder / file).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return _unreadable(file, f"the folder {folder} does not hold this file", purpose)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        return _unreadable(file, f"the file cannot be read: {reason}", purpose)
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        return _unreadable(file, "the file is not UTF-8 text", "Save it again as UTF-8", line)
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as problem:
        return _broken(file, text, problem)
    return Source(file, table, _lines(text))


def _unreadable(file: str, wrong: str, right: str, line: int | None = None) -> Source:
    return Source(file, {}, problems=[Problem(file, "", wrong, right, line)], is_readable=False)


def _broken(file: str, text: str, problem: Exception) -> Source:
    if isinstance(problem, RecursionError):
        return _unreadable(file, "tables or lists stand too deep inside each other", MEND)
    if not isinstance(problem, tomllib.TOMLDecodeError):
        return _unreadable(file, "a number in it is too large", "Write a smaller number")
    reason = AT.sub("", str(problem))
    at = AT.search(str(problem))
    if at is None or at["line"] is None:
        return _unreadable(file, f"this is not valid TOML at the end of the file: {reason}", MEND)
    line = int(at["line"])
    written = "".join(text.replace("\r\n", "\n").split("\n")[line - 1 : line]).strip()
    wrong = f"this is not valid TOML: {reason} in column {at['column']} of {shown(written)}"
    return _unreadable(file, wrong, MEND, line)


def _lines(text: str) -> dict[str, int]:
    """The first line of each key and table; lines inside multi-line texts may add wrong ones."""
    lines: dict[str, int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        match = LINE.match(line)
        if not match:
            continue
        if match["table"]:
            table = path = _path(match["table"])
        else:
            path = (*table, *_path(match["key"]))
        lines.setdefault(dotted(path), number)
    return lines


def _path(key: str) -> tuple[str, ...]:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in re.findall(KEY, key))

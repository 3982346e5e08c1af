"""What is wrong with the configuration, told so that whoever wrote it can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

SHOWN_MAX = 60  # characters of a wrong value that a message repeats

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where it is, what is wrong, what would be right."""

    file: str  # "queues.toml", "people.toml"; "environment" for a variable; a folder's path
    key: str  # dotted, as in TOML: `queues.agent-actions.due_in`; a variable's name; "" for all
    wrong: str
    right: str
    line: int | None = None  # from 1; None where the file does not have one
    severity: Severity = "error"

    @property
    def place(self) -> str:
        """The file, with its line when there is one."""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def __str__(self) -> str:
        """The problem on one line."""
        key = f" {self.key}:" if self.key else ""
        return f"{self.place}:{key} {sentence(self.wrong)} {sentence(self.right)}"


class ConfigError(Exception):
    """The configuration cannot be used; carries every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """One line per problem."""
        return "\n".join(str(problem) for problem in self.problems)


class WrongValueError(Exception):
    """One value cannot be used: `wrong` and `right` are the two halves of its problem."""

    def __init__(self, wrong: str, right: str) -> None:
        self.wrong = wrong
        self.right = right
        super().__init__(wrong, right)


def shown(value: object) -> str:
    """The value as a message may repeat it: on one line, escaped, cut when long."""
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return str(value).lower()
    try:
        text = f'"{_escaped(value)}"' if isinstance(value, str) else str(value)
    except ValueError:  # a number of thousands of digits
        return "this number"
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"


def listed(names: Iterable[str]) -> str:
    """The names as a sentence lists them: `a, b and c`."""
    *most, last = [*names] or ["none"]
    return f"{', '.join(most)} and {last}" if most else last


def nearest(name: str, known: Iterable[str], *, kind: str) -> str:
    """A sentence that names the nearest known name, or all of them: `Did you mean "ann"?`."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {shown(close[0])}?"
    if not names:
        return f"There are no {kind} yet"
    return f"The {kind} are: {', '.join(names)}"


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends in a stop of its own."""
    return text if text[-1:] in (".", "?", "!") else f"{text}."


def _escaped(text: str) -> str:
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)

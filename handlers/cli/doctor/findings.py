"""What the doctor found, and how it is told."""

import json
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

WIDTH = 92  # columns
INDENT = 8


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    area: str
    what: str  # a sentence
    todo: str = ""  # what to do about it, a sentence; "" when it is well


@dataclass(frozen=True, slots=True)
class Area:
    """Makes the findings about one thing."""

    name: str

    def ok(self, what: str) -> Finding:
        """It is well."""
        return Finding(Level.OK, self.name, what)

    def warn(self, what: str, todo: str) -> Finding:
        """It works, and somebody should know."""
        return Finding(Level.WARN, self.name, what, todo)

    def fail(self, what: str, todo: str) -> Finding:
        """It cannot work like this."""
        return Finding(Level.FAIL, self.name, what, todo)


def told(findings: Sequence[Finding]) -> str:
    """The findings of one area, for people."""
    lines = [findings[0].area]
    for finding in findings:
        lines += _wrapped(f"  {finding.level:<6}", finding.what)
        if finding.todo:
            lines += _wrapped(" " * INDENT + "-> ", finding.todo)
    return "\n".join(lines)


def verdict(findings: Iterable[Finding]) -> str:
    """The last line."""
    levels = [finding.level for finding in findings]
    fails, warns = levels.count(Level.FAIL), levels.count(Level.WARN)
    if not fails and not warns:
        return f"All is well: {len(levels)} checks."
    counted = f"{count(fails, 'failure')} and {count(warns, 'warning')} in {len(levels)} checks."
    return f"{counted} What to do stands after each arrow."


def as_json(findings: Iterable[Finding]) -> str:
    """The findings for programs."""
    rows = [asdict(finding) | {"level": finding.level.lower()} for finding in findings]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def _wrapped(start: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )


def count(number: int, one: str, many: str = "") -> str:
    """How many of what: `1 queue`, `2 queues`."""
    return f"{number} {one if number == 1 else many or one + 's'}"

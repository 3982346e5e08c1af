"""Which of Claude Code's tool calls people are asked about: a file of rules, or every call."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from signoff.errors import Misconfigured

QUEUE = "agent-actions"
WITHIN = timedelta(minutes=9)  # Claude Code gives a hook ten, unless its settings say otherwise
DURATION = re.compile(r"([1-9][0-9]{0,5})([smh])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


@dataclass(frozen=True, slots=True)
class Match:
    """Some tool calls: by the tool's name, and by what stands in fields of its input."""

    tool: re.Pattern[str]  # matches the whole name
    where: Mapping[str, re.Pattern[str]]  # field of the input -> what is found somewhere in it

    def takes(self, tool: str, given: Mapping[str, Any]) -> bool:
        """Whether it is one of them."""
        if not self.tool.fullmatch(tool):
            return False
        return all(
            isinstance(value := given.get(field), str) and pattern.search(value)
            for field, pattern in self.where.items()
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked, where, and how long Claude waits. Without any rule, all is asked."""

    queue: str = QUEUE
    within: timedelta = WITHIN
    environment: str | None = None  # such as "production"; part of what is approved
    ask: tuple[Match, ...] = ()  # only these; none: every call that comes
    skip: tuple[Match, ...] = ()  # but never these: Claude Code's own permissions decide

    def wants(self, tool: str, given: Mapping[str, Any]) -> bool:
        """Whether people are asked about this call."""
        if any(match.takes(tool, given) for match in self.skip):
            return False
        return not self.ask or any(match.takes(tool, given) for match in self.ask)

    def changed(self, **stated: Any) -> "Rules":
        """The same, but for what is stated."""
        return replace(self, **{name: value for name, value in stated.items() if value is not None})


def read_rules(path: Path | None) -> Rules:
    """The rules in a TOML file; the plain ones without a file.

    Raises:
        Misconfigured: the file cannot be read, or says something that is none of them.
    """
    if path is None:
        return Rules()
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise Misconfigured(f"{path} cannot be read as TOML: {problem}") from problem
    try:
        return _rules(stated)
    except (TypeError, ValueError, KeyError, AttributeError, re.error) as problem:
        raise Misconfigured(f"{path}: {problem}") from problem


def duration_of(stated: str) -> timedelta:
    """A length of time such as "9m".

    Raises:
        ValueError: it is none.
    """
    found = DURATION.fullmatch(stated)
    if found is None:
        raise ValueError(f"{stated!r} is no length of time; write 90s, 9m or 1h")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def _rules(stated: dict[str, Any]) -> Rules:
    known = {"queue", "within", "environment", "ask", "skip"}
    if odd := sorted(stated.keys() - known):
        raise ValueError(f"there is no {odd[0]!r} here; there is: {', '.join(sorted(known))}")
    ask, skip = (tuple(map(_match, stated.get(name, []))) for name in ("ask", "skip"))
    within = duration_of(stated["within"]) if "within" in stated else None
    return Rules(ask=ask, skip=skip).changed(
        queue=_text(stated, "queue"), environment=_text(stated, "environment"), within=within
    )


def _match(stated: dict[str, Any]) -> Match:
    if odd := sorted(stated.keys() - {"tool", "where"}):
        raise ValueError(f"a rule has tool and where, not {odd[0]!r}")
    if "tool" not in stated:
        raise ValueError("a rule needs tool, such as tool = 'Bash'")
    where = {field: re.compile(pattern) for field, pattern in stated.get("where", {}).items()}
    return Match(re.compile(stated["tool"]), where)


def _text(stated: dict[str, Any], name: str) -> str | None:
    value = stated.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise ValueError(f"{name} must be text")
    return value

"""Small checks that combine into a description of Block Kit.

A check looks at one value and adds a line to `problems` for each thing wrong with it, in Slack's
words where they are known: "no more than 50 items allowed [json-pointer:/blocks]".
"""

from collections.abc import Callable, Mapping
from typing import Any

from localchat.wire import Json

Problems = list[str]
Check = Callable[[Any, str, Problems], None]
Rule = Callable[[Json, str, Problems], None]
MOST_PROBLEMS = 20  # more help nobody


def complain(problems: Problems, path: str, text: str) -> None:
    """Add one problem about the value at `path`."""
    if len(problems) < MOST_PROBLEMS:
        problems.append(f"{text} [json-pointer:{path}]")


def string(most: int | None = None, least: int = 0) -> Check:
    """Text of `least` to `most` characters."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, str):
            complain(problems, path, "must provide a string")
        elif len(value) < least:
            complain(problems, path, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            complain(problems, path, f"must be less than {most + 1} characters")

    return check


def boolean(value: Any, path: str, problems: Problems) -> None:
    """True or false."""
    if not isinstance(value, bool):
        complain(problems, path, "must provide a boolean")


def number(
    least: float | None = None, most: float | None = None, *, above: float | None = None
) -> Check:
    """A number from `least` to `most`, or greater than `above`."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            complain(problems, path, "must provide a number")
        elif least is not None and value < least:
            complain(problems, path, f"must be at least {least}")
        elif most is not None and value > most:
            complain(problems, path, f"must be at most {most}")
        elif above is not None and value <= above:
            complain(problems, path, f"must be greater than {above}")

    return check


def one_of(*allowed: object) -> Check:
    """One of a few values."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if value not in allowed:
            complain(problems, path, f"must be one of: {', '.join(map(str, allowed))}")

    return check


def array(item: Check, most: int | None = None, least: int = 0) -> Check:
    """A list of `least` to `most` items."""

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, list):
            complain(problems, path, "must be an array")
            return
        if len(value) < least:
            complain(problems, path, f"no fewer than {least} items allowed")
        if most is not None and len(value) > most:
            complain(problems, path, f"no more than {most} items allowed")
            return
        for number_, each in enumerate(value):
            item(each, f"{path}/{number_}", problems)

    return check


def shape(
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    *rules: Rule,
) -> Check:
    """An object with these properties and no others; `rules` look at it as a whole."""
    needed = dict(required or {})
    known = needed | dict(optional or {})

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            complain(problems, path, "must be an object")
            return
        for name in sorted(needed.keys() - value.keys()):
            complain(problems, path, f"missing required field: {name}")
        for name, each in value.items():
            if name in known:
                known[name](each, f"{path}/{name}", problems)
            else:
                complain(problems, path, f"invalid additional property: {name}")
        for rule in rules:
            rule(value, path, problems)

    return check


def typed(
    kind: str,
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    *rules: Rule,
) -> tuple[str, Check]:
    """An object whose `type` is `kind`; for use in `by_type`."""
    return kind, shape({"type": one_of(kind), **(required or {})}, optional, *rules)


def by_type(*shapes: tuple[str, Check], also: Mapping[str, Check] | None = None) -> Check:
    """An object that its `type` tells how to check."""
    checks = dict(shapes) | dict(also or {})

    def check(value: Any, path: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            complain(problems, path, "must be an object")
            return
        kind = value.get("type")
        if kind is None:
            complain(problems, path, "missing required field: type")
        elif not isinstance(kind, str) or kind not in checks:
            complain(problems, path, f"unsupported type: {kind}")
        else:
            checks[kind](value, path, problems)

    return check


def at_least_one_of(*names: str) -> Rule:
    """One of these properties must be there, with something in it."""

    def rule(value: Json, path: str, problems: Problems) -> None:
        if not any(value.get(name) for name in names):
            complain(problems, path, f"must provide one of: {', '.join(names)}")

    return rule


def exactly_one_of(*names: str) -> Rule:
    """One of these properties must be there, and only one."""

    def rule(value: Json, path: str, problems: Problems) -> None:
        if sum(name in value for name in names) != 1:
            complain(problems, path, f"must provide exactly one of: {', '.join(names)}")

    return rule

"""Small checks of JSON values, put together by the other rules."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from localchat.discord.problems import Path, Problems

Check = Callable[[Any, Path, Problems], None]
SNOWFLAKE = re.compile(r"^\d{1,20}$")


def text(longest: int, shortest: int = 0) -> Check:
    """A string of so many characters."""

    def check(value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add(path, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
            return
        length(len(value), longest, shortest, path, problems)

    return check


def length(count: int, longest: int, shortest: int, path: Path, problems: Problems) -> None:
    """Note a length that is out of bounds, in Discord's words."""
    if shortest <= count <= longest:
        return
    if count == 0 and shortest == 1:
        problems.add(path, "BASE_TYPE_REQUIRED", "This field is required")
    elif shortest:
        words = f"Must be between {shortest} and {longest} in length."
        problems.add(path, "BASE_TYPE_BAD_LENGTH", words)
    else:
        words = f"Must be {longest} or fewer in length."
        problems.add(path, "BASE_TYPE_MAX_LENGTH", words)


def whole(lowest: int, highest: int) -> Check:
    """A whole number in a range."""

    def check(value: Any, path: Path, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            problems.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif value > highest:
            words = f"int value should be less than or equal to {highest}."
            problems.add(path, "NUMBER_TYPE_MAX", words)
        elif value < lowest:
            words = f"int value should be greater than or equal to {lowest}."
            problems.add(path, "NUMBER_TYPE_MIN", words)

    return check


def choice(*allowed: object) -> Check:
    """One of a few values."""

    def check(value: Any, path: Path, problems: Problems) -> None:
        if isinstance(value, bool) or value not in allowed:
            listed = ", ".join(str(each) for each in allowed)
            problems.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")

    return check


def flag(value: Any, path: Path, problems: Problems) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problems.add(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def snowflake(value: Any, path: Path, problems: Problems) -> None:
    """An id."""
    if isinstance(value, bool) or not SNOWFLAKE.match(str(value)):
        problems.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')


def anything(value: Any, path: Path, problems: Problems) -> None:
    """Whatever it is."""


def url(*schemes: str, longest: int = 2048) -> Check:
    """A web address."""

    def check(value: Any, path: Path, problems: Problems) -> None:
        text(longest)(value, path, problems)
        if not isinstance(value, str) or not value:
            return
        scheme, separator, rest = value.partition("://")
        if not separator or not rest or " " in value:
            problems.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        elif scheme.lower() not in schemes:
            words = f'Scheme "{scheme}" is not supported. Scheme must be one of {schemes}.'
            problems.add(path, "URL_TYPE_INVALID_SCHEME", words)

    return check


def array(item: Check, longest: int, shortest: int = 0) -> Check:
    """A list of so many such things."""

    def check(value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, list):
            words = "Only iterables may be used in a ListType"
            problems.add(path, "LIST_TYPE_CONVERT", words)
            return
        length(len(value), longest, shortest, path, problems)
        for index, each in enumerate(value[: longest + 1]):
            item(each, (*path, index), problems)

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with these fields; others are ignored, and null stands for an absent one."""

    def check(value: Any, path: Path, problems: Problems) -> None:
        if not isinstance(value, dict):
            words = "Only dictionaries may be used in a ModelType"
            problems.add(path, "MODEL_TYPE_CONVERT", words)
            return
        for name, look in required.items():
            if value.get(name) is None:
                problems.add((*path, name), "BASE_TYPE_REQUIRED", "This field is required")
            else:
                look(value[name], (*path, name), problems)
        for name, look in optional.items():
            if value.get(name) is not None:
                look(value[name], (*path, name), problems)

    return check

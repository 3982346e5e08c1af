"""Application commands. Source: Discord's docs, interactions/application-commands."""

import re
from typing import Any

from localchat.discord.problems import Path, Problems
from localchat.discord.rules.shapes import (
    Check,
    anything,
    array,
    choice,
    flag,
    record,
    text,
    whole,
)
from localchat.wire import Json

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUB_COMMAND, SUB_COMMAND_GROUP, STRING, INTEGER, BOOLEAN, NUMBER = 1, 2, 3, 4, 5, 10
GLOBAL_MAX = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}  # in one scope: global, or one guild
CHARACTERS_MAX = 8000  # of name, description and values of a command, its options and choices
NAME = re.compile(r"^[-_'\w]{1,32}$")
LOCALIZED: dict[str, Check] = {
    "name_localizations": record({}, {}),
    "description_localizations": record({}, {}),
}

_COMMAND = record(
    {"name": text(32, 1)},
    {
        **LOCALIZED,
        "type": choice(CHAT_INPUT, USER, MESSAGE),
        "description": text(100),
        "nsfw": flag,
        "options": array(anything, 25),
        "contexts": array(choice(0, 1, 2), 3),
        "integration_types": array(choice(0, 1), 2),
    },
)
_OPTION = record(
    {"name": text(32, 1), "type": choice(*range(1, 12)), "description": text(100, 1)},
    {
        **LOCALIZED,
        "required": flag,
        "autocomplete": flag,
        "options": array(anything, 25),
        "choices": array(record({"name": text(100, 1), "value": anything}, LOCALIZED), 25),
        "min_length": whole(0, 6000),
        "max_length": whole(1, 6000),
    },
)


def check_command(command: Any, path: Path, problems: Problems) -> None:
    """Check one command's definition."""
    before = len(problems.found)
    _COMMAND(command, path, problems)
    if len(problems.found) > before:
        return
    kind = command.get("type") or CHAT_INPUT
    if kind == CHAT_INPUT:
        _check_name(command["name"], (*path, "name"), problems)
        if not command.get("description"):
            where = (*path, "description")
            problems.add(where, "BASE_TYPE_REQUIRED", "This field is required")
        _check_options(command.get("options") or [], (*path, "options"), problems, depth=0)
    elif command.get("description") or command.get("options"):
        words = "Context menu commands cannot have description or options"
        problems.add(path, "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_ALLOWED", words)
    if len(problems.found) == before and _size(command) > CHARACTERS_MAX:
        words = f"Command exceeds maximum size ({CHARACTERS_MAX})"
        problems.add(path, "APPLICATION_COMMAND_TOO_LARGE", words)


def check_commands(commands: Any, problems: Problems) -> None:
    """Check the body of a bulk replacement."""
    if not isinstance(commands, list):
        words = "Only iterables may be used in a ListType"
        problems.add((), "LIST_TYPE_CONVERT", words)
        return
    seen: set[tuple[str, str]] = set()
    for index, each in enumerate(commands):
        check_command(each, (index,), problems)
        if isinstance(each, dict):
            key = (str(each.get("type") or CHAT_INPUT), str(each.get("name")))
            if key in seen:
                words = "Application command names must be unique"
                problems.add((index,), "APPLICATION_COMMANDS_DUPLICATE_NAME", words)
            seen.add(key)


def _check_name(name: str, path: Path, problems: Problems) -> None:
    if not NAME.match(name) or name != name.lower():
        problems.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_options(options: list[Any], path: Path, problems: Problems, *, depth: int) -> None:
    before_all = len(problems.found)
    names: set[str] = set()
    was_optional = False
    for index, each in enumerate(options):
        where = (*path, index)
        before = len(problems.found)
        _OPTION(each, where, problems)
        if len(problems.found) > before:
            continue
        _check_name(each["name"], (*where, "name"), problems)
        if each["name"] in names:
            words = "Option names must be unique"
            problems.add(where, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", words)
        names.add(each["name"])
        _check_option(each, where, problems, depth=depth)
        if each.get("required") and was_optional:
            words = "Required options must be placed before non-required options"
            problems.add(where, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words)
        was_optional = was_optional or not each.get("required")
    if len(problems.found) > before_all:
        return
    kinds = {each["type"] in (SUB_COMMAND, SUB_COMMAND_GROUP) for each in options}
    if len(kinds) > 1:
        words = "Sub-command and sub-command group option types are mutually exclusive to others"
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words)


def _check_option(option: Json, path: Path, problems: Problems, *, depth: int) -> None:
    kind = option["type"]
    if kind in (SUB_COMMAND, SUB_COMMAND_GROUP):
        if kind == SUB_COMMAND_GROUP and depth > 0:
            words = "Sub-command groups cannot be nested"
            problems.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words)
        inner = option.get("options") or []
        _check_options(inner, (*path, "options"), problems, depth=depth + 1)
    if option.get("autocomplete") and option.get("choices"):
        words = "Autocomplete and choices are mutually exclusive"
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", words)
    if option.get("autocomplete") and kind not in (STRING, INTEGER, NUMBER):
        words = "Autocomplete is only for string, integer and number options"
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_TYPE", words)


def _size(part: Json) -> int:
    size = len(part.get("name") or "") + len(part.get("description") or "")
    size += sum(len(c["name"]) + len(str(c["value"])) for c in part.get("choices") or ())
    return size + sum(_size(each) for each in part.get("options") or ())

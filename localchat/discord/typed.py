"""Slash commands as people type them: `/review show item:7 note:as agreed`."""

import re

from localchat.discord.filling import WrongEntryError
from localchat.discord.rules.commands import (
    BOOLEAN,
    INTEGER,
    NUMBER,
    SUB_COMMAND,
    SUB_COMMAND_GROUP,
)
from localchat.wire import Json

TRUE = ("true", "yes", "1")


def parse(line: str, command: Json) -> tuple[str, dict[str, object]]:
    """The command's full name, with its subcommands, and the options that were entered.

    Raises:
        WrongEntryError: a number is none.
    """
    name, _, rest = line.removeprefix("/").strip().partition(" ")
    names = [name]
    node = command
    while below := _subcommands(node):
        word, _, left = rest.strip().partition(" ")
        if word not in below:
            break
        names.append(word)
        node, rest = below[word], left
    return " ".join(names), _entered(rest.strip(), node)


def usages(command: Json) -> list[Json]:
    """The command, or each of its subcommands, with what can be entered."""
    return [
        {
            "command": "/" + " ".join(path),
            "description": node.get("description") or "",
            "usage_hint": " ".join(_hint(option) for option in node.get("options") or ()),
            "options": node.get("options") or [],
        }
        for path, node in _leaves(command, (command["name"],))
    ]


def _hint(option: Json) -> str:
    return f"{option['name']}:" if option.get("required") else f"[{option['name']}:]"


def _leaves(node: Json, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], Json]]:
    below = _subcommands(node)
    if not below:
        return [(path, node)]
    return [leaf for name, each in below.items() for leaf in _leaves(each, (*path, name))]


def _subcommands(node: Json) -> dict[str, Json]:
    options = node.get("options") or ()
    return {o["name"]: o for o in options if o["type"] in (SUB_COMMAND, SUB_COMMAND_GROUP)}


def _entered(text: str, node: Json) -> dict[str, object]:
    known = {o["name"]: o for o in node.get("options") or () if o["type"] > SUB_COMMAND_GROUP}
    if not text or not known:
        return {}
    names = "|".join(re.escape(name) for name in known)
    pieces = re.split(rf"(?:^|\s+)({names}):", text)
    given = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    if pieces[0].strip():  # a value without a name belongs to the first option
        given = {next(iter(known)): pieces[0], **given}
    return {name: _value(known[name], value.strip()) for name, value in given.items()}


def _value(option: Json, text: str) -> object:
    try:
        if option["type"] == INTEGER:
            return int(text)
        if option["type"] == NUMBER:
            return float(text)
    except ValueError:
        raise WrongEntryError(f"{text!r} is no number, which {option['name']!r} is.") from None
    if option["type"] == BOOLEAN:
        return text.lower() in TRUE
    return text.strip("<@#&!>") if option["type"] in (6, 7, 8, 9) else text

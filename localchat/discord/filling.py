"""What people enter: options of commands, values of menus, fields of modals."""

from collections.abc import Mapping
from typing import Any

from localchat.discord.rules import parts
from localchat.discord.rules.commands import SUB_COMMAND, SUB_COMMAND_GROUP
from localchat.wire import Json

REFERENCES = (6, 7, 8, 9)  # types of options that name a user, channel, role or either
CHOSEN_BY_VALUE = (parts.STRING_SELECT, parts.CHECKBOX_GROUP, parts.RADIO_GROUP)


class WrongEntryError(ValueError):
    """A person cannot enter this; the message says why."""


def options_of(
    command: Json, path: list[str], given: Mapping[str, object], focused: str = ""
) -> list[Json]:
    """The options of a command as they are sent: nested in its subcommands.

    Args:
        command: its definition, or a subcommand's.
        path: names of the subcommands below.
        given: what was entered, by option.
        focused: the option that is being typed, for autocompletion.

    Raises:
        WrongEntryError: an option is unknown, missing, or not among the choices.
    """
    known = {each["name"]: each for each in command.get("options") or ()}
    below = [o for o in known.values() if o["type"] in (SUB_COMMAND, SUB_COMMAND_GROUP)]
    if below:
        chosen = known.get(path[0]) if path else None
        if chosen is None:
            raise WrongEntryError(f"Choose one of {', '.join(o['name'] for o in below)}.")
        inner = options_of(chosen, path[1:], given, focused)
        return [{"type": chosen["type"], "name": chosen["name"], "options": inner}]
    if unknown := sorted(set(given) - set(known)):
        raise WrongEntryError(f"There is no option {unknown[0]!r}.")
    if not focused:
        missing = [n for n, o in known.items() if o.get("required") and n not in given]
        if missing:
            raise WrongEntryError(f"The option {missing[0]!r} is required.")
    return [
        _option(option, given[name], is_focused=name == focused)
        for name, option in known.items()
        if name in given
    ]


def references(options: list[Json]) -> list[str]:
    """Ids that the options name."""
    found = [str(o["value"]) for o in options if o["type"] in REFERENCES]
    for each in options:
        found += references(each.get("options") or [])
    return found


def menu_values(component: Json, chosen: object) -> list[str]:
    """What was chosen in a menu.

    Raises:
        WrongEntryError: too much, too little, or not on offer.
    """
    values = [str(each) for each in chosen] if isinstance(chosen, list | tuple) else [str(chosen)]
    least, most = component.get("min_values", 1), component.get("max_values", 1)
    if component["type"] == parts.CHECKBOX_GROUP:
        least, most = component.get("min_values", 0), component.get("max_values", 10)
    if not least <= len(values) <= most:
        raise WrongEntryError(f"Choose {least} to {most}.")
    if component["type"] in CHOSEN_BY_VALUE:
        offered = {option["value"] for option in component["options"]}
        if wrong := [value for value in values if value not in offered]:
            raise WrongEntryError(f"{wrong[0]!r} is not on offer.")
    return values


def submitted(components: list[Json], values: Mapping[str, object]) -> list[Json]:
    """A modal's components as they are sent when it is submitted.

    Args:
        components: of the modal.
        values: text, choice or choices by custom_id; fields left out keep their default.

    Raises:
        WrongEntryError: a field is unknown, empty although required, or too long.
    """
    fields = {f["custom_id"] for f in _fields(components)}
    if unknown := sorted(set(values) - fields):
        raise WrongEntryError(f"There is no field {unknown[0]!r}.")
    return [_submitted(each, values) for each in components]


def _fields(components: list[Json]) -> list[Json]:
    found = []
    for each in components:
        inner = [each["component"]] if "component" in each else each.get("components") or []
        found += [f for f in inner if f.get("custom_id")]
    return found


def _submitted(each: Json, values: Mapping[str, object]) -> Json:
    sent: Json = {"type": each["type"], "id": each["id"]}
    if "component" in each:
        sent["component"] = _field(each["component"], values)
    elif "components" in each:
        sent["components"] = [_field(inner, values) for inner in each["components"]]
    return sent


def _field(field: Json, values: Mapping[str, object]) -> Json:
    kind, custom_id = field["type"], field["custom_id"]
    sent: Json = {"type": kind, "id": field["id"], "custom_id": custom_id}
    given = values.get(custom_id)
    if kind == parts.TEXT_INPUT:
        return sent | {"value": _text(field, given)}
    if kind == parts.CHECKBOX:
        return sent | {"value": bool(field.get("default") if given is None else given)}
    if given is None or given == []:
        if field.get("required", True):
            raise WrongEntryError(f"{custom_id!r} is required.")
        nothing: Json = {"value": None} if kind == parts.RADIO_GROUP else {"values": []}
        return sent | nothing
    chosen = menu_values(field, given)
    return sent | ({"value": chosen[0]} if kind == parts.RADIO_GROUP else {"values": chosen})


def _text(field: Json, given: object) -> str:
    text = field.get("value") or "" if given is None else str(given)
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    if not text and field.get("required", True):
        raise WrongEntryError(f"{field['custom_id']!r} is required.")
    if text and not least <= len(text) <= most:
        raise WrongEntryError(f"{field['custom_id']!r} takes {least} to {most} characters.")
    return text


def _option(option: Json, value: object, *, is_focused: bool) -> Json:
    sent: Json = {"type": option["type"], "name": option["name"], "value": value}
    if is_focused:
        return sent | {"focused": True}
    choices: list[Any] = [choice["value"] for choice in option.get("choices") or ()]
    if choices and value not in choices:
        raise WrongEntryError(f"{value!r} is no choice for {option['name']!r}.")
    return sent

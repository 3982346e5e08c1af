"""Small builders of what Discord calls components."""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Any

from bot.card_parts import Button, Weight
from bot.safe_text import SafeText

Json = dict[str, Any]

ROW_MAX = 5  # buttons in a row
ROWS_MAX = 5  # in a message
TITLE_MAX = 45  # characters of a window's title and of a field's label
PARAGRAPH, ONE_LINE = 2, 1  # styles of a text field
_STYLES = {Weight.NEUTRAL: 2, Weight.DANGER: 4}


class Kind(IntEnum):
    """The types of components that we use."""

    ROW = 1
    BUTTON = 2
    FIELD = 4
    TEXT = 10
    LABEL = 18


def rows(buttons: Sequence[Button]) -> list[Json]:
    """Buttons in rows."""
    return [
        {"type": Kind.ROW, "components": [button(each) for each in chunk]}
        for chunk in _chunks(buttons)
    ]


def button(pressed: Button) -> Json:
    """One button; what it means is its custom_id."""
    return {
        "type": Kind.BUTTON,
        "style": _STYLES[pressed.weight],
        "custom_id": pressed.id,
        "label": str(pressed.label),
    }


def window(custom_id: str, title: SafeText, components: list[Json]) -> Json:
    """A modal."""
    return {"custom_id": custom_id, "title": str(title)[:TITLE_MAX], "components": components}


def said(markdown: str) -> Json:
    """Text in a window."""
    return {"type": Kind.TEXT, "content": markdown}


def field(
    name: str,
    label: SafeText,
    *,
    style: int,
    longest: int,
    hint: SafeText | None = None,
    initial: SafeText | None = None,
) -> Json:
    """A text field that must be filled in."""
    described = {"description": str(hint)} if hint else {}
    entry = {
        "type": Kind.FIELD,
        "custom_id": name,
        "style": style,
        "min_length": 1,
        "max_length": longest,
        "required": True,
        **({} if initial is None else {"value": str(initial)}),
    }
    return {"type": Kind.LABEL, "label": str(label), **described, "component": entry}


def entered(components: object, name: str) -> str:
    """What stands in the field of this name, wherever Discord puts it; "" when nothing does."""
    if isinstance(components, dict):
        if components.get("custom_id") == name and isinstance(components.get("value"), str):
            return str(components["value"])
        components = list(components.values())
    if not isinstance(components, list):
        return ""
    return next(filter(None, (entered(each, name) for each in components)), "")


def _chunks(buttons: Sequence[Button]) -> Iterator[Sequence[Button]]:
    for start in range(0, len(buttons), ROW_MAX):
        yield buttons[start : start + ROW_MAX]

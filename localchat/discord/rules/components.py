"""Components of messages and modals: what may lie where, how many, with which ids."""

from collections.abc import Iterator
from typing import Any

from localchat.discord.problems import Path, Problems
from localchat.discord.rules import parts
from localchat.discord.rules.shapes import length
from localchat.wire import Json

ROWS_MAX = 5  # legacy messages
TOTAL_MAX = 40  # components of a V2 message, nested ones too
TEXT_MAX = 4000  # characters in all text displays; discord.py's ui/view.py, the docs are silent
MODAL_MAX = 5


def check_message_components(
    components: Any, path: Path, problems: Problems, *, is_v2: bool
) -> None:
    """Check all components of a message."""
    if not _is_list(components, path, problems):
        return
    allowed = parts.TOP_V2 if is_v2 else parts.TOP_LEGACY
    length(len(components), TOTAL_MAX if is_v2 else ROWS_MAX, 0, path, problems)
    for index, each in enumerate(components):
        _check(each, (*path, index), problems, allowed)
    if problems:
        return
    _check_ids(components, path, problems)
    _check_totals(components, path, problems)


def check_modal(modal: Any, path: Path, problems: Problems) -> None:
    """Check a modal's `data`."""
    components = modal.get("components")
    if not _is_list(components, (*path, "components"), problems):
        return
    path = (*path, "components")
    length(len(components), MODAL_MAX, 1, path, problems)
    for index, each in enumerate(components):
        _check(each, (*path, index), problems, parts.IN_MODAL)
    if not problems:
        _check_ids(components, path, problems)


def every(components: list[Json], path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Each component and where it is, from the top down, in order."""
    for index, each in enumerate(components):
        here = (*path, index)
        yield here, each
        yield from every(each.get("components") or [], (*here, "components"))
        for name in ("accessory", "component"):
            if inner := each.get(name):
                yield (*here, name), inner


def find(components: list[Json], custom_id: str) -> Json | None:
    """The component with this id."""
    return next((c for _, c in every(components) if c.get("custom_id") == custom_id), None)


def _is_list(components: Any, path: Path, problems: Problems) -> bool:
    if isinstance(components, list):
        return True
    problems.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    return False


def _check(each: Any, path: Path, problems: Problems, allowed: tuple[int, ...]) -> None:
    if not isinstance(each, dict):
        words = "Only dictionaries may be used in a ModelType"
        problems.add(path, "MODEL_TYPE_CONVERT", words)
        return
    kind = each.get("type")
    if kind not in allowed or isinstance(kind, bool):
        listed = ", ".join(map(str, allowed)) + ("," if len(allowed) == 1 else "")
        words = f'Value of field "type" must be one of ({listed}).'
        problems.add(path, "UNION_TYPE_CHOICES", words)
        return
    parts.FIELDS[kind](each, path, problems)
    if kind in parts.CHILDREN:
        _check_children(each, path, problems, allowed)
    elif kind == parts.BUTTON:
        _check_button(each, path, problems)
    elif kind == parts.LABEL and each.get("component"):
        _check(each["component"], (*path, "component"), problems, parts.IN_LABEL)
    elif kind == parts.STRING_SELECT and not problems:
        _check_options(each, path, problems)


def _check_children(each: Json, path: Path, problems: Problems, allowed: tuple[int, ...]) -> None:
    inside, most = parts.CHILDREN[each["type"]]
    if each["type"] == parts.ROW and allowed == parts.IN_MODAL:
        inside, most = (parts.TEXT_INPUT,), 1
    children, below = each.get("components"), (*path, "components")
    if not _is_list(children, below, problems) or children is None:
        return
    length(len(children), most, 1, below, problems)
    for index, child in enumerate(children):
        _check(child, (*below, index), problems, inside)
    if each["type"] == parts.ROW:
        _check_width(children, below, problems)
        _check_labels(children, below, problems)
    if each["type"] == parts.SECTION and each.get("accessory"):
        accessory = (parts.BUTTON, parts.THUMBNAIL)
        _check(each["accessory"], (*path, "accessory"), problems, accessory)


def _check_width(children: list[Any], path: Path, problems: Problems) -> None:
    """A row holds up to five buttons, or one menu alone."""
    kinds = [child.get("type") for child in children if isinstance(child, dict)]
    if len(kinds) > 1:
        for index, kind in enumerate(kinds):
            if kind in parts.SELECTS:
                words = "The specified component exceeds the maximum width"
                problems.add((*path, index), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", words)


def _check_labels(children: list[Any], path: Path, problems: Problems) -> None:
    for index, child in enumerate(children):
        is_text = isinstance(child, dict) and child.get("type") == parts.TEXT_INPUT
        if is_text and not child.get("label"):
            where = (*path, index, "label")
            problems.add(where, "BASE_TYPE_REQUIRED", "This field is required")


def _check_button(button: Json, path: Path, problems: Problems) -> None:
    has_id, has_url = bool(button.get("custom_id")), bool(button.get("url"))
    style = button.get("style")
    if has_id and has_url:
        words = "Custom id and url are mutually exclusive"
        problems.add(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", words)
    elif style == parts.LINK and not has_url:
        problems.add((*path, "url"), "BUTTON_COMPONENT_URL_REQUIRED", "A url is required")
    elif style == parts.PREMIUM:
        if not button.get("sku_id"):
            problems.add((*path, "sku_id"), "BASE_TYPE_REQUIRED", "This field is required")
    elif style != parts.LINK and not has_id:
        words = "A custom id is required"
        problems.add((*path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", words)


def _check_options(select: Json, path: Path, problems: Problems) -> None:
    seen: set[str] = set()
    for index, option in enumerate(select["options"]):
        if option["value"] in seen:
            words = "The specified option value is already used"
            where = (*path, "options", index)
            problems.add(where, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", words)
        seen.add(option["value"])


def _check_ids(components: list[Json], path: Path, problems: Problems) -> None:
    """Every custom_id stands once in a message, every id too."""
    seen: set[str] = set()
    numbers: set[int] = set()
    for where, each in every(components, path):
        custom_id, number = each.get("custom_id"), each.get("id")
        if custom_id is not None and custom_id in seen:
            words = "Component custom id cannot be duplicated"
            problems.add((*where, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", words)
        if number and number in numbers:
            words = "Component id cannot be duplicated"
            problems.add((*where, "id"), "COMPONENT_ID_DUPLICATED", words)
        seen.add(custom_id or "")
        numbers.add(number or 0)


def _check_totals(components: list[Json], path: Path, problems: Problems) -> None:
    together = list(every(components))
    if len(together) > TOTAL_MAX:
        words = f"Total number of components exceeds maximum of {TOTAL_MAX}"
        problems.add(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", words)
    size = sum(len(each["content"]) for _, each in together if each["type"] == parts.TEXT)
    if size > TEXT_MAX:
        words = f"Components displayable text size exceeds maximum size of {TEXT_MAX}"
        problems.add(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", words)

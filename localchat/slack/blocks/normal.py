"""What Slack adds to blocks that it accepts, and what it counts."""

from collections.abc import Callable, Iterator
from typing import Any

from localchat.slack.blocks.elements import IN_ACTIONS, IN_CONTEXT_ACTIONS, IN_INPUT
from localchat.slack.ids import secret
from localchat.wire import Json

INTERACTIVE = frozenset((*IN_ACTIONS, *IN_INPUT, *IN_CONTEXT_ACTIONS))


def normalised(blocks: list[Json]) -> list[Json]:
    """Copies of the blocks in which every block and every interactive element has an id."""
    return [_with_ids(block) for block in blocks]


def text_length(value: Any) -> int:
    """Characters in all `text` strings, however deep."""
    if isinstance(value, list):
        return sum(map(text_length, value))
    if not isinstance(value, dict):
        return 0
    return sum(
        len(each) if name == "text" and isinstance(each, str) else text_length(each)
        for name, each in value.items()
    )


def missing_files(blocks: list[Json], is_shown: Callable[[Json], bool]) -> list[str]:
    """A problem for each image whose `slack_file` cannot be shown."""
    return [
        f"invalid slack file [json-pointer:{path}/slack_file]"
        for path, image in _images(blocks, "/blocks")
        if "slack_file" in image and not is_shown(image["slack_file"])
    ]


def _images(value: Any, path: str) -> Iterator[tuple[str, Json]]:
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _images(each, f"{path}/{number}")
    elif isinstance(value, dict):
        if value.get("type") == "image":
            yield path, value
        for name, each in value.items():
            if isinstance(each, dict | list):
                yield from _images(each, f"{path}/{name}")


def _with_ids(block: Json) -> Json:
    shown = {**block, "block_id": block.get("block_id") or secret(6)}
    for name in ("elements", "actions"):
        if isinstance(shown.get(name), list):
            shown[name] = [_with_action_id(element) for element in shown[name]]
    for name in ("accessory", "element"):
        if name in shown:
            shown[name] = _with_action_id(shown[name])
    if "child_blocks" in shown:
        shown["child_blocks"] = normalised(shown["child_blocks"])
    return shown


def _with_action_id(element: Json) -> Json:
    if element.get("type") in INTERACTIVE and not element.get("action_id"):
        return {**element, "action_id": secret(6)}
    return element

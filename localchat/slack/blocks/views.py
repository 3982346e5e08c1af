"""Modals and Home tabs."""

from typing import Any

from localchat.slack.blocks.layout import BASIC
from localchat.slack.blocks.newer import NEWER
from localchat.slack.blocks.objects import plain_text
from localchat.slack.blocks.shapes import (
    Check,
    Problems,
    Rule,
    array,
    boolean,
    by_type,
    complain,
    string,
    typed,
)
from localchat.wire import Json


def _unique_block_ids(value: Json, path: str, problems: Problems) -> None:
    """S26: enforced where there are inputs, because their answers are keyed by block_id."""
    blocks = _blocks(value)
    if not any(block.get("type") == "input" for block in blocks):
        return
    ids = [block["block_id"] for block in blocks if isinstance(block.get("block_id"), str)]
    for repeated in sorted({each for each in ids if ids.count(each) > 1}):
        complain(problems, f"{path}/blocks", f"`block_id` {repeated!r} already exists")


def _inputs_need_submit(value: Json, path: str, problems: Problems) -> None:
    if "submit" not in value and any(b.get("type") == "input" for b in _blocks(value)):
        complain(
            problems, f"{path}/submit", "must define `submit` to use an `input` block in modals"
        )


def _blocks(value: Json) -> list[Json]:
    blocks = value.get("blocks")
    return [b for b in blocks if isinstance(b, dict)] if isinstance(blocks, list) else []


_COMMON: dict[str, Check] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_BLOCKS = array(by_type(also=BASIC | NEWER), 100, 1)
_RULES: list[Rule] = [_unique_block_ids]
MODAL = typed(
    "modal",
    {"title": plain_text(24), "blocks": _BLOCKS},
    {
        **_COMMON,
        "submit": plain_text(24),
        "close": plain_text(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    *_RULES,
    _inputs_need_submit,
)
HOME = typed("home", {"blocks": _BLOCKS}, _COMMON, *_RULES)
_EITHER = {"modal": by_type(MODAL), "home": by_type(HOME)}


def view_problems(view: Any, kind: str) -> Problems:
    """What is wrong with a view that should be of this kind, in Slack's words."""
    problems: Problems = []
    _EITHER[kind](view, "/view", problems)
    return problems

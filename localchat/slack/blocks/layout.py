"""Layout blocks that messages and views are made of. Limits: docs.slack.dev, Block Kit."""

from localchat.slack.blocks.elements import (
    IMAGE,
    IMAGE_SOURCE,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
)
from localchat.slack.blocks.objects import BLOCK_ID, MRKDWN, PLAIN, SLACK_FILE, plain_text, text
from localchat.slack.blocks.rich_text import RICH_TEXT
from localchat.slack.blocks.shapes import (
    Check,
    Problems,
    Rule,
    array,
    at_least_one_of,
    boolean,
    by_type,
    complain,
    number,
    one_of,
    shape,
    string,
    typed,
)
from localchat.wire import Json


def block(
    kind: str, required: dict[str, Check], optional: dict[str, Check] | None = None, *rules: Rule
) -> tuple[str, Check]:
    """A layout block: like any object with a type, and it may have a block_id."""
    return typed(kind, required, {"block_id": BLOCK_ID, **(optional or {})}, *rules)


def _unique_action_ids(value: Json, path: str, problems: Problems) -> None:
    """S25: two elements of one actions block must not share an action_id."""
    elements = value.get("elements")
    seen: set[str] = set()
    for number_, element in enumerate(elements if isinstance(elements, list) else ()):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if isinstance(action_id, str):
            if action_id in seen:
                complain(
                    problems, f"{path}/elements/{number_}/action_id", "`action_id` already exists"
                )
            seen.add(action_id)


def _even_rows(value: Json, path: str, problems: Problems) -> None:
    rows = value.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return  # their own checks complain
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        complain(problems, f"{path}/rows", "all rows must have the same number of columns")
    settings = value.get("column_settings")
    if isinstance(settings, list) and widths and len(settings) > max(widths):
        complain(problems, f"{path}/column_settings", "more settings than columns")


RAW_TEXT = typed("raw_text", {"text": string()})
RAW_NUMBER = typed("raw_number", {"value": number(), "text": string()})
CELL = by_type(RAW_TEXT, RAW_NUMBER, RICH_TEXT)
COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})

SECTION = block(
    "section",
    {},
    {
        "text": text(3000),
        "fields": array(text(2000, least=0), 10),
        "accessory": by_type(also=IN_SECTION),
        "expand": boolean,
    },
    at_least_one_of("text", "fields"),
)
ACTIONS = block(
    "actions", {"elements": array(by_type(also=IN_ACTIONS), 25, 1)}, {}, _unique_action_ids
)
CONTEXT = block("context", {"elements": array(by_type(IMAGE, PLAIN, MRKDWN), 10, 1)})
DIVIDER = block("divider", {})
HEADER = block("header", {"text": plain_text(150)})
IMAGE_BLOCK = block(
    "image",
    {"alt_text": string(2000)},
    {"image_url": string(3000, 1), "slack_file": SLACK_FILE, "title": plain_text(2000)},
    IMAGE_SOURCE,
)
INPUT = block(
    "input",
    {"label": plain_text(2000), "element": by_type(also=IN_INPUT)},
    {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
)
FILE = block("file", {"external_id": string(), "source": string()})
TABLE = block(
    "table",
    {"rows": array(array(CELL, 20), 100)},
    {"column_settings": array(COLUMN, 20)},
    _even_rows,
)
MARKDOWN = block("markdown", {"text": string(12_000, 1)})
VIDEO = block(
    "video",
    {
        "alt_text": string(200, 1),
        "title": plain_text(200),
        "thumbnail_url": string(),
        "video_url": string(),
    },
    {
        "author_name": string(50),
        "description": plain_text(200),
        "provider_icon_url": string(),
        "provider_name": string(50),
        "title_url": string(),
    },
)
CONTEXT_ACTIONS = block(
    "context_actions", {"elements": array(by_type(also=IN_CONTEXT_ACTIONS), 5, 1)}
)

BASIC = dict(
    [
        SECTION,
        ACTIONS,
        CONTEXT,
        DIVIDER,
        HEADER,
        IMAGE_BLOCK,
        INPUT,
        RICH_TEXT,
        FILE,
        TABLE,
        MARKDOWN,
        VIDEO,
        CONTEXT_ACTIONS,
    ]
)

"""Blocks that Slack added for agents and reports: alerts, cards, containers, charts, tasks."""

from localchat.slack.blocks.elements import BUTTON, IMAGE
from localchat.slack.blocks.layout import BASIC, CELL, block
from localchat.slack.blocks.objects import BLOCK_ID, mrkdwn, plain_text, text
from localchat.slack.blocks.rich_text import RICH_TEXT_OBJECT
from localchat.slack.blocks.shapes import (
    Problems,
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

TABLE_CONTENT_MAX = 20_000  # characters in all cells of a data_table
IN_CONTAINER = [
    "actions",
    "context",
    "divider",
    "file",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
    "video",
]


def _cells_have_text(value: Json, path: str, problems: Problems) -> None:
    rows = value.get("rows")
    cells = (
        [c for row in rows if isinstance(row, list) for c in row] if isinstance(rows, list) else []
    )
    texts = [
        c.get("text", "") for c in cells if isinstance(c, dict) and c.get("type") == "raw_text"
    ]
    if "" in texts:
        complain(problems, f"{path}/rows", "a cell must be more than 0 characters")
    if sum(len(each) for each in texts if isinstance(each, str)) > TABLE_CONTENT_MAX:
        complain(problems, f"{path}/rows", f"must be less than {TABLE_CONTENT_MAX + 1} characters")


_IMAGE = by_type(IMAGE)
ALERT = block(
    "alert",
    {"text": text(200)},
    {"level": one_of("default", "info", "warning", "error", "success")},
)
CARD = block(
    "card",
    {},
    {
        "title": mrkdwn(150),
        "subtitle": mrkdwn(150),
        "body": mrkdwn(200),
        "subtext": mrkdwn(200),
        "hero_image": _IMAGE,
        "icon": _IMAGE,
        "slack_icon": shape({"type": one_of("icon"), "name": string(least=1)}),
        "actions": array(by_type(BUTTON), 3),
    },
    at_least_one_of("title", "subtitle", "body", "hero_image", "actions"),
)
CAROUSEL = block("carousel", {"elements": array(by_type(CARD), 10, 1)})
CONTAINER = block(
    "container",
    {"child_blocks": array(by_type(also={n: BASIC[n] for n in IN_CONTAINER}), 10)},
    {
        "title": plain_text(150),
        "rich_text_title": RICH_TEXT_OBJECT,
        "subtitle": text(150),
        "icon": _IMAGE,
        "width": one_of("narrow", "standard", "wide", "full"),
        "default_collapsed": boolean,
        "has_header_divider": boolean,
        "is_collapsible": boolean,
    },
)
DATA_TABLE = block(
    "data_table",
    {"caption": string(), "rows": array(array(CELL, 20, 1), 201, 2)},
    {"page_size": number(1, 100), "row_header_column_index": number(0)},
    _cells_have_text,
)
_POINT = shape({"label": string(20), "value": number()})
_SERIES = shape({"name": string(20), "data": array(_POINT, 20, 1)})
_AXES = shape(
    {"categories": array(string(20), 20, 1)}, {"x_label": string(50), "y_label": string(50)}
)
_SEGMENT = shape({"label": string(20), "value": number(above=0)})
_AXIS_CHARTS = [
    typed(kind, {"series": array(_SERIES, 12, 1), "axis_config": _AXES})
    for kind in ("area", "bar", "line")
]
CHART = by_type(typed("pie", {"segments": array(_SEGMENT, 12, 1)}), *_AXIS_CHARTS)
DATA_VISUALIZATION = block("data_visualization", {"title": string(50), "chart": CHART})
_SOURCE = by_type(typed("url", {"url": string(3000, 1), "text": string()}))
_TASK = {
    "task_id": string(),
    "title": string(),
    "status": one_of("pending", "in_progress", "complete", "error"),
}
_TASK_EXTRAS = {
    "details": RICH_TEXT_OBJECT,
    "output": RICH_TEXT_OBJECT,
    "sources": array(_SOURCE),
}
TASK_CARD = block("task_card", _TASK, _TASK_EXTRAS)
# A plan's tasks need not say their type.
_PLANNED = shape(_TASK, {**_TASK_EXTRAS, "type": one_of("task_card"), "block_id": BLOCK_ID})
PLAN = block("plan", {"title": string()}, {"tasks": array(_PLANNED)})

NEWER = dict([ALERT, CARD, CAROUSEL, CONTAINER, DATA_TABLE, DATA_VISUALIZATION, TASK_CARD, PLAN])

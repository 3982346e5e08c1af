"""One broken block or view for each case of slackblocks' `invalid.json`, by the case's id."""

from typing import Any

from tests.localchat.samples import Json, actions, button, modal, mrkdwn, plain, section, text_input


def long(most: int) -> str:
    """Text that is one character too long."""
    return "x" * (most + 1)


def option(**more: Any) -> Json:
    return {"text": plain("One"), "value": "1", **more}


def menu(kind: str = "static_select", **more: Any) -> Json:
    return actions({"type": kind, "action_id": "menu", **more})


def asked(kind: str, **more: Any) -> Json:
    return {**text_input(), "element": {"type": kind, "action_id": "a", **more}}


def confirm(**more: Any) -> Json:
    return actions(button(confirm={"text": plain("Sure?"), **more}))


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A", **more}


def raw(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def table(**more: Any) -> Json:
    return {"type": "table", "rows": [[raw(), raw()], [raw(), raw()]], **more}


def data_table(**more: Any) -> Json:
    return {"type": "data_table", "caption": "T", "rows": [[raw()], [raw()]], **more}


def video(**more: Any) -> Json:
    links = dict.fromkeys(("thumbnail_url", "video_url"), "https://example.com/v")
    return {"type": "video", "alt_text": "A", "title": plain(), **links, **more}


def card(**more: Any) -> Json:
    return {"type": "card", "title": mrkdwn(), **more}


def container(**more: Any) -> Json:
    return {"type": "container", "child_blocks": [section()], "title": plain(), **more}


def feedback(**more: Any) -> Json:
    good = {"text": plain("Good"), "value": "1"}
    element = {"type": "feedback_buttons", "action_id": "f", "negative_button": good}
    return {
        "type": "context_actions",
        "elements": [{**element, "positive_button": {**good, **more}}],
    }


def icon(**more: Any) -> Json:
    return {"type": "icon_button", "action_id": "i", "icon": "trash", "text": plain(), **more}


def chart(chart: Json, title: str = "Chart") -> Json:
    return {"type": "data_visualization", "title": title, "chart": chart}


def pie(*segments: Json) -> Json:
    return chart({"type": "pie", "segments": list(segments)})


def segment(label: str = "A", value: float = 1) -> Json:
    return {"label": label, "value": value}


def bars(series: list[Json] | None = None, **axes: Any) -> Json:
    one = [{"name": "S", "data": [segment()]}]
    series = one if series is None else series
    return chart({"type": "bar", "series": series, "axis_config": {"categories": ["A"], **axes}})


def series(name: str = "S", count: int = 1, label: str = "A") -> Json:
    return {"name": name, "data": [segment(label)] * count}


def task_source(url: str) -> Json:
    source = {"type": "url", "url": url, "text": "Here"}
    start = {"type": "task_card", "task_id": "1", "title": "T", "status": "complete"}
    return {**start, "sources": [source]}


BLOCKS: dict[str, Json] = {
    "text-empty": section(""),
    "text-too-long": section(long(3000)),
    "button-action-id-too-long": actions(button(long(255))),
    "button-text-too-long": actions(button(text=plain(long(75)))),
    "button-url-too-long": actions(button(url=long(3000))),
    "button-value-too-long": actions(button(value=long(2000))),
    "button-accessibility-label-too-long": actions(button(accessibility_label=long(75))),
    "block-id-too-long": actions(block_id=long(255)),
    "confirmation-title-too-long": confirm(title=plain(long(100))),
    "confirmation-text-too-long": confirm(text=plain(long(300))),
    "confirmation-confirm-too-long": confirm(confirm=plain(long(30))),
    "confirmation-deny-too-long": confirm(deny=plain(long(30))),
    "option-text-too-long": menu(options=[option(text=plain(long(75)))]),
    "option-value-too-long": menu(options=[option(value=long(150))]),
    "option-url-too-long": menu("overflow", options=[option(url="🙂" * 3001)]),
    "option-description-too-long": menu(options=[option(description=plain(long(75)))]),
    "option-group-label-too-long": menu(
        option_groups=[{"label": plain(long(75)), "options": [option()]}]
    ),
    "option-group-empty": menu(option_groups=[{"label": plain(), "options": []}]),
    "option-group-too-many-options": menu(
        option_groups=[{"label": plain(), "options": [option()] * 101}]
    ),
    "select-placeholder-too-long": menu(options=[option()], placeholder=plain(long(150))),
    "select-too-many-options": menu(options=[option()] * 101),
    "select-too-many-option-groups": menu(
        option_groups=[{"label": plain(), "options": [option()]}] * 101
    ),
    "overflow-empty": menu("overflow", options=[]),
    "overflow-too-many-options": menu("overflow", options=[option()] * 6),
    "checkboxes-empty": menu("checkboxes", options=[]),
    "checkboxes-too-many-options": menu("checkboxes", options=[option()] * 11),
    "radio-buttons-empty": menu("radio_buttons", options=[]),
    "radio-buttons-too-many-options": menu("radio_buttons", options=[option()] * 11),
    "url-source-url-empty": task_source(""),
    "url-source-url-too-long": task_source(long(3000)),
    "table-too-many-rows": table(rows=[[raw()]] * 101),
    "table-ragged-rows": table(rows=[[raw()], [raw(), raw()]]),
    "table-column-settings-mismatch": table(column_settings=[{"align": "left"}] * 3),
    "file-input-max-files-too-small": asked("file_input", max_files=0),
    "file-input-max-files-too-large": asked("file_input", max_files=11),
    "plain-text-input-max-length-too-large": asked("plain_text_input", max_length=3001),
    "actions-too-many-elements": actions(*(button(f"b{n}") for n in range(26))),
    "context-too-many-elements": {"type": "context", "elements": [plain()] * 11},
    "header-text-too-long": {"type": "header", "text": plain(long(150))},
    "image-url-too-long": image(image_url=long(3000)),
    "image-alt-text-too-long": image(alt_text=long(2000)),
    "input-label-too-long": {**text_input(), "label": plain(long(2000))},
    "input-hint-too-long": {**text_input(), "hint": plain(long(2000))},
    "markdown-empty": {"type": "markdown", "text": ""},
    "markdown-too-long": {"type": "markdown", "text": long(12_000)},
    "section-text-too-long": section(long(3000)),
    "section-too-many-fields": {"type": "section", "fields": [plain()] * 11},
    "section-field-too-long": {"type": "section", "fields": [plain(long(2000))]},
    "section-missing-content": {"type": "section"},
    "video-alt-text-empty": video(alt_text=""),
    "video-alt-text-too-long": video(alt_text=long(200)),
    "video-title-too-long": video(title=plain(long(200))),
    "video-author-name-too-long": video(author_name=long(50)),
    "video-description-too-long": video(description=plain(long(200))),
    "video-provider-name-too-long": video(provider_name=long(50)),
    "static-select-options-and-groups": menu(
        options=[option()], option_groups=[{"label": plain(), "options": [option()]}]
    ),
    "image-url-and-slack-file": image(slack_file={"id": "F1"}),
    "number-input-inverted-range": asked(
        "number_input", is_decimal_allowed=False, min_value="2", max_value="1"
    ),
    "context-invalid-element": {"type": "context", "elements": [button()]},
    "input-invalid-element": {**text_input(), "element": button()},
    "alert-text-too-long": {"type": "alert", "text": plain(long(200))},
    "card-title-too-long": card(title=mrkdwn(long(150))),
    "card-subtitle-too-long": card(subtitle=mrkdwn(long(150))),
    "card-body-too-long": card(body=mrkdwn(long(200))),
    "card-too-many-actions": card(actions=[button(f"b{n}") for n in range(4)]),
    "card-subtext-too-long": card(subtext=mrkdwn(long(200))),
    "carousel-empty": {"type": "carousel", "elements": []},
    "carousel-too-many-cards": {"type": "carousel", "elements": [card()] * 11},
    "container-title-too-long": container(title=plain(long(150))),
    "container-subtitle-too-long": container(subtitle=plain(long(150))),
    "container-too-many-child-blocks": container(child_blocks=[section()] * 11),
    "context-actions-too-many-elements": {"type": "context_actions", "elements": [icon()] * 6},
    "feedback-button-text-too-long": feedback(text=plain(long(75))),
    "feedback-button-value-too-long": feedback(value=long(2000)),
    "feedback-button-accessibility-label-too-long": feedback(accessibility_label=long(75)),
    "icon-button-too-many-visible-users": {
        "type": "context_actions",
        "elements": [icon(visible_to_user_ids=["U1"] * 11)],
    },
    "data-table-too-few-rows": data_table(rows=[[raw()]]),
    "data-table-too-many-rows": data_table(rows=[[raw()]] * 202),
    "data-table-too-few-columns": data_table(rows=[[], []]),
    "data-table-too-many-columns": data_table(rows=[[raw()] * 21] * 2),
    "data-table-page-size-too-small": data_table(page_size=0),
    "data-table-page-size-too-large": data_table(page_size=101),
    "data-table-cell-text-empty": data_table(rows=[[raw("")], [raw()]]),
    "data-table-content-too-long": data_table(rows=[[raw("x" * 10_001)]] * 2),
    "data-visualization-title-too-long": chart({"type": "pie", "segments": [segment()]}, long(50)),
    "pie-chart-empty": pie(),
    "pie-chart-too-many-segments": pie(*[segment()] * 13),
    "chart-segment-label-too-long": pie(segment(long(20))),
    "chart-segment-value-not-positive": pie(segment(value=0)),
    "chart-series-empty": bars([]),
    "chart-too-many-series": bars([series()] * 13),
    "data-series-name-too-long": bars([series(long(20))]),
    "data-series-empty": bars([series(count=0)]),
    "data-series-too-many-points": bars([series(count=21)]),
    "data-point-label-too-long": bars([series(label=long(20))]),
    "axis-categories-empty": bars(categories=[]),
    "axis-too-many-categories": bars(categories=["A"] * 21),
    "axis-category-label-too-long": bars(categories=[long(20)]),
    "axis-label-too-long": bars(x_label=long(50)),
}
VIEWS: dict[str, Json] = {
    "view-missing-blocks": {**modal(), "blocks": []},
    "view-too-many-blocks": modal(*[section()] * 101),
    "view-private-metadata-too-long": modal(private_metadata=long(3000)),
    "view-callback-id-too-long": modal(callback_id=long(255)),
    "view-title-too-long": modal(title=plain(long(24))),
    "view-close-too-long": modal(close=plain(long(24))),
    "view-submit-too-long": modal(submit=plain(long(24))),
}
# A sound neighbour of the broken ones above, to show that they fail for the named reason only.
SOUND = [
    confirm(),
    menu(options=[option()]),
    menu("overflow", options=[option()]),
    menu("checkboxes", options=[option()]),
    table(),
    data_table(),
    video(),
    card(),
    container(),
    feedback(),
    pie(segment()),
    bars(),
    task_source("https://example.com"),
    asked("file_input"),
    asked("number_input", is_decimal_allowed=True),
    image(),
    {"type": "context_actions", "elements": [icon()]},
    {"type": "alert", "text": plain()},
    {"type": "carousel", "elements": [card()]},
]

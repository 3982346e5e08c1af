"""Interactive elements and images. Limits: docs.slack.dev, Block Kit."""

from localchat.slack.blocks.objects import (
    ACTION_ID,
    CONFIRM,
    DISPATCH,
    FILTER,
    OPTION,
    OPTION_GROUP,
    RICH_OPTION,
    SLACK_FILE,
    STYLE,
    URL,
    plain_text,
)
from localchat.slack.blocks.rich_text import RICH_TEXT_OBJECT
from localchat.slack.blocks.shapes import (
    Check,
    Problems,
    Rule,
    array,
    boolean,
    complain,
    exactly_one_of,
    number,
    shape,
    string,
    typed,
)
from localchat.wire import Json

Typed = tuple[str, Check]


def _ordered_range(value: Json, path: str, problems: Problems) -> None:
    try:
        if float(value["min_value"]) > float(value["max_value"]):
            complain(problems, path, "min_value must not be greater than max_value")
    except (KeyError, TypeError, ValueError):
        pass  # one is absent, or its own check complains


def _accepted(kind: str, extra: dict[str, Check], *rules: Rule, **required: Check) -> Typed:
    """An element that takes an answer: action id, confirmation, focus."""
    common = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}
    return typed(kind, required, {**common, **extra}, *rules)


def _menu(kind: str, extra: dict[str, Check], *rules: Rule) -> list[Typed]:
    """A select menu for one choice and its sister for several."""
    placeholder = {"placeholder": plain_text(150)}
    several = {"max_selected_items": number(1)}
    single = {n: c for n, c in extra.items() if not n.endswith("s") or n in _SHARED}
    multi = {n: c for n, c in extra.items() if n.endswith("s") or n in _SHARED}
    multi.pop("response_url_enabled", None)
    return [
        _accepted(kind, placeholder | single, *rules),
        _accepted(f"multi_{kind}", placeholder | several | multi, *rules),
    ]


_SHARED = frozenset(
    [
        "options",
        "option_groups",
        "min_query_length",
        "filter",
        "default_to_current_conversation",
        "response_url_enabled",
    ]
)
_CHOICES = {"options": array(OPTION, 100), "option_groups": array(OPTION_GROUP, 100)}
_INITIAL_OPTION = {"initial_option": OPTION, "initial_options": array(OPTION, 100)}

SELECTS = dict(
    [
        *_menu(
            "static_select",
            {**_CHOICES, **_INITIAL_OPTION},
            exactly_one_of("options", "option_groups"),
        ),
        *_menu("external_select", {"min_query_length": number(0), **_INITIAL_OPTION}),
        *_menu("users_select", {"initial_user": string(), "initial_users": array(string())}),
        *_menu(
            "channels_select",
            {
                "initial_channel": string(),
                "initial_channels": array(string()),
                "response_url_enabled": boolean,
            },
        ),
        *_menu(
            "conversations_select",
            {
                "initial_conversation": string(),
                "initial_conversations": array(string()),
                "default_to_current_conversation": boolean,
                "response_url_enabled": boolean,
                "filter": FILTER,
            },
        ),
    ]
)
_BUTTON_EXTRAS = {
    "action_id": ACTION_ID,
    "confirm": CONFIRM,
    "style": STYLE,
    "accessibility_label": string(75),
}
BUTTON = typed(
    "button",
    {"text": plain_text(75)},
    {**_BUTTON_EXTRAS, "url": URL, "value": string(2000)},
)
_WORKFLOW = shape(
    {
        "trigger": shape(
            {"url": URL},
            {"customizable_input_parameters": array(shape({"name": string(), "value": string()}))},
        )
    }
)
WORKFLOW_BUTTON = typed(
    "workflow_button", {"text": plain_text(75), "workflow": _WORKFLOW}, _BUTTON_EXTRAS
)
IMAGE_SOURCE = exactly_one_of("image_url", "slack_file")
IMAGE = typed(
    "image",
    {"alt_text": string(2000)},
    {"image_url": string(3000, 1), "slack_file": SLACK_FILE},
    IMAGE_SOURCE,
)
_OVERFLOW = typed(
    "overflow",
    {"options": array(OPTION, 5, 1)},
    {"action_id": ACTION_ID, "confirm": CONFIRM},
)
_TICKS = array(RICH_OPTION, 10, 1)
BOXES = dict(
    [
        _accepted("checkboxes", {"initial_options": _TICKS}, options=_TICKS),
        _accepted("radio_buttons", {"initial_option": RICH_OPTION}, options=_TICKS),
    ]
)
_PLACEHOLDER = {"placeholder": plain_text(150)}
PICKERS = dict(
    [
        _accepted("datepicker", {**_PLACEHOLDER, "initial_date": string(10)}),
        _accepted("timepicker", {**_PLACEHOLDER, "initial_time": string(5), "timezone": string()}),
        _accepted("datetimepicker", {"initial_date_time": number()}),
    ]
)


def _typing(kind: str, extra: dict[str, Check], *rules: Rule, **required: Check) -> Typed:
    common = {"action_id": ACTION_ID, "focus_on_load": boolean, "dispatch_action_config": DISPATCH}
    return typed(kind, required, {**common, **_PLACEHOLDER, **extra}, *rules)


_INITIAL = {"initial_value": string()}
RICH_TEXT_INPUT = _typing(
    "rich_text_input",
    {"initial_value": RICH_TEXT_OBJECT, "min_lines": number(1), "max_lines": number(1)},
)
TYPING = dict(
    [
        _typing(
            "plain_text_input",
            {
                "initial_value": string(3000),
                "multiline": boolean,
                "min_length": number(0, 3000),
                "max_length": number(1, 3000),
            },
        ),
        _typing("email_text_input", _INITIAL),
        _typing("url_text_input", _INITIAL),
        _typing(
            "number_input",
            {**_INITIAL, "min_value": string(), "max_value": string()},
            _ordered_range,
            is_decimal_allowed=boolean,
        ),
        RICH_TEXT_INPUT,
        typed(
            "file_input",
            {},
            {"action_id": ACTION_ID, "filetypes": array(string()), "max_files": number(1, 10)},
        ),
    ]
)

IN_ACTIONS = dict(
    [BUTTON, WORKFLOW_BUTTON, _OVERFLOW, RICH_TEXT_INPUT], **SELECTS, **BOXES, **PICKERS
)
IN_SECTION = dict([BUTTON, WORKFLOW_BUTTON, _OVERFLOW, IMAGE], **SELECTS, **BOXES, **PICKERS)
IN_INPUT = SELECTS | BOXES | PICKERS | TYPING

_FEEDBACK = shape(
    {"text": plain_text(75), "value": string(2000)}, {"accessibility_label": string(75)}
)
IN_CONTEXT_ACTIONS = dict(
    [
        typed(
            "feedback_buttons",
            {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
            {"action_id": ACTION_ID},
        ),
        typed(
            "icon_button",
            {"icon": string(least=1), "text": plain_text(75)},
            {
                **{n: c for n, c in _BUTTON_EXTRAS.items() if n != "style"},
                "value": string(2000),
                "visible_to_user_ids": array(string(), 10),
            },
        ),
    ]
)

"""Composition objects: text, confirmation dialogs, options. Limits: docs.slack.dev, Block Kit."""

from localchat.slack.blocks.shapes import (
    Check,
    array,
    boolean,
    by_type,
    exactly_one_of,
    one_of,
    shape,
    string,
    typed,
)

ACTION_ID = string(255)
BLOCK_ID = string(255)
URL = string(3000)
SLACK_FILE = shape({}, {"id": string(), "url": URL}, exactly_one_of("id", "url"))
STYLE = one_of("primary", "danger")


def plain_text(most: int, least: int = 1) -> Check:
    """A text object that must be plain."""
    return by_type(_plain(most, least))


def mrkdwn(most: int, least: int = 1) -> Check:
    """A text object that must be mrkdwn."""
    return by_type(_mrkdwn(most, least))


def text(most: int, least: int = 1) -> Check:
    """A text object, plain or mrkdwn."""
    return by_type(_plain(most, least), _mrkdwn(most, least))


def _plain(most: int, least: int) -> tuple[str, Check]:
    return typed("plain_text", {"text": string(most, least)}, {"emoji": boolean})


def _mrkdwn(most: int, least: int) -> tuple[str, Check]:
    return typed("mrkdwn", {"text": string(most, least)}, {"verbatim": boolean})


PLAIN, MRKDWN = _plain(3000, 1), _mrkdwn(3000, 1)  # where other things may stand beside text
CONFIRM = shape(
    {"text": text(300)},
    {"title": plain_text(100), "confirm": plain_text(30), "deny": plain_text(30), "style": STYLE},
)
_OPTION_EXTRAS = {"value": string(150), "description": plain_text(75), "url": URL}
OPTION = shape({"text": plain_text(75)}, _OPTION_EXTRAS)
RICH_OPTION = shape(
    {"text": text(75)}, {**_OPTION_EXTRAS, "description": text(75)}
)  # of checkboxes and radio buttons
OPTION_GROUP = shape({"label": plain_text(75), "options": array(OPTION, 100, 1)})
DISPATCH = shape(
    {},
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2, 1)},
)
FILTER = shape(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), 4, 1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)

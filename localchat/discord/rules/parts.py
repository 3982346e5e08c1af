"""The kinds of components and the fields of each. Source: Discord's docs, components/reference."""

from localchat.discord.rules.shapes import (
    Check,
    anything,
    array,
    choice,
    flag,
    record,
    snowflake,
    text,
    url,
    whole,
)

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 18, 19, 21, 22, 23

SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
IN_ROW = (BUTTON, *SELECTS)
IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
TOP_LEGACY = (ROW,)
TOP_V2 = (*IN_CONTAINER, CONTAINER)
IN_MODAL = (ROW, TEXT, LABEL)
IN_LABEL = (TEXT_INPUT, *SELECTS, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX)
LINK, PREMIUM = 5, 6  # styles of buttons

CUSTOM_ID = text(100, 1)
MEDIA = record({"url": url("http", "https", "attachment")}, {})
EMOJI = record({}, {"id": snowflake, "name": text(100), "animated": flag})
OPTION = {"label": text(100, 1), "value": text(100, 1)}
OPTION_MORE = {"description": text(100), "default": flag}
SELECT: dict[str, Check] = {
    "placeholder": text(150),
    "min_values": whole(0, 25),
    "max_values": whole(1, 25),
    "disabled": flag,
    "required": flag,
    "default_values": array(anything, 25),
}

FIELDS: dict[int, Check] = {
    ROW: record({}, {}),
    BUTTON: record(
        {"style": choice(1, 2, 3, 4, LINK, PREMIUM)},
        {
            "label": text(80),
            "custom_id": CUSTOM_ID,
            "url": url("http", "https", "discord", longest=512),
            "emoji": EMOJI,
            "disabled": flag,
        },
    ),
    STRING_SELECT: record(
        {
            "custom_id": CUSTOM_ID,
            "options": array(record(OPTION, {**OPTION_MORE, "emoji": EMOJI}), 25, 1),
        },
        SELECT,
    ),
    TEXT_INPUT: record(
        {"custom_id": CUSTOM_ID, "style": choice(1, 2)},
        {
            "label": text(45, 1),
            "min_length": whole(0, 4000),
            "max_length": whole(1, 4000),
            "required": flag,
            "value": text(4000),
            "placeholder": text(100),
        },
    ),
    **{kind: record({"custom_id": CUSTOM_ID}, SELECT) for kind in SELECTS[1:]},
    SECTION: record({"accessory": anything}, {}),
    TEXT: record({"content": text(4000, 1)}, {}),
    THUMBNAIL: record({"media": MEDIA}, {"description": text(1024), "spoiler": flag}),
    GALLERY: record(
        {
            "items": array(
                record({"media": MEDIA}, {"description": text(1024), "spoiler": flag}), 10, 1
            )
        },
        {},
    ),
    FILE: record({"file": record({"url": url("attachment")}, {})}, {"spoiler": flag}),
    SEPARATOR: record({}, {"divider": flag, "spacing": choice(1, 2)}),
    CONTAINER: record({}, {"accent_color": whole(0, 0xFFFFFF), "spoiler": flag}),
    LABEL: record({"label": text(45, 1), "component": anything}, {"description": text(100)}),
    FILE_UPLOAD: record(
        {"custom_id": CUSTOM_ID},
        {"min_values": whole(0, 10), "max_values": whole(1, 10), "required": flag},
    ),
    RADIO_GROUP: record(
        {"custom_id": CUSTOM_ID, "options": array(record(OPTION, OPTION_MORE), 10, 2)},
        {"required": flag},
    ),
    CHECKBOX_GROUP: record(
        {"custom_id": CUSTOM_ID, "options": array(record(OPTION, OPTION_MORE), 10, 1)},
        {"min_values": whole(0, 10), "max_values": whole(1, 10), "required": flag},
    ),
    CHECKBOX: record({"custom_id": CUSTOM_ID}, {"default": flag}),
}
CHILDREN: dict[int, tuple[tuple[int, ...], int]] = {  # what may lie inside, and how many
    ROW: (IN_ROW, 5),
    SECTION: ((TEXT,), 3),
    CONTAINER: (IN_CONTAINER, 40),
}

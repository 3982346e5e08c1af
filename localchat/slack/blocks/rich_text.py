"""Rich text: sections, lists, quotes and preformatted text, and what stands in them."""

from localchat.slack.blocks.objects import BLOCK_ID, URL
from localchat.slack.blocks.shapes import (
    array,
    boolean,
    by_type,
    number,
    one_of,
    shape,
    string,
    typed,
)

_STYLE = shape(
    {},
    dict.fromkeys(
        (
            "bold",
            "italic",
            "strike",
            "code",
            "underline",
            "highlight",
            "client_highlight",
            "unlink",
        ),
        boolean,
    ),
)
_STYLED = {"style": _STYLE}
_TEXT = typed("text", {"text": string(least=1)}, _STYLED)
_LINK = typed("link", {"url": URL}, {**_STYLED, "text": string(), "unsafe": boolean})
_EMOJI_EXTRAS = {"unicode": string(), "url": string(), "skin_tone": number(1, 6), **_STYLED}
_INLINE = by_type(
    _TEXT,
    _LINK,
    typed("emoji", {"name": string(least=1)}, _EMOJI_EXTRAS),
    typed("user", {"user_id": string(least=1)}, _STYLED),
    typed("usergroup", {"usergroup_id": string(least=1)}, _STYLED),
    typed("channel", {"channel_id": string(least=1)}, _STYLED),
    typed("team", {"team_id": string(least=1)}, _STYLED),
    typed("broadcast", {"range": one_of("here", "channel", "everyone")}, _STYLED),
    typed("color", {"value": string(least=1)}, _STYLED),
    typed(
        "date",
        {"timestamp": number(), "format": string(least=1)},
        {**_STYLED, "url": URL, "fallback": string()},
    ),
)
_BORDER = {"border": one_of(0, 1)}
_SECTION = typed("rich_text_section", {"elements": array(_INLINE)})
_LIST = typed(
    "rich_text_list",
    {"style": one_of("bullet", "ordered"), "elements": array(by_type(_SECTION))},
    {**_BORDER, "indent": number(0, 8), "offset": number(0)},
)
_QUOTE = typed("rich_text_quote", {"elements": array(_INLINE)}, _BORDER)
_PREFORMATTED = typed(
    "rich_text_preformatted",
    {"elements": array(by_type(_TEXT, _LINK))},
    {**_BORDER, "language": string()},
)

RICH_TEXT = typed(
    "rich_text",
    {"elements": array(by_type(_SECTION, _LIST, _QUOTE, _PREFORMATTED))},
    {"block_id": BLOCK_ID},
)
RICH_TEXT_OBJECT = by_type(RICH_TEXT)

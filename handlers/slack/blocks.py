"""Small builders of Block Kit. Text is plain or rich, never mrkdwn: nothing in it can be parsed."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.card_parts import Button, Line, Moment, Someone, Strong, Weight, plain, utc
from bot.safe_text import SafeText, pieces_of, say

Json = dict[str, Any]

BUTTONS_MAX = 25  # in one actions block
PIECE_MAX = 2_800  # characters of one text element; Slack's text objects take 3,000
_MOMENTS = {
    "absolute": "{date_short_pretty} {time}",
    "relative": "{ago}",
    "both": "{date_short_pretty} {time} ({ago})",
}


def plain_text(text: SafeText) -> Json:
    """Text that Slack takes letter for letter: no markup, no :emoji:."""
    return {"type": "plain_text", "text": text, "emoji": False}


def header(text: SafeText) -> Json:
    """The first line of a message or a page."""
    return {"type": "header", "text": plain_text(text)}


def rich_text(*elements: Json) -> Json:
    """A block of sections, quotes and preformatted texts."""
    return {"type": "rich_text", "elements": list(elements)}


def section(lines: Iterable[Line]) -> Json:
    """Lines of spans, one under the other."""
    elements: list[Json] = []
    for line in lines:
        if elements:
            elements.append(_text(say("\n")))
        elements += [_element(span) for span in line if span != ""]
    return {"type": "rich_text_section", "elements": elements}


def context(lines: Iterable[Line]) -> Json:
    """Small print: lines of words alone."""
    texts = [plain_text(plain(line)) for line in lines]
    return {"type": "context", "elements": texts}


def quote(text: SafeText) -> Json:
    """Somebody else's words."""
    return {"type": "rich_text_quote", "elements": [_text(text)]}


def preformatted(text: SafeText) -> Iterator[Json]:
    """Text letter for letter, in as many elements as it takes."""
    for piece in pieces_of(text, PIECE_MAX):
        yield {"type": "rich_text_preformatted", "elements": [_text(piece)]}


def actions(buttons: Sequence[Button]) -> Iterator[Json]:
    """The blocks that hold these buttons."""
    for start in range(0, len(buttons), BUTTONS_MAX):
        chunk = buttons[start : start + BUTTONS_MAX]
        yield {"type": "actions", "elements": [button(each) for each in chunk]}


def button(pressed: Button) -> Json:
    """One button; what it means is its action_id."""
    built: Json = {
        "type": "button",
        "action_id": pressed.id,
        "text": plain_text(pressed.label),
        "accessibility_label": pressed.description,
    }
    if pressed.weight is Weight.DANGER:
        built["style"] = "danger"
    if pressed.confirm is not None:
        built["confirm"] = {
            "title": plain_text(pressed.confirm.title),
            "text": plain_text(pressed.confirm.text),
            "confirm": plain_text(pressed.confirm.yes),
            "deny": plain_text(pressed.confirm.no),
            "style": "danger" if pressed.confirm.is_grave else "primary",
        }
    return built


def _element(span: SafeText | Strong | Moment | Someone) -> Json:
    match span:
        case Strong(text=text):
            return {**_text(text), "style": {"bold": True}}
        case Moment(at=at, style=style):
            return {
                "type": "date",
                "timestamp": int(at.timestamp()),
                "format": _MOMENTS[style],
                "fallback": utc(at),
            }
        case Someone(slack=str(user), ping=True):
            return {"type": "user", "user_id": user}
        case Someone(name=name):
            return _text(name)
        case _:
            return _text(span)


def _text(text: SafeText) -> Json:
    return {"type": "text", "text": text}

"""Neutral text in, Discord's markdown out: nothing of a producer's is ever parsed as markup.

A character takes a backslash where Discord would give it a meaning, and only there, because a
telephone's notification shows backslashes as they stand. Inside a block of code only the backtick
has a meaning, so runs of them are parted by a zero-width space. That can be told from a
producer's text: `bot.safe_text` shows every zero-width character as an escape.
"""

import re
from collections.abc import Iterable

from bot.card_parts import Line, Moment, Someone, Strong
from bot.safe_text import SafeText, lines_of

_MARKUP = re.compile(
    r"""
    [\\*`\[] | <(?=[@\#:/a-z])               # wherever they stand
    | (?<![a-z0-9])_ | _(?![a-z0-9])         # italics, underlining; not the one in snake_case
    | ~(?=~) | (?<=~)~ | \|(?=\|) | (?<=\|)\|  # strikethrough, spoilers
    | :(?=//) | :(?=[^\s:]+:)                # links, emoji
    | @(?=everyone|here)
    | (?<=discord)\.(?=gg|com/invite)        # an invitation needs no "https"
    | ^\ *(?:>(?=\ |>>\ )|\#(?=\#{0,2}\ )|-(?=\ |\#)|\d+(?=\.\ ))  # quotations, headings, lists
    """,
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_TICKS = re.compile(r"`(?=`)")
_OUTER_ENDS = re.compile(r"\A\n+|\n+\Z")  # Discord drops line ends at the edges of a code block
_ZERO_WIDTH = "\u200b"
_MOMENTS = {
    "absolute": "<t:{unix}:f>",
    "relative": "<t:{unix}:R>",
    "both": "<t:{unix}:f> (<t:{unix}:R>)",
}
LANGUAGES = {"diff": "diff", "json": "json", "text": "txt"}


def escaped(text: SafeText) -> str:
    """The text letter for letter: no markup, mention, emoji, link or time of its own."""
    return _MARKUP.sub(_escape, text)


def bold(text: SafeText) -> str:
    """Words that stand out."""
    return f"**{escaped(text)}**" if text.strip() else ""


def code_block(text: SafeText, language: str = "text") -> str:
    """A block of code that holds the text letter for letter, its outer line ends made visible."""
    inside = _TICKS.sub("`" + _ZERO_WIDTH, _OUTER_ENDS.sub(_line_ends, text))
    end = _ZERO_WIDTH if inside.endswith("`") else ""
    return f"```{LANGUAGES.get(language, 'txt')}\n{inside}{end}\n```"


def quote(text: SafeText) -> str:
    """Somebody else's words: each line behind a bar."""
    return "\n".join(f"> {escaped(each)}" for each in lines_of(text))


def line(spans: Line) -> str:
    """One line of spans."""
    return "".join(map(_span, spans))


def lines(several: Iterable[Line]) -> str:
    """Lines one under the other."""
    return "\n".join(map(line, several))


def small(spans: Line) -> str:
    """One line of background."""
    return f"-# {line(spans)}"


def pinged(several: Iterable[Line]) -> tuple[str, ...]:
    """The Discord ids of whom the lines mean to tell."""
    spans = (span for each in several for span in each if isinstance(span, Someone))
    return tuple(dict.fromkeys(each.discord for each in spans if each.ping and each.discord))


def _escape(found: re.Match[str]) -> str:
    text = found[0]
    return f"{text}\\" if text[-1].isdigit() else f"{text[:-1]}\\{text[-1]}"


def _line_ends(found: re.Match[str]) -> str:
    shown = "‹newline›" * len(found[0])
    return shown + "\n" if found.start() == 0 else "\n" + shown


def _span(span: SafeText | Strong | Moment | Someone) -> str:
    match span:
        case Strong(text=text):
            return bold(text)
        case Moment(at=at, style=style):
            return _MOMENTS[style].format(unix=int(at.timestamp()))
        case Someone(discord=str(user_ref), ping=True):
            return f"<@{user_ref}>"
        case Someone(name=name):
            return escaped(name)
        case _:
            return escaped(span)

"""Text that is safe to show: every character that could hide or mislead becomes a visible escape.

`‹U+202E›` stands for a character that has no shape of its own, `‹tab›` and `‹newline›` for
themselves, `‹12 spaces›` for a run that would push the rest out of sight. The marker `‹` is itself
escaped where it occurs, so two different texts never look the same (showing is injective). Emoji
joiners and variation selectors are escaped everywhere, in free text too: one rule, no exceptions
to reason about. Letters that merely look alike keep their shape; `bot.lookalikes` remarks on them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from string import Formatter
from typing import Any, LiteralString

RUN_MIN = 8  # spaces, tabs or line ends in a row that are counted instead of shown
INDENT_MAX = 24  # spaces that may start a line of a block, so that code stays readable
MARKS_MAX = 4  # combining marks on one letter; more is noise ("zalgo")

# Categories without a shape: control, format, surrogate, private use, unassigned, separators.
_SHAPELESS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_MARKS = frozenset({"Mn", "Mc"})
_OVERLAY = 1  # canonical combining class: strokes through the letter
# Shapeless whatever their category. Source: Default_Ignorable_Code_Point in the UCD;
# then blanks that are not in it (Braille, a musical and a Khitan filler) and the object stand-in.
_IGNORABLE = (
    *("\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u3164", "\uffa0"),
    *("\u180b", "\u180c", "\u180d", "\u180f"),
    *("\u2800", "\U0001d159", "\U00016fe4", "\ufffc"),
)
_IGNORABLE_RANGES = ((0xFE00, 0xFE0F), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF))

_RUNS = rf" {{{RUN_MIN},}}|\t{{{RUN_MIN},}}"
_ODD = "[^ -~]"  # whatever is not printable ASCII
_LINE = re.compile(rf"\n{{{RUN_MIN},}}|{_RUNS}|{_ODD}")
_BLANK_LINES = rf"(?:[ \t]{{0,40}}+\n){{{RUN_MIN},}}"
_INDENT = rf"(?P<indent>(?m:^)[-+]? {{{RUN_MIN},{INDENT_MAX}}}(?=[^ \n]))"
_BLOCK = re.compile(rf"{_INDENT}|(?![!-~])(?:{_BLANK_LINES}|{_RUNS}|(?!\n){_ODD})")
_WHITE_PIECES = re.compile(r" +|\t+|\n+")
_WHITE_NAMES = {" ": "space", "\t": "tab", "\n": "newline"}


class SafeText(str):
    """Text that shows every character it holds; only this module makes it."""

    __slots__ = ()


def shown(text: str) -> SafeText:
    """The text on one line, hidden characters and line ends as escapes; injective."""
    return text if isinstance(text, SafeText) else SafeText(_LINE.sub(_escape, text))


def shown_block(text: str) -> SafeText:
    """The text on its own lines, hidden characters as escapes; injective."""
    return text if isinstance(text, SafeText) else SafeText(_BLOCK.sub(_escape, text))


def say(sentence: LiteralString, /, **values: object) -> SafeText:
    """A sentence of ours with values in its `{places}`; a text that is not safe yet is shown.

    Raises:
        TypeError: a value is neither text, number nor instant.
    """
    return SafeText(_SAYING.vformat(sentence, (), values))


def join(pieces: Iterable[SafeText], between: LiteralString = "") -> SafeText:
    """Safe pieces one after the other."""
    return SafeText(between.join(pieces))


def lines_of(text: SafeText) -> list[SafeText]:
    """The lines of a text."""
    return [SafeText(line) for line in text.split("\n")]


def cut(text: SafeText, size: int) -> SafeText:
    """The first `size` characters or a few less, never half an escape; callers say what is cut."""
    head = text[:size]
    start = head.rfind("‹")
    if len(text) > size and start >= 0 and "›" not in head[start:]:
        head = head[:start]
    return SafeText(head)


def pieces_of(text: SafeText, size: int) -> Iterator[SafeText]:
    """The text in pieces of at most `size` characters, split after a line end where one is near.

    Args:
        text: joined again, the pieces are exactly this.
        size: at least 40, so that an escape fits.
    """
    rest = text
    while len(rest) > size:
        piece = cut(rest, size)
        line_end = piece.rfind("\n") + 1
        if line_end > size // 2:
            piece = SafeText(piece[:line_end])
        yield piece
        rest = SafeText(rest[len(piece) :])
    if rest or not text:
        yield rest


def _escape(found: re.Match[str]) -> str:
    text = found[0]
    if found.lastgroup == "indent":
        return text
    return _shown_character(text, found) if len(text) == 1 else _counted(text)


def _counted(white: str) -> str:
    return "".join(
        f"‹{len(piece)} {_WHITE_NAMES[piece[0]]}{'s' * (len(piece) > 1)}›"
        for piece in _WHITE_PIECES.findall(white)
    )


def _shown_character(char: str, found: re.Match[str]) -> str:
    if char in "\t\n":
        return f"‹{_WHITE_NAMES[char]}›"
    if is_hidden(char) or (_is_mark(char) and not _has_letter(found.string, found.start())):
        return f"‹U+{ord(char):04X}›"
    return char


@lru_cache(maxsize=4096)
def is_hidden(char: str) -> bool:
    """Whether a character is escaped wherever it stands: it has no shape, or overlays another's."""
    category = unicodedata.category(char)
    return (
        char == "‹"
        or (category in _SHAPELESS and char != " ")
        or category == "Me"
        or unicodedata.combining(char) == _OVERLAY
        or char in _IGNORABLE
        or any(first <= ord(char) <= last for first, last in _IGNORABLE_RANGES)
    )


@lru_cache(maxsize=4096)
def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in _MARKS


def _has_letter(text: str, mark: int) -> bool:
    """Whether the mark at this place sits on a shown letter, and is not one mark too many."""
    for before in reversed(text[max(0, mark - MARKS_MAX) : mark]):
        if not _is_mark(before):
            return before != " " and not is_hidden(before)
    return False


class _Saying(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, str):
            return format(shown(value), format_spec)
        if isinstance(value, (int, float)) or hasattr(value, "isoformat"):
            return format(value, format_spec)
        raise TypeError(f"{type(value).__name__} has no safe form; say it in words")


_SAYING = _Saying()

import ast
import re
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.safe_text import (
    INDENT_MAX,
    MARKS_MAX,
    SafeText,
    cut,
    is_hidden,
    join,
    pieces_of,
    say,
    shown,
    shown_block,
)

ROOT = Path(__file__).parents[2]
SHAPELESS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
# Text that bites: what is escaped, what is counted, marks, letters, and any other character.
HOSTILE = st.text(
    st.one_of(
        st.sampled_from(" \t\n\r‹›U+0123 spacetbnwli\u202e\u200b\u0301\u0336\ufe0f\U000e0041é"),
        st.characters(exclude_categories=()),
    ),
    max_size=60,
)


def read_back(text: str) -> str:
    """The inverse of `shown`: its existence is the proof that no two texts show equal."""
    white = {"space": " ", "tab": "\t", "newline": "\n"}

    def original(escape: re.Match[str]) -> str:
        if escape["code"]:
            return chr(int(escape["code"], 16))
        return white[escape["name"]] * int(escape["count"] or 1)

    pattern = r"‹(?:U\+(?P<code>[0-9A-F]+)|(?:(?P<count>\d+) )?(?P<name>space|tab|newline)s?)›"
    return re.sub(pattern, original, text)


def is_visible(char: str) -> bool:
    return char == " " or unicodedata.category(char) not in SHAPELESS


def escape_of(char: str) -> str:
    return {"\t": "‹tab›", "\n": "‹newline›"}.get(char) or f"‹U+{ord(char):04X}›"


def test_every_character_without_a_shape_is_an_escape() -> None:
    shapeless = [char for char in map(chr, range(sys.maxunicode + 1)) if not is_visible(char)]

    text = shown("a".join(shapeless))

    assert len(shapeless) > 900_000
    assert text == "a".join(map(escape_of, shapeless))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
        (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800),
        (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFC),
        (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    ],
)  # fmt: skip
def test_default_ignorable_characters_are_escapes(first: int, last: int) -> None:
    assert all(is_hidden(chr(code)) for code in range(first, last + 1))


@given(HOSTILE)
@example("‹U+202E›")
@example("\n" * 9 + " " * 12)
@example(" \n" * 9)
@example("+" + " " * 9 + "x")
def test_showing_can_be_undone_so_no_two_texts_show_equal(text: str) -> None:
    assert read_back(shown(text)) == text
    assert read_back(shown_block(text)) == text


@given(HOSTILE)
def test_shown_text_holds_visible_characters_only(text: str) -> None:
    assert all(map(is_visible, shown(text)))
    assert all(is_visible(char) or char == "\n" for char in shown_block(text))


def test_line_ends_stay_in_blocks_only() -> None:
    assert shown("a\nb") == "a‹newline›b"
    assert shown_block("a\nb") == "a\nb"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" + " " * 8 + "b", "a‹8 spaces›b"),
        ("a" + " " * 7 + "b", "a       b"),
        ("a" + "\n" * 900 + "b", "a‹900 newlines›b"),
        ("a" + "\t" * 9 + "b", "a‹9 tabs›b"),
        ("a\tb", "a‹tab›b"),
        ("end" + " " * 40, "end‹40 spaces›"),
    ],
)
def test_runs_that_push_text_out_of_sight_are_counted(text: str, expected: str) -> None:
    assert shown_block(text) == expected


def test_lines_that_only_look_empty_are_counted_too() -> None:
    padding = " \n" * 500

    text = shown_block(f"rm{padding}-rf /")

    assert "\n" not in text
    assert text.startswith("rm‹1 space›‹1 newline›")


def test_indented_code_and_diffs_stay_readable() -> None:
    code = "def f():\n        return 1\n+        added"

    assert shown_block(code) == code
    assert shown_block("\n" + " " * (INDENT_MAX + 1) + "x") == f"\n‹{INDENT_MAX + 1} spaces›x"


def test_floods_of_combining_marks_end_after_a_few() -> None:
    flooded = shown("a" + "\u0301" * 500)

    assert flooded.count("\u0301") == MARKS_MAX
    assert flooded.count("‹U+0301›") == 500 - MARKS_MAX


@pytest.mark.parametrize("text", ["\u0301a", " \u0301", "\u200b\u0301", "a\u0336", "a\u20dd"])
def test_marks_without_a_letter_and_strokes_through_letters_are_escapes(text: str) -> None:
    assert f"‹U+{ord(text.strip()[-1] if text[-1] != 'a' else text[0]):04X}›" in shown(text)


def test_accents_and_other_scripts_keep_their_shape() -> None:
    text = "Zoë, Việt, עברית, العربية, हिन्दी, 日本語, Ω → ½ 🎉"

    assert shown(text) == text


def test_a_value_in_a_sentence_is_shown_once() -> None:
    once = say("{who} said {what}", who="A\u200bnn", what=shown("\u202e"))

    assert once == "A‹U+200B›nn said ‹U+202E›"
    assert say("{text}", text=once) == once


def test_a_sentence_takes_no_object_it_cannot_vouch_for() -> None:
    with pytest.raises(TypeError, match="list has no safe form"):
        say("{values}", values=["\u202e"])


@given(HOSTILE, st.integers(40, 80))
def test_pieces_are_short_and_joined_again_the_whole(text: str, size: int) -> None:
    whole = shown_block(text * 5)

    pieces = list(pieces_of(whole, size))

    assert join(pieces) == whole
    assert all(0 < len(piece) <= size for piece in pieces) or not whole


@given(HOSTILE, st.integers(0, 200))
def test_a_cut_never_leaves_half_an_escape(text: str, size: int) -> None:
    head = cut(shown(text), size)

    assert len(head) <= size
    assert head.count("‹") <= head.count("›")
    assert shown(text).startswith(head)


def test_two_hundred_thousand_characters_take_a_moment_only() -> None:
    for nasty in (" \t", "\n ", "é\u0301", "\u202e", "‹", "  \n"):
        assert shown_block(nasty * 100_000)


def test_only_the_safe_text_module_makes_safe_text() -> None:
    makers = [
        path.relative_to(ROOT).as_posix()
        for room in ("bot", "handlers")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == SafeText.__name__
    ]

    assert set(makers) <= {"bot/safe_text.py"}


def test_sentences_of_ours_are_literals() -> None:
    """`say("...")` trusts its first argument: it must stand in the code, not come from anywhere."""
    loose = [
        f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
        for room in ("bot", "handlers")
        for path in (ROOT / room).rglob("*.py")
        if "from bot.safe_text import" in path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "say"
        and not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str))
    ]

    assert loose == []

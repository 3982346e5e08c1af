"""No body, however odd, may break the checks: they name a fault or they are silent."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localchat.discord.filling import WrongEntryError
from localchat.discord.problems import Problems
from localchat.discord.rules.callbacks import check_callback
from localchat.discord.rules.commands import check_command, check_commands
from localchat.discord.rules.messages import check_message
from localchat.discord.typed import parse, usages

NAMES = [
    "type",
    "components",
    "custom_id",
    "style",
    "label",
    "url",
    "options",
    "value",
    "content",
    "embeds",
    "title",
    "fields",
    "name",
    "flags",
    "allowed_mentions",
    "parse",
    "users",
    "nonce",
    "attachments",
    "id",
    "message_reference",
    "accessory",
    "media",
    "items",
    "component",
    "description",
    "choices",
    "autocomplete",
    "required",
    "data",
    "emoji",
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 25),
    st.just(1 << 15),
    st.sampled_from(["", "a", "x" * 5000, "https://a.example/"]),
)


def bodies(depth: int = 4) -> st.SearchStrategy[Any]:
    """JSON that uses Discord's names, mostly wrongly."""
    inner = SCALARS if depth == 0 else st.deferred(lambda: bodies(depth - 1))
    objects = st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    return st.one_of(SCALARS, st.lists(inner, max_size=3), objects)


@given(body=bodies())
@settings(max_examples=200, deadline=None)
def test_any_body_is_judged(body: Any) -> None:
    message, command, bulk, callback = (Problems() for _ in range(4))

    check_message(body, message)
    check_command(body, (), command)
    check_commands([body], bulk)
    check_callback(body, 3, callback, has_message=True, was_v2=False)

    for problems in (message, command, bulk, callback):
        assert bool(problems.tree()) is bool(problems)


@given(data=bodies())
@settings(max_examples=100, deadline=None)
def test_any_form_is_judged(data: Any) -> None:
    problems = Problems()
    form = {"custom_id": "f", "title": "F", "components": data}

    check_callback({"type": 9, "data": form}, 3, problems, has_message=True, was_v2=False)

    assert bool(problems.tree()) is bool(problems)


TEXT, COUNT, LOUD = (
    {"type": kind, "name": name, "description": "x"}
    for kind, name in ((3, "item"), (4, "count"), (5, "loud"))
)
SHOW = {"type": 1, "name": "show", "description": "Show", "options": [TEXT, COUNT, LOUD]}
REVIEW = {"name": "review", "description": "Review", "options": [SHOW]}


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("/review show", {}),
        ("/review show item:the cat", {"item": "the cat"}),
        ("/review show count:2 item:a: b loud:yes", {"count": 2, "item": "a: b", "loud": True}),
        ("/review show bare words count:1", {"item": "bare words", "count": 1}),
    ],
)
def test_typed_commands_are_understood(line: str, options: dict[str, object]) -> None:
    assert parse(line, REVIEW) == ("review show", options)


def test_a_number_must_be_one() -> None:
    with pytest.raises(WrongEntryError, match="no number"):
        parse("/review show count:two", REVIEW)


def test_usages_tell_what_can_be_typed() -> None:
    (usage,) = usages(REVIEW)

    assert usage["command"] == "/review show"
    assert usage["usage_hint"] == "[item:] [count:] [loud:]"

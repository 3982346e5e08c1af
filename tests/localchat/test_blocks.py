from typing import Any

import pytest
from slack_sdk.models.blocks import Block

from localchat.slack.blocks import message_problems
from localchat.slack.blocks.views import view_problems
from tests.localchat.samples import Json, actions, button, modal, mrkdwn, plain, section, text_input


def rich(*elements: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements), **more}]}


def static_select(count: int, **more: Any) -> Json:
    options = [{"text": plain(str(n)), "value": str(n)} for n in range(count)]
    return {"type": "static_select", "action_id": "menu", "options": options, **more}


VALID = {
    "every inline element": rich(
        {"type": "text", "text": "bold", "style": {"bold": True}},
        {"type": "link", "url": "https://example.com", "text": "here"},
        {"type": "emoji", "name": "eyes"},
        {"type": "user", "user_id": "U1"},
        {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "broadcast", "range": "here"},
        {"type": "date", "timestamp": 1720710212, "format": "{date_num}", "fallback": "soon"},
    ),
    "preformatted": rich({"type": "text", "text": "x = 1"}, kind="rich_text_preformatted"),
    "quote": rich({"type": "text", "text": "said"}, kind="rich_text_quote"),
    "list": rich(
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
        kind="rich_text_list",
        style="ordered",
        indent=1,
    ),
    "fields": {"type": "section", "fields": [mrkdwn("a")] * 10},
    "accessory": {**section(), "accessory": button()},
    "25 buttons": actions(*(button(f"b{n}") for n in range(25))),
    "context": {"type": "context", "elements": [mrkdwn(), plain()] * 5},
    "header at its limit": {"type": "header", "text": plain("x" * 150)},
    "input in a message": text_input(),
    "menu": actions(static_select(100)),
    "image": {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A"},
    "slack file": {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A"},
    "markdown": {"type": "markdown", "text": "# Title"},
}
INVALID = {
    "s25 the same action_id twice in one row": actions(button(), button()),
    "s27 mrkdwn in a header": {"type": "header", "text": mrkdwn()},
    "s27 mrkdwn on a button": actions(button(text=mrkdwn())),
    "s24 a disabled button": actions(button(disabled=True)),
    "26 buttons": actions(*(button(f"b{n}") for n in range(26))),
    "an empty row": {"type": "actions", "elements": []},
    "an empty section": section(""),
    "a section without text": {"type": "section"},
    "11 fields": {"type": "section", "fields": [mrkdwn("a")] * 11},
    "a long field": {"type": "section", "fields": [mrkdwn("x" * 2001)]},
    "a long text": section("x" * 3001),
    "a long header": {"type": "header", "text": plain("x" * 151)},
    "a long button": actions(button(text=plain("x" * 76))),
    "a long value": actions(button(value="x" * 2001)),
    "a long action_id": actions(button("x" * 256)),
    "an unknown style": actions(button(style="warning")),
    "an unknown block": {"type": "banner"},
    "no type": {"text": mrkdwn()},
    "no block at all": "text",
    "a button without text": actions({"type": "button", "action_id": "a"}),
    "an image without words": {"type": "image", "image_url": "https://example.com/a.png"},
    "two sources": {
        "type": "image",
        "alt_text": "A",
        "image_url": "https://example.com/a.png",
        "slack_file": {"id": "F1"},
    },
    "101 options": actions(static_select(101)),
    "a text with another property": {"type": "section", "text": {**mrkdwn(), "emoji": True}},
    "an unknown inline element": rich({"type": "blink", "text": "x"}),
    "a user in preformatted text": rich(
        {"type": "user", "user_id": "U1"}, kind="rich_text_preformatted"
    ),
    "a list without style": rich(kind="rich_text_list"),
    "a false style": rich({"type": "text", "text": "x", "style": {"loud": True}}),
}


@pytest.mark.parametrize("block", VALID.values(), ids=VALID.keys())
def test_accepted(block: Json) -> None:
    assert message_problems([block]) == []


@pytest.mark.parametrize("block", INVALID.values(), ids=INVALID.keys())
def test_refused_with_a_place(block: Any) -> None:
    problems = message_problems([block])

    assert problems
    assert all("[json-pointer:/blocks/0" in problem for problem in problems)


@pytest.mark.parametrize("block", VALID.values(), ids=VALID.keys())
def test_slack_sdk_s_own_models_accept_what_is_accepted_here(block: Json) -> None:
    parsed = Block.parse(block)

    assert parsed is not None
    parsed.validate_json()


def test_s26_block_ids_must_differ_in_forms_with_inputs() -> None:
    repeated = [text_input("same"), text_input("same", "other")]

    assert view_problems(modal(*repeated), "modal")
    assert message_problems(repeated) == []  # no evidence that messages enforce it


def test_a_form_with_inputs_needs_a_button_to_send_it() -> None:
    view = modal()
    del view["submit"]

    assert view_problems(view, "modal") == [
        "must define `submit` to use an `input` block in modals [json-pointer:/view/submit]"
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"title": plain("x" * 25)},
        {"submit": plain("x" * 25)},
        {"callback_id": "x" * 256},
        {"private_metadata": "x" * 3001},
        {"blocks": []},
        {"blocks": [section()] * 101},
        {"colour": "red"},
        {"type": "home"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_form_outside_its_limits_is_refused(change: Json) -> None:
    assert view_problems({**modal(), **change}, "modal")


def test_containers_do_not_nest() -> None:
    inner: Json = {"type": "container", "child_blocks": [section()]}

    assert message_problems([inner]) == []
    assert message_problems([{"type": "container", "child_blocks": [inner]}])


def test_every_message_of_a_hundred_problems_names_only_some() -> None:
    assert len(message_problems([section("")] * 50)) == 20

"""Every card, answer and page in Block Kit: within limits, valid, and nothing but what we meant."""

import html
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.card_parts import Picture, Reply
from bot.cards import card_of
from bot.content import ImageEvidence
from bot.flows.delivering import View as Seen
from bot.pages import pages_of
from bot.pings import asked_in_thread
from bot.safe_text import say, shown
from bot.wording import after_vote
from config.policies import Person
from handlers.presenting import CannotRenderError
from handlers.slack.present import MESSAGE_PAGE_SIZE, sheet_of
from handlers.slack.render import (
    message_of,
    reason_view,
    reply_of,
    uploads_of,
    view_of,
)
from tests.builders import a_label, a_vote, an_approval, an_item, the_people
from tests.cards.hostile import HOSTILE, PICTURE, contents, states_of

SCHEMAS = Path(__file__).parents[3] / "shared" / "truth" / "slack" / "schemas"
# What may stand in a message at all. No link, no emoji, no channel, nobody who is not meant.
NODES = {
    "header", "context", "rich_text", "rich_text_section", "rich_text_quote",
    "rich_text_preformatted", "text", "date", "plain_text", "actions", "button", "image",
}  # fmt: skip


@cache
def validator(name: str) -> Draft7Validator | None:
    path = SCHEMAS / f"{name}.schema.json"
    return Draft7Validator(json.loads(path.read_text())) if path.is_file() else None


def nodes(tree: object) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        if "type" in tree:
            yield tree
        for value in tree.values():
            yield from nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from nodes(value)


def kinds(tree: object) -> set[str]:
    return {node["type"] for node in nodes(tree)}


def words(tree: object) -> str:
    return "".join(node["text"] for node in nodes(tree) if isinstance(node.get("text"), str))


def assert_slack_takes(blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    ids = [block["block_id"] for block in blocks]
    assert len(set(ids)) == len(ids)
    for block in blocks:
        actions = [element["action_id"] for element in block["elements"]] if is_row(block) else []
        assert len(set(actions)) == len(actions)
    assert all(0 < len(node["text"]) <= 3_000 for node in nodes(blocks) if has_text(node))


def is_row(block: dict[str, Any]) -> bool:
    return bool(block["type"] == "actions")


def has_text(node: dict[str, Any]) -> bool:
    return isinstance(node.get("text"), str)


def assert_schema_holds(name: str, rendered: object) -> None:
    schema = validator(name)
    if schema is not None:
        error = next(schema.iter_errors(rendered), None)
        assert error is None, error


def message(content: Any = None, files: tuple[str, ...] = (), **facts: Any) -> dict[str, Any]:
    content = content or an_approval()
    return message_of(card_of(an_item(content, **facts), content, the_people()), files)


# -- the table -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_every_card_in_every_state_is_a_message_that_slack_takes(text: str) -> None:
    for content in contents(text):
        for item in states_of(content):
            card = card_of(item, content, the_people(), paused=True)

            rendered = message_of(card, [f"F{n}" for n, _ in enumerate(uploads_of(card))])

            assert len(rendered["blocks"]) <= 50
            assert len(words(rendered["blocks"])) <= 13_200
            assert html.unescape(rendered["text"]) == rendered["blocks"][0]["text"]["text"]
            assert kinds(rendered) <= NODES
            assert_slack_takes(rendered["blocks"])


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_every_card_holds_to_slacks_own_schema(text: str) -> None:
    if validator("blocks") is None:
        pytest.skip("needs the folder `shared` beside the repository")
    for content in contents(text):
        card = card_of(an_item(content), content, the_people())

        rendered = message_of(card, [f"F{n}" for n, _ in enumerate(uploads_of(card))])

        assert_schema_holds("blocks", rendered["blocks"])


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_every_page_is_a_modal_that_slack_takes(text: str) -> None:
    for content in contents(text):
        for page in pages_of(an_item(content), content):
            view = view_of(page)

            assert len(view["blocks"]) <= 100
            assert len(json.dumps(view)) <= 250_000
            assert len(view["private_metadata"]) <= 3_000
            assert kinds(view) <= NODES | {"modal"}
            assert_slack_takes(view["blocks"])
            View(**view).validate_json()


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_every_page_is_a_message_that_slack_takes_where_no_window_opens(text: str) -> None:
    for content in contents(text):
        whole = Seen(an_item(content), content, dict.fromkeys(range(20), "F1"))
        sheet = sheet_of(whole, 1, MESSAGE_PAGE_SIZE)
        count = sheet.page.page_count
        for number in range(1, count + 1):
            message = sheet_of(whole, number, MESSAGE_PAGE_SIZE).message

            assert len(message["blocks"]) <= 50
            assert_slack_takes(message["blocks"])

        assert_slack_takes(sheet_of(whole, 99).view["blocks"])


def test_pages_hold_to_slacks_own_schema() -> None:
    if validator("view") is None:
        pytest.skip("needs the folder `shared` beside the repository")
    content = an_approval(args={"script": "x\n" * 40_000})

    for page in pages_of(an_item(content), content):
        assert_schema_holds("view", view_of(page))


# -- nothing but what we meant ---------------------------------------------------------------------


def test_markup_of_a_producer_stays_letters() -> None:
    trick = "<!channel> <@U1> <https://evil|good> *b* :tada: `x`"

    blocks = message(an_approval(args={"note": trick}, reason=trick))["blocks"]

    quoted = [node for node in nodes(blocks) if node["type"] == "rich_text_quote"]
    plain = [node for node in nodes(blocks) if node["type"] == "plain_text"]
    assert all(node["emoji"] is False for node in plain)
    assert quoted == [{"type": "rich_text_quote", "elements": [{"type": "text", "text": trick}]}]
    assert kinds(blocks) <= NODES


def test_the_notification_text_cannot_call_anybody() -> None:
    rendered = message(a_label(question="<!channel> & <@U1>?"))

    assert rendered["text"] == "&lt;!channel&gt; &amp; &lt;@U1&gt;? (moderation)"


def test_two_hundred_reasons_leave_action_and_buttons_as_they_are() -> None:
    def frozen(reason: str) -> list[bytes]:
        blocks = message(an_approval(reason=reason))["blocks"]
        rest = [block for block in blocks if "rich_text_quote" not in kinds(block)]
        return [json.dumps({**block, "block_id": ""}).encode() for block in rest]

    reasons = [f"{text[:3_900]}{number}" for number in range(10) for text in HOSTILE]

    assert len(reasons) >= 200
    assert {tuple(frozen(reason)) for reason in reasons} == {tuple(frozen(""))}


# -- what each part becomes ------------------------------------------------------------------------


def test_an_instant_is_shown_in_the_readers_zone_with_utc_to_fall_back_on() -> None:
    dates = [node for node in nodes(message()["blocks"]) if node["type"] == "date"]

    assert dates == [
        {
            "type": "date",
            "timestamp": 1772456400,
            "format": "{date_short_pretty} {time} ({ago})",
            "fallback": "2026-03-02 13:00 UTC",
        }
    ]


def test_votes_are_plain_buttons_and_none_stands_out() -> None:
    buttons = [node for node in nodes(message()["blocks"]) if node["type"] == "button"]

    assert [button["action_id"] for button in buttons] == [
        "vote:0:7K3M", "vote:1:7K3M", "vote:unsure:7K3M", "read:7K3M",
    ]  # fmt: skip
    assert all("style" not in button for button in buttons)


def test_only_the_call_for_a_senior_mentions_anybody() -> None:
    item = an_item()
    dora = Person(id="dora", name="Dora", slack="U0DORA")

    call = reply_of(asked_in_thread(item, say("Restart?"), dora, say("you may")))

    users = [node for node in nodes(call) if node["type"] == "user"]
    assert users == [{"type": "user", "user_id": "U0DORA"}]
    assert "user" not in kinds(message(votes=(a_vote("ann", "approve"),)))


def test_an_answer_is_text_and_buttons() -> None:
    item = an_item(policy=None, votes=(a_vote("ann", "reject"),))

    answer = reply_of(after_vote(item, "ann", the_people()))

    assert answer["text"].startswith("Recorded: Reject. You can change it")
    assert_slack_takes(answer["blocks"])
    assert_schema_holds("blocks", answer["blocks"])


def test_the_modal_for_a_reason_remembers_its_button() -> None:
    card = card_of(an_item(), an_approval(), the_people())

    view = reason_view(card.headline, card.buttons[1])

    assert view["private_metadata"] == "vote:1:7K3M"
    View(**view).validate_json()
    assert_schema_holds("view", view)


def test_an_uploaded_picture_stands_with_its_description() -> None:
    picture = ImageEvidence(kind="image", url=PICTURE, alt="A handwritten 7")

    rendered = message(a_label(evidence=(picture,)), files=("F1",))

    (image,) = [block for block in rendered["blocks"] if block["type"] == "image"]
    assert (image["slack_file"], image["alt_text"]) == ({"id": "F1"}, "A handwritten 7")


# -- all of it, or an error ------------------------------------------------------------------------


def test_a_picture_that_was_not_uploaded_is_an_error() -> None:
    picture = ImageEvidence(kind="image", url=PICTURE, alt="A handwritten 7")

    with pytest.raises(CannotRenderError, match="1 pictures and 0 files"):
        message(a_label(evidence=(picture,)))


def test_too_much_for_a_message_is_an_error() -> None:
    answer = Reply(tuple((shown("x" * 100),) for _ in range(200)))

    with pytest.raises(CannotRenderError, match="too much"):
        reply_of(answer)


def test_a_picture_has_no_place_in_a_page() -> None:
    content = a_label(evidence=(ImageEvidence(kind="image", url=PICTURE, alt="A 7"),))

    (page,) = pages_of(an_item(content), content)

    assert not any(isinstance(section, Picture) for section in page.sections)
    assert "Picture: A 7" in page.text

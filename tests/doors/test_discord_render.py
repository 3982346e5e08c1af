"""Every card, answer and page for Discord: within limits, valid, and nothing but what we meant."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.buttons import Act, parse_button
from bot.card_parts import Card, Code, Picture, Reply
from bot.cards import card_of
from bot.content import ImageEvidence
from bot.facts import Item
from bot.pages import pages_of
from bot.pings import asked_in_thread
from bot.safe_text import SafeText, say, shown, shown_block
from bot.voting_buttons import card_buttons
from bot.wording import after_vote
from config.policies import Person
from handlers.discord import markdown
from handlers.discord.render import (
    confirm_window,
    digest_in,
    message_of,
    page_of,
    reason_window,
    reply_of,
    uploads_of,
)
from handlers.presenting import CannotRenderError
from tests.builders import a_label, a_policy, a_vote, an_approval, an_item, the_people
from tests.cards.hostile import HOSTILE, PICTURE, contents, states_of
from tests.doors.discord_truth import CALLBACK, POST, assert_discord_takes

TIME = re.compile(r"<t:\d+:[fR]>")
FENCE = re.compile(r"^```(diff|json|txt)?$", re.MULTILINE)
ESCAPED = re.compile(r"\\.")


def words(message: dict[str, Any]) -> str:
    return "\n".join([message["content"], *(embed["description"] for embed in message["embeds"])])


def buttons(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in message["components"]:
        yield from row["components"]


def prose(text: str) -> str:
    """What Discord parses: blocks of code, escaped characters and our own times taken out."""
    outside = re.sub(r"^```(?:diff|json|txt)\n.*?\n```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return TIME.sub("", ESCAPED.sub("", outside))


def assert_within_limits(message: dict[str, Any]) -> None:
    assert len(message["content"]) <= 2_000
    assert len(message["embeds"]) <= 10
    assert all(len(embed["description"]) <= 4_096 for embed in message["embeds"])
    assert sum(len(embed["description"]) for embed in message["embeds"]) <= 6_000
    assert len(message["components"]) <= 5
    assert all(len(row["components"]) <= 5 for row in message["components"])
    ids = [each["custom_id"] for each in buttons(message)]
    assert len(set(ids)) == len(ids)
    assert all(len(each["label"]) <= 80 for each in buttons(message))


MEANINGS = re.compile(
    r"[`*\[]|<[@#:/a-zA-Z]|^ *(?:>(?:>>)? |-?#{1,3} |- |\d+\. )|__|\b_|_\b|~~|\|\||://|:[^\s:]+:|@everyone|@here|discord\.gg",
    re.MULTILINE,
)


def assert_nothing_is_parsed(text: str) -> None:
    """No mention, link, heading, list or emoji but those that we put there."""
    left = re.sub(r"^> ", "", prose(text).replace("**", ""), flags=re.MULTILINE)
    assert not MEANINGS.search(left), left


def the_card(content: Any, item: Item | None = None, **facts: Any) -> Card:
    return card_of(item or an_item(content, **facts), content, the_people(), paused=True)


# -- the table -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_every_card_in_every_state_is_a_message_that_discord_takes(text: str) -> None:
    for content in contents(text):
        for item in states_of(content):
            message = message_of(the_card(content, item))

            assert_within_limits(message)
            assert_nothing_is_parsed(words(message))
            assert message["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_every_card_holds_to_discords_own_description(text: str) -> None:
    for content in contents(text):
        assert_discord_takes(POST, message_of(the_card(content)))


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_every_page_is_a_message_that_discord_takes(text: str) -> None:
    for content in contents(text):
        for page in pages_of(an_item(content), content, page_size=400):
            message = page_of(page)

            assert_within_limits(message)
            assert_nothing_is_parsed(words(message))
            assert digest_in(message["embeds"]) == page.digest


def test_pages_hold_to_discords_own_description() -> None:
    content = an_approval(args={"script": "x\n" * 4_000})

    for page in pages_of(an_item(content), content, page_size=2_000):
        assert_discord_takes(CALLBACK, {"type": 4, "data": page_of(page)})


def test_windows_hold_to_discords_own_description() -> None:
    item = an_item(policy=a_policy(confirm=True))
    vote = card_buttons(item, an_approval(), None)[0]
    headline = SafeText("*" * 150)

    for window in (
        reason_window(headline, vote),
        confirm_window(headline, vote, say("host-1"), with_reason=True),
    ):
        assert_discord_takes(CALLBACK, {"type": 9, "data": window})


# -- nothing but what we meant ---------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_a_block_of_code_holds_the_text_letter_for_letter_and_nothing_ends_it_early(
    text: str,
) -> None:
    safe = shown_block(text)

    block = markdown.code_block(safe)

    inside = block.removeprefix("```txt\n").removesuffix("\n```")
    assert "```" not in inside
    assert not inside.endswith("`")
    assert inside.replace("\u200b", "").strip("\n") == safe or "‹newline›" in inside


def test_two_hundred_reasons_leave_action_and_buttons_as_they_are() -> None:
    def frozen(reason: str) -> tuple[str, ...]:
        message = message_of(the_card(an_approval(reason=reason)))
        lines = message["embeds"][0]["description"].split("\n")
        kept = [
            each
            for each in lines
            if each and not each.startswith("> ") and "Agent says" not in each
        ]
        return (message["content"], *kept, json.dumps(message["components"]))

    reasons = [f"{text[:3_900]}{number}" for number in range(10) for text in HOSTILE]

    assert len(reasons) >= 200
    assert {frozen(reason) for reason in reasons} == {frozen("")}


def test_an_address_of_a_producer_is_text_and_no_link() -> None:
    card = the_card(an_approval(reason="https://evil.example/x discord.gg/evil"))

    text = words(message_of(card))

    assert "https\\://evil.example/x discord\\.gg/evil" in text


def test_a_list_of_a_producer_stays_its_letters() -> None:
    text = shown_block("1. one\n- two\n# three\n  -# four")

    assert markdown.escaped(text) == "1\\. one\n\\- two\n\\# three\n  \\-# four"


def test_what_means_nothing_to_discord_is_left_as_it_is() -> None:
    plain = "host-1: delete_files (a.log, b.log) at 12:30, 5 > 4 < 6 | #7 ~x -1.5"

    assert markdown.escaped(shown(plain)) == plain


# -- what each part becomes ------------------------------------------------------------------------


def test_the_first_line_is_the_headline_and_what_a_notification_says() -> None:
    card = the_card(an_approval())

    message = message_of(card)

    assert message["content"] == markdown.bold(card.headline)


def test_an_instant_is_shown_in_the_readers_zone_and_as_a_distance() -> None:
    text = words(message_of(the_card(an_approval())))

    assert "<t:1772456400:f> (<t:1772456400:R>)" in text


def test_votes_look_alike_and_none_stands_out() -> None:
    message = message_of(the_card(an_approval()))

    assert {each["style"] for each in buttons(message)} == {2}
    presses = [parse_button(each["custom_id"]) for each in buttons(message)]
    assert [press and press.act for press in presses] == [Act.VOTE] * 3 + [Act.READ]


def test_twenty_choices_and_not_sure_fit_in_rows_of_five() -> None:
    message = message_of(the_card(a_label(*(f"class {n}" for n in range(20)))))

    assert [len(row["components"]) for row in message["components"]] == [5, 5, 5, 5, 1]


def test_a_settled_card_has_no_buttons() -> None:
    settled = [item for item in states_of(an_approval()) if item.is_settled]

    assert all(not message_of(the_card(an_approval(), item))["components"] for item in settled)


def test_a_picture_that_was_sent_along_is_an_attachment_with_words_on_the_card() -> None:
    picture = ImageEvidence(kind="image", url=PICTURE, alt="a cat")

    card = the_card(a_label(evidence=(picture,)))

    assert [upload.alt for upload in uploads_of(card)] == ["a cat"]
    assert "picture 1: a cat" in words(message_of(card))


def test_a_picture_of_a_host_that_the_rules_trust_is_loaded_by_discord() -> None:
    picture = ImageEvidence(kind="image", url="https://pictures.example/a.png", alt="a cat")
    content = a_label(evidence=(picture, picture))
    item = an_item(content, policy=a_policy(image_hosts=("pictures.example",)))

    embeds = message_of(the_card(content, item))["embeds"]

    assert [embed["image"]["url"] for embed in embeds] == ["https://pictures.example/a.png"] * 2


def test_only_a_notice_that_means_to_calls_anybody() -> None:
    senior = Person(id="dora", name="Dora <@1>", discord="42")

    notice = reply_of(asked_in_thread(an_item(), say("Delete <@43>?"), senior, say("you may")))

    assert notice["allowed_mentions"] == {"parse": [], "users": ["42"]}
    assert "<@42>" in notice["content"]
    assert "Delete \\<@43>" in notice["content"]
    assert_discord_takes(POST, notice)


def test_an_answer_offers_undo_and_a_reason_and_unfolds_no_link() -> None:
    item = an_item(policy=a_policy(approvals_needed=2), votes=(a_vote("ann", "approve"),))

    message = reply_of(after_vote(item, "ann", the_people()))

    assert [each["label"] for each in buttons(message)] == ["Undo", "Add a reason"]
    assert message["flags"] == 4


def test_a_long_answer_is_whole_in_an_embed() -> None:
    message = reply_of(Reply(((SafeText("x" * 3_000),),)))

    assert message["content"] == ""
    assert message["embeds"] == [{"description": "x" * 3_000}]


def test_too_much_is_an_error_and_never_cut() -> None:
    with pytest.raises(CannotRenderError):
        reply_of(Reply(((SafeText("x" * 5_000),),)))


def test_code_and_pictures_need_no_colour_to_be_told_apart() -> None:
    card = Card(
        "7K3M",
        1,
        say("Head"),
        (
            Code(say("Diff"), shown_block("+a\n-b"), "diff"),
            Picture(say("P"), say("cat"), data=b"x"),
        ),
        (),
        the_card(an_approval()).tone,
    )

    assert (
        words(message_of(card))
        == "**Head**\n**Diff**\n```diff\n+a\n-b\n```\n\n**P** picture 1: cat"
    )

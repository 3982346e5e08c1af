"""One card for several requests: nothing on it decides two, and nothing unread can be approved."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from bot.batch_cards import BatchCard, Member, batch_card_of
from bot.buttons import Act, parse_button
from bot.card_parts import Button
from bot.content import Approval, ImageEvidence
from bot.facts import APPROVE, REJECT, Edit
from handlers.discord.batches import batch_message_of as for_discord
from handlers.slack.batches import batch_message_of as for_slack
from tests.builders import NOON, a_policy, an_approval, an_item, the_people
from tests.cards.hostile import HOSTILE, PICTURE, states_of
from tests.doors.discord_truth import POST, assert_discord_takes

SECRET = "gh" + "p_" + "a1B2" * 9


def some(count: int = 3, **facts: Any) -> list[Member]:
    return [
        member(number, an_approval(args={"path": f"{number}.log"}, reversible=True), **facts)
        for number in range(1, count + 1)
    ]


def member(number: int, content: Approval, **facts: Any) -> Member:
    return an_item(content, id=f"ITEM{number}", **facts), content


def card_of(members: list[Member]) -> BatchCard:
    return batch_card_of(members, the_people())


def text_of(card: BatchCard) -> str:
    return json.dumps(for_slack(card), ensure_ascii=False)


def approvals(card: BatchCard) -> list[Button]:
    """What approves from this card."""
    found = []
    for entry in card.entries:
        for button in entry.buttons:
            press = parse_button(button.id)
            if press and press.act is Act.VOTE and press.argument == "0":
                found.append(button)
    return found


def buttons_in(message: dict[str, Any]) -> list[tuple[str, str]]:
    """Labels and ids of the buttons of either platform."""
    rows = message.get("components") or [b for b in message["blocks"] if b["type"] == "actions"]
    return [
        (each.get("label") or each["text"]["text"], each.get("custom_id") or each["action_id"])
        for row in rows
        for each in row.get("components") or row["elements"]
    ]


def test_each_request_has_its_own_digest_and_its_own_buttons() -> None:
    members = some()

    card = card_of(members)

    for number, (entry, (item, _)) in enumerate(zip(card.entries, members, strict=True), 1):
        presses = [parse_button(button.id) for button in entry.buttons]
        assert {press and press.item_id for press in presses} == {item.id}
        labels = [str(button.label) for button in entry.buttons]
        assert labels == [f"Approve {number}", f"Reject {number}", f"Review {number} in full"]
        assert f"Request {item.id}, digest {item.digest[:12]}…" in repr(entry.parts)
    assert len({item.digest for item, _ in members}) == 3


@pytest.mark.parametrize("count", [2, 5, 6, 10])
@pytest.mark.parametrize("render", [for_slack, for_discord])
def test_no_button_decides_more_than_one_request(render: Any, count: int) -> None:
    members = some(count)

    buttons = buttons_in(render(card_of(members)))

    presses = [parse_button(button_id) for _, button_id in buttons]
    assert all(press is not None for press in presses)
    about = [press.item_id for press in presses if press]
    assert set(about) == {item.id for item, _ in members}
    assert len(set(buttons)) == len(buttons)
    assert not any("all" in label.lower().split() for label, _ in buttons)


def test_where_buttons_are_few_no_answer_is_easier_than_another() -> None:
    """Discord has 25 buttons: ten requests have one each, which shows all of its own."""
    few, many = buttons_in(for_discord(card_of(some(5)))), for_discord(card_of(some(10)))

    assert len(few) == 15
    assert [label for label, _ in buttons_in(many)] == [f"Open {n}" for n in range(1, 11)]


@pytest.mark.parametrize(
    "content",
    [
        an_approval(args={"note": "x" * 1_500}, reversible=True),
        an_approval(evidence=(ImageEvidence(kind="image", url=PICTURE),), reversible=True),
    ],
    ids=["long", "picture"],
)
def test_what_the_card_does_not_show_whole_cannot_be_approved_from_it(content: Approval) -> None:
    members = [*some(2), member(3, content)]

    card = card_of(members)

    assert [str(button.label) for button in approvals(card)] == ["Approve 1", "Approve 2"]
    third = [str(button.label) for button in card.entries[2].buttons]
    assert third[0] == "Reject 3"
    assert third[1].startswith("Review 3 in full")
    assert "does not show all of it" in repr(card.entries[2].parts)


def test_what_needs_reading_or_was_edited_is_read_in_full() -> None:
    edit = Edit("bob", NOON, '{"path": "1.log"}', "0" * 64)
    members = [*some(1, edit=edit), *some(1, needs_reading=True)]

    card = card_of(members)

    assert approvals(card) == []
    assert "Edited by " in text_of(card)


def test_what_is_shown_is_the_whole_content_letter_for_letter() -> None:
    hidden = an_approval(args={"path": "a\u202eb", "n": 7}, target="host-\u200b9", reversible=True)

    card = card_of([member(1, hidden), *some(1)])

    told = repr(card.entries[0].parts)
    assert all(each in told for each in ("a‹U+202E›b", "host-‹U+200B›9", "('n', '7')"))


def test_a_careful_policy_states_each_action_again() -> None:
    card = card_of(some(policy=a_policy(confirm=True)))

    texts = [button.confirm and str(button.confirm.text) for button in approvals(card)]

    assert [f"{n}.log" in (text or "") for n, text in enumerate(texts, 1)] == [True] * 3


def test_votes_are_counted_and_nobody_is_named_before_the_end() -> None:
    item, content = some(1)[0]
    voted = [state for state in states_of(content) if state.votes and state.outcome is None]

    cards = [card_of([(replace(state, id=item.id), content), *some(1)]) for state in voted]

    assert cards
    for card in cards:
        assert not any(name in repr(card.entries) for name in ("Bob", "Cleo"))


def test_the_card_says_what_became_of_each() -> None:
    content = some(1)[0][1]
    decided = [state for state in states_of(content) if state.outcome is not None]
    assert {state.outcome and state.outcome.choice for state in decided} >= {APPROVE, REJECT}

    for state in decided:
        card = card_of([(state, content), *some(1)])

        assert card.entries[0].buttons == ()
        assert card.entries[0].opening is None
        assert str(card.headline).startswith("1 of 2 requests still to decide")


def test_every_decision_made_says_so_in_the_first_line() -> None:
    content = some(1)[0][1]
    decided = next(state for state in states_of(content) if state.outcome is not None)

    card = card_of([(decided, content)] * 3)

    assert str(card.headline) == "All 3 decided: ops.delete_files"


def test_a_pause_is_said_in_words() -> None:
    assert "Signoff is paused." in text_of(card_of(some(paused=True)))
    assert "Signoff is paused." not in text_of(card_of(some()))


def test_a_secret_is_masked_here_too() -> None:
    content = an_approval(SECRET, {SECRET: SECRET}, target=SECRET, reversible=True)

    told = text_of(card_of([member(1, content), *some(1)]))

    assert SECRET not in told
    assert "‹secret 40 chars sha256:" in told


def hostile(count: int) -> Iterator[list[Member]]:
    for text in HOSTILE:
        name = " ".join(text.split())[:200] or "x"
        for content in (
            an_approval(name, {name[:100]: text}, target=name, environment=name, reversible=True),
            an_approval(name, {str(n): name[:60] for n in range(4)}, target=name, reversible=True),
        ):
            for state in islice(states_of(content), 0, None, 7):
                yield [(replace(state, id=f"ITEM{n:04}"), content) for n in range(count)]


@pytest.mark.parametrize("count", [2, 10])
def test_ten_of_anything_in_any_state_fit_both_platforms(count: int) -> None:
    people = {name: replace_name(person) for name, person in the_people().items()}
    for members in hostile(count):
        card = batch_card_of(members, people, queue_title="*" * 200)

        assert len(for_slack(card)["blocks"]) <= 50
        assert for_discord(card)["embeds"]
        assert len(card.headline) <= 150


def test_discord_takes_it_by_its_own_description() -> None:
    for members in (some(3), some(10), [*some(1), *next(hostile(2))]):
        assert_discord_takes(POST, for_discord(card_of(members)))


def replace_name(person: Any) -> Any:
    return person.model_copy(update={"name": "*_~" * 30})

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import parse_button
from bot.card_content import section_of
from bot.cards import card_of
from bot.facts import UNSURE, Outcome, Rule, Status
from bot.pages import PAGE_SIZE, PIECE_MAX, pages_of, sections_of
from bot.safe_text import shown_block
from tests.builders import NOON, a_label, an_approval, an_item, the_people
from tests.cards.hostile import HOSTILE, contents

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@given(TEXT, TEXT, st.integers(40, 200))
def test_all_pages_together_are_the_whole_content(body: str, reason: str, size: int) -> None:
    content = an_approval(args={"note": body}, reason=reason)

    pages = pages_of(an_item(content), content, page_size=size)

    whole = "".join(section.text for section in sections_of(content))
    assert "".join(page.text for page in pages) == whole
    assert shown_block(reason) in whole


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_every_page_is_small_enough(text: str) -> None:
    for content in contents(text):
        pages = pages_of(an_item(content), content)

        assert all(len(page.text) <= PAGE_SIZE for page in pages)
        assert all(len(part.text) <= PIECE_MAX for page in pages for part in page.sections)


def test_a_whole_body_of_200_kb_is_there() -> None:
    body = "".join(f"line {number}\n" for number in range(17_000))
    content = a_label(body=body)

    pages = pages_of(an_item(content), content)

    assert "".join(page.text for page in pages) == body
    assert all(part.text.endswith("\n") for page in pages for part in page.sections)


def test_a_page_says_where_it_is() -> None:
    content = a_label(body="x" * 40_000)

    first, *_, last = pages_of(an_item(content), content)

    assert first.position.startswith("Page 1 of 3, characters 1 to ")
    assert last.position.endswith("to 40,000 of 40,000")
    assert first.digest == an_item(content).digest


def test_votes_wait_on_the_last_page_only() -> None:
    content = a_label("spam", "fine", body="x" * 40_000)
    item = an_item(content)

    pages = pages_of(item, content)

    assert [len(page.votes) for page in pages] == [0, 0, 3]
    presses = [parse_button(button.id) for button in pages[-1].votes]
    assert [press and press.choice_in(item.choices) for press in presses] == [
        "spam", "fine", UNSURE,
    ]  # fmt: skip


def test_pages_turn_both_ways() -> None:
    content = a_label(body="x" * 40_000)

    first, middle, last = pages_of(an_item(content), content)

    assert [button.id for button in first.turns] == ["page:2:7K3M"]
    assert [button.id for button in middle.turns] == ["page:1:7K3M", "page:3:7K3M"]
    assert [button.id for button in last.turns] == ["page:2:7K3M"]


def test_a_settled_item_can_be_read_and_not_voted_on() -> None:
    content = a_label()
    outcome = Outcome("spam", Rule.UNANIMOUS, 3, NOON, ("ann",))

    (page,) = pages_of(an_item(content, status=Status.SETTLED, outcome=outcome), content)

    assert page.votes == ()


def test_the_full_view_holds_all_that_a_card_shows_of_the_content() -> None:
    content = an_approval(args={"a": 1, "b": [2]}, reason="Because.")

    card = card_of(an_item(content), content, the_people())

    shown = {section.text for section in sections_of(content)}
    assert shown <= {section_of(part).text for part in card.parts}

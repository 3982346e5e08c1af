"""Two answers side by side: before the outcome nothing tells whose they are, nor their order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.buttons import Act, parse_button
from bot.card_content import section_of
from bot.card_parts import plain
from bot.cards import card_of, needs_reading
from bot.content import Label
from bot.facts import BOTH_BAD, FIRST, SECOND, TIE, UNSURE, Item, Outcome, Rule, Status, Trigger
from bot.flows.delivering import View
from bot.pages import Page, pages_of
from bot.wording import after_vote
from handlers.discord.reading import fitting_pages
from handlers.discord.render import page_of
from handlers.slack.render import page_message, view_of
from tests.builders import NOON, a_pair, a_policy, a_vote, an_item, the_people
from tests.cards.hostile import HOSTILE

PAIR = a_pair()
TEXTS = ("Paris.", "It is Paris, of course.")
MODELS = ("owl-7b", "lark-2")
EITHER = (FIRST, SECOND)


def a_long_pair() -> Label:
    return a_pair("first\n" * 9_000, "second\n" * 300)


def the_pages(content: Label = PAIR, left: str | None = FIRST, **facts: object) -> tuple[Page, ...]:
    return pages_of(replace(an_item(content), **facts), content, left=left)  # type: ignore[arg-type]


def words_on_card(item: Item, content: Label = PAIR) -> str:
    card = card_of(item, content, the_people())
    return "\n".join([card.headline, *(section_of(part).text for part in card.parts)])


def settled(choice: str | None, rule: Rule = Rule.MAJORITY) -> Item:
    outcome = Outcome(choice, rule, 3, NOON + timedelta(minutes=5), ("ann", "bob"))
    votes = (a_vote("ann", FIRST, left=SECOND), a_vote("bob", TIE, left=FIRST))
    return replace(an_item(PAIR), status=Status.SETTLED, outcome=outcome, votes=votes)


def open_items() -> Iterator[Item]:
    votes = (a_vote("ann", FIRST, left=SECOND), a_vote("bob", UNSURE, left=FIRST))
    yield an_item(PAIR)
    yield an_item(PAIR, votes=votes)
    yield an_item(PAIR, status=Status.ESCALATED, trigger=Trigger.UNSURE, votes=votes)
    yield an_item(PAIR, policy=a_policy(expiry="prediction"))


def test_the_card_that_everybody_sees_shows_the_prompt_and_no_answer() -> None:
    for item in open_items():
        words = words_on_card(item)

        assert "What is the capital of France?" in words
        assert not any(hidden in words for hidden in (*TEXTS, *MODELS, "first", "second"))


def test_from_the_card_one_goes_on_to_judge_or_hands_it_on() -> None:
    card = card_of(an_item(PAIR), PAIR, the_people())

    labels = [(str(button.label), parse_button(button.id)) for button in card.buttons]

    assert [label for label, _ in labels] == ["Judge this pair", "Not sure, ask a senior"]
    assert labels[0][1] is not None
    assert labels[0][1].act is Act.READ
    assert card.headline == "Which answer is better? (answers)"
    assert needs_reading(PAIR)


@pytest.mark.parametrize("left", EITHER)
def test_one_reviewer_sees_both_whole_in_the_order_of_their_own(left: str) -> None:
    (page,) = the_pages(left=left)

    titles = {str(section.title): section.text for section in page.sections}

    expected = TEXTS if left == FIRST else TEXTS[::-1]
    assert (titles["Left answer"], titles["Right answer"]) == expected
    assert [section.title for section in page.sections][-2:] == ["Left answer", "Right answer"]


@pytest.mark.parametrize("left", EITHER)
def test_left_and_right_stand_for_the_answers_that_are_there(left: str) -> None:
    (page,) = the_pages(left=left)

    meant = {
        str(button.label): press.choice_in(PAIR.choices)
        for button in page.votes
        if (press := parse_button(button.id))
    }

    right = SECOND if left == FIRST else FIRST
    assert meant == {
        "Left": left,
        "Right": right,
        "Tie": TIE,
        "Both bad": BOTH_BAD,
        "Not sure, ask a senior": UNSURE,
    }
    assert list(meant)[:2] == ["Left", "Right"]
    assert len({button.weight for button in page.votes}) == 1


def test_the_two_orders_differ_in_nothing_but_the_order() -> None:
    (one,), (other,) = the_pages(left=FIRST), the_pages(left=SECOND)

    def without_answers(page: Page) -> object:
        kept = tuple(part for part in page.sections if part.text not in TEXTS)
        return replace(page, sections=kept, votes=())

    assert without_answers(one) == without_answers(other)
    labels = [[button.label for button in page.votes] for page in (one, other)]
    assert labels[0] == labels[1]
    assert [part.title for part in one.sections] == [part.title for part in other.sections]


def test_no_page_says_how_long_anything_is_or_whose_it_is() -> None:
    pages = the_pages(a_long_pair())

    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert page.position == f"Page {number} of {len(pages)}"
        told = f"{page.headline} {page.position} {[part.title for part in page.sections]}"
        assert not any(hidden in str(view_of(page)) for hidden in MODELS)
        assert "character" not in told


def test_only_the_last_page_takes_votes() -> None:
    *before, last = the_pages(a_long_pair())

    assert [page.votes for page in before] == [()] * len(before)
    assert len(last.votes) == 5


def test_without_a_reader_there_is_no_answer_and_no_vote() -> None:
    (page,) = the_pages(left=None)

    assert not any(text in page.text for text in TEXTS)
    assert page.votes == ()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_pairs_fit_either_platform(text: str) -> None:
    left = SECOND
    content = a_pair(text, f"{text[:40]}!", body=text[:4_000])
    item = an_item(content)

    for page in pages_of(item, content, left=left):
        assert len(view_of(page)["blocks"]) <= 100
    for page in pages_of(item, content, page_size=9_000, left=left):
        page_message(page)
    for page in fitting_pages(View(item, content, {}, left)):
        page_of(page)


@pytest.mark.parametrize(
    ("choice", "headline", "line"),
    [
        (FIRST, "First answer better: ", "Decided: the first answer"),
        (SECOND, "Second answer better: ", "Decided: the second answer"),
        (TIE, "A tie: ", "Decided: Tie"),
        (BOTH_BAD, "Both bad: ", "Decided: Both bad"),
    ],
)
def test_the_settled_card_shows_the_answers_as_they_were_sent_and_by_whom(
    choice: str, headline: str, line: str
) -> None:
    words = words_on_card(settled(choice))

    assert words.startswith(headline)
    assert line in words
    assert "The first answer is by owl-7b." in words
    assert "The second answer is by lark-2." in words
    assert all(text in words for text in TEXTS)
    assert "the first answer: 1" in words
    assert card_of(settled(choice), PAIR, the_people()).buttons == ()


def test_an_undecided_pair_is_undecided() -> None:
    assert words_on_card(settled(None, Rule.TIMEOUT)).startswith("Undecided: ")


@pytest.mark.parametrize(
    ("choice", "left", "told"),
    [
        (FIRST, FIRST, "Recorded: Left."),
        (FIRST, SECOND, "Recorded: Right."),
        (SECOND, SECOND, "Recorded: Left."),
        (TIE, FIRST, "Recorded: Tie."),
        (BOTH_BAD, SECOND, "Recorded: Both bad."),
    ],
)
def test_the_answer_to_a_vote_speaks_of_sides(choice: str, left: str, told: str) -> None:
    item = an_item(PAIR, votes=(a_vote("ann", choice, left=left),))

    reply = after_vote(item, "ann", the_people())

    assert plain(reply.lines[0]).startswith(told)
    assert "first" not in reply.text

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import Act, Press, button_id, parse_button, vote_id
from bot.facts import UNSURE

CHOICES = ("spam", "not:spam", "x" * 60)


@pytest.mark.parametrize("choice", [*CHOICES, UNSURE])
def test_a_vote_button_brings_its_choice_back(choice: str) -> None:
    press = parse_button(vote_id("7K3M", choice, CHOICES))

    assert press is not None
    assert (press.act, press.item_id) == (Act.VOTE, "7K3M")
    assert press.choice_in(CHOICES) == choice


def test_a_vote_for_a_place_that_is_not_there_is_no_choice() -> None:
    assert Press(Act.VOTE, "7K3M", "3").choice_in(CHOICES) is None
    assert Press(Act.VOTE, "7K3M", "-1").choice_in(CHOICES) is None
    assert Press(Act.VOTE, "7K3M", "").choice_in(CHOICES) is None


@pytest.mark.parametrize("act", Act)
def test_every_act_can_be_read_back(act: Act) -> None:
    assert parse_button(button_id(act, "7K3M")) == Press(act, "7K3M")
    assert parse_button(button_id(act, "7K3M", "2")) == Press(act, "7K3M", "2")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "vote",
        "vote:",
        "vote:1:2:3",
        "nod:7K3M",
        "vote:1:7K3M\n",
        "vote:1:7 K",
        "vote:\u0661:7K3M",
    ],
)
def test_an_id_that_is_not_ours_is_nothing(text: str) -> None:
    assert parse_button(text) is None


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader_of_ids(text: str) -> None:
    press = parse_button(text)

    assert press is None or press.choice_in(CHOICES) in (None, UNSURE, *CHOICES)


@pytest.mark.parametrize("item_id", ["", "a:b", "x" * 100, "a b"])
def test_an_id_that_could_not_be_read_back_is_never_made(item_id: str) -> None:
    with pytest.raises(ValueError, match="cannot be the id"):
        button_id(Act.READ, item_id)

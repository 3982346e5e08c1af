"""A busy channel does not take every place among the courier's calls."""

from datetime import timedelta

from handlers.discord.lanes import UNDER_WAY, Lanes
from tests.builders import NOON


def test_some_cards_of_a_channel_may_go_at_once_and_the_rest_ask_again_later() -> None:
    lanes = Lanes()

    entered = [lanes.enter("1", card, NOON) for card in range(UNDER_WAY + 2)]

    assert entered[:UNDER_WAY] == [None] * UNDER_WAY
    first, second = entered[UNDER_WAY:]
    assert first
    assert second
    assert NOON < first < second


def test_another_channel_is_not_held_up() -> None:
    lanes = Lanes()
    for card in range(UNDER_WAY):
        lanes.enter("1", card, NOON)

    assert lanes.enter("2", 99, NOON) is None


def test_a_call_that_is_through_makes_room() -> None:
    lanes = Lanes()
    for card in range(UNDER_WAY):
        lanes.enter("1", card, NOON)

    lanes.leave("1", 0)

    assert lanes.enter("1", 99, NOON) is None


def test_a_call_that_never_came_back_makes_room_after_a_claims_life() -> None:
    lanes = Lanes()
    for card in range(UNDER_WAY):
        lanes.enter("1", card, NOON)

    assert lanes.enter("1", 99, NOON + timedelta(seconds=61)) is None


def test_a_closed_channel_takes_nothing_until_its_time() -> None:
    lanes = Lanes()
    until = NOON + timedelta(seconds=30)

    lanes.close("1", until)

    assert lanes.enter("1", 1, NOON) == until
    assert lanes.enter("2", 2, NOON) is None
    assert lanes.enter("1", 1, until) is None

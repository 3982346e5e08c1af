"""A receiver that fails is tried for three days, ever less often."""

from datetime import timedelta

import pytest

from bot.rules.webhooks import PAUSES, Attempt, pause_after

FAILED = Attempt(500, "HTTP 500")


def test_the_pauses_grow_and_fit_into_three_days() -> None:
    pauses = [pause_after(tries, FAILED, 0.0) for tries in range(1, len(PAUSES) + 1)]
    kept = [pause for pause in pauses if pause]

    assert kept == sorted(kept)
    assert kept[0] == timedelta(seconds=5)
    assert timedelta(days=2) < sum(kept, timedelta()) <= timedelta(days=3)


def test_after_the_last_pause_it_is_given_up() -> None:
    assert pause_after(len(PAUSES) + 1, FAILED, 0.5) is None


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_lots_make_a_pause_shorter_never_longer(chance: float) -> None:
    pause = pause_after(2, FAILED, chance)

    assert pause is not None
    assert timedelta(minutes=4) <= pause <= timedelta(minutes=5)


def test_gone_is_given_up_at_once() -> None:
    assert pause_after(1, Attempt(410, "HTTP 410"), 0.0) is None


def test_a_receiver_may_ask_for_more_time_but_not_for_ever() -> None:
    asked = [pause_after(1, Attempt(429, "busy", wait), 0.0) for wait in (0.0, 60.0, 1e9)]

    assert asked == [timedelta(seconds=5), timedelta(seconds=60), timedelta(hours=20)]


@pytest.mark.parametrize(
    ("status", "taken"), [(200, True), (204, True), (302, False), (500, False)]
)
def test_only_a_two_hundred_is_a_success(status: int, taken: bool) -> None:
    assert Attempt(status).is_taken is taken
    assert not Attempt().is_taken

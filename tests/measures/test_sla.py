"""Waits against targets: what still waits is neither forgotten nor held against anybody early."""

from datetime import UTC, datetime, timedelta

from bot.measures.sla import Wait, sla_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TARGET = timedelta(minutes=10)


def a_wait(minutes_ago: int, vote: int | None, outcome: int | None) -> Wait:
    """An item opened so long ago; waits in minutes, None: it still waits."""
    opened = NOON - timedelta(minutes=minutes_ago)
    return Wait(
        opened,
        None if vote is None else opened + timedelta(minutes=vote),
        None if outcome is None else opened + timedelta(minutes=outcome),
    )


def test_kept_and_missed_are_counted_and_the_fresh_left_out() -> None:
    waits = [a_wait(60, 5, 8)] * 6 + [a_wait(60, 20, 30)] * 2 + [a_wait(60, None, None)] * 2
    waits += [a_wait(5, None, None)] * 3

    sla = sla_of(waits, first_vote_within=TARGET, outcome_within=TARGET, now=NOON)

    assert (sla.outcome.share.value, sla.outcome.share.n) == (0.6, 10)
    assert sla.first_vote.share.value == 0.6
    assert sla.outcome.median == timedelta(minutes=8)
    assert sla.outcome.slow == timedelta(minutes=30)


def test_an_item_that_ended_without_a_vote_waited_all_its_life_for_one() -> None:
    sla = sla_of(
        [a_wait(60, None, 30)] * 5, first_vote_within=TARGET, outcome_within=None, now=NOON
    )

    assert sla.first_vote.share.value == 0
    assert sla.outcome.target is None
    assert sla.outcome.share.value == 1


def test_nothing_says_so() -> None:
    sla = sla_of([], first_vote_within=TARGET, outcome_within=TARGET, now=NOON)

    assert sla.first_vote.share.value is None
    assert sla.first_vote.share.note.startswith("too few")
    assert sla.first_vote.median is None

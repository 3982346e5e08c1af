"""The pace of calls: below Slack's limits, urgent first, nobody starved."""

from datetime import UTC, datetime, timedelta

from handlers.slack.budget import PLANNED_FOR, Budget

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def drained(cards: int, channels: int) -> tuple[float, list[datetime]]:
    """Seconds until so many cards are posted when each comes back at the time it is told."""
    budget = Budget()
    waiting = [(NOON, number) for number in range(cards)]
    sent: list[datetime] = []
    while waiting:
        waiting.sort()
        now, number = waiting.pop(0)
        at = budget.post_at(number, f"C{number % channels}", now)
        if at <= now:
            sent.append(now)
        else:
            waiting.append((at, number))
    return (sent[-1] - NOON).total_seconds(), sent


def test_a_thousand_cards_over_ten_channels_take_hardly_longer_than_they_must() -> None:
    """G15: 99 s is the least that one post a second and channel allows."""
    took, _ = drained(1_000, 10)

    assert took <= 99 * 1.05


def test_no_second_sees_more_posts_in_a_channel_than_slack_allows() -> None:
    """Slack's own bucket, as localchat keeps it: three at once, one a second."""
    _, sent = drained(60, 1)

    for start in sent:
        within = [at for at in sent if start <= at < start + timedelta(seconds=10)]
        assert len(within) <= 3 + 10


def test_outcomes_are_shown_before_progress() -> None:
    budget = Budget()
    waiting = [budget.edit_at(n, NOON, is_urgent=False) for n in range(100)]

    urgent = [budget.edit_at(f"u{n}", NOON, is_urgent=True) for n in range(5)]

    assert max(waiting) > NOON
    assert urgent == [NOON] * 5


def test_fifty_edits_a_minute_are_not_exceeded_in_the_long_run() -> None:
    budget = Budget()
    count = 0
    for second in range(600):
        now = NOON + timedelta(seconds=second)
        while budget.edit_at((second, count), now, is_urgent=True) <= now:
            count += 1

    assert count <= 50 + 10 * 50


def test_who_was_promised_a_slot_gets_it() -> None:
    budget = Budget()
    for number in range(5):
        at = budget.post_at(number, "C1", NOON)

    assert at > NOON
    assert budget.post_at(4, "C1", at) == at


def test_who_must_wait_long_asks_again_so_that_the_urgent_can_overtake() -> None:
    budget = Budget()
    for number in range(50):
        at = budget.post_at(number, "C1", NOON)

    assert at <= NOON + timedelta(seconds=PLANNED_FOR)


def test_a_429_holds_up_its_channel_alone() -> None:
    budget = Budget()
    until = NOON + timedelta(seconds=30)

    budget.limit_posts("C1", until)

    assert budget.post_at(1, "C1", NOON) >= until
    assert budget.post_at(2, "C2", NOON) == NOON

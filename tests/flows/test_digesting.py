"""A digest: once a period, also late, also with two clocks; five lines first, honest when empty."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest

from bot.errors import SignoffError
from bot.flows import delivering, digesting, letters, ticking
from bot.flows.delivering import RetryAt, Sent
from bot.letters import Letter
from config.policies import DigestRule
from storage.engine import open_engine
from storage.unit import Memory
from tests.flows.scene import Scene, a_policy

Build = Callable[..., Scene]
DAILY = DigestRule(every="day", at=time(12, 30))
SECOND = timedelta(seconds=1)


@pytest.fixture
def daily(set_scene: Build) -> Callable[..., Scene]:
    """A scene whose labels have a digest each day at 12:30 UTC, half an hour after the start."""

    def build(rule: DigestRule = DAILY, **policy: Any) -> Scene:
        stated = {"votes_needed": 2, "remind": False, "due_in": timedelta(days=9), **policy}
        scene = set_scene(labels=a_policy(**stated))
        queues = {**scene.rulebook.queues}
        queues["labels"] = queues["labels"].model_copy(update={"digest": rule})
        scene.rulebook = scene.rulebook.model_copy(update={"queues": queues})
        scene.tick()
        return scene

    return build


def sent(scene: Scene) -> list[tuple[str, str | None, Letter]]:
    """Takes the digests that are due out of the outbox: template, thread, and what they say."""
    taken: list[tuple[str, str | None, Letter]] = []
    for _ in range(4):
        for notice in scene.do(delivering.claim_notices, "slack", scene.now, 50):
            if notice.awaits_thread:
                scene.do(delivering.notice_sent, notice, RetryAt(scene.now, "later"), scene.now)
                continue
            letter = scene.do(letters.write, scene.rulebook, notice, scene.now)
            placed = Sent(notice.channel_ref, f"1.{len(taken)}")
            scene.do(delivering.notice_sent, notice, placed, scene.now)
            if letter is not None and notice.template.startswith("digest"):
                taken.append((notice.template, notice.thread_ref, letter))
    return taken


def work(scene: Scene, count: int, *, apart: int = 0) -> None:
    """So many decided items, on the last of which people disagree."""
    for number in range(count):
        item_id = scene.label()
        scene.vote("ann", "spam", item_id)
        scene.vote("ben", "ham" if number < apart else "spam", item_id)


def test_a_digest_is_made_once_a_period_with_its_thread_below(daily: Any) -> None:
    scene = daily()
    work(scene, 12, apart=2)

    scene.tick(minutes=30)
    scene.tick(seconds=1)
    parts = sent(scene)
    scene.tick(minutes=30)

    assert [template for template, *_ in parts] == ["digest"] + ["digest-rest"] * 3
    assert {thread for template, thread, _ in parts if template == "digest-rest"} == {"1.0"}
    assert sent(scene) == []


def test_the_five_lines_say_what_matters(daily: Any) -> None:
    scene = daily(first_vote_within=timedelta(minutes=5))
    work(scene, 12, apart=2)
    scene.label()

    scene.tick(minutes=30)
    head, *rest = (letter for *_, letter in sent(scene))
    lines = head.reply.text.splitlines()

    assert lines[0].startswith("Digest: Labels, 2026-03-01 12:30 UTC to 2026-03-02 12:30 UTC")
    assert [line.split(":")[0] for line in lines[1:6]] == [
        "Needs you", "Accuracy", "Agreement", "Cost", "Changed",
    ]  # fmt: skip
    assert lines[1].startswith("Needs you: 3 open, the oldest for 30 min; 2 of them with the seniors.")
    assert "$8.00" in lines[4] or "an item" in lines[4]
    assert lines[6].startswith("Ledger: ")
    told = "\n".join(letter.reply.text for letter in rest)
    for words in ("Most disputed", "Corrections", "Five checks", "✗ Agreement", "First vote"):
        assert words in told
    (table,) = [each for letter in rest for each in letter.enclosures]
    assert table.name == "labels-2026-03-02.csv"
    assert table.data.startswith(b'"section","figure"')


def test_nothing_happened_is_one_line(daily: Any) -> None:
    scene = daily()

    scene.tick(minutes=30)

    ((_, _, letter),) = sent(scene)
    lines = letter.reply.text.splitlines()
    assert lines[0].startswith("Labels: nothing happened, ")
    assert letter.pictures == ()


def test_after_downtime_one_digest_comes_and_says_that_it_is_late(daily: Any) -> None:
    scene = daily()
    work(scene, 2)

    scene.tick(days=3, hours=2)
    parts = sent(scene)

    heads = [letter.reply.text for template, _, letter in parts if template == "digest"]
    assert len(heads) == 1
    scene.tick(hours=1)
    assert sent(scene) == []


def test_a_late_digest_says_so(daily: Any) -> None:
    scene = daily()
    scene.wait(minutes=5)
    work(scene, 2)

    scene.tick(hours=2)

    head = sent(scene)[0][2]
    assert "Late: it was due then" in head.reply.text


def test_two_clocks_make_one_digest(daily: Any, database_url: str) -> None:
    scene = daily()
    work(scene, 2)
    other = Memory(open_engine(database_url))
    scene.wait(minutes=30)

    futures = [
        memory.write(ticking.tick, scene.rulebook, scene.now)
        for _ in range(3)
        for memory in (scene.memory, other)
    ]
    for future in futures:
        future.result(20)

    assert [template for template, *_ in sent(scene)].count("digest") == 1
    other.close()


def test_a_restart_at_the_minute_it_is_due_loses_and_doubles_nothing(
    daily: Any, database_url: str
) -> None:
    scene = daily()
    work(scene, 2)
    scene.tick(minutes=30)
    again = Memory(open_engine(database_url))

    again.write(ticking.tick, scene.rulebook, scene.now).result(20)

    assert [template for template, *_ in sent(scene)].count("digest") == 1
    again.close()


def test_the_first_look_tells_nothing_of_the_time_before(set_scene: Build, daily: Any) -> None:
    scene = daily(DigestRule(every="day", at=time(9)))

    assert sent(scene) == []


def test_on_demand_it_looks_back_as_far_as_asked(daily: Any) -> None:
    scene = daily()
    work(scene, 3)

    digest = scene.do(
        digesting.ask_for, scene.rulebook, "labels", timedelta(days=7), scene.now + SECOND
    )

    assert digest.figures.counts.items == 3


@pytest.mark.parametrize(
    ("queue", "length", "why"),
    [("lables", timedelta(days=7), "no queue 'lables'"), ("labels", timedelta(0), "92 days")],
)
def test_a_wrong_wish_is_explained(daily: Any, queue: str, length: timedelta, why: str) -> None:
    scene = daily()

    with pytest.raises(SignoffError, match=why):
        scene.do(digesting.ask_for, scene.rulebook, queue, length, scene.now)

"""Time: every item reaches its outcome, once, however late the clock and however many tick."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.facts import REJECT, Rule, Status, Trigger
from bot.flows import delivering, ticking
from storage.engine import open_engine
from storage.unit import Memory
from tests.flows.scene import Scene, a_policy

Build = Callable[..., Scene]


def test_an_approval_that_nobody_answers_is_denied_at_its_deadline(scene: Scene) -> None:
    item_id = scene.approval()

    early = scene.tick(minutes=29, seconds=59)
    late = scene.tick(seconds=1)

    assert (early, late) == (0, 1)
    outcome = scene.item(item_id).outcome
    assert outcome is not None
    assert (outcome.choice, outcome.rule) == (REJECT, Rule.TIMEOUT)
    assert scene.events(item_id) == ["opened", "reminded", "settled"]


def test_a_deadline_that_passed_while_the_process_was_down_is_applied_once(
    set_scene: Build,
) -> None:
    scene = set_scene(approvals=a_policy(escalate_after=timedelta(minutes=10)))
    item_id = scene.approval()

    scene.tick(hours=6)
    again = scene.tick(hours=6)

    assert again == 0
    assert scene.events(item_id) == ["opened", "settled"]
    assert scene.do(delivering.claim_notices, "slack", scene.now, 10) == ()


def test_without_a_quorum_in_time_the_seniors_are_asked_once(set_scene: Build) -> None:
    scene = set_scene(labels=a_policy(escalate_after=timedelta(minutes=10)))
    item_id = scene.label()

    scene.tick(minutes=10)
    scene.tick(minutes=10)

    item = scene.item(item_id)
    assert (item.status, item.trigger) == (Status.ESCALATED, Trigger.LATE)
    notices = scene.do(delivering.claim_notices, "slack", scene.now, 10)
    assert {notice.template for notice in notices} == {"ping", "ping-direct"}


def test_two_clocks_act_once(scene: Scene, database_url: str) -> None:
    other = Memory(open_engine(database_url))
    item_ids = [scene.approval() for _ in range(30)]
    scene.wait(hours=1)

    futures = [
        memory.write(ticking.tick, scene.rulebook, scene.now)
        for _ in range(3)
        for memory in (scene.memory, other)
    ]

    assert sum(future.result(20) for future in futures) == 30
    assert [scene.events(item_id) for item_id in item_ids] == [["opened", "settled"]] * 30
    other.close()


@pytest.mark.parametrize("grace", [10, 600])
def test_a_vote_in_time_counts_even_if_its_grace_ends_after_the_deadline(
    set_scene: Build, grace: int
) -> None:
    scene = set_scene(approvals=a_policy(grace_for=timedelta(seconds=grace)))
    item_id = scene.approval(due_in=60)
    scene.wait(seconds=55)
    scene.vote("ann", "approve", item_id)

    scene.tick(seconds=5)
    scene.tick(hours=1)

    outcome = scene.item(item_id).outcome
    assert outcome is not None
    assert (outcome.choice, outcome.rule) == ("approve", Rule.UNANIMOUS)


def test_a_clock_that_jumps_back_approves_nothing_and_loses_nothing(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(grace_for=timedelta(seconds=30)))
    item_id = scene.approval()
    scene.vote("ann", "approve", item_id)

    jumped = scene.tick(hours=-2)

    assert jumped == 0
    assert scene.item(item_id).status is Status.OPEN
    scene.tick(hours=2, seconds=30)
    assert scene.item(item_id).is_settled

"""Faults 17 and 21: nobody is on call when somebody is needed; the clock is wrong."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.facts import Rule, Status
from bot.flows import delivering
from config.policies import Step
from config.schedules import Schedule
from tests.flows.scene import Scene, a_policy
from tests.flows.test_escalating import asked

Build = Callable[..., Scene]
MINUTE = timedelta(minutes=1)
ON_CALL = (Step(to=("schedule:empty",)), Step(after=5 * MINUTE, to=("sue",)))


def a_scene_in_a_gap(set_scene: Build, *otherwise: str, **stated: object) -> Scene:
    """A scene whose one schedule has no layer, so that nobody is ever on call."""
    scene = set_scene(approvals=a_policy(escalation=ON_CALL, **stated))
    empty = Schedule(name="empty", title="Empty", zone="UTC", otherwise=otherwise)
    scene.rulebook = scene.rulebook.model_copy(update={"schedules": {"empty": empty}})
    return scene


def pages(scene: Scene) -> list[str]:
    """The keys of the pages that are due."""
    return [notice.key for notice in scene.do(delivering.claim_notices, "pager", scene.now, 9)]


def test_in_a_gap_the_stand_ins_are_asked(set_scene: Build) -> None:
    scene = a_scene_in_a_gap(set_scene, "sue")
    item_id = scene.approval()

    scene.vote("ann", "unsure", item_id)

    assert asked(scene, item_id) == ["sue"]


def test_in_a_gap_without_stand_ins_the_next_step_is_at_once(set_scene: Build) -> None:
    scene = a_scene_in_a_gap(set_scene)
    item_id = scene.approval()

    scene.vote("ann", "unsure", item_id)

    assert asked(scene, item_id) == ["sue"]


def test_when_nobody_by_name_can_be_asked_the_schedules_pager_rings_all_the_same(
    set_scene: Build,
) -> None:
    scene = a_scene_in_a_gap(set_scene)
    empty = scene.rulebook.schedules["empty"].model_copy(update={"pagers": ("pagerduty",)})
    scene.rulebook = scene.rulebook.model_copy(update={"schedules": {"empty": empty}})
    item_id = scene.approval()

    scene.vote("ann", "unsure", item_id)
    scene.tick(minutes=5)

    assert asked(scene, item_id) == ["None", "sue"]
    assert pages(scene) == [f"page:{item_id}:pagerduty"]


def test_a_persons_pager_rings_wherever_an_escalation_asks_them(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy())
    scene.rulebook = scene.rulebook.model_copy(update={"pagers": {"sue": ("sue-phone",)}})
    item_id = scene.approval()

    scene.vote("ann", "unsure", item_id)

    assert pages(scene) == [f"page:{item_id}:sue-phone"]


def test_with_nobody_left_it_is_told_and_silence_denies(set_scene: Build) -> None:
    scene = a_scene_in_a_gap(set_scene, seniors=("olga",))  # Olga owns the agent that asks
    item_id = scene.approval()

    scene.vote("ann", "unsure", item_id)
    told = [letter.template for letter in scene.outbox()]
    scene.tick(minutes=31)

    outcome = scene.item(item_id).outcome
    assert told == ["ping-nobody"]
    assert outcome is not None
    assert (outcome.choice, outcome.rule) == ("reject", Rule.TIMEOUT)


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=-2), timedelta(days=400)])
def test_a_clock_that_jumps_approves_nothing_and_leaves_nothing_open(
    set_scene: Build, jump: timedelta
) -> None:
    scene = set_scene(approvals=a_policy(approvals_needed=2, escalate_after=10 * MINUTE))
    half, untouched = scene.approval(), scene.approval()
    scene.vote("ann", "approve", half)

    scene.now += jump
    scene.tick()
    scene.now -= jump
    for _ in range(4):
        scene.tick(minutes=10)

    for item_id in (half, untouched):
        item = scene.item(item_id)
        assert item.status is Status.SETTLED
        assert item.outcome is not None
        assert item.outcome.choice == "reject"
        assert Counter(scene.events(item_id))["settled"] == 1


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=-2)])
def test_a_clock_that_jumps_calls_nobody_twice_for_one_step(
    set_scene: Build, jump: timedelta
) -> None:
    step = Step(after=5 * MINUTE, to=("sue",))
    scene = set_scene(approvals=a_policy(due_in=timedelta(hours=9), escalation=(step,) * 3))
    item_id = scene.approval()
    scene.vote("ann", "unsure", item_id)

    scene.now += jump
    scene.tick()
    scene.now -= jump
    scene.tick(seconds=1)
    scene.tick(seconds=1)

    assert len(asked(scene, item_id)) <= 1

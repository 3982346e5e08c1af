"""A platform that cannot say who clicks moves an item to the seniors, and never decides it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.errors import UncheckedError, UnknownItemError
from bot.facts import Status, Trigger
from bot.flows import explaining, looking_up
from bot.story import story_lines
from tests.flows.scene import Scene, a_policy

Build = Callable[..., Scene]


def fail(scene: Scene, item_id: str, account: str = "U0ANN") -> None:
    """One click that could not be checked."""
    problem = UncheckedError("Slack did not tell us who you are.", "slack", account)
    scene.do(looking_up.note_failure, scene.rulebook, item_id, problem, scene.now)


def test_the_third_failure_within_ten_minutes_hands_the_item_over(scene: Scene) -> None:
    item_id = scene.approval()

    for account in ("U0ANN", "U0BEN", "U0ANN"):
        assert scene.item(item_id).status is Status.OPEN
        fail(scene, item_id, account)
        scene.wait(minutes=4)

    item = scene.item(item_id)
    assert (item.status, item.trigger, item.votes) == (Status.ESCALATED, Trigger.LOOKUP, ())
    assert scene.events(item_id)[1:] == ["look-up-failed"] * 3 + ["escalated", "asked"]
    story = scene.do(explaining.whole_story, scene.rulebook, item_id)
    assert any("could not be checked" in str(line) for line in story_lines(story, {}))


def test_failures_that_are_far_apart_and_of_other_items_do_not_add_up(scene: Scene) -> None:
    item_id, other = scene.approval(), scene.approval()

    for _ in range(4):
        fail(scene, item_id)
        fail(scene, other, "U0BEN")
        scene.wait(minutes=5)
        other = scene.approval()

    assert scene.item(item_id).status is Status.OPEN


@pytest.mark.parametrize("account", ["U0WHO", "U0SUE", "U0OUT", "U0OLGA"])
def test_who_could_not_vote_anyway_moves_nothing(scene: Scene, account: str) -> None:
    """A stranger, a senior, a person of no queue, the owner of the agent that asks."""
    item_id = scene.approval()

    for _ in range(5):
        fail(scene, item_id, account)

    assert scene.item(item_id).status is Status.OPEN
    assert scene.events(item_id) == ["opened"]


def test_no_number_of_failures_approves_anything(scene: Scene) -> None:
    item_id = scene.approval()

    for _ in range(20):
        fail(scene, item_id)
    scene.tick(hours=1)
    fail(scene, item_id)

    outcome = scene.item(item_id).outcome
    assert outcome is not None
    assert outcome.choice == "reject"
    assert scene.events(item_id).count("look-up-failed") == 3


def test_a_yes_in_its_grace_window_stands(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(grace_for=timedelta(seconds=30)))
    item_id = scene.approval()
    scene.vote("ann", "approve", item_id)

    for _ in range(3):
        fail(scene, item_id, "U0BEN")

    assert scene.item(item_id).status is Status.OPEN


def test_without_seniors_the_reviewers_keep_it(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(seniors=()))
    item_id = scene.approval()

    for _ in range(3):
        fail(scene, item_id)

    assert scene.item(item_id).status is Status.OPEN


def test_an_item_that_is_not_there_is_no_place_for_a_line(scene: Scene) -> None:
    with pytest.raises(UnknownItemError):
        fail(scene, "NOWHERE")

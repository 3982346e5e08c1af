"""A budget that runs out is told once, and near its end once; reviewing goes on."""

from collections.abc import Callable
from decimal import Decimal

from tests.flows.scene import Scene, a_policy

Build = Callable[..., Scene]


def alarms(scene: Scene) -> list[str]:
    return [told.words for told in scene.outbox() if told.template == "budget"]


def test_near_the_end_and_over_it_the_channel_is_told_once_each(set_scene: Build) -> None:
    scene = set_scene(
        labels=a_policy(votes_needed=1, budget_per_month_usd=Decimal("4.00"), remind=False)
    )

    def review(count: int) -> None:
        for _ in range(count):
            scene.vote("ann", "spam", scene.label())

    review(2)
    scene.tick(minutes=20)
    early = alarms(scene)
    review(8)
    scene.tick(minutes=20)
    scene.tick(minutes=20)
    over = alarms(scene)
    review(1)
    scene.tick(days=1)

    assert early == []
    assert [told.splitlines()[0] for told in over] == [
        "Most of the month's budget of Labels is spent: $4.00 of $4.00."
    ]
    assert [told.splitlines()[0] for told in alarms(scene)] == [
        "The month's budget of Labels is spent: $4.40 of $4.00."
    ]
    assert scene.item(scene.label()).outcome is None


def test_the_alarm_names_the_state(set_scene: Build) -> None:
    scene = set_scene(
        labels=a_policy(votes_needed=1, budget_per_month_usd=Decimal("1.00"), remind=False)
    )
    for _ in range(3):
        scene.vote("ann", "spam", scene.label())

    scene.tick(minutes=20)
    scene.tick(minutes=20)

    (told,) = alarms(scene)
    assert told.startswith("The month's budget of Labels is spent: $1.20 of $1.00.")

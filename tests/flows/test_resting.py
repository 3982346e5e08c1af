"""Who may be pinged, what people set for themselves, and a team's load that shames nobody."""

from dataclasses import fields
from datetime import timedelta

import pytest

from bot.errors import NotAllowedError, SettingsError
from bot.flows import pulling, resting, settings
from bot.flows.resting import Load
from bot.flows.settings import Stated
from bot.rules.fatigue import RestReason, Wishes
from config.policies import Limits
from tests.flows.scene import Scene, who

NEVER = Stated("channel", "", "", "")


def prefer(scene: Scene, **changed: str) -> Wishes:
    """What Ann has set after setting this."""
    stated = {
        name: getattr(NEVER, name) for name in ("ping_by", "quiet_from", "quiet_until", "zone")
    }
    return scene.do(settings.prefer, scene.rulebook, who("ann"), Stated(**{**stated, **changed}))


def may_be_pinged(scene: Scene) -> bool:
    """Whether Ann may."""
    return scene.do(resting.may_be_pinged, scene.rulebook, "ann", scene.now)


def test_somebody_may_be_pinged_who_has_set_nothing(scene: Scene) -> None:
    assert may_be_pinged(scene)


def test_nobody_is_pinged_who_wants_none_or_sleeps(scene: Scene) -> None:
    prefer(scene, quiet_from="12:30", quiet_until="13:30", zone="Europe/Berlin")

    assert not may_be_pinged(scene)  # it is 13:00 there
    scene.wait(minutes=30)
    assert may_be_pinged(scene)
    prefer(scene, ping_by="off")
    assert not may_be_pinged(scene)


def test_nobody_is_pinged_who_rests(scene: Scene) -> None:
    limits = Limits(max_per_hour=1)
    scene.rulebook = scene.rulebook.model_copy(update={"limits": limits})
    scene.vote("ann", "reject", scene.approval())

    found = scene.do(resting.resting, scene.rulebook, "ann", scene.now)

    assert found is not None
    assert found.why is RestReason.HOUR
    assert not may_be_pinged(scene)
    scene.wait(hours=1)
    assert may_be_pinged(scene)


def test_a_break_keeps_pings_away_until_it_ends(scene: Scene) -> None:
    until = scene.do(resting.take_break, scene.rulebook, who("ann"), None, scene.now)

    assert until == scene.now + timedelta(minutes=15)
    assert not may_be_pinged(scene)
    scene.wait(minutes=15)
    assert may_be_pinged(scene)


def test_who_is_back_early_may_have_worked_enough_all_the_same(scene: Scene) -> None:
    scene.rulebook = scene.rulebook.model_copy(update={"limits": Limits(max_per_hour=1)})
    scene.vote("ann", "reject", scene.approval())
    scene.do(resting.take_break, scene.rulebook, who("ann"), None, scene.now)

    found = scene.do(resting.come_back, scene.rulebook, who("ann"), scene.now)

    assert found is not None
    assert found.why is RestReason.HOUR


def test_settings_replace_each_other_and_the_zone_of_the_rules_is_the_first(scene: Scene) -> None:
    first = scene.do(settings.wishes, scene.rulebook, "ann")

    prefer(scene, quiet_from="22", quiet_until="7.30", zone="Asia/Tokyo")
    last = prefer(scene, ping_by="dm")

    assert (first, last) == (Wishes(), Wishes("dm"))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ping_by": "shout"}, "ping_by"),
        ({"quiet_from": "22:00"}, "hours"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "hours"),
        ({"quiet_from": "22:00", "quiet_until": "24:01"}, "hours"),
        ({"zone": "Europe/Berln"}, "zone"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    scene: Scene, changed: dict[str, str], field: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        prefer(scene, **changed)

    assert refused.value.field == field
    assert scene.do(settings.wishes, scene.rulebook, "ann") == Wishes()


def test_nobody_sets_anything_without_being_known(scene: Scene) -> None:
    with pytest.raises(NotAllowedError):
        scene.do(settings.prefer, scene.rulebook, who("stranger"), NEVER)
    with pytest.raises(NotAllowedError):
        scene.do(resting.take_break, scene.rulebook, who("stranger"), None, scene.now)


def test_a_teams_load_counts_all_and_names_nobody(scene: Scene) -> None:
    scene.rulebook = scene.rulebook.model_copy(update={"limits": Limits(max_per_hour=2)})
    for _ in range(2):
        scene.vote("ann", "reject", scene.approval())
    scene.approval()
    scene.do(pulling.next_for, scene.rulebook, who("ben"), None, scene.now)
    scene.do(resting.take_break, scene.rulebook, who("cat"), None, scene.now)

    load = scene.do(resting.load_of, scene.rulebook, ("ann", "ben", "cat", "sue"), scene.now)

    assert load == Load(
        person_count=4, working_count=1, resting_count=2, review_count=2, held_count=1, room_count=4
    )
    assert {field.type for field in fields(load)} == {int}

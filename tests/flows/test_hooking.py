"""From the history to a receiver: every event once, in order, until it is taken or given up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.errors import SignoffError, UnknownItemError
from bot.flows import hooking, relaying
from bot.flows.hooking import Hook
from bot.flows.relaying import Fate, Parcel
from bot.flows.reporting import Known
from bot.rules.events import EVENTS
from bot.rules.webhooks import PAUSES, Attempt
from tests.flows.scene import AGENT, Scene

ALL = tuple(EVENTS.values())
TAKEN, FAILED, GONE = Attempt(204), Attempt(500, "HTTP 500"), Attempt(410, "HTTP 410")


@pytest.fixture
def scene(database_url: str) -> Iterator[Scene]:
    made = Scene(database_url)
    yield made
    made.memory.close()


def written(name: str, _at: datetime, known: Known) -> str:
    return f"{name} {known.item.id} {known.item.status}"


def hook(scene: Scene, *events: str, queue: str | None = None, producer: str = AGENT.name) -> Hook:
    url = "https://agents.example/hook"
    return scene.do(hooking.add_hook, producer, url, events or ALL, queue, scene.now)[0]


def told(scene: Scene) -> list[str]:
    """The bodies that are under way now, oldest first; taken by their receivers."""
    scene.do(relaying.fan_out, written, scene.now)
    bodies = []
    while parcels := scene.do(relaying.claim_parcels, scene.now, 100):
        for parcel in parcels:
            bodies.append(parcel.body)
            scene.do(relaying.attempted, parcel, TAKEN, 0.0, scene.now)
    return bodies


def parcel_of(scene: Scene) -> Parcel:
    """The one delivery that is due."""
    scene.do(relaying.fan_out, written, scene.now)
    (parcel,) = scene.do(relaying.claim_parcels, scene.now, 10)
    return parcel


def attempt(scene: Scene, parcel: Parcel, result: Attempt) -> Fate:
    return scene.do(relaying.attempted, parcel, result, 0.0, scene.now)


def state(scene: Scene, hook_id: str) -> dict[str, Any]:
    found = scene.do(hooking.find_hook, AGENT.name, hook_id)
    return {"failing": found.failing_since, "disabled": found.disabled_at, "why": found.why}


def test_an_items_life_is_told_in_order_and_once(scene: Scene) -> None:
    hook(scene)
    item_id = scene.approval()
    first = told(scene)

    scene.vote("ann", "approve", item_id)

    assert first == [f"item.opened {item_id} open"]
    assert told(scene) == [f"item.settled {item_id} settled"]
    assert told(scene) == []


def test_votes_are_told_to_nobody(scene: Scene) -> None:
    hook(scene)
    item_id = scene.label()
    told(scene)

    scene.vote("ann", "spam", item_id)
    scene.vote("ann", "ham", item_id)

    assert told(scene) == []
    assert scene.do(relaying.unread, 0).told == []


def test_what_happened_before_a_receiver_was_there_is_not_told(scene: Scene) -> None:
    old = scene.approval()
    hook(scene)
    new = scene.approval()

    assert told(scene) == [f"item.opened {new} open"]
    assert old != new


def test_each_receiver_is_told_what_it_asked_for(scene: Scene) -> None:
    hook(scene, "item.settled")
    hook(scene, queue="labels")
    hook(scene, producer="somebody-else")
    item_id = scene.approval()
    labelled = scene.label()
    scene.vote("ann", "reject", item_id)

    assert sorted(told(scene)) == [
        f"item.opened {labelled} open",
        f"item.settled {item_id} settled",
    ]


def test_without_receivers_nothing_is_read_or_written(scene: Scene) -> None:
    scene.approval()

    assert scene.do(relaying.unread, 0).told == []
    assert told(scene) == []


def test_two_couriers_turn_a_line_into_one_delivery(scene: Scene) -> None:
    hook(scene)
    scene.approval()

    done = [scene.memory.write(relaying.fan_out, written, scene.now) for _ in range(8)]

    assert len({each.result(10) for each in done}) == 1
    assert len(scene.do(relaying.claim_parcels, scene.now, 10)) == 1


def test_a_claimed_delivery_is_another_couriers_when_the_claim_has_lapsed(scene: Scene) -> None:
    hook(scene)
    scene.approval()
    mine = parcel_of(scene)
    nobody = scene.do(relaying.claim_parcels, scene.now, 10)

    scene.wait(seconds=61)
    (theirs,) = scene.do(relaying.claim_parcels, scene.now, 10)

    assert nobody == ()
    assert theirs.id == mine.id
    assert attempt(scene, mine, TAKEN) is Fate.LOST
    assert attempt(scene, theirs, TAKEN) is Fate.TAKEN


def test_a_failure_is_tried_again_under_the_same_id_with_the_same_body(scene: Scene) -> None:
    made = hook(scene)
    item_id = scene.approval()
    first = parcel_of(scene)

    fate = attempt(scene, first, FAILED)
    at_once = scene.do(relaying.claim_parcels, scene.now, 10)
    scene.vote("ann", "approve", item_id)
    scene.wait(seconds=5)
    (again,) = scene.do(relaying.claim_parcels, scene.now, 10)

    assert fate is Fate.AGAIN
    assert at_once == ()
    assert (again.id, again.body, again.tries) == (first.id, first.body, 2)
    assert state(scene, made.id)["failing"] is not None
    attempt(scene, again, TAKEN)
    assert state(scene, made.id)["failing"] is None


def test_who_fails_for_three_days_is_given_up_and_told_nothing_more(scene: Scene) -> None:
    made = hook(scene)
    scene.approval()
    scene.do(relaying.fan_out, written, scene.now)
    fates = []

    for pause in (timedelta(0), *PAUSES):
        scene.now += pause
        (parcel,) = scene.do(relaying.claim_parcels, scene.now, 10)
        fates.append(attempt(scene, parcel, FAILED))
    scene.approval()

    assert fates == [Fate.AGAIN] * len(PAUSES) + [Fate.DISABLED]
    assert "It has failed since" in state(scene, made.id)["why"]
    assert told(scene) == []


def test_one_dead_letter_does_not_disable_who_takes_the_others(scene: Scene) -> None:
    made = hook(scene)
    scene.approval()
    bad = parcel_of(scene)
    attempt(scene, bad, FAILED)
    for pause in PAUSES[:-1]:
        scene.now += pause
        (parcel,) = scene.do(relaying.claim_parcels, scene.now, 10)
        attempt(scene, parcel, FAILED)
    scene.approval()
    attempt(scene, parcel_of(scene), TAKEN)

    scene.now += PAUSES[-1]
    (last,) = scene.do(relaying.claim_parcels, scene.now, 10)

    assert attempt(scene, last, FAILED) is Fate.GIVEN_UP
    assert state(scene, made.id)["disabled"] is None


def test_who_says_gone_is_told_nothing_from_then_on(scene: Scene) -> None:
    made = hook(scene)
    scene.approval()

    fate = attempt(scene, parcel_of(scene), GONE)
    scene.approval()

    assert fate is Fate.DISABLED
    assert state(scene, made.id)["why"] == "It answered 410 Gone."
    assert told(scene) == []


def test_who_is_enabled_again_is_told_what_happens_from_then_on(scene: Scene) -> None:
    made = hook(scene)
    scene.approval()
    attempt(scene, parcel_of(scene), GONE)
    scene.approval()
    told(scene)

    scene.do(hooking.enable_hook, AGENT.name, made.id, scene.now)
    item_id = scene.approval()

    assert state(scene, made.id) == {"failing": None, "disabled": None, "why": None}
    assert told(scene) == [f"item.opened {item_id} open"]


def test_a_dead_letter_is_sent_again_when_it_is_asked_for(scene: Scene) -> None:
    made = hook(scene)
    scene.approval()
    dead = parcel_of(scene)
    attempt(scene, dead, GONE)

    with pytest.raises(SignoffError, match="disabled"):
        scene.do(hooking.redrive, AGENT.name, made.id, dead.id, scene.now)
    scene.do(hooking.enable_hook, AGENT.name, made.id, scene.now)
    redriven = scene.do(hooking.redrive, AGENT.name, made.id, dead.id, scene.now)

    assert (redriven.id, redriven.tries, redriven.gone_at) == (dead.id, 0, None)
    assert told(scene) == [dead.body]


def test_a_slow_receiver_holds_up_no_other(scene: Scene) -> None:
    slow = hook(scene, queue="approvals")
    for _ in range(20):
        scene.approval()
    scene.do(relaying.fan_out, written, scene.now)
    first = scene.do(relaying.claim_parcels, scene.now, 16)
    quick = hook(scene, queue="labels")
    scene.label()
    scene.do(relaying.fan_out, written, scene.now)

    second = scene.do(relaying.claim_parcels, scene.now, 16)

    assert [parcel.hook_id for parcel in first] == [slow.id] * relaying.EACH_AT_ONCE
    assert [parcel.hook_id for parcel in second] == [quick.id]


def test_for_a_day_after_a_rotation_both_secrets_sign(scene: Scene) -> None:
    made = hook(scene)
    scene.approval()
    _, fresh = scene.do(hooking.rotate_hook, AGENT.name, made.id, scene.now)
    both = parcel_of(scene).secrets

    scene.wait(hours=25)
    (late,) = scene.do(relaying.claim_parcels, scene.now, 10)

    assert len(both) == 2
    assert both[0] == fresh
    assert late.secrets == (fresh,)


def test_another_programs_receiver_is_not_there(scene: Scene) -> None:
    made = hook(scene)
    scene.approval()
    parcel = parcel_of(scene)

    for flow, more in (
        (hooking.find_hook, ()),
        (hooking.list_deliveries, (None, 10)),
        (hooking.remove_hook, (scene.now,)),
        (hooking.rotate_hook, (scene.now,)),
        (hooking.enable_hook, (scene.now,)),
        (hooking.redrive, (parcel.id, scene.now)),
    ):
        with pytest.raises(UnknownItemError):
            scene.do(flow, "somebody-else", made.id, *more)
    assert scene.do(hooking.list_hooks, "somebody-else") == []


def test_a_removed_receiver_is_sent_nothing_and_its_late_result_changes_nothing(
    scene: Scene,
) -> None:
    made = hook(scene)
    scene.approval()
    parcel = parcel_of(scene)

    scene.do(hooking.remove_hook, AGENT.name, made.id, scene.now)

    assert attempt(scene, parcel, TAKEN) is Fate.LOST
    assert told(scene) == []


def test_a_program_has_only_so_many_receivers(scene: Scene) -> None:
    for _ in range(hooking.HOOKS_MAX):
        hook(scene)

    with pytest.raises(SignoffError, match="20 webhooks"):
        hook(scene)


def test_what_ended_a_month_ago_is_forgotten_and_what_waits_is_not(scene: Scene) -> None:
    made = hook(scene)
    scene.approval()
    told(scene)
    scene.approval()
    parcel_of(scene)

    scene.wait(days=31)

    assert scene.do(relaying.forget_old, scene.now) == 1
    assert len(scene.do(hooking.list_deliveries, AGENT.name, made.id, None, 10)) == 1

"""A thousand requests of one program: few cards, one summary, a clear "wait", and others served."""

from collections.abc import Callable

import pytest

from bot.content import SUBMISSION
from bot.errors import FloodError
from bot.flows import opening
from bot.flows.opening import Opened, Producer
from config.policies import Policy
from storage import cards
from storage.engine import open_engine
from storage.unit import Memory, Unit
from tests.flows.scene import Scene, a_policy

Build = Callable[..., Scene]
ACTION = {"name": "delete_files", "args": {"paths": ["a.log"]}}
CARDS, OPEN = 5, 40


@pytest.fixture
def flooded(set_scene: Build) -> Scene:
    return set_scene(approvals=a_policy(cards_at_most=CARDS, open_at_most=OPEN))


def ask(scene: Scene, producer: str, key: str) -> Opened:
    body = {"kind": "approval", "queue": "approvals", "action": ACTION, "key": key}
    content = SUBMISSION.validate_python(body)
    return scene.do(opening.open_item, scene.rulebook, Producer(producer), content, scene.now)


def storm(scene: Scene, count: int) -> tuple[list[str], int]:
    """The ids of what was let in, and how often the program was told to wait."""
    ids: list[str] = []
    refused = 0
    for number in range(count):
        scene.wait(milliseconds=1)
        try:
            ids.append(ask(scene, "mad-agent", f"k{number}").item.id)
        except FloodError as refusal:
            refused += refusal.retry_after > 0
    return ids, refused


def carded(scene: Scene, ids: list[str]) -> list[str]:
    def has_card(unit: Unit, item_id: str) -> bool:
        return bool(cards.of_item(unit.connection, item_id))

    return [item_id for item_id in ids if scene.do(has_card, item_id)]


def summaries(scene: Scene) -> list[str]:
    return [told.words for told in scene.outbox() if told.template == "flood" and told.letter]


def test_a_flood_gets_few_cards_one_summary_and_is_told_to_wait(flooded: Scene) -> None:
    scene = flooded

    ids, refused = storm(scene, 200)
    scene.wait(seconds=5)

    assert (len(ids), refused) == (OPEN, 200 - OPEN)
    assert carded(scene, ids) == ids[:CARDS]
    (told,) = summaries(scene)
    assert "mad-agent asks very much at once." in told
    assert "5 of its requests are shown here, 35 wait behind them" in told
    assert all(scene.item(item_id).outcome is None for item_id in ids)


def test_another_program_is_served_meanwhile(flooded: Scene) -> None:
    storm(flooded, 60)

    other = ask(flooded, "calm-agent", "k").item.id

    assert carded(flooded, [other]) == [other]


def test_freed_places_go_to_those_that_wait_the_oldest_first(flooded: Scene) -> None:
    scene = flooded
    ids, _ = storm(scene, 12)

    for item_id in ids[:2]:
        scene.vote("ann", "reject", item_id)
    scene.tick(seconds=1)

    assert carded(scene, ids) == ids[:7]


def test_a_new_request_does_not_jump_the_line(flooded: Scene) -> None:
    scene = flooded
    ids, _ = storm(scene, 7)
    scene.vote("ann", "reject", ids[0])

    late = ask(scene, "mad-agent", "late").item.id
    scene.tick(seconds=1)

    assert carded(scene, [*ids, late]) == ids[:6]


def test_the_same_request_again_is_answered_however_full_it_is(flooded: Scene) -> None:
    ids, _ = storm(flooded, 60)

    again = ask(flooded, "mad-agent", "k3")

    assert not again.is_new
    assert again.item.id == ids[3]


def test_what_waits_without_a_card_is_denied_by_its_deadline(flooded: Scene) -> None:
    ids, _ = storm(flooded, 12)

    flooded.tick(minutes=31)

    outcomes = [flooded.item(item_id).outcome for item_id in ids]
    assert {outcome.choice for outcome in outcomes if outcome} == {"reject"}
    assert None not in outcomes


def test_a_flood_that_has_run_dry_is_not_announced_and_ends(flooded: Scene) -> None:
    scene = flooded
    ids, _ = storm(scene, 6)
    scene.vote("ann", "reject", ids[0])
    scene.tick(seconds=1)
    scene.wait(seconds=5)

    assert summaries(scene) == []
    again, _ = storm(scene, 10)
    scene.wait(seconds=10)
    assert len(summaries(scene)) == 1
    assert again


def test_labels_may_wait_in_any_number(set_scene: Build) -> None:
    scene = set_scene(labels=Policy.model_validate({**a_policy().model_dump(), "cards_at_most": 3}))

    ids = [scene.label() for _ in range(150)]

    assert carded(scene, ids) == ids[:3]


def test_two_hundred_at_once_find_as_many_places_as_there_are(
    flooded: Scene, database_url: str
) -> None:
    """From two processes: nobody counts the last place free that somebody else is taking."""
    scene = flooded
    other = Memory(open_engine(database_url))
    body = {"kind": "approval", "queue": "approvals", "action": ACTION}
    program = Producer("mad-agent")

    asked = [
        memory.write(
            opening.open_item,
            scene.rulebook,
            program,
            SUBMISSION.validate_python({**body, "key": f"{name}{number}"}),
            scene.now,
        )
        for number in range(100)
        for name, memory in (("a", scene.memory), ("b", other))
    ]
    refused = [each for each in asked if isinstance(each.exception(60), FloodError)]
    ids = [each.result().item.id for each in asked if each.exception() is None]
    other.close()

    assert (len(ids), len(refused)) == (OPEN, 200 - OPEN)
    assert len(carded(scene, ids)) == CARDS

"""What producers submit: opened once, settled at once by the machine, or refused with a reason."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from bot.content import SUBMISSION, Approval, Label
from bot.errors import BadSubmissionError, KeyTakenError, SignoffError, UnknownItemError
from bot.facts import Execution, Item, Rule
from bot.flows import granting, opening, reporting
from bot.flows.opening import Producer
from storage import cards
from storage.engine import open_engine
from storage.unit import Memory
from tests.flows.scene import AGENT, NOON, Scene, a_policy

Build = Callable[..., Scene]


def a_submission(**stated: Any) -> Approval | Label:
    given = {"kind": "label", "queue": "labels", "key": "k", "body": "Hi", "choices": ["a", "b"]}
    return SUBMISSION.validate_python({**given, **stated})


def submit(scene: Scene, by: Producer = AGENT, /, **stated: Any) -> opening.Opened:
    return scene.do(opening.open_item, scene.rulebook, by, a_submission(**stated), scene.now)


def test_the_same_key_and_body_give_back_the_stored_item(scene: Scene) -> None:
    first = submit(scene)
    scene.wait(minutes=5)

    again = submit(scene)

    assert (first.is_new, again.is_new) == (True, False)
    assert again.item == first.item
    assert scene.events(first.item.id) == ["opened"]


def test_the_same_key_with_another_body_is_refused(scene: Scene) -> None:
    first = submit(scene)

    with pytest.raises(KeyTakenError) as refusal:
        submit(scene, body="Ho")

    assert refusal.value.item_id == first.item.id


def test_two_producers_may_use_the_same_key(scene: Scene) -> None:
    mine = submit(scene)

    theirs = submit(scene, Producer("another"), body="Ho")

    assert theirs.is_new
    with pytest.raises(UnknownItemError):
        scene.do(reporting.fetch, AGENT, theirs.item.id)
    assert scene.do(reporting.fetch, AGENT, mine.item.id) == mine.item


def test_ten_concurrent_submissions_open_one_item_and_want_one_card(
    scene: Scene, database_url: str
) -> None:
    other = Memory(open_engine(database_url))
    content = a_submission()

    def open_by(memory: Memory) -> opening.Opened:
        return memory.write(opening.open_item, scene.rulebook, AGENT, content, NOON).result(10)

    with ThreadPoolExecutor(10) as threads:
        opened = list(threads.map(open_by, [scene.memory, other] * 5))

    assert sum(each.is_new for each in opened) == 1
    item_id = opened[0].item.id
    placed = scene.memory.read(lambda unit: cards.of_item(unit.connection, item_id)).result()
    assert len(placed) == 1
    other.close()


@pytest.mark.parametrize(
    ("stated", "field"), [({"queue": "nowhere"}, "queue"), ({"queue": "approvals"}, "kind")]
)
def test_a_queue_that_does_not_take_it_is_named(
    scene: Scene, stated: dict[str, str], field: str
) -> None:
    with pytest.raises(BadSubmissionError) as refusal:
        submit(scene, **stated)

    assert refusal.value.field == field


def test_a_confident_machine_settles_at_once_and_nobody_is_asked(set_scene: Build) -> None:
    scene = set_scene(labels=a_policy(auto_above=0.85))

    item = submit(scene, prediction={"choice": "a", "confidence": 0.85}).item

    assert item.outcome is not None
    assert (item.outcome.choice, item.outcome.rule, item.outcome.vote_count) == ("a", Rule.AUTO, 0)
    placed = scene.memory.read(lambda unit: cards.of_item(unit.connection, item.id)).result()
    assert placed == []
    assert scene.events(item.id) == ["opened", "settled"]


def test_a_producer_may_set_its_own_deadline(scene: Scene) -> None:
    assert submit(scene, due_in=90).item.due_at == NOON + timedelta(seconds=90)


def test_only_an_approved_action_has_something_to_report(scene: Scene) -> None:
    item_id = scene.approval()

    def report() -> Item:
        said = (item_id, Execution.EXECUTED, "2 files")
        return scene.do(granting.report, AGENT, *said, scene.now)

    with pytest.raises(SignoffError, match="not approved"):
        report()
    scene.vote("ann", "approve", item_id)
    with pytest.raises(SignoffError, match="never redeemed"):
        report()
    digest = scene.item(item_id).action_digest or ""
    scene.do(granting.redeem, AGENT, item_id, digest, "attempt-1", scene.now)
    item, again = report(), report()

    assert item.report is not None
    assert item.report.execution is Execution.EXECUTED
    assert again.revision == item.revision
    assert scene.events(item_id)[-1] == "reported"

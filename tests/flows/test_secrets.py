"""T28: a secret that somebody let slip is masked wherever people look, and in the history."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.batch_cards import batch_card_of
from bot.cards import card_of
from bot.content import Approval
from bot.errors import BadSubmissionError
from bot.facts import Execution
from bot.flows import editing, explaining, exporting, granting, loading
from bot.flows.editing import Change
from bot.pages import pages_of
from bot.rules.editing import allows_edit, base_of
from bot.story import story_lines
from storage import ledger
from tests.builders import an_approval, an_item
from tests.flows.scene import AGENT, Scene, a_policy, who

SECRET = "gh" + "p_" + "a1B2" * 9
MASK = "\u2039secret 40 chars sha256:"
SCHEMA = {"type": "object", "properties": {"token": {"type": "string", "maxLength": 60}}}


@pytest.fixture
def slipped(set_scene: Any) -> tuple[Scene, str]:
    """An approval with a secret wherever a program may put words, decided with more of them."""
    scene: Scene = set_scene(approvals=a_policy(editors=("ann",)))
    item_id = scene.open(
        kind="approval",
        queue="approvals",
        action={"name": "call", "args": {"token": SECRET}, "target": f"api {SECRET}"},
        reason=f"with {SECRET}",
        requester=f"run {SECRET}",
        evidence=[{"kind": "text", "title": SECRET, "text": f"curl -H 'X: {SECRET}'"}],
    )
    scene.vote("ann", "approve", item_id, reason=f"as {SECRET} wants")
    digest = scene.item(item_id).action_digest or ""
    scene.do(granting.redeem, AGENT, item_id, digest, "attempt-1", scene.now)
    note = f"failed with {SECRET}"
    scene.do(granting.report, AGENT, item_id, Execution.FAILED, note, scene.now)
    return scene, item_id


def test_cards_pages_and_the_story_show_its_fingerprint(slipped: tuple[Scene, str]) -> None:
    scene, item_id = slipped
    item, people = scene.item(item_id), scene.rulebook.people
    content = scene.memory.read(loading.content_of, item_id).result(10)
    assert isinstance(content, Approval)

    story = scene.memory.read(explaining.whole_story, scene.rulebook, item_id).result(10)
    surfaces = {
        "card": card_of(item, content, people),
        "batch": batch_card_of([(item, content)] * 2, people),
        "page": pages_of(item, content),
        "story": story_lines(story, people),
    }

    told = {name: repr(surface) for name, surface in surfaces.items()}
    assert [name for name, text in told.items() if SECRET in text] == []
    assert [name for name, text in told.items() if MASK not in text] == []


def test_the_history_and_the_exports_keep_none(slipped: tuple[Scene, str]) -> None:
    scene, item_id = slipped
    bodies = scene.memory.read(
        lambda unit: [row.body for row in ledger.of_item(unit.connection, item_id)]
    ).result(10)
    handed: list[Any] = []
    for table in exporting.TABLES:
        until = scene.now + timedelta(days=1)
        scene.do(exporting.hand_out, table, None, None, until, handed.append)

    assert any(MASK in json.loads(body).get("note", "") for body in bodies)
    assert not any(SECRET in body for body in bodies)
    assert MASK in str(handed)
    assert SECRET not in str(handed)


def test_arguments_with_a_secret_are_not_edited_so_no_mask_is_saved_as_a_value(
    set_scene: Any,
) -> None:
    scene: Scene = set_scene(approvals=a_policy(editors=("ann",)))
    action = {"name": "call", "args_schema": SCHEMA}
    stated = {"kind": "approval", "queue": "approvals", "allow": ["edit"]}
    masked_one = scene.open(**stated, action={**action, "args": {"token": SECRET}})
    plain_one = scene.open(**stated, action={**action, "args": {"token": "none"}})

    def may(item_id: str) -> bool:
        content = scene.memory.read(loading.content_of, item_id).result(10)
        return allows_edit(scene.item(item_id), content)

    assert [may(masked_one), may(plain_one)] == [False, True]
    typed = json.dumps({"token": SECRET})
    change = Change(plain_one, base_of(scene.item(plain_one)), typed, who("ann"))
    assert scene.do(editing.edit, scene.rulebook, change, scene.now).refusal is None
    assert not may(plain_one)
    (told,) = [body for event, body in scene.lines(plain_one) if event == "edited"]
    assert MASK in told["args"]["token"]


@pytest.mark.parametrize("field", ["name", "version", "environment", "target"])
def test_no_action_hides_what_it_is_or_where_it_goes_behind_a_mask(
    scene: Scene, field: str
) -> None:
    with pytest.raises(BadSubmissionError, match="looks like a secret"):
        scene.open(kind="approval", queue="approvals", action={"name": "call", field: SECRET})


def test_two_requests_with_different_secrets_look_different() -> None:
    shown = [
        repr(pages_of(item, content))
        for token in (SECRET, SECRET[:-1] + "9")
        for item, content in [made(token)]
    ]

    assert shown[0] != shown[1]


def made(token: str) -> Any:
    content = an_approval(args={"token": token})
    return an_item(content, digest="0" * 64), content

"""A reviewer changes the action: what is bound is what is shown, approved, and returned."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.card_parts import Code, plain
from bot.cards import card_of
from bot.content import Approval, action_digest
from bot.errors import (
    EditError,
    GrantMismatchError,
    NeedsReadingError,
    NotAllowedError,
    ReasonNeededError,
    SettledError,
)
from bot.facts import APPROVE, RESPOND, Item, Rule
from bot.flows import editing, granting, opening, reporting, voting
from bot.flows.editing import Change
from bot.flows.voting import Receipt
from bot.pages import pages_of
from bot.rules.editing import base_of
from config.policies import Policy
from tests.flows.scene import AGENT, NOON, Scene, a_policy, who

Build = Callable[..., Scene]
SCHEMA = {
    "type": "object",
    "properties": {"paths": {"type": "array", "items": {"type": "string"}, "maxItems": 3}},
    "required": ["paths"],
    "additionalProperties": False,
}
ACTION = {
    "name": "delete_files",
    "args": {"paths": ["a.log", "b.log"]},
    "args_schema": SCHEMA,
}
MINE = {"paths": ["a.log"]}


def editors(**rules: Any) -> Policy:
    """Ann and Ben may edit, Ann may answer instead."""
    return a_policy(editors=("ann", "ben"), responders=("ann",), **rules)


@pytest.fixture
def scene(set_scene: Build) -> Scene:
    return set_scene(approvals=editors())


def asked(scene: Scene, **stated: Any) -> str:
    """The id of an action that may be edited and answered."""
    given = {"kind": "approval", "queue": "approvals", "action": ACTION}
    return scene.open(**{**given, "allow": ["edit", "respond"], **stated})


def edit(
    scene: Scene,
    item_id: str,
    args: object = MINE,
    person: str = "ann",
    *,
    base: str | None = None,
    reason: str | None = None,
) -> Receipt:
    text = args if isinstance(args, str) else json.dumps(args)
    base = base_of(scene.item(item_id)) if base is None else base
    change = Change(item_id, base, text, who(person), reason)
    return scene.do(editing.edit, scene.rulebook, change, scene.now)


def answer(scene: Scene, item_id: str, text: str = "Use v2", person: str = "ann") -> Receipt:
    return scene.do(editing.respond, scene.rulebook, item_id, who(person), text, scene.now)


def content_of(scene: Scene, item_id: str) -> Approval:
    content = scene.do(reporting.fetch_known, AGENT, item_id).content
    assert isinstance(content, Approval)
    return content


def redeem(scene: Scene, item: Item, digest: str | None) -> Item:
    return scene.do(granting.redeem, AGENT, item.id, digest or "", "attempt-1", scene.now)


def test_an_edit_is_bound_shown_returned_and_approved_by_its_editor(scene: Scene) -> None:
    item_id = asked(scene)
    before = scene.item(item_id)

    receipt = edit(scene, item_id)

    item = scene.item(item_id)
    content = content_of(scene, item_id)
    assert receipt.refusal is None
    assert content.action.args == MINE
    assert item.action_digest == action_digest(content.action) != before.action_digest
    assert item.digest != before.digest
    assert item.edit is not None
    assert (item.edit.person_id, item.edit.edited_at) == ("ann", NOON)
    assert item.outcome is not None
    assert (item.outcome.choice, item.outcome.decided_by) == (APPROVE, ("ann",))
    with pytest.raises(GrantMismatchError):
        redeem(scene, item, before.action_digest)
    assert redeem(scene, item, item.action_digest).grant != item.grant


def test_votes_on_the_action_before_are_withdrawn(set_scene: Build) -> None:
    scene = set_scene(approvals=editors(approvals_needed=2))
    item_id = asked(scene)
    scene.vote("cat", "approve", item_id)

    receipt = edit(scene, item_id)

    item = scene.item(item_id)
    assert [vote.person_id for vote in item.votes] == ["ann"]
    assert not item.is_settled
    assert receipt.withdrawn_count == 1
    assert scene.events(item_id) == ["opened", "voted", "vote-withdrawn", "edited"]
    scene.vote("cat", "approve", item_id)
    assert scene.item(item_id).is_settled


def test_an_edit_starts_the_grace_window_anew(set_scene: Build) -> None:
    scene = set_scene(approvals=editors(grace_for=timedelta(minutes=1)))
    item_id = asked(scene)
    scene.vote("cat", "approve", item_id)
    scene.wait(seconds=50)

    edit(scene, item_id)

    scene.tick(seconds=20)
    assert not scene.item(item_id).is_settled
    scene.tick(seconds=40)
    assert scene.item(item_id).is_settled


def test_the_card_says_who_edited_and_what_changed(set_scene: Build) -> None:
    scene = set_scene(approvals=editors(approvals_needed=2))
    item_id = asked(scene)
    edit(scene, item_id)

    item, content = scene.item(item_id), content_of(scene, item_id)
    card = card_of(item, content, scene.rulebook.people)
    (change,) = [part for part in card.parts if isinstance(part, Code)]

    text = " ".join(plain(line) for part in card.parts for line in getattr(part, "lines", ()))
    assert "Edited by Ann" in text
    assert '-    "b.log"' in change.text
    assert "What a reviewer changed" in str(pages_of(item, content)[-1].sections[-1].title)
    assert "a.log" in str(card.parts)


def test_who_read_the_action_before_has_not_read_the_edited_one(set_scene: Build) -> None:
    scene = set_scene(approvals=editors(approvals_needed=2))
    long = {"kind": "text", "text": "line\n" * 900}
    item_id = asked(scene, evidence=[long])
    old = scene.item(item_id).digest
    for person in ("ann", "cat"):
        scene.do(voting.mark_read, scene.rulebook, item_id, who(person), old, scene.now)

    assert edit(scene, item_id).refusal is None
    late = scene.do(voting.mark_read, scene.rulebook, item_id, who("cat"), old, scene.now)

    assert late.refusal is None
    assert isinstance(scene.vote("cat", "approve", item_id).refusal, NeedsReadingError)
    new = scene.item(item_id).digest
    scene.do(voting.mark_read, scene.rulebook, item_id, who("cat"), new, scene.now)
    assert scene.vote("cat", "approve", item_id).refusal is None


def test_what_was_not_read_whole_cannot_be_edited(scene: Scene) -> None:
    item_id = asked(scene, evidence=[{"kind": "text", "text": "line\n" * 900}])

    assert isinstance(edit(scene, item_id).refusal, NeedsReadingError)
    assert scene.item(item_id).edit is None


@pytest.mark.parametrize("person", ["cat", "olga", "sue", "out", "nobody"])
def test_only_an_editor_who_may_judge_the_item_edits_it(set_scene: Build, person: str) -> None:
    scene = set_scene(approvals=a_policy(editors=("ann", "olga", "out")))
    item_id = asked(scene)
    before = scene.item(item_id)

    receipt = edit(scene, item_id, person=person)

    assert isinstance(receipt.refusal, NotAllowedError)
    assert scene.item(item_id) == before
    assert scene.events(item_id) == ["opened", "vote-refused"]


def test_nobody_edits_where_nobody_is_listed(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy())
    item_id = asked(scene)

    assert isinstance(edit(scene, item_id).refusal, NotAllowedError)


def test_what_its_producer_does_not_allow_is_not_edited(scene: Scene) -> None:
    item_id = asked(scene, allow=["respond"])

    assert isinstance(edit(scene, item_id).refusal, EditError)
    assert content_of(scene, item_id).action.args == ACTION["args"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"paths": ["a.log"]', "not JSON. Line 1, column 20"),
        ("[1]", "must be a JSON object"),
        ('{"paths": 3}', "paths: 3 is not of type 'array'"),
        ('{"paths": ["1", "2", "3", "4"]}', "is too long"),
        ('{"paths": [], "force": true}', "'force' was unexpected"),
        ('{"paths": [], "paths": []}', "stands twice"),
        ('{"paths": NaN}', "NaN is not JSON"),
        ('{"paths": ["a.log", "b.log"]}', "changed nothing"),
        ('{"paths": ["\\ud800"]}', "Not recorded; this has no canonical JSON form"),
        ('{"paths":' * 1_500 + "1" + "}" * 1_500, "nested too deep"),
    ],
)
def test_what_cannot_be_bound_is_refused_with_the_reason(scene: Scene, text: str, why: str) -> None:
    item_id = asked(scene)
    before = scene.item(item_id)

    refusal = edit(scene, item_id, text).refusal

    assert isinstance(refusal, EditError)
    assert why in str(refusal)
    assert scene.item(item_id) == before


def test_an_edit_of_a_version_that_is_gone_is_refused(set_scene: Build) -> None:
    scene = set_scene(approvals=editors(approvals_needed=2))
    item_id = asked(scene)
    base = base_of(scene.item(item_id))
    edit(scene, item_id)

    refusal = edit(scene, item_id, {"paths": []}, "ben", base=base).refusal

    assert isinstance(refusal, EditError)
    assert "Somebody else has edited" in str(refusal)
    assert content_of(scene, item_id).action.args == MINE
    assert edit(scene, item_id, {"paths": []}, "ben").refusal is None
    item = scene.item(item_id)
    assert item.edit is not None
    assert json.loads(item.edit.submitted_args) == ACTION["args"]
    assert [vote.person_id for vote in item.votes] == ["ben"]


def test_what_is_decided_is_not_edited(scene: Scene) -> None:
    item_id = asked(scene)
    scene.vote("ben", "reject", item_id)

    assert isinstance(edit(scene, item_id).refusal, SettledError)


def test_a_queue_that_wants_reasons_wants_one_for_an_edit(set_scene: Build) -> None:
    scene = set_scene(approvals=editors(require_reason="both"))
    item_id = asked(scene)

    assert isinstance(edit(scene, item_id).refusal, ReasonNeededError)
    receipt = edit(scene, item_id, reason="b.log is still needed")

    assert receipt.vote is not None
    assert receipt.vote.reason == "b.log is still needed"


def test_the_producer_that_asks_again_finds_the_edited_item(scene: Scene) -> None:
    item_id = asked(scene, key="once")
    edit(scene, item_id)
    content = content_of(scene, item_id)
    stated = content.model_copy(
        update={"action": content.action.model_copy(update={"args": ACTION["args"]})}
    )

    again = scene.do(opening.open_item, scene.rulebook, AGENT, stated, scene.now)

    assert (again.item.id, again.is_new) == (item_id, False)
    assert isinstance(again.content, Approval)
    assert again.content.action.args == MINE


def test_an_answer_settles_it_and_nothing_runs(scene: Scene) -> None:
    item_id = asked(scene)

    receipt = answer(scene, item_id, "Use the staging bucket")

    item = scene.item(item_id)
    assert receipt.refusal is None
    assert item.outcome is not None
    assert item.outcome.choice == RESPOND
    assert item.outcome.rule is Rule.UNANIMOUS
    assert item.outcome.words == "Use the staging bucket"
    assert item.grant is None
    assert scene.events(item_id) == ["opened", "responded", "settled"]


def test_an_answer_ends_an_approval_that_waits_for_its_grace(set_scene: Build) -> None:
    scene = set_scene(approvals=editors(grace_for=timedelta(minutes=1)))
    item_id = asked(scene)
    scene.vote("ben", "approve", item_id)

    answer(scene, item_id)

    item = scene.item(item_id)
    assert item.outcome is not None
    assert (item.outcome.choice, item.outcome.rule) == (RESPOND, Rule.MAJORITY)
    scene.tick(hours=1)
    assert scene.item(item_id).outcome == item.outcome


@pytest.mark.parametrize("person", ["ben", "olga", "out"])
def test_only_a_responder_who_may_judge_the_item_answers(scene: Scene, person: str) -> None:
    item_id = asked(scene)

    assert isinstance(answer(scene, item_id, person=person).refusal, NotAllowedError)
    assert not scene.item(item_id).is_settled


@pytest.mark.parametrize("text", ["", "  ", "x" * 3_001])
def test_an_answer_says_something_that_fits(scene: Scene, text: str) -> None:
    item_id = asked(scene)

    assert isinstance(answer(scene, item_id, text).refusal, EditError)


def test_a_program_that_takes_no_answer_gets_none(scene: Scene) -> None:
    item_id = asked(scene, allow=["edit"])

    assert isinstance(answer(scene, item_id).refusal, EditError)

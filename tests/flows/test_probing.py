"""Questions whose answer is known: mixed in, never told apart, never run, answered in private."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.errors import SignoffError, UnknownItemError
from bot.facts import APPROVE, REJECT, SELF, UNSURE, Item, Kind, Purpose
from bot.flows import delivering, granting, keeping, probing, reporting
from bot.flows.opening import Producer
from bot.gold import Sort, read_known
from bot.measures.audit import catch_rate
from tests.flows.scene import AGENT, Scene, a_policy

SetScene = Callable[..., Scene]
WIPE = {"action": {"name": "wipe_disk", "args": {"host": "db-1"}, "environment": "production"}}
GOLD = {"body": "Meeting at three?", "choices": ["spam", "ham"], "answer": "ham"}


def add(scene: Scene, queue: str, sort: Sort, *lines: dict[str, Any]) -> tuple[int, int]:
    known = read_known(map(json.dumps, lines), scene.rulebook.queues[queue], sort)
    return scene.do(probing.add_known, scene.rulebook.queues[queue], sort, known, scene.now)


def planted(scene: Scene) -> list[Item]:
    query = "SELECT id FROM item WHERE purpose IN ('gold', 'probe') ORDER BY opened_at, id"
    ids = scene.memory.read(
        lambda unit: [row[0] for row in unit.connection.exec_driver_sql(query)]
    ).result(10)
    return [scene.item(item_id) for item_id in ids]


def followed(scene: Scene, ask: Callable[[], str]) -> tuple[str, Item]:
    """A real item that a known question follows, and that question."""
    for _ in range(40):
        asked = ask()
        scene.tick(seconds=91)
        if found := planted(scene):
            return asked, found[0]
    raise AssertionError


@pytest.fixture
def probed(set_scene: SetScene) -> tuple[Scene, Item]:
    """A probe among approvals."""
    scene = set_scene(approvals=a_policy(probe_share=0.5))
    add(scene, "approvals", "probe", WIPE)
    _, probe = followed(scene, lambda: scene.approval(requester="ann's cron"))
    return scene, probe


def test_a_probe_looks_like_what_the_program_before_it_asked(probed: tuple[Scene, Item]) -> None:
    _, probe = probed

    assert (probe.kind, probe.purpose) == (Kind.APPROVAL, Purpose.PROBE)
    assert (probe.posed_by, probe.requester, probe.owners) == (
        AGENT.name, "ann's cron", AGENT.owners
    )  # fmt: skip
    assert probe.choices == (APPROVE, REJECT)


def test_nothing_ever_runs_because_of_a_probe(probed: tuple[Scene, Item]) -> None:
    scene, probe = probed

    scene.vote("ann", APPROVE, probe.id)

    approved = scene.item(probe.id)
    assert approved.outcome is not None
    assert approved.outcome.choice == APPROVE
    assert approved.grant is None
    digest = str(approved.action_digest)
    for name in (AGENT.name, SELF):
        with pytest.raises(SignoffError):
            scene.do(granting.redeem, Producer(name), probe.id, digest, "attempt-1", scene.now)
    assert scene.item(probe.id).grant is None


def test_its_producer_does_not_know_of_a_probe(probed: tuple[Scene, Item]) -> None:
    scene, probe = probed

    with pytest.raises(UnknownItemError):
        scene.memory.read(reporting.fetch, AGENT, probe.id).result(10)
    with pytest.raises(SignoffError, match="Signoff's own"):
        scene.do(keeping.add_key, SELF, ["submit"], [], scene.now)


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (REJECT, "You refused it, which is right: it must not run."),
        (APPROVE, "You let it pass. It should have been refused; nothing has run because of it."),
    ],
)
def test_the_reviewer_is_told_in_private_and_only_afterwards(
    probed: tuple[Scene, Item], choice: str, told: str
) -> None:
    scene, probe = probed
    assert scene.outbox() == []

    scene.vote("ann", choice, probe.id)
    scene.tick(seconds=1)

    (answer,) = scene.outbox()
    assert (answer.platform, answer.channel_ref, answer.thread_ref) == ("slack", "U0ANN", None)
    assert answer.words.startswith(f"Request {probe.id} in Approvals was a test")
    assert told in answer.words
    assert "Wipe disk db-1 in production" in answer.words
    scene.tick(seconds=1)
    assert scene.outbox() == []


def test_the_catch_rate_counts_probes_that_people_saw(set_scene: SetScene) -> None:
    scene = set_scene(approvals=a_policy(probe_share=0.5))
    add(scene, "approvals", "probe", WIPE, {**WIPE, "reason": "again"}, {**WIPE, "reason": "once"})
    while len(planted(scene)) < 3:
        scene.approval()
        scene.tick(seconds=91)
    caught, missed, unseen = planted(scene)

    scene.vote("ann", REJECT, caught.id)
    scene.vote("ben", APPROVE, missed.id)
    scene.tick(minutes=31)

    outcomes = scene.memory.read(probing.probe_outcomes).result(10)
    assert {one.item_id: one.is_caught for one in outcomes} == {caught.id: True, missed.id: False}
    votes = scene.memory.read(probing.caught, "approvals").result(10)
    assert {(one.person_id, one.is_right) for one in votes} == {("ann", True), ("ben", False)}
    estimate = catch_rate(sum(one.is_caught for one in outcomes), len(outcomes))
    assert (estimate.value, estimate.n) == (0.5, 2)
    assert scene.item(unseen.id).is_settled


def test_gold_is_mixed_into_labels_at_the_stated_rate(set_scene: SetScene) -> None:
    scene = set_scene(labels=a_policy(gold_share=0.2, votes_needed=1))
    add(scene, "labels", "gold", *({**GOLD, "body": f"Meeting at {n}?"} for n in range(60)))
    for _ in range(60):
        scene.label()

    scene.tick(seconds=91)

    found = planted(scene)
    assert 1 <= len(found) <= 32
    assert {(item.kind, item.purpose) for item in found} == {(Kind.LABEL, Purpose.GOLD)}
    bodies = [
        str(scene.memory.read(delivering.view, item.id, "slack").result(10).content)
        for item in found
    ]
    assert len(set(bodies)) == len(found)
    assert not any("answer" in body for body in bodies)


def test_who_voted_on_gold_is_told_what_was_right(set_scene: SetScene) -> None:
    scene = set_scene(labels=a_policy(gold_share=0.5, votes_needed=2, majority_share=1.0))
    add(scene, "labels", "gold", GOLD)
    _, gold = followed(scene, scene.label)

    scene.vote("ann", "spam", gold.id)
    scene.vote("ben", "ham", gold.id)
    scene.vote("sue", "ham", gold.id)
    scene.tick(seconds=1)

    told = {
        answer.channel_ref: answer.words
        for answer in scene.outbox()
        if answer.template == "gold-feedback"
    }
    assert told.keys() == {"U0ANN", "U0BEN", "U0SUE"}
    assert "You said “spam”; right is “ham”." in told["U0ANN"]
    assert "You said “ham”, which is right." in told["U0BEN"]


def test_who_was_not_sure_has_not_answered(set_scene: SetScene) -> None:
    scene = set_scene(labels=a_policy(gold_share=0.5, votes_needed=1))
    add(scene, "labels", "gold", GOLD)
    _, gold = followed(scene, scene.label)

    scene.vote("ann", UNSURE, gold.id)
    scene.vote("sue", "ham", gold.id)
    scene.tick(seconds=1)

    (vote,) = scene.memory.read(probing.caught).result(10)
    assert (vote.person_id, vote.is_right) == ("sue", True)


def test_the_question_asked_least_often_comes_next_and_never_twice_at_once(
    set_scene: SetScene,
) -> None:
    scene = set_scene(labels=a_policy(gold_share=0.5, votes_needed=1))
    add(scene, "labels", "gold", GOLD, {**GOLD, "body": "Lunch?"})
    while len(planted(scene)) < 2:
        scene.label()
        scene.tick(seconds=91)
    for _ in range(8):
        scene.label()
    scene.tick(seconds=91)

    assert len(planted(scene)) == 2
    listed = scene.memory.read(probing.list_known, "gold").result(10)
    assert [(one.asked, one.used_count) for one in listed] == [
        ("Meeting at three?", 1), ("Lunch?", 1)
    ]  # fmt: skip


def test_a_retired_question_is_asked_no_more(set_scene: SetScene) -> None:
    scene = set_scene(labels=a_policy(gold_share=0.5))
    add(scene, "labels", "gold", GOLD)
    (one,) = scene.memory.read(probing.list_known, "gold").result(10)

    scene.do(probing.retire_known, "gold", one.id, scene.now)

    for _ in range(10):
        scene.label()
    scene.tick(seconds=91)
    assert planted(scene) == []
    with pytest.raises(SignoffError, match="still asked"):
        scene.do(probing.retire_known, "gold", one.id, scene.now)
    with pytest.raises(SignoffError, match="There is no probe"):
        scene.do(probing.retire_known, "probe", one.id, scene.now)


def test_adding_a_file_twice_adds_it_once(scene: Scene) -> None:
    assert add(scene, "labels", "gold", GOLD, {**GOLD, "body": "Lunch?"}) == (2, 0)
    assert add(scene, "labels", "gold", GOLD, {**GOLD, "body": "Tea?"}) == (1, 1)


@pytest.mark.parametrize(
    ("queue", "sort", "text", "told"),
    [
        ("labels", "gold", "{", "line 1: is not JSON"),
        ("labels", "gold", "[]", "line 1: is not a JSON object"),
        ("labels", "gold", {**GOLD, "answer": "eggs"}, "answer must be one of spam, ham"),
        ("labels", "gold", {**GOLD, "prediction": {}}, "prediction is not for you to say"),
        ("labels", "gold", {**GOLD, "colour": 1}, "colour: Extra inputs"),
        ("labels", "gold", {**GOLD, "producer": ""}, "producer must be a name"),
        ("labels", "gold", {**WIPE, "kind": "approval"}, "kind must be label or preference"),
        ("approvals", "probe", {**WIPE, "answer": "approve"}, "always reject"),
        ("approvals", "probe", {**WIPE, "key": "k"}, "key is not for you to say"),
        ("approvals", "probe", " ", "holds no question"),
    ],
)
def test_a_file_with_a_fault_adds_nothing(
    scene: Scene, queue: str, sort: Sort, text: object, told: str
) -> None:
    line = text if isinstance(text, str) else json.dumps(text)

    with pytest.raises(SignoffError, match="Nothing was added") as refused:
        read_known([line], scene.rulebook.queues[queue], sort)

    assert told in str(refused.value)


def test_questions_that_would_stand_out_are_refused(scene: Scene) -> None:
    with pytest.raises(SignoffError, match="would stand out"):
        add(scene, "approvals", "gold", GOLD)
    with pytest.raises(SignoffError, match="would stand out"):
        add(scene, "labels", "probe", WIPE)


def test_what_was_to_be_planted_long_ago_does_not_come_in_a_burst(set_scene: SetScene) -> None:
    scene = set_scene(labels=a_policy(gold_share=0.5))
    add(scene, "labels", "gold", *({**GOLD, "body": f"Meeting at {n}?"} for n in range(20)))
    for _ in range(20):
        scene.label()

    scene.tick(hours=2)

    assert planted(scene) == []

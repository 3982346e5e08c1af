"""Which of two answers is better: sides by lot, votes that know them, pairs seen twice."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.errors import NeedsReadingError
from bot.facts import BOTH_BAD, FIRST, SECOND, TIE, UNSURE, Item, Kind, Purpose, Rule, Status
from bot.flows import comparing, voting
from bot.flows.voting import Receipt
from bot.rules.sampling import REPEAT_AFTER, left_of
from tests.flows.scene import Scene, a_policy, who

SetScene = Callable[..., Scene]
PAIR: dict[str, Any] = {
    "kind": "preference",
    "queue": "pairs",
    "body": "What is the capital of France?",
    "answers": [{"text": "Paris.", "model": "owl-7b"}, {"text": "Lyon.", "model": "lark-2"}],
}
REPEATED = a_policy(votes_needed=2, repeat_share=0.5)


def read_and_vote(scene: Scene, person: str, choice: str, item_id: str) -> Receipt:
    digest = scene.item(item_id).digest
    scene.do(voting.mark_read, scene.rulebook, item_id, who(person), digest, scene.now)
    return scene.vote(person, choice, item_id)


@pytest.fixture
def scene(set_scene: SetScene) -> Scene:
    return set_scene(pairs=a_policy(votes_needed=3))


def test_a_pair_opens_with_four_votes(scene: Scene) -> None:
    pair = scene.item(scene.open(**PAIR))

    assert (pair.kind, pair.choices) == (Kind.PREFERENCE, (FIRST, SECOND, TIE, BOTH_BAD))
    assert pair.needs_reading


@pytest.mark.parametrize("choice", [FIRST, SECOND, TIE, BOTH_BAD])
def test_who_has_not_read_both_answers_cannot_vote(scene: Scene, choice: str) -> None:
    pair = scene.open(**PAIR)

    refused = scene.vote("ann", choice, pair)

    assert isinstance(refused.refusal, NeedsReadingError)
    assert read_and_vote(scene, "ann", choice, pair).vote is not None


def test_passing_a_pair_on_needs_no_reading(scene: Scene) -> None:
    pair = scene.open(**PAIR)

    scene.vote("ann", UNSURE, pair)

    assert scene.item(pair).status is Status.ESCALATED


def test_a_vote_is_kept_by_the_answer_with_the_side_it_stood_on(scene: Scene) -> None:
    pair = scene.open(**PAIR)
    item = scene.item(pair)

    for person in ("ann", "ben"):
        read_and_vote(scene, person, FIRST, pair)

    kept = {vote.person_id: (vote.choice, vote.left) for vote in scene.item(pair).votes}
    assert kept == {
        "ann": (FIRST, left_of(item, "ann")),
        "ben": (FIRST, left_of(item, "ben")),
    }
    said = [body for event, body in scene.lines(pair) if event == "voted"]
    assert [body["left"] for body in said] == [left_of(item, "ann"), left_of(item, "ben")]


def test_a_reason_added_later_keeps_the_side(scene: Scene) -> None:
    pair = scene.open(**PAIR)
    before = read_and_vote(scene, "ann", FIRST, pair).vote

    scene.do(voting.add_reason, scene.rulebook, pair, who("ann"), "shorter", scene.now)

    (after,) = scene.item(pair).votes
    assert before is not None
    assert (after.left, after.reason) == (before.left, "shorter")


@pytest.mark.parametrize(
    ("votes", "choice"),
    [
        ((FIRST, FIRST, SECOND), FIRST),
        ((TIE, TIE, FIRST), TIE),
        ((BOTH_BAD, SECOND, BOTH_BAD), BOTH_BAD),
    ],
)
def test_the_majority_of_the_four_decides(
    scene: Scene, votes: tuple[str, ...], choice: str
) -> None:
    pair = scene.open(**PAIR)

    for person, vote in zip(("ann", "ben", "cat"), votes, strict=True):
        read_and_vote(scene, person, vote, pair)

    outcome = scene.item(pair).outcome
    assert outcome is not None
    assert (outcome.choice, outcome.rule) == (choice, Rule.MAJORITY)


def test_three_different_answers_go_to_the_seniors(scene: Scene) -> None:
    pair = scene.open(**PAIR)

    for person, vote in zip(("ann", "ben", "cat"), (FIRST, SECOND, TIE), strict=True):
        read_and_vote(scene, person, vote, pair)

    assert scene.item(pair).status is Status.ESCALATED


def a_repeat(scene: Scene) -> tuple[Item, Item]:
    """A settled pair, and its repeat."""
    for _ in range(20):
        pair = scene.open(**PAIR)
        for person in ("ann", "ben"):
            read_and_vote(scene, person, FIRST, pair)
        scene.tick(minutes=10)
        scene.wait(seconds=REPEAT_AFTER.total_seconds())
        scene.tick()
        ids = scene.memory.read(
            lambda unit: [row[0] for row in unit.connection.exec_driver_sql(
                "SELECT id FROM item WHERE purpose = 'repeat'")]
        ).result(10)  # fmt: skip
        if ids:
            return scene.item(pair), scene.item(ids[0])
    raise AssertionError


def test_a_pair_is_asked_again_with_the_sides_swapped(set_scene: SetScene) -> None:
    scene = set_scene(pairs=REPEATED)

    pair, repeat = a_repeat(scene)

    assert (repeat.purpose, repeat.about_id) == (Purpose.REPEAT, pair.id)
    assert (repeat.posed_by, repeat.policy.votes_needed) == (pair.producer, 2)
    for person in ("ann", "ben"):
        assert left_of(repeat, person) != left_of(pair, person)


def test_who_judged_a_pair_twice_shows_how_consistent_they_are(set_scene: SetScene) -> None:
    scene = set_scene(pairs=REPEATED)
    pair, repeat = a_repeat(scene)

    read_and_vote(scene, "ann", FIRST, repeat.id)
    read_and_vote(scene, "ben", SECOND, repeat.id)

    twice = scene.memory.read(comparing.repeats, "pairs").result(10)
    assert {one.first.person_id: one.is_consistent for one in twice} == {"ann": True, "ben": False}
    assert all(one.first.left != one.second.left for one in twice)
    sides = scene.memory.read(comparing.side_votes, "pairs").result(10)
    assert repeat.id not in {vote.item_id for vote in sides}
    on_it = [vote for vote in sides if vote.item_id == pair.id]
    assert {vote.took_left for vote in on_it} == {
        left_of(pair, person) == FIRST for person in ("ann", "ben")
    }

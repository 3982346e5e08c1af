"""Clicks: what counts, what does not, and what everybody is told."""

import dataclasses
from collections.abc import Callable
from concurrent.futures import wait
from datetime import timedelta

import pytest

from bot.errors import (
    NeedsReadingError,
    NotAllowedError,
    ReasonNeededError,
    SettledError,
    UnknownChoiceError,
    UnknownItemError,
)
from bot.facts import APPROVE, REJECT, UNSURE, Identity, Rule, Status, Trigger
from bot.flows import voting
from bot.flows.voting import Ballot
from config.policies import Person
from storage.engine import open_engine
from storage.unit import Memory
from tests.flows.scene import Scene, a_policy, who

Build = Callable[..., Scene]


def test_one_approval_settles_an_item_that_needs_one(scene: Scene) -> None:
    item_id = scene.approval()

    receipt = scene.vote("ann", APPROVE, item_id)

    assert receipt.is_new
    item = scene.item(item_id)
    assert item.status is Status.SETTLED
    assert item.outcome is not None
    assert (item.outcome.choice, item.outcome.rule) == (APPROVE, Rule.UNANIMOUS)
    assert item.outcome.decided_by == ("ann",)
    assert scene.events(item_id) == ["opened", "voted", "settled"]


def test_a_changed_mind_replaces_the_first_vote(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(approvals_needed=2, denials_needed=2))
    item_id = scene.approval()
    scene.vote("ann", APPROVE, item_id)

    receipt = scene.vote("ann", REJECT, item_id)

    assert receipt.previous is not None
    assert receipt.previous.choice == APPROVE
    assert [(vote.person_id, vote.choice) for vote in scene.item(item_id).votes] == [
        ("ann", REJECT)
    ]
    assert scene.events(item_id) == ["opened", "voted", "vote-changed"]


def test_a_click_that_comes_three_times_is_one_vote_and_one_line(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(approvals_needed=2))
    item_id = scene.approval()

    receipts = [scene.vote("ann", APPROVE, item_id) for _ in range(3)]

    assert [receipt.is_new for receipt in receipts] == [True, False, False]
    assert scene.events(item_id) == ["opened", "voted"]


def test_one_person_on_two_platforms_has_one_vote(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(approvals_needed=2))
    item_id = scene.approval()
    scene.vote("ann", APPROVE, item_id)

    ballot = Ballot(item_id, APPROVE, Identity("discord", "11"))
    receipt = scene.do(voting.cast, scene.rulebook, ballot, scene.now)

    assert not receipt.is_new
    assert scene.item(item_id).status is Status.OPEN


def test_a_late_click_is_told_the_outcome_and_changes_nothing(scene: Scene) -> None:
    item_id = scene.approval()
    scene.vote("ann", REJECT, item_id)

    receipt = scene.vote("ben", APPROVE, item_id)

    assert isinstance(receipt.refusal, SettledError)
    assert receipt.refusal.outcome.choice == REJECT
    assert len(scene.item(item_id).votes) == 1


def test_a_click_after_the_deadline_denies_even_if_no_clock_ticked(scene: Scene) -> None:
    item_id = scene.approval()
    scene.wait(minutes=31)

    receipt = scene.vote("ann", APPROVE, item_id)

    assert isinstance(receipt.refusal, SettledError)
    outcome = scene.item(item_id).outcome
    assert outcome is not None
    assert (outcome.choice, outcome.rule) == (REJECT, Rule.TIMEOUT)


@pytest.mark.parametrize(
    ("identity", "why"),
    [
        (who("out"), "not a reviewer of the queue"),
        (who("nobody"), "not on the list of reviewers"),
        (who("olga"), "others must judge it"),
        (who("sue"), "You are a senior here"),
        (who("ann", barred="Guests may not vote."), "Guests may not vote"),
    ],
)
def test_who_may_not_vote_is_told_why_and_it_is_written_down(
    scene: Scene, identity: Identity, why: str
) -> None:
    item_id = scene.approval()

    ballot = Ballot(item_id, APPROVE, identity)
    receipt = scene.do(voting.cast, scene.rulebook, ballot, scene.now)

    assert isinstance(receipt.refusal, NotAllowedError)
    assert why in str(receipt.refusal)
    assert "not counted" in str(receipt.refusal)
    assert scene.item(item_id).votes == ()
    assert scene.events(item_id) == ["opened", "vote-refused"]


@pytest.mark.parametrize("requester", ["ann", "U0ANN"])
def test_the_requester_does_not_judge_their_own_request(scene: Scene, requester: str) -> None:
    item_id = scene.approval(requester=requester)

    receipt = scene.vote("ann", APPROVE, item_id)

    assert isinstance(receipt.refusal, NotAllowedError)
    assert scene.item(item_id).status is Status.OPEN


@pytest.mark.parametrize("reviewers", [(), ("@nobody",), ("stranger",)])
def test_no_known_approver_means_nobody_may_vote(
    set_scene: Build, reviewers: tuple[str, ...]
) -> None:
    scene = set_scene(approvals=a_policy(reviewers=reviewers))
    item_id = scene.approval()

    receipts = [scene.vote(person, APPROVE, item_id) for person in ("ann", "ben", "cat", "sue")]

    assert all(isinstance(receipt.refusal, NotAllowedError) for receipt in receipts)


def test_a_missing_qualification_is_named(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(qualifications=("medical",)))
    item_id = scene.approval()

    receipt = scene.vote("ann", APPROVE, item_id)

    assert "medical" in str(receipt.refusal)


def test_an_unknown_item_or_choice_is_refused(scene: Scene) -> None:
    item_id = scene.approval()

    nowhere = scene.vote("ann", APPROVE, "ZZZZZZZZ")
    nonsense = scene.vote("ann", "spam", item_id)

    assert isinstance(nowhere.refusal, UnknownItemError)
    assert isinstance(nonsense.refusal, UnknownChoiceError)


def test_an_early_majority_stops_the_asking(scene: Scene) -> None:
    item_id = scene.label()
    scene.vote("ann", "spam", item_id)

    receipt = scene.vote("ben", "spam", item_id)

    assert receipt.item is not None
    assert receipt.item.outcome is not None
    assert receipt.item.outcome.rule is Rule.MAJORITY


def test_not_sure_hands_the_item_to_a_senior_who_decides_alone(scene: Scene) -> None:
    item_id = scene.label()
    scene.vote("ann", "ham", item_id)

    scene.vote("ben", UNSURE, item_id)
    escalated = scene.item(item_id)
    refused = scene.vote("cat", "ham", item_id)
    receipt = scene.vote("sue", "spam", item_id)

    assert (escalated.status, escalated.trigger) == (Status.ESCALATED, Trigger.UNSURE)
    assert isinstance(refused.refusal, NotAllowedError)
    assert receipt.item is not None
    assert receipt.item.outcome is not None
    assert (receipt.item.outcome.choice, receipt.item.outcome.rule) == ("spam", Rule.SENIOR)
    assert receipt.item.outcome.decided_by == ("sue",)


def test_disagreement_goes_to_the_seniors(set_scene: Build) -> None:
    scene = set_scene(labels=a_policy(votes_needed=3, majority_share=0.9))
    item_id = scene.label()

    scene.vote("ann", "spam", item_id)
    scene.vote("ben", "ham", item_id)

    item = scene.item(item_id)
    assert (item.status, item.trigger) == (Status.ESCALATED, Trigger.DISAGREEMENT)


def test_the_votes_of_a_person_who_left_no_longer_count(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(approvals_needed=2))
    item_id = scene.approval()
    scene.vote("ann", APPROVE, item_id)
    gone = scene.rulebook.people["ann"].model_copy(update={"active": False})
    people: dict[str, Person] = {**scene.rulebook.people, "ann": gone}
    scene.rulebook = scene.rulebook.model_copy(update={"people": people})

    scene.vote("ben", APPROVE, item_id)

    assert scene.item(item_id).status is Status.OPEN


def test_a_later_policy_does_not_touch_an_open_item(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(approvals_needed=2))
    item_id = scene.approval()
    eased = scene.rulebook.queues["approvals"].model_copy(update={"policy": a_policy()})
    queues = {**scene.rulebook.queues, "approvals": eased}
    scene.rulebook = scene.rulebook.model_copy(update={"queues": queues})

    scene.vote("ann", APPROVE, item_id)

    assert scene.item(item_id).status is Status.OPEN


def test_an_approval_waits_out_its_grace_and_can_be_taken_back(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(grace_for=timedelta(seconds=30)))
    item_id = scene.approval()

    scene.vote("ann", APPROVE, item_id)
    waiting = scene.item(item_id)
    scene.wait(seconds=20)
    scene.do(voting.withdraw, scene.rulebook, item_id, who("ann"), scene.now)
    ticked = scene.tick(seconds=20)

    assert waiting.settles_at == waiting.opened_at + timedelta(seconds=30)
    assert ticked == 0
    item = scene.item(item_id)
    assert (item.status, item.settles_at, item.votes) == (Status.OPEN, None, ())


def test_an_approval_settles_when_its_grace_is_over(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(grace_for=timedelta(seconds=30)))
    item_id = scene.approval()
    scene.vote("ann", APPROVE, item_id)

    ticked = scene.tick(seconds=30)

    assert ticked == 1
    outcome = scene.item(item_id).outcome
    assert outcome is not None
    assert outcome.choice == APPROVE


def test_a_denial_needs_no_grace(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(grace_for=timedelta(seconds=30)))
    item_id = scene.approval()
    scene.vote("ann", APPROVE, item_id)

    scene.vote("ben", REJECT, item_id)

    outcome = scene.item(item_id).outcome
    assert outcome is not None
    assert outcome.choice == REJECT


def test_what_was_not_read_whole_cannot_be_approved_but_rejected(scene: Scene) -> None:
    long = {"name": "write_file", "args": {"text": "x" * 50_000}}
    item_id = scene.open(kind="approval", queue="approvals", action=long)
    digest = scene.item(item_id).digest

    unread = scene.vote("ann", APPROVE, item_id)
    scene.do(voting.mark_read, scene.rulebook, item_id, who("ben"), digest, scene.now)
    still_unread = scene.vote("ann", APPROVE, item_id)
    scene.do(voting.mark_read, scene.rulebook, item_id, who("ann"), "0" * 64, scene.now)
    other_content = scene.vote("ann", APPROVE, item_id)
    read = scene.vote("ben", APPROVE, item_id)

    for receipt in (unread, still_unread, other_content):
        assert isinstance(receipt.refusal, NeedsReadingError)
    assert read.is_new


def test_a_reason_that_the_policy_wants_must_come_with_the_vote(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(require_reason="both"))
    item_id = scene.approval()

    bare = scene.vote("ann", REJECT, item_id)
    blank = scene.vote("ann", REJECT, item_id, reason="  ")
    explained = scene.vote("ann", REJECT, item_id, reason="wrong host")

    assert isinstance(bare.refusal, ReasonNeededError)
    assert isinstance(blank.refusal, ReasonNeededError)
    assert explained.is_new


def test_a_reason_can_follow_the_vote_even_after_the_outcome(scene: Scene) -> None:
    item_id = scene.approval()
    scene.vote("ann", REJECT, item_id)

    scene.do(voting.add_reason, scene.rulebook, item_id, who("ann"), "wrong host", scene.now)
    refused = scene.do(voting.add_reason, scene.rulebook, item_id, who("ben"), "me too", scene.now)

    assert [vote.reason for vote in scene.item(item_id).votes] == ["wrong host"]
    assert isinstance(refused.refusal, NotAllowedError)


def test_two_replicas_and_ten_clicks_make_one_outcome(scene: Scene, database_url: str) -> None:
    other = Memory(open_engine(database_url))
    item_id = scene.approval()
    people = ("ann", "ben", "cat")

    futures = [
        memory.write(voting.cast, scene.rulebook, Ballot(item_id, choice, who(person)), scene.now)
        for person in people
        for choice in (APPROVE, REJECT)
        for memory in (scene.memory, other)
    ]
    wait(futures)

    assert sum(future.result().is_new for future in futures) == 1
    assert scene.events(item_id) == ["opened", "voted", "settled"]
    other.close()


def test_forty_two_reviewer_races_all_settle(set_scene: Build, database_url: str) -> None:
    scene = set_scene(approvals=a_policy(approvals_needed=2))
    other = Memory(open_engine(database_url))
    item_ids = [scene.approval() for _ in range(40)]

    futures = []
    for item_id in item_ids:
        for memory, person in ((scene.memory, "ann"), (other, "ben")):
            ballot = Ballot(item_id, APPROVE, who(person))
            futures.append(memory.write(voting.cast, scene.rulebook, ballot, scene.now))
    wait(futures)

    assert [item_id for item_id in item_ids if not scene.item(item_id).is_settled] == []
    other.close()


def test_facts_cannot_be_changed_by_accident(scene: Scene) -> None:
    item = scene.item(scene.approval())

    with pytest.raises(dataclasses.FrozenInstanceError):
        item.status = Status.SETTLED  # type: ignore[misc]  # that is the point


def test_a_reason_keeps_only_what_every_database_takes(scene: Scene) -> None:
    item_id = scene.approval()

    scene.vote("ann", REJECT, item_id, reason=" wrong\0 host \ud800 ")

    assert [vote.reason for vote in scene.item(item_id).votes] == ["wrong host ?"]

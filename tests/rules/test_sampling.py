"""Lots over items: the same on every replay, as often as stated, each on its own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.content import Pair
from bot.facts import FIRST, SECOND, Item, Kind, Outcome, Purpose, Rule, Status
from bot.rules.sampling import (
    PLANT_WITHIN,
    REPEAT_AFTER,
    Task,
    errand_of,
    left_of,
    policy_for,
    policy_of_ours,
    week_of,
)
from tests.builders import NOON, a_label, a_pair, a_policy, an_approval, an_item

MANY = range(4_000)


def settled(item: Item, rule: Rule, choice: str = "spam") -> Item:
    outcome = Outcome(choice, rule, 0, NOON + timedelta(minutes=1))
    return replace(item, status=Status.SETTLED, outcome=outcome)


def task_of(item: Item) -> Task | None:
    errand = errand_of(item)
    return errand.task if errand else None


@pytest.mark.parametrize("rule", [Rule.AUTO, Rule.JUDGE])
def test_what_a_machine_settled_waits_for_its_lot(rule: Rule) -> None:
    item = an_item(a_label(), policy=a_policy(audit_share=0.05))

    assert task_of(settled(item, rule)) is Task.DRAW
    assert task_of(settled(replace(item, policy=a_policy()), rule)) is None


@pytest.mark.parametrize("rule", [Rule.MAJORITY, Rule.SENIOR, Rule.TIMEOUT, Rule.CANCELLED])
def test_what_people_settled_is_not_audited(rule: Rule) -> None:
    assert task_of(settled(an_item(a_label(), policy=a_policy(audit_share=1.0)), rule)) is None


@pytest.mark.parametrize(
    ("facts", "task"),
    [
        ({"kind": Kind.AUDIT}, Task.CONCLUDE),
        ({"kind": Kind.AUDIT, "purpose": Purpose.AUDIT}, Task.CONCLUDE),
        ({"purpose": Purpose.GOLD}, Task.FEED_BACK),
        ({"purpose": Purpose.PROBE}, Task.FEED_BACK),
        ({"purpose": Purpose.REOPENED}, Task.CONFIRM),
        ({"purpose": Purpose.REPEAT}, None),
    ],
)
def test_what_signoff_asked_is_followed_up_when_it_settles(
    facts: dict[str, Any], task: Task | None
) -> None:
    item = an_item(a_label(), **facts)

    assert task_of(item) is None
    assert task_of(settled(item, Rule.MAJORITY)) is task


def test_known_questions_follow_as_many_real_ones_as_stated() -> None:
    policy = a_policy(gold_share=0.1, probe_share=0.02)
    labels = [an_item(a_label(), id=f"L{n}", policy=policy) for n in MANY]
    actions = [an_item(an_approval(), id=f"A{n}", policy=policy) for n in MANY]

    assert sum(task_of(item) is Task.PLANT for item in labels) == pytest.approx(400, abs=80)
    assert sum(task_of(item) is Task.PLANT for item in actions) == pytest.approx(80, abs=36)


def test_nothing_is_planted_after_what_signoff_itself_asks_or_a_machine_settled() -> None:
    item = an_item(a_label(), policy=a_policy(gold_share=0.5, audit_share=0.0))
    drawn = [replace(item, id=f"L{n}") for n in range(40)]

    assert any(task_of(each) is Task.PLANT for each in drawn)
    assert not any(task_of(replace(each, purpose=Purpose.GOLD)) for each in drawn)
    assert not any(task_of(settled(each, Rule.AUTO)) for each in drawn)


def test_a_known_question_does_not_follow_at_once_nor_always_after_the_same_time() -> None:
    policy = a_policy(gold_share=0.5)
    errands = [errand_of(an_item(a_label(), id=f"L{n}", policy=policy)) for n in range(100)]
    waits = [errand.at - NOON for errand in errands if errand]

    assert len(set(waits)) == len(waits)
    assert all(timedelta(0) <= wait < PLANT_WITHIN for wait in waits)


def test_a_vote_does_not_ask_for_a_second_planting() -> None:
    policy = a_policy(gold_share=0.5)
    opened = next(
        item
        for n in MANY
        if errand_of(item := an_item(a_label(), id=f"L{n}", policy=policy)) is not None
    )

    assert errand_of(settled(opened, Rule.MAJORITY)) == errand_of(opened)


def test_a_share_of_pairs_is_repeated_after_a_while() -> None:
    policy = a_policy(repeat_share=0.05)
    pairs = [an_item(a_pair(), id=f"P{n}", policy=policy) for n in MANY]
    errands = [errand_of(settled(pair, Rule.MAJORITY, FIRST)) for pair in pairs]

    found = [errand for errand in errands if errand]

    assert len(found) == pytest.approx(200, abs=60)
    assert {errand.task for errand in found} == {Task.REPEAT}
    assert all(errand.at == NOON + timedelta(minutes=1) + REPEAT_AFTER for errand in found)
    assert not any(errand_of(settled(pair, Rule.TIMEOUT, FIRST)) for pair in pairs)


def test_a_share_of_single_vote_items_gets_more_votes() -> None:
    policy = a_policy(votes_needed=1, overlap_share=0.1, overlap_votes=3)

    chosen = [policy_for(policy, f"L{n}", Kind.LABEL) for n in MANY]

    assert sum(each.votes_needed == 3 for each in chosen) == pytest.approx(400, abs=80)
    assert {each.votes_needed for each in chosen} == {1, 3}
    assert chosen == [policy_for(policy, f"L{n}", Kind.LABEL) for n in MANY]
    assert policy_for(policy, "L1", Kind.APPROVAL) is policy
    enough = a_policy(votes_needed=3, overlap_share=1.0, overlap_votes=2)
    assert policy_for(enough, "L1", Kind.LABEL) is enough


def test_another_seed_draws_others() -> None:
    first, second = (a_policy(votes_needed=1, overlap_share=0.5, seed=seed) for seed in "ab")

    drawn = [
        [policy_for(policy, f"L{n}", Kind.LABEL).votes_needed for n in range(64)]
        for policy in (first, second)
    ]

    assert drawn[0] != drawn[1]


def test_what_signoff_asks_has_the_queues_rules_and_no_lots_of_its_own() -> None:
    policy = a_policy(
        auto_above=0.5, audit_share=1.0, gold_share=0.5, probe_share=0.5, expiry="prediction"
    )

    ours = policy_of_ours(policy)

    assert ours.auto_above is None
    assert (ours.audit_share, ours.gold_share, ours.probe_share) == (0, 0, 0)
    assert (ours.votes_needed, ours.expiry, ours.reviewers) == (
        policy.votes_needed, policy.expiry, policy.reviewers
    )  # fmt: skip


def test_either_answer_stands_left_as_often_for_each_reviewer_and_each_pair() -> None:
    pairs = [an_item(a_pair(), id=f"P{n}") for n in MANY]
    lefts = {name: [left_of(pair, name) for pair in pairs] for name in ("ann", "bob")}

    for sides in lefts.values():
        assert sides.count(FIRST) == pytest.approx(2_000, abs=160)
    together = [a == b for a, b in zip(lefts["ann"], lefts["bob"], strict=True)]
    assert sum(together) == pytest.approx(2_000, abs=160)
    assert lefts["ann"] == [left_of(pair, "ann") for pair in pairs]


def test_the_sides_of_a_repeat_are_swapped() -> None:
    for number in range(50):
        pair = an_item(a_pair(), id=f"P{number}")
        repeat = an_item(a_pair(), id="R", purpose=Purpose.REPEAT, about_id=pair.id)

        assert {left_of(pair, "ann"), left_of(repeat, "ann")} == {FIRST, SECOND}


def test_a_week_is_an_iso_week() -> None:
    assert week_of(NOON) == "2026-W10"
    assert week_of(NOON.replace(month=1, day=1)) == "2026-W01"


def test_a_pair_has_four_votes_and_no_machine() -> None:
    content = a_pair()

    assert isinstance(content, Pair)
    assert content.votable == ("first", "second", "tie", "both-bad")

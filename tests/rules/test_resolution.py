"""How votes become an answer."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.facts import APPROVE, REJECT, UNSURE, Item, Rule, Status, Trigger, Vote
from bot.rules.resolution import Decided, Escalate, Ruling, Waiting, resolve
from tests.builders import a_label, a_policy, a_vote, an_item

CROWD = tuple(f"r{number}" for number in range(9))


def the_ruling(item: Item, *choices: str, eligible: tuple[str, ...] = CROWD) -> Ruling:
    """What these votes amount to, the first by r0, the second by r1 …"""
    return resolve(with_votes(item, *choices), frozenset(eligible))


def with_votes(item: Item, *choices: str) -> Item:
    votes = tuple(a_vote(person, choice) for person, choice in zip(CROWD, choices, strict=False))
    return an_item(
        a_label(*item.choices) if item.kind == "label" else None,
        policy=item.policy,
        status=item.status,
        votes=votes,
    )


def labels(**rules: object) -> Item:
    return an_item(a_label("a", "b", "c"), policy=a_policy(**rules))


def approvals(**rules: object) -> Item:
    return an_item(policy=a_policy(**rules))


@pytest.mark.parametrize(
    ("votes_needed", "share", "choices", "expected"),
    [
        (3, 0.6, "", Waiting()),
        (3, 0.6, "a", Waiting()),
        (3, 0.6, "ab", Waiting()),
        (3, 0.6, "aa", Decided("a", Rule.MAJORITY, ("r0", "r1"))),
        (3, 0.6, "aba", Decided("a", Rule.MAJORITY, ("r0", "r2"))),
        (3, 0.6, "abc", Escalate(Trigger.DISAGREEMENT)),
        (1, 0.6, "b", Decided("b", Rule.UNANIMOUS, ("r0",))),
        (3, 1.0, "aa", Waiting()),
        (3, 1.0, "aaa", Decided("a", Rule.UNANIMOUS, ("r0", "r1", "r2"))),
        (3, 1.0, "ab", Escalate(Trigger.DISAGREEMENT)),
        (5, 0.6, "aaa", Decided("a", Rule.MAJORITY, ("r0", "r1", "r2"))),
        (5, 0.6, "abab", Waiting()),
        (5, 0.6, "abc", Waiting()),
        (5, 0.6, "abcabc", Escalate(Trigger.DISAGREEMENT)),
        (5, 0.8, "aabb", Escalate(Trigger.DISAGREEMENT)),
        (4, 0.6, "abab", Escalate(Trigger.DISAGREEMENT)),
    ],
)
def test_labels_settle_as_soon_as_nothing_can_change_it(
    votes_needed: int, share: float, choices: str, expected: Ruling
) -> None:
    item = labels(votes_needed=votes_needed, majority_share=share)

    assert the_ruling(item, *choices) == expected


@pytest.mark.parametrize(
    ("approvals_needed", "denials_needed", "choices", "expected"),
    [
        (1, 1, [APPROVE], Decided(APPROVE, Rule.UNANIMOUS, ("r0",))),
        (1, 1, [REJECT], Decided(REJECT, Rule.UNANIMOUS, ("r0",))),
        (2, 1, [APPROVE], Waiting()),
        (2, 1, [APPROVE, REJECT], Decided(REJECT, Rule.MAJORITY, ("r1",))),
        (2, 2, [APPROVE, REJECT], Waiting()),
        (2, 2, [APPROVE, REJECT, APPROVE], Decided(APPROVE, Rule.MAJORITY, ("r0", "r2"))),
        (1, 2, [REJECT], Waiting()),
        (2, 2, [APPROVE, UNSURE], Escalate(Trigger.UNSURE)),
    ],
)
def test_approvals_and_denials_are_counted_apart(
    approvals_needed: int, denials_needed: int, choices: list[str], expected: Ruling
) -> None:
    item = approvals(approvals_needed=approvals_needed, denials_needed=denials_needed)

    assert the_ruling(item, *choices) == expected


def test_an_item_that_everybody_voted_on_without_result_goes_to_the_seniors() -> None:
    item = approvals(approvals_needed=2, denials_needed=2)

    ruling = the_ruling(item, APPROVE, REJECT, eligible=("r0", "r1"))

    assert ruling == Escalate(Trigger.EXHAUSTED)


def test_votes_of_people_who_may_not_judge_do_not_count() -> None:
    item = approvals(approvals_needed=2)

    assert the_ruling(item, APPROVE, APPROVE, eligible=("r0", "r5")) == Waiting()


def as_seniors(item: Item, *choices: str) -> Ruling:
    votes = tuple(
        a_vote(person, choice, as_senior=True)
        for person, choice in zip(CROWD, choices, strict=False)
    )
    escalated = an_item(
        a_label(*item.choices) if item.kind == "label" else None,
        policy=item.policy,
        status=Status.ESCALATED,
        votes=(a_vote("r8", item.choices[0]), *votes),
    )
    return resolve(escalated, frozenset(CROWD))


def test_one_senior_decides_and_earlier_votes_do_not() -> None:
    assert as_seniors(labels(), "b") == Decided("b", Rule.SENIOR, ("r0",))
    assert as_seniors(labels()) == Waiting()
    assert as_seniors(labels(), UNSURE) == Waiting()


def test_two_seniors_must_agree_where_the_policy_says_two() -> None:
    item = approvals(seniors_needed=2)

    assert as_seniors(item, APPROVE) == Waiting()
    assert as_seniors(item, APPROVE, APPROVE) == Decided(APPROVE, Rule.SENIOR, ("r0", "r1"))


def test_one_senior_is_enough_to_deny() -> None:
    item = approvals(seniors_needed=2)

    assert as_seniors(item, APPROVE, REJECT) == Decided(REJECT, Rule.SENIOR, ("r1",))


@given(
    needed=st.integers(1, 5),
    share=st.sampled_from([0.51, 0.6, 2 / 3, 0.75, 0.8, 1.0]),
    choices=st.lists(st.sampled_from("abc"), min_size=1, max_size=5),
)
def test_stopping_early_never_changes_the_answer(
    needed: int, share: float, choices: list[str]
) -> None:
    item = labels(votes_needed=needed, majority_share=share)
    early = the_ruling(item, *choices)
    still_to_come = max(needed - len(choices), 0)

    finals = [the_ruling(item, *choices, *rest) for rest in product("abc", repeat=still_to_come)]

    if isinstance(early, Decided):
        assert {final.choice for final in finals if isinstance(final, Decided)} == {early.choice}
        assert all(isinstance(final, Decided) for final in finals)
    elif isinstance(early, Escalate):
        assert all(isinstance(final, Escalate) for final in finals)
    elif still_to_come:
        assert len({type(final) for final in finals} | {str(final) for final in finals}) > 2


@given(st.permutations([APPROVE, APPROVE, REJECT, REJECT]))
def test_the_order_of_the_votes_does_not_matter_to_a_full_count(order: list[str]) -> None:
    item = labels(votes_needed=4, majority_share=0.75)
    renamed = {APPROVE: "a", REJECT: "b"}

    ruling = the_ruling(item, *(renamed[choice] for choice in order))

    assert ruling == Escalate(Trigger.DISAGREEMENT)


def test_a_share_of_six_tenths_of_five_is_three() -> None:
    item = labels(votes_needed=5, majority_share=0.6)
    votes: tuple[Vote, ...] = tuple(a_vote(name, "a") for name in CROWD[:3])

    assert isinstance(resolve(an_item(a_label("a", "b"), policy=item.policy, votes=votes),
                              frozenset(CROWD)), Decided)  # fmt: skip


def test_escalation_never_lowers_the_number_of_people() -> None:
    item = approvals(approvals_needed=2, seniors_needed=1)

    assert as_seniors(item, APPROVE) == Waiting()
    assert as_seniors(item, APPROVE, APPROVE) == Decided(APPROVE, Rule.SENIOR, ("r0", "r1"))
    assert as_seniors(item, REJECT) == Decided(REJECT, Rule.SENIOR, ("r0",))

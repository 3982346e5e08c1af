"""Who is asked when: in order, nobody twice while another is left, and not faster than it helps."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.escalation import Asked, due_after, in_turn, members_of, plan_of, remind_at
from config.escalations import read_rounds, read_steps
from config.policies import Step
from config.problems import WrongValueError
from tests.flows.scene import a_policy, a_rulebook

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_without_stated_steps_the_seniors_are_asked_one_after_the_other() -> None:
    policy = a_policy(seniors=("sue", "ann", "ben"))

    plan = plan_of(policy, a_rulebook(), timedelta(minutes=20))

    assert [step.after for step in plan] == [timedelta(0), *[timedelta(minutes=5)] * 2]


@pytest.mark.parametrize(("left", "pause"), [(timedelta(seconds=30), 1), (timedelta(hours=9), 15)])
def test_the_pause_between_two_seniors_is_one_to_fifteen_minutes(
    left: timedelta, pause: int
) -> None:
    plan = plan_of(a_policy(seniors=("sue", "ann")), a_rulebook(), left)

    assert plan[1].after == timedelta(minutes=pause)


def test_rounds_repeat_the_steps_and_then_end() -> None:
    steps = (Step(to=("sue",)), Step(after=timedelta(minutes=3), to=("@crew",)))
    plan = plan_of(a_policy(escalation=steps, escalation_rounds=2), a_rulebook(), timedelta(1))

    assert len(plan) == 4
    assert due_after(plan, 3, NOON) == NOON + timedelta(minutes=3)
    assert due_after(plan, 4, NOON) is None


def test_nobody_is_asked_twice_while_another_is_left() -> None:
    asked = [Asked("ann", NOON, 0), Asked("ben", NOON + timedelta(minutes=1), 1)]

    assert in_turn(("ann", "ben", "cat"), asked) == ("cat", "ann", "ben")


def test_a_target_is_a_person_a_group_a_role_or_the_seniors() -> None:
    rulebook, policy = a_rulebook(), a_policy(seniors=("sue", "@crew", "nobody-known"))

    assert members_of("ann", policy, rulebook) == ("ann",)
    assert members_of("@crew", policy, rulebook) == ("cat",)
    assert members_of("role:senior", policy, rulebook) == ("sue",)
    assert members_of("seniors", policy, rulebook) == ("sue", "cat")
    assert members_of("@unknown", policy, rulebook) == ()


def test_a_reminder_is_due_at_half_time() -> None:
    assert remind_at(NOON, NOON + timedelta(hours=1)) == NOON + timedelta(minutes=30)


def test_steps_are_read() -> None:
    steps = read_steps(
        [{"to": ["schedule:primary"]}, {"after": "10m", "to": ["@leads", "channel"]}]
    )

    assert steps[1] == Step(after=timedelta(minutes=10), to=("@leads", "channel"))


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("ann", '"ann" is not a list of steps'),
        ([], "there is no step"),
        (["ann"], "step 1 is not a table"),
        ([{"to": []}], 'step 1: "to" names nobody'),
        ([{"to": ["ann"], "wait": "5m"}], "step 1 has no key wait"),
        ([{"to": ["ann"]}, {"to": ["ann"], "after": 5}], "step 2: 5"),
        ([{"to": ["role:boss"]}], 'step 1: "boss" is not a role'),
        ([{"to": ["rota:x"]}], 'step 1: "rota:x" is not somebody to ask'),
        ([{"to": [" "]}], 'step 1: " " is not somebody to ask'),
    ],
)
def test_a_wrong_step_is_explained(value: object, wrong: str) -> None:
    with pytest.raises(WrongValueError) as told:
        read_steps(value)

    assert told.value.wrong.startswith(wrong)
    assert told.value.right


@pytest.mark.parametrize("value", [0, 5, True, "2"])
def test_rounds_are_few(value: object) -> None:
    with pytest.raises(WrongValueError, match="how often"):
        read_rounds(value)


def test_a_round_does_not_begin_at_the_very_end_of_the_one_before() -> None:
    ten = timedelta(minutes=10)
    steps = (Step(to=("dora",)), Step(after=ten, to=("channel",)))
    policy = a_policy(escalation=steps, escalation_rounds=2)

    plan = plan_of(policy, a_rulebook(), timedelta(hours=1))

    assert [step.after for step in plan] == [timedelta(0), ten, ten, ten]

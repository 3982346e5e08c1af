"""What an approval permits: exactly this action, once, in time, and not while paused."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import Action, action_digest
from bot.errors import (
    GrantExpiredError,
    GrantMismatchError,
    GrantUsedError,
    NotApprovedError,
    NotRedeemedError,
    PausedError,
    SignoffError,
)
from bot.facts import (
    APPROVE,
    REJECT,
    RESPOND,
    Execution,
    Item,
    Outcome,
    Purpose,
    Rule,
    Standing,
    Status,
)
from bot.rules import granting
from bot.rules.granting import after_time, grant_of, redeem, reported, voided, wakes_at
from tests.builders import NOON, a_label, a_policy, an_approval, an_item

ACTION = an_approval().action
DIGEST = action_digest(ACTION)
OTHER = action_digest(ACTION.model_copy(update={"target": "host-2"}))
LATER = NOON + timedelta(minutes=1)


def an_approved_item(choice: str | None = APPROVE, **facts: Any) -> Item:
    """Approved at noon, its grant good for a quarter of an hour."""
    outcome = Outcome(choice, Rule.UNANIMOUS, 1, NOON, ("ann",))
    settled = an_item(status=Status.SETTLED, outcome=outcome, action_digest=DIGEST, **facts)
    return replace(settled, grant=grant_of(settled))


def redeemed(item: Item | None = None, attempt: str = "a-1", at: datetime = LATER) -> Item:
    return redeem(item or an_approved_item(), DIGEST, attempt, at, paused=False)


def test_an_approval_permits_one_run_until_its_time_is_over() -> None:
    item = an_approved_item(policy=a_policy(grant_for=timedelta(minutes=3)))

    assert item.grant is not None
    assert item.grant.standing is Standing.READY
    assert item.grant.action_digest == DIGEST
    assert item.grant.expires_at == NOON + timedelta(minutes=3)


@pytest.mark.parametrize("choice", [REJECT, RESPOND, None])
def test_nothing_but_an_approval_permits_anything(choice: str | None) -> None:
    item = an_approved_item(choice)

    assert item.grant is None
    with pytest.raises(NotApprovedError):
        redeemed(item)


def test_a_label_called_approve_permits_nothing() -> None:
    outcome = Outcome(APPROVE, Rule.UNANIMOUS, 3, NOON, ("ann",))
    label = an_item(a_label("approve", "reject"), status=Status.SETTLED, outcome=outcome)

    assert grant_of(label) is None


def test_redeeming_starts_the_one_run() -> None:
    item = redeemed()

    assert item.grant is not None
    assert (item.grant.standing, item.grant.attempt) == (Standing.REDEEMED, "a-1")
    assert item.grant.redeemed_at == LATER


def test_the_same_attempt_may_ask_again_after_a_lost_answer() -> None:
    item = redeemed()

    assert redeemed(item, at=LATER + timedelta(seconds=2)) is item


def test_another_attempt_comes_too_late() -> None:
    with pytest.raises(GrantUsedError):
        redeemed(redeemed(), attempt="a-2")


def test_an_attempt_that_has_reported_may_not_start_again() -> None:
    done = reported(redeemed(), Execution.EXECUTED, "", "a-1", LATER)

    with pytest.raises(GrantUsedError):
        redeemed(done)


def test_an_attempt_that_was_given_up_may_not_start_again() -> None:
    given_up = after_time(redeemed(), LATER + timedelta(minutes=10))

    with pytest.raises(GrantUsedError):
        redeemed(given_up)


def test_another_action_than_the_approved_one_may_not_run() -> None:
    with pytest.raises(GrantMismatchError):
        redeem(an_approved_item(), OTHER, "a-1", LATER, paused=False)


def test_a_grant_of_another_action_than_the_one_that_stands_permits_neither() -> None:
    item = replace(an_approved_item(), action_digest=OTHER)

    for digest in (DIGEST, OTHER):
        with pytest.raises(GrantMismatchError):
            redeem(item, digest, "a-1", LATER, paused=False)


def test_a_grant_ends_to_the_microsecond() -> None:
    end = NOON + timedelta(minutes=15)

    redeemed(at=end - timedelta(microseconds=1))
    with pytest.raises(GrantExpiredError):
        redeemed(at=end)


def test_a_clock_that_goes_back_revives_no_grant() -> None:
    expired = after_time(an_approved_item(), NOON + timedelta(minutes=15))

    with pytest.raises(GrantExpiredError):
        redeemed(expired, at=LATER)


def test_the_same_attempt_may_not_begin_after_the_end() -> None:
    with pytest.raises(GrantExpiredError):
        redeemed(redeemed(), at=NOON + timedelta(minutes=15))


def test_nothing_runs_while_paused_not_even_what_was_redeemed_and_asks_again() -> None:
    for item in (an_approved_item(), redeemed()):
        with pytest.raises(PausedError):
            redeem(item, DIGEST, "a-1", LATER, paused=True)


def test_a_probe_never_runs_whatever_was_voted() -> None:
    with pytest.raises(NotApprovedError):
        redeemed(an_approved_item(purpose=Purpose.PROBE))


def test_a_grant_without_an_approval_permits_nothing() -> None:
    item = an_approved_item()
    assert item.outcome is not None

    for changed in (
        replace(item, outcome=replace(item.outcome, choice=REJECT)),
        replace(item, outcome=None, status=Status.OPEN),
        replace(item, purpose=Purpose.PROBE),
    ):
        with pytest.raises(NotApprovedError):
            redeemed(changed)


def test_an_open_item_permits_nothing() -> None:
    with pytest.raises(NotApprovedError):
        redeemed(an_item(action_digest=DIGEST))


def test_a_report_needs_a_grant_that_was_redeemed() -> None:
    for item in (
        an_approved_item(),
        after_time(an_approved_item(), NOON + timedelta(hours=1)),
    ):
        with pytest.raises(NotRedeemedError):
            reported(item, Execution.EXECUTED, "", None, LATER)
    with pytest.raises(NotApprovedError):
        reported(an_item(), Execution.EXECUTED, "", None, LATER)


def test_only_the_attempt_that_redeemed_can_report_by_its_name() -> None:
    with pytest.raises(NotRedeemedError):
        reported(redeemed(), Execution.EXECUTED, "", "a-2", LATER)


def test_what_is_never_reported_is_unknown_and_not_quietly_done() -> None:
    item = redeemed()
    end = LATER + timedelta(minutes=10)

    assert after_time(item, end - timedelta(seconds=1)) is item
    given_up = after_time(item, end)

    assert given_up.report is not None
    assert given_up.report.execution is Execution.UNKNOWN
    assert wakes_at(given_up) is None


def test_a_late_report_stands_after_all() -> None:
    given_up = after_time(redeemed(), LATER + timedelta(minutes=10))

    item = reported(given_up, Execution.EXECUTED, "2 files", "a-1", LATER + timedelta(hours=1))

    assert item.report is not None
    assert item.report.execution is Execution.EXECUTED


def test_what_is_never_redeemed_expires() -> None:
    item = after_time(an_approved_item(), NOON + timedelta(minutes=15))

    assert item.grant is not None
    assert item.grant.standing is Standing.EXPIRED
    assert item.report is None
    assert wakes_at(item) is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": "ops.delete_file"},
        {"version": "2"},
        {"args": {"paths": ["a.log"]}},
        {"environment": None},
        {"target": "host-2"},
    ],
)
def test_every_part_of_an_action_is_in_its_digest(change: dict[str, Any]) -> None:
    stated = ACTION.model_dump() | change

    assert action_digest(Action.model_validate(stated)) != DIGEST


def test_what_only_describes_an_action_is_not_in_its_digest() -> None:
    described = ACTION.model_copy(update={"reversible": True, "args_schema": {"type": "object"}})

    assert action_digest(described) == DIGEST


def test_the_digest_is_the_one_that_the_interface_promises() -> None:
    action = Action(name="delete", args={"b": 1, "a": "ü"})
    said = (
        "signoff/v1/action\n"
        '{"args":{"a":"ü","b":1},"environment":null,"name":"delete","target":null,"version":null}'
    )

    assert action_digest(action) == hashlib.sha256(said.encode()).hexdigest()


steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("redeem"), st.sampled_from(["a-1", "a-2"]), st.sampled_from([DIGEST, OTHER])
        ),
        st.tuples(st.just("report"), st.sampled_from(["a-1", "a-2", None]), st.just("")),
        st.tuples(st.just("pause"), st.booleans(), st.just("")),
        st.tuples(st.just("wait"), st.sampled_from([1, 400, 901]), st.just("")),
    ),
    max_size=20,
)


@given(steps)
def test_whatever_is_asked_in_whatever_order_one_attempt_at_most_may_run(
    asked: list[tuple[str, Any, str]],
) -> None:
    item, now, paused = an_approved_item(), NOON, False
    began: set[str] = set()
    for what, argument, digest in asked:
        try:
            match what:
                case "redeem":
                    item = redeem(item, digest, argument, now, paused=paused)
                    began.add(argument)
                    assert not paused
                    assert digest == DIGEST
                    assert now < NOON + timedelta(minutes=15)
                case "report":
                    item = reported(item, Execution.EXECUTED, "", argument, now)
                    assert began
                case "pause":
                    paused = argument
                case _:
                    now += timedelta(seconds=argument)
                    item = granting.after_time(item, now)
        except SignoffError:
            pass
    assert len(began) <= 1


def test_a_voided_grant_is_over_from_that_instant_on() -> None:
    item = an_approved_item()

    ended = voided(item, LATER)

    assert ended.grant
    assert (ended.grant.standing, ended.grant.expires_at) == (Standing.EXPIRED, LATER)
    with pytest.raises(GrantExpiredError):
        redeem(ended, DIGEST, "attempt-1", LATER, paused=False)
    assert voided(ended, LATER + timedelta(minutes=1)) is ended

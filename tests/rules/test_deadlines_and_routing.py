"""What time alone does, and which items the machine settles."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.content import Prediction
from bot.facts import REJECT, Rule, Status
from bot.rules.deadlines import expire, wake_at
from bot.rules.routing import settles_alone, urgency_of
from tests.builders import NOON, a_label, a_policy, a_vote, an_approval, an_item, unsure


def test_an_expired_approval_is_denied_whatever_the_votes_say() -> None:
    item = an_item(votes=(a_vote("ann", "approve"), unsure("bob")))

    outcome = expire(item, NOON)

    assert (outcome.choice, outcome.rule, outcome.vote_count) == (REJECT, Rule.TIMEOUT, 1)


@pytest.mark.parametrize(("expiry", "choice"), [("undecided", None), ("prediction", "spam")])
def test_an_expired_label_ends_as_its_policy_says(expiry: str, choice: str | None) -> None:
    content = a_label(prediction=Prediction(choice="spam", confidence=0.6))
    item = an_item(content, policy=a_policy(expiry=expiry))

    assert expire(item, NOON).choice == choice


def test_the_clock_looks_at_whatever_comes_first() -> None:
    item = an_item(escalate_at=NOON + timedelta(minutes=10))

    assert wake_at(item) == NOON + timedelta(minutes=10)
    assert wake_at(replace(item, status=Status.ESCALATED)) == item.due_at
    assert wake_at(replace(item, settles_at=NOON)) == NOON
    assert wake_at(replace(item, status=Status.SETTLED)) is None


@pytest.mark.parametrize(
    ("confidence", "auto_above", "choice"),
    [(0.85, 0.85, "spam"), (0.849, 0.85, None), (1.0, None, None), (0.0, 0.0, "spam")],
)
def test_the_machine_settles_at_or_above_the_threshold(
    confidence: float, auto_above: float | None, choice: str | None
) -> None:
    content = a_label(prediction=Prediction(choice="spam", confidence=confidence))

    assert settles_alone(a_policy(auto_above=auto_above), content) == choice


def test_the_machine_never_settles_an_approval_or_what_it_did_not_predict() -> None:
    policy = a_policy(auto_above=0.0)

    assert settles_alone(policy, an_approval()) is None
    assert settles_alone(policy, a_label()) is None


def test_approvals_go_first_then_the_least_confident() -> None:
    sure = a_label(prediction=Prediction(choice="spam", confidence=0.8))
    unsure_of_it = a_label(prediction=Prediction(choice="spam", confidence=0.4))

    assert urgency_of(an_approval()) < urgency_of(unsure_of_it) < urgency_of(sure)

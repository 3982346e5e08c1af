from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from config.durations import read_duration
from config.policies import Policy
from config.presets import PRESETS
from config.warnings import warnings_of
from tests.config.folders import APPROVALS, PEOPLE, a_queue, checked

DOCTORS = PEOPLE.replace("slack =", 'qualifications = ["medical"]\nslack =')


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_holds_rules_only_and_never_the_two_that_a_team_must_state(name: str) -> None:
    preset = PRESETS[name]

    assert preset.values.keys() <= Policy.model_fields.keys()
    assert not {"due_in", "cost_per_review_usd"} & preset.values.keys()
    assert preset.situation.endswith((".", "?"))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_loads_with_the_example_that_its_messages_give(tmp_path: Path, name: str) -> None:
    preset = PRESETS[name]
    kinds = list(preset.kinds)
    rules = a_queue(
        APPROVALS,
        preset=f'"{name}"',
        kinds=str(kinds).replace("'", '"'),
        due_in=f'"{preset.due_in}"',
        cost_per_review_usd=preset.cost_per_review_usd,
        qualifications='["medical"]',
    )

    found = checked(tmp_path, rules, DOCTORS)

    assert found.problems == ()
    assert {warning.key.rpartition(".")[2] for warning in found.warnings} <= {"majority_share"}


def test_a_queues_own_rule_goes_before_the_presets(tmp_path: Path) -> None:
    rules = a_queue(
        APPROVALS, without="kinds", preset='"destructive_action"', grace_for='"1m"', confirm="false"
    )

    rulebook = checked(tmp_path, rules).rulebook

    assert rulebook is not None
    policy = rulebook.queues["agent-actions"].policy
    assert policy.grace_for == timedelta(minutes=1)
    assert not policy.confirm
    assert policy.escalate_after == timedelta(minutes=10)
    assert policy.cost_per_review_usd == Decimal("0.40")
    assert warnings_of(rulebook) == ()


def test_a_destructive_action_needs_one_voice_each_way_and_time_to_take_it_back() -> None:
    values = PRESETS["destructive_action"].values

    assert (values["approvals_needed"], values["denials_needed"]) == (1, 1)
    assert values["confirm"] is True
    assert values["grace_for"] == read_duration("30s")


def test_a_regulated_queue_takes_two_people_and_no_machine(tmp_path: Path) -> None:
    rules = a_queue(APPROVALS, without="kinds", preset='"regulated"', qualifications='["medical"]')

    rulebook = checked(tmp_path, rules, DOCTORS).rulebook

    assert rulebook is not None
    policy = rulebook.queues["agent-actions"].policy
    assert (policy.approvals_needed, policy.seniors_needed, policy.votes_needed) == (2, 2, 2)
    assert policy.auto_above is None
    assert policy.expiry == "undecided"

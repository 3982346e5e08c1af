"""Steps that lead nowhere are told before they are needed, word for word."""

from pathlib import Path

import pytest

from tests.config.folders import APPROVALS, a_queue, checked, problems

KEY = "queues.agent-actions.escalation"


def test_sound_steps_have_no_problem(tmp_path: Path) -> None:
    steps = '[{ to = ["ann"] }, { after = "10m", to = ["@leads", "role:senior", "channel"] }]'

    found = checked(tmp_path, a_queue(APPROVALS, escalation=steps, escalation_rounds="2"))

    assert found.problems == ()
    assert found.rulebook is not None
    assert len(found.rulebook.queues["agent-actions"].policy.escalation) == 2


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ('[{ to = ["anna"] }]', 'step 1: there is no person "anna" | Did you mean "ann"?'),
        ('[{ to = ["@lead"] }]', 'step 1: there is no group "@lead" | Did you mean "@leads"?'),
        (
            '[{ to = ["schedule:primary"] }]',
            'step 1: there is no schedule "primary" | '
            "Add it to oncall.toml as [schedules.primary]",
        ),
        (
            '[{ to = ["ann"] }, { after = "45m", to = ["ben"] }]',
            "its steps take 45m, and the seniors have 30m | "
            "Shorten the steps, or give the item more time with due_in",
        ),
        ("[]", "there is no step | Leave the line out, or write "
               '[{ to = ["schedule:primary"] }, { after = "10m", to = ["@leads"] }]'),
    ],
)  # fmt: skip
def test_a_step_that_leads_nowhere_is_explained(tmp_path: Path, steps: str, told: str) -> None:
    assert problems(tmp_path, a_queue(APPROVALS, escalation=steps)) == [f"{KEY}: {told}"]

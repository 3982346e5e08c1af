"""An agent is killed at every point of a guarded call, and begins again under the same key."""

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import signoff
from signoff import AlreadyRan, OutcomeUnknown
from signoff.testing import Box, approve_all

from tests.client.dying_agent import KEY

POINTS = {  # where it dies -> what the second run meets, and how often it has run in the end
    "before items": (None, 1),
    "after items": (None, 1),
    "before wait": (None, 1),
    "after wait": (None, 1),
    "before redeem": (None, 1),
    "after redeem": (OutcomeUnknown, 0),
    "before the effect": (OutcomeUnknown, 0),
    "after the effect": (OutcomeUnknown, 1),
    "before report": (OutcomeUnknown, 1),
    "after report": (AlreadyRan, 1),
}


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_agent_that_begins_again_runs_nothing_twice(
    box: Box, tmp_path: Path, point: str
) -> None:
    box.reviewer = approve_all
    meets, runs = POINTS[point]
    file = tmp_path / "effects"

    @signoff.requires_approval(queue="agent-actions", name="write")
    def write(line: str) -> None:
        with file.open("a") as out:
            out.write(line)

    script = Path(__file__).with_name("dying_agent.py")
    died = subprocess.run([sys.executable, str(script), point, str(file)], check=False)
    with signoff.keyed(f"{KEY}:{point}"):
        if meets is None:
            write("x")
        else:
            with pytest.raises(meets) as caught:
                write("x")
            assert type(caught.value) is meets

    assert died.returncode == -signal.SIGKILL
    assert (file.read_text() if file.exists() else "") == "x" * runs


def test_a_call_that_nobody_reported_becomes_unknown_by_itself(box: Box) -> None:
    box.reviewer = approve_all
    client = box.client_sync()
    decision = client.ask("agent-actions", action=signoff.Action("act"), key="silent:1")
    client.redeem(decision)

    box.forward(timedelta(minutes=11))

    report = client.look(decision.item_id).report
    assert report
    assert report.execution == "unknown"

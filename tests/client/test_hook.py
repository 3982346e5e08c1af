"""`signoff hook`, as Claude Code runs it: an event on standard input, an answer on its output."""

import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from signoff.hook import run
from signoff.matching import duration_of
from signoff.testing import Box, approve_all, edit, reject, respond

from tests.patience import PATIENCE

BASH: dict[str, Any] = {
    "command": "rm -rf build",
    "description": "Remove the build folder",
    "timeout": 5000,
}


def test_an_approved_call_is_allowed_and_its_outcome_reported(box: Box) -> None:
    box.reviewer = approve_all

    answer = _ask("use-1")
    told = _tell("use-1", "PostToolUse", tool_response={"stdout": ""})
    (asked,) = [each for each in box.asked if each.key == "s-1:use-1"]
    item = box.client_sync().look(asked.item_id)

    assert answer["permissionDecision"] == "allow"
    assert "Ann" in answer["permissionDecisionReason"]
    assert "updatedInput" not in answer
    assert told is None
    assert item.grant is not None
    assert item.grant.redeemed_at is not None
    assert item.report is not None
    assert item.report.execution == "executed"


def test_people_see_the_call_and_claudes_words_apart(box: Box) -> None:
    box.reviewer = approve_all

    _ask("use-2")
    (asked,) = [each for each in box.asked if each.key == "s-1:use-2"]

    assert asked.action is not None
    assert (asked.action.name, asked.action.target) == ("Bash", "/srv/app")
    assert asked.action.args == {"command": "rm -rf build", "timeout": 5000}
    assert asked.reason == "Remove the build folder"


def test_a_denial_tells_claude_why(box: Box) -> None:
    box.reviewer = lambda _asked: reject("it holds the release")

    answer = _ask("use-3")

    assert answer["permissionDecision"] == "deny"
    assert "it holds the release" in answer["permissionDecisionReason"]


def test_an_edit_is_what_runs(box: Box) -> None:
    box.reviewer = lambda _asked: edit(command="rm -rf build/tmp")

    answer = _ask("use-4")

    assert answer["permissionDecision"] == "allow"
    assert answer["updatedInput"] == BASH | {"command": "rm -rf build/tmp"}
    assert "rm -rf build/tmp" in answer["additionalContext"]


def test_an_answer_in_place_of_the_call_denies_it(box: Box) -> None:
    box.reviewer = lambda _asked: respond("Use make clean.")

    answer = _ask("use-5")

    assert answer["permissionDecision"] == "deny"
    assert "Use make clean." in answer["permissionDecisionReason"]


def test_nobody_in_time_means_no_and_takes_the_question_back(box: Box) -> None:
    answer = _ask("use-6", within="1s")
    (asked,) = [each for each in box.asked if each.key == "s-1:use-6"]
    decision = box.client_sync().wait(asked.item_id)

    assert answer["permissionDecision"] == "deny"
    assert "in time" in answer["permissionDecisionReason"]
    assert decision.rule in ("timeout", "cancelled")
    assert not decision.is_approved


def test_the_same_call_is_never_allowed_twice(box: Box) -> None:
    box.reviewer = approve_all

    first, second = _ask("use-7"), _ask("use-7")

    assert first["permissionDecision"] == "allow"
    assert second["permissionDecision"] == "deny"
    assert "It was not run again" in second["permissionDecisionReason"]
    assert [each.key for each in box.asked].count("s-1:use-7") == 1


def test_a_pause_denies(box: Box) -> None:
    box.reviewer = approve_all
    box.pause()
    try:
        answer = _ask("use-8")
    finally:
        box.resume()

    assert answer["permissionDecision"] == "deny"
    assert "paused" in answer["permissionDecisionReason"]


def test_a_failed_call_is_reported_with_its_first_line(box: Box) -> None:
    box.reviewer = approve_all

    _ask("use-9")
    _tell("use-9", "PostToolUseFailure", error="rm: no such file\nand more")
    _ask("use-10")
    _tell("use-10", "PostToolUseFailure", error="", is_interrupt=True)
    reports = [_item(box, f"s-1:use-{number}").report for number in (9, 10)]

    assert [(report.execution, report.note) for report in reports if report] == [
        ("failed", "rm: no such file"),
        ("unknown", "interrupted"),
    ]


def test_a_call_that_was_not_asked_about_is_not_reported(box: Box) -> None:
    assert _tell("use-none", "PostToolUse", tool_response={}) is None


def test_rules_say_what_is_asked(box: Box, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        "[[ask]]\ntool = 'Bash'\nwhere.command = '\\brm\\b'\n"
        "[[ask]]\ntool = 'Write|Edit'\nwhere.file_path = '^/etc/'\n"
        "[[skip]]\ntool = 'Bash'\nwhere.command = '^rm /tmp/'\n"
    )
    box.reviewer = lambda _asked: reject()

    asked = {
        name: run(StringIO(json.dumps(_event(name, tool=tool, given=given))), rules, {}) is not None
        for name, tool, given in [
            ("r-1", "Bash", {"command": "rm -rf build"}),
            ("r-2", "Bash", {"command": "ls"}),
            ("r-3", "Bash", {"command": "rm /tmp/x"}),
            ("r-4", "Write", {"file_path": "/etc/hosts", "content": "x"}),
            ("r-5", "Write", {"file_path": "/srv/a", "content": "x"}),
            ("r-6", "Read", {"file_path": "/etc/hosts"}),
        ]
    }

    assert asked == {
        "r-1": True, "r-2": False, "r-3": False, "r-4": True, "r-5": False, "r-6": False
    }  # fmt: skip


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"hook_event_name": "Stop"}',
        '{"hook_event_name": "PreToolUse", "session_id": "s", "tool_name": "Bash"}',
        '{"hook_event_name": "PreToolUse", "session_id": "s", "tool_use_id": "u",'
        ' "tool_name": "Bash", "tool_input": {"n": NaN}}',
    ],
)
def test_what_cannot_be_understood_is_denied(box: Box, sent: str) -> None:
    answer = run(StringIO(sent), None, {})

    assert answer is not None
    assert answer["hookSpecificOutput"]["permissionDecision"] == "deny"


def test_bad_rules_deny(box: Box, tmp_path: Path) -> None:
    for number, text in enumerate(
        ("queue = 7", "[[ask]]\ntool = '('", "[[aks]]", "within = 'soon'", "[[ask]]", "=")
    ):
        rules = tmp_path / f"{number}.toml"
        rules.write_text(text)

        answer = run(StringIO(json.dumps(_event("b"))), rules, {})

        assert answer is not None, text
        assert f"{number}.toml" in answer["hookSpecificOutput"]["permissionDecisionReason"], text


def test_an_unreachable_signoff_denies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SIGNOFF_API_KEY", "sgn_x")
    monkeypatch.setattr("signoff.exchange.PATIENCE", 0.2)

    answer = run(StringIO(json.dumps(_event("u"))), None, {})

    assert answer is not None
    said = answer["hookSpecificOutput"]
    assert said["permissionDecision"] == "deny"
    assert "cannot be reached" in said["permissionDecisionReason"]


def test_the_command_answers_on_standard_output(box: Box) -> None:
    box.reviewer = approve_all

    ended = _process("use-20").communicate(json.dumps(_event("use-20")), timeout=PATIENCE)

    assert json.loads(ended[0])["hookSpecificOutput"]["permissionDecision"] == "allow"
    assert ended[1] == ""


def test_a_wrong_option_blocks_the_call(box: Box) -> None:
    process = _process("--no-such")

    process.communicate(json.dumps(_event("x")), timeout=PATIENCE)

    assert process.returncode == 2  # which Claude Code takes for a denial


def test_a_hook_that_is_stopped_takes_its_question_back(box: Box) -> None:
    process = _process("use-21")
    assert process.stdin is not None
    process.stdin.write(json.dumps(_event("use-21")))
    process.stdin.close()
    _until(lambda: any(each.key == "s-1:use-21" for each in box.asked))

    process.send_signal(signal.SIGTERM)
    status = process.wait(60)

    assert status == 2
    outcome = _item(box, "s-1:use-21").outcome
    assert outcome is not None
    assert outcome.rule == "cancelled"
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stderr.close()


def _event(use: str, event: str = "PreToolUse", **more: Any) -> dict[str, Any]:
    return {
        "session_id": "s-1",
        "transcript_path": "/srv/transcripts/t.jsonl",
        "cwd": "/srv/app",
        "permission_mode": "default",
        "hook_event_name": event,
        "tool_name": more.pop("tool", "Bash"),
        "tool_input": more.pop("given", BASH),
        "tool_use_id": use,
        **more,
    }


def _ask(use: str, **overrides: Any) -> dict[str, Any]:
    if "within" in overrides:
        overrides["within"] = duration_of(overrides["within"])
    answer = run(StringIO(json.dumps(_event(use))), None, overrides)
    assert answer is not None
    said: dict[str, Any] = answer["hookSpecificOutput"]
    assert said["hookEventName"] == "PreToolUse"
    return said


def _tell(use: str, event: str, **more: Any) -> Any:
    return run(StringIO(json.dumps(_event(use, event, **more))), None, {})


def _item(box: Box, key: str) -> Any:
    (asked,) = [each for each in box.asked if each.key == key]
    return box.client_sync().look(asked.item_id)


def _process(*arguments: str) -> subprocess.Popen[str]:
    options = [each for each in arguments if each.startswith("--")]
    return subprocess.Popen(
        [sys.executable, "-m", "signoff", "hook", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


def _until(is_so: Any) -> None:
    ends_at = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends_at
        time.sleep(0.02)

"""The client's own commands, as a shell runs them."""

import subprocess
import sys
from argparse import Namespace

import pytest
from signoff import ask_command
from signoff.testing import Asked, Box, approve_all, choose, leave, reject
from signoff.testing.command import _reviewer


def ask(*words: str) -> int | str | None:
    """The status that `signoff ask` ends with."""
    with pytest.raises(SystemExit) as ended:
        ask_command.main(words)
    return ended.value.code


def test_a_shell_asks_and_gets_yes_no_or_a_choice(
    box: Box, capsys: pytest.CaptureFixture[str]
) -> None:
    box.reviewer = approve_all
    yes = ask("--queue", "agent-actions", "Reboot web-3?")
    box.reviewer = lambda _asked: reject("not now")
    no = ask("--queue", "agent-actions", "Reboot web-3?")
    box.reviewer = lambda _asked: choose("ham")
    chosen = ask("--queue", "moderation", "--choice", "spam", "--choice", "ham", "Hi!")
    wrong = ask("--queue", "nowhere", "Hi?")

    said = capsys.readouterr()
    assert (yes, no, chosen, wrong) == (0, 1, 0, 2)
    assert said.out == "approve\nham\n"
    assert "not now" in said.err


def test_a_program_runs_beside_a_throwaway_signoff() -> None:
    agent = (
        "import signoff;"
        "f = signoff.requires_approval(queue='agent-actions', name='f')(lambda: print('ran'));"
        "f()"
    )
    command = [sys.executable, "-m", "signoff", "testing", "--approve", "--"]

    done = subprocess.run(
        [*command, sys.executable, "-c", agent], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert "agent-actions: f" in done.stderr


def test_its_people_follow_the_order() -> None:
    action = Asked("ABCDEFGH", "agent-actions", "approval", "k")
    label = Asked("ABCDEFGH", "moderation", "label", "k", choices=("spam", "ham"))
    refuse = _reviewer(Namespace(approve=False, reject="never", choose="ham"))
    idle = _reviewer(Namespace(approve=False, reject=None, choose="egg"))

    assert (refuse(action), refuse(label)) == (reject("never"), choose("ham"))
    assert (idle(action), idle(label)) == (leave(), leave())

"""`signoff gold` and `signoff probes`, called as an admin calls them."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.errors import SignoffError
from bot.facts import FIRST, SECOND
from bot.flows.comparing import Repeat, SideVote
from handlers.cli import cli
from tests.builders import NOON
from tests.doors.test_http_commands import PEOPLE, QUEUES

LABELS = """
[queues.moderation]
preset = "low_data"
slack = "C0123456780"
reviewers = ["ann", "sue"]
seniors = ["sue"]
due_in = "1d"
cost_per_review_usd = 0.2
votes_needed = 2
gold_share = 0.05
"""
WIPE = {"action": {"name": "wipe_disk", "args": {"host": "db-1"}}, "producer": "cleanup-agent"}
GOLD = {"body": "Meeting at three?", "choices": ["spam", "ham"], "answer": "ham"}


class Shell:
    def __init__(self, folder: Path, url: str) -> None:
        (folder / "queues.toml").write_text(QUEUES + LABELS)
        (folder / "people.toml").write_text(PEOPLE)
        self.folder = folder
        self.env = {
            **os.environ, "SIGNOFF_DATABASE_URL": url, "SIGNOFF_CONFIG": str(folder)
        }  # fmt: skip

    def call(self, *words: str) -> Result:
        return CliRunner().invoke(cli, words, env=self.env)

    def file(self, *lines: object) -> str:
        path = self.folder / "known.jsonl"
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        return str(path)


@pytest.fixture
def shell(tmp_path: Path, sqlite_url: str) -> Shell:
    return Shell(tmp_path, sqlite_url)


def test_gold_is_added_listed_and_retired(shell: Shell) -> None:
    file = shell.file(GOLD, GOLD | {"body": "Lunch?"})

    added = shell.call("gold", "add", "--queue", "moderation", file)
    again = shell.call("gold", "add", "--queue", "moderation", file)
    listed = shell.call("gold", "list")
    retired = shell.call("gold", "retire", "1")

    assert added.stdout == "Added 2 to the queue moderation.\n"
    assert added.stderr == ""
    assert "Added 0 to the queue moderation; 2 were there already." in again.stdout
    head, first, _ = listed.stdout.splitlines()
    assert head.split() == ["NUMBER", "QUEUE", "KIND", "ANSWER", "ASKED", "STATE", "QUESTION"]
    assert first.split() == [
        "1", "moderation", "label", "ham", "0", "times", "asked", "Meeting", "at", "three?"
    ]  # fmt: skip
    assert retired.stdout == "Number 1 is asked no more.\n"
    assert "retired 20" in shell.call("gold", "list", "--queue", "moderation").stdout
    assert shell.call("probes", "list").stdout.startswith("There are none.")


def test_probes_that_no_rule_asks_for_are_pointed_out(shell: Shell) -> None:
    added = shell.call("probes", "add", "--queue", "agent-actions", shell.file(WIPE))

    assert added.exit_code == 0
    assert "They are not asked yet: write probe_share = 0.05 in its rules." in added.stderr


def test_how_many_probes_were_caught_is_told_with_its_n(shell: Shell) -> None:
    shell.call("probes", "add", "--queue", "agent-actions", shell.file(WIPE))

    listed = shell.call("probes", "list")

    assert listed.stdout.splitlines()[-1] == "Caught: too few: 0 probes, 1 needed"


@pytest.mark.parametrize(
    ("queue", "line", "told"),
    [
        ("nowhere", GOLD, "There is no queue 'nowhere'; there is: agent-actions, moderation."),
        ("moderation", {"body": "?"}, "line 1: choices: Field required"),
        ("agent-actions", GOLD, "a gold would stand out"),
    ],
)
def test_what_cannot_be_asked_is_refused(shell: Shell, queue: str, line: object, told: str) -> None:
    refused = shell.call("gold", "add", "--queue", queue, shell.file(line))

    assert isinstance(refused.exception, SignoffError)
    assert told in str(refused.exception)


def test_sides_that_nobody_has_judged_say_too_few(shell: Shell) -> None:
    said = shell.call("sides", "--queue", "moderation", "--since", "7d")

    assert said.exit_code == 0, said.exception
    assert said.stdout.splitlines() == [
        "Left preferred:    too few: 0 votes for a side, 20 needed",
        "Same answer again: too few: 0 repeats, 10 needed",
    ]


def test_sides_are_told_with_their_interval_and_their_p(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    votes = [
        SideVote(f"I{n}", "moderation", "ann", FIRST if n < 45 else SECOND, FIRST, NOON)
        for n in range(60)
    ]
    twice = [Repeat(vote, vote) for vote in votes[:20]]
    monkeypatch.setattr(
        "handlers.cli.commands.sides.sides_since", lambda *_: (tuple(votes), tuple(twice))
    )

    lean, same = shell.call("sides").stdout.splitlines()

    assert lean.startswith("Left preferred:    75.0% of 60 (95% interval 62.8% to 84.2%, Wilson")
    assert "A SIDE WINS BY BEING THAT SIDE (p = 0.000135, exact binomial test)" in lean
    assert same.startswith("Same answer again: 100.0% of 20 (95% interval 83.2% to 100.0%")

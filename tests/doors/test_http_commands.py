"""`signoff keys` and `signoff web`, called as an operator calls them."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner, Result

from bot.errors import SignoffError
from handlers.cli import cli
from tests.patience import PATIENCE
from tests.ports import free_port

QUEUES = """
[queues.agent-actions]
preset = "llm_agent"
slack = "C0123456789"
reviewers = ["ann"]
seniors = ["sue"]
due_in = "30m"
cost_per_review_usd = 0.5
"""
PEOPLE = """
[people.ann]
name = "Ann"
slack = "U0123456789"

[people.sue]
name = "Sue"
slack = "U0123456780"
roles = ["reviewer", "senior"]
"""


class Shell:
    """A folder with rules, a database, and the command."""

    def __init__(self, folder: Path, url: str) -> None:
        self.port = free_port()
        (folder / "queues.toml").write_text(QUEUES)
        (folder / "people.toml").write_text(PEOPLE)
        self.folder = folder
        self.env = {
            **os.environ,
            "SIGNOFF_DATABASE_URL": url,
            "SIGNOFF_CONFIG": str(folder),
            "SIGNOFF_HTTP_PORT": str(self.port),
        }
        self.command = [sys.executable, "-m", "handlers.cli"]

    def call(self, *words: str) -> Result:
        """`signoff WORDS`, to its end, in this process."""
        return CliRunner().invoke(cli, words, env=self.env)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """`signoff WORDS`, running."""
        return subprocess.Popen(
            [*self.command, *words],
            env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip


@pytest.fixture
def shell(tmp_path: Path, sqlite_url: str) -> Shell:
    folder = tmp_path / "rules"
    folder.mkdir()
    return Shell(folder, sqlite_url)


def test_a_key_is_shown_once_listed_by_its_beginning_and_revoked(shell: Shell) -> None:
    added = shell.call("keys", "add", "agent", "--can", "submit", "--owner", "ann")
    listed = shell.call("keys", "list")
    again = shell.call("keys", "add", "agent")
    revoked = shell.call("keys", "revoke", "agent")
    after = shell.call("keys", "list")
    twice = shell.call("keys", "revoke", "agent")

    secret = added.stdout.strip()
    assert added.exit_code == 0, added.output
    assert secret.startswith("sgn_")
    assert len(secret) > 40
    row = listed.stdout.splitlines()[1].split()
    assert row[:4] == ["agent", f"{secret[:10]}…", "submit", "ann"]
    assert row[-2:] == ["never", "living"]
    assert secret not in listed.stdout
    assert "already" in str(again.exception)
    assert revoked.stdout == "The key agent is revoked.\n"
    assert "revoked 20" in after.stdout
    assert str(twice.exception) == "There is no living key named 'agent'."


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--can", "submit,vote"), "The scope vote stands alone"),
        (("--can", "vote"), "A key that can vote votes as exactly one person"),
        (("--can", "submit,read", "--person", "ann"), "only such a key names one"),
        (("--can", "vote", "--person", "anna"), "people.toml names nobody anna"),
        (("--can", "submit,admin"), "redeem, webhooks, observe, vote; not admin."),
        (("--can", ""), "A key can submit, read, redeem, webhooks, observe, vote; not nothing."),
        (("--owner", "anna"), "people.toml names nobody anna"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(
    shell: Shell, words: tuple[str, ...], message: str
) -> None:
    called = shell.call("keys", "add", "agent", *words)

    assert isinstance(called.exception, SignoffError)
    assert message in str(called.exception)
    assert called.stdout == ""


def test_a_key_that_votes_expires_and_keeps_to_a_rate_is_listed_so(shell: Shell) -> None:
    added = shell.call(
        "keys", "add", "anns", "--can", "vote", "--person", "ann", "--expires", "90d", "--rate", "9"
    )
    listed = shell.call("keys", "list")

    assert added.exit_code == 0, added.output
    row = listed.stdout.splitlines()[1]
    assert "vote as ann" in row
    assert re.search(r"living until 20\d\d-\d\d-\d\d \d\d:\d\d UTC, 9 a minute", row)


def test_a_rotated_key_prints_a_second_secret_and_the_list_says_how_long_both_live(
    shell: Shell,
) -> None:
    first = shell.call("keys", "add", "agent").stdout.strip()

    rotated = shell.call("keys", "rotate", "agent", "--overlap", "2h")
    listed = shell.call("keys", "list").stdout
    missing = shell.call("keys", "rotate", "nobody")

    assert rotated.stdout.strip() not in ("", first)
    assert f"{rotated.stdout[:10]}…" in listed
    assert re.search(r"living, the one before until 20\d\d", listed)
    assert str(missing.exception) == "There is no living key named 'nobody'."


@pytest.mark.parametrize("length", ["90", "soon", "2y"])
def test_a_length_without_a_unit_is_refused(shell: Shell, length: str) -> None:
    called = shell.call("keys", "add", "agent", "--expires", length)

    assert called.exit_code == 2
    assert "Write it in quotes with its unit" in called.output


@pytest.mark.parametrize(
    "words", [("keys", "add", "agent"), ("keys", "rotate", "agent"),
              ("aap", "add", "agent", "--queue", "agent-actions")],
)  # fmt: skip
def test_a_life_of_nothing_is_not_for_ever(shell: Shell, words: tuple[str, ...]) -> None:
    called = shell.call(*words, "--expires", "0d")

    assert called.exit_code == 2
    assert "must be more than nothing" in called.output
    assert "sgn_" not in called.output


@pytest.mark.parametrize("words", [("keys", "list"), ("web",)])
def test_a_database_that_was_never_made_is_asked_for(shell: Shell, words: tuple[str, ...]) -> None:
    missing = shell.folder / "missing.db"
    shell.env["SIGNOFF_DATABASE_URL"] = f"sqlite:///{missing}"

    called = shell.call(*words)

    assert "Run: signoff migrate" in str(called.exception)
    assert not missing.exists()


def test_an_empty_list_says_how_to_make_a_key(shell: Shell) -> None:
    assert "signoff keys add NAME" in shell.call("keys", "list").stdout


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
async def test_the_web_door_serves_until_it_is_told_to_end(shell: Shell, end: int) -> None:
    secret = shell.call("keys", "add", "agent").stdout.strip()
    web = shell.start("web")
    assert web.stdout
    said = web.stdout.readline()
    address = f"http://127.0.0.1:{shell.port}"
    body: dict[str, Any] = {
        "queue": "agent-actions",
        "kind": "approval",
        "key": "k",
        "action": {"name": "x"},
    }

    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {secret}"}) as session:
        async with session.post(f"{address}/v1/items", json=body) as answer:
            submitted = answer.status
        async with session.get(f"{address}/healthz") as answer:
            health = answer.status
    web.send_signal(end)
    _, logged = web.communicate(timeout=PATIENCE)

    assert said == f"Signoff takes requests at {address} (reference: {address}/docs)\n"
    assert (submitted, health) == (201, 200)
    assert web.returncode == 0, logged
    assert secret not in logged
    assert "Traceback" not in logged

"""The command line as a stranger meets it: a program of its own, started and read."""

import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import VARIABLES
from handlers.cli import HELPS, cli
from handlers.cli.failures import message_of
from handlers.cli.logs import redact
from tests.databases import sqlite_url_of
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]


def signoff(
    *arguments: str, cwd: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs `signoff` in a folder, with no settings but these."""
    return subprocess.run(
        [sys.executable, "-m", "handlers.cli", *arguments],
        cwd=cwd,
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def environment(settings: dict[str, str] | None = None) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SIGNOFF_", "SLACK_", "DISCORD_")) and name != "PORT"
    }
    return kept | {"PYTHONPATH": str(ROOT)} | (settings or {})


def test_help_names_every_command_and_comes_at_once(tmp_path: Path) -> None:
    signoff("--help", cwd=tmp_path)  # compiles what was never compiled
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    shown = signoff("--help", cwd=tmp_path)

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked_for = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert worked_for < 1.5  # seconds of a processor, whatever else it does; usually a quarter
    assert shown.returncode == 0
    assert all(re.search(rf"^  {name}  +\S", shown.stdout, re.MULTILINE) for name in HELPS)


@pytest.mark.parametrize("name", HELPS)
def test_every_command_that_help_names_is_there(name: str) -> None:
    command = cli.get_command(cli.make_context("signoff", [], resilient_parsing=True), name)

    assert command is not None
    assert command.name == name
    assert command.help


@pytest.mark.parametrize("name", VARIABLES)
def test_every_variable_is_named_where_it_is_looked_for(name: str) -> None:
    readme = (ROOT / "README.md").read_text()

    table = [line for line in readme.splitlines() if line.startswith("| `")]

    assert any(f"`{name}`" in line for line in table) or name == "PORT"  # what hosts set


def test_the_version_is_told(tmp_path: Path) -> None:
    shown = signoff("--version", cwd=tmp_path)

    assert re.fullmatch(r"signoff, version \d+\.\d+\.\d+\n", shown.stdout)


def test_an_unknown_command_is_a_line_not_a_trace(tmp_path: Path) -> None:
    shown = signoff("voted", cwd=tmp_path)

    assert shown.returncode == 2
    assert "No such command 'voted'" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    shown = signoff("migrate", cwd=tmp_path, env={"SIGNOFF_HTTP_PORT": "eighty"})

    assert shown.returncode == 2
    assert shown.stderr.startswith("signoff: environment or .env: SIGNOFF_HTTP_PORT:")
    assert shown.stderr.count("\n") == 1


def test_a_broken_folder_is_described_whole(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "queues.toml").write_text("[queues.a]\npreset = 'destructive'\n[queues.b]\nx = 1\n")
    (folder / "people.toml").write_text("[people.ann]\nzone = 'Berlin'\n")

    shown = signoff("check-config", "rules", cwd=tmp_path)

    assert shown.returncode == 2
    assert "queues.a.preset" in shown.stdout
    assert "queues.b.x" in shown.stdout
    assert "people.ann.zone" in shown.stdout


def test_the_rules_that_the_project_brings_are_sound(tmp_path: Path) -> None:
    for folder in ("config", "config/demo"):
        shown = signoff("check-config", "--strict", str(ROOT / folder), cwd=tmp_path)

        assert shown.returncode == 0, shown.stdout


def test_migrating_makes_a_database_and_may_be_repeated(
    tmp_path: Path, empty_database_url: str
) -> None:
    for _ in range(2):
        shown = signoff("migrate", cwd=tmp_path, env={"SIGNOFF_DATABASE_URL": empty_database_url})

        assert shown.returncode == 0, shown.stderr
        assert "is at revision" in shown.stdout


def test_a_history_is_verified_and_its_head_can_be_held_against_it(
    tmp_path: Path, database_url: str
) -> None:
    env = {"SIGNOFF_CONFIG": str(ROOT / "config"), "SIGNOFF_DATABASE_URL": database_url}
    added = signoff("keys", "add", "agent", cwd=tmp_path, env=env)

    first = signoff("ledger", "verify", cwd=tmp_path, env=env)
    head = first.stdout.split("Head: ")[1].strip()
    again = signoff("ledger", "verify", "--head", head, cwd=tmp_path, env=env)
    longer = signoff("ledger", "verify", "--head", f"2:{'0' * 64}", cwd=tmp_path, env=env)

    assert added.returncode == 0, added.stderr
    assert re.fullmatch(r"1:[0-9a-f]{64}", head)
    assert again.returncode == 0
    assert longer.returncode == 1
    assert "the end is cut off" in longer.stderr


@pytest.mark.parametrize("arguments", [("ledger", "verify"), ("web",), ("clock",)])
def test_without_a_schema_a_command_says_what_to_run(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    rules = {"SIGNOFF_CONFIG": str(ROOT / "config"), "SIGNOFF_HTTP_PORT": "0"}

    shown = signoff(*arguments, cwd=tmp_path, env=rules)

    assert shown.returncode == 2, shown.stderr
    assert shown.stderr.strip().splitlines()[-1].endswith("Run: signoff migrate")
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize("chat", ["slack", "discord"])
def test_a_chat_without_a_token_waits_quietly_and_leaves_cleanly(tmp_path: Path, chat: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "handlers.cli", chat],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr

    with process:
        line = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()

    assert f"There is no {chat.upper()}_BOT_TOKEN" in line
    assert process.returncode == 0
    assert rest == ""


def test_a_locked_up_database_is_told_without_its_password() -> None:
    problem = OSError("could not connect to postgresql://ann:hunter2@db/signoff")

    assert message_of(problem) is not None
    assert "hunter2" not in str(message_of(problem))


@pytest.mark.parametrize(
    "secret",
    ["xoxb-12-34-abcDEF", "xapp-1-A0-9-abc", "sgn_Ab-c_123456", "Bearer abcdefgh1234"],
)
def test_no_secret_reaches_a_log(secret: str) -> None:
    text = f"calling with {secret} at postgresql://ann:{secret}@db/x"

    assert secret not in redact(text)


def test_a_database_in_use_elsewhere_is_found_by_its_url(tmp_path: Path) -> None:
    url = sqlite_url_of(tmp_path / "other.db")

    shown = signoff("migrate", cwd=tmp_path, env={"SIGNOFF_DATABASE_URL": url})

    assert f"{tmp_path / 'other.db'} is at revision" in shown.stdout

"""`signoff pause` and `signoff resume`, on a machine where nothing else of Signoff runs."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.errors import GrantExpiredError
from bot.flows import granting
from config.settings import Settings
from handlers.app import read_clock
from handlers.cli import cli
from handlers.cli.doctor.findings import Level
from handlers.cli.doctor.installation import check_contents
from tests.flows.scene import AGENT, Scene


@pytest.fixture(autouse=True)
def _here(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIGNOFF_DATABASE_URL", sqlite_url)


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def doctor(sqlite_url: str) -> dict[Level, list[str]]:
    settings = Settings.read({"SIGNOFF_DATABASE_URL": sqlite_url})
    found: dict[Level, list[str]] = {}
    for finding in check_contents(settings, read_clock()):
        found.setdefault(finding.level, []).append(finding.what)
    return found


def test_the_switch_is_moved_told_and_moved_back(sqlite_url: str) -> None:
    before = run("pause", "--status")
    paused = run("pause", "--reason", "odd deletions")
    again = run("pause", "--reason", "other")
    standing = run("pause", "--status")
    told = doctor(sqlite_url)[Level.WARN]
    resumed, not_there = run("resume"), run("resume")

    assert (before.exit_code, standing.exit_code) == (1, 0)
    assert "Signoff is paused since" in paused.output
    assert "already paused" in again.output
    assert standing.output.endswith(": odd deletions.\n")
    assert any("No approved action may run" in line for line in told)
    assert resumed.output == "Signoff goes on.\n"
    assert not_there.output == "Signoff was not paused.\n"
    assert any("not paused" in line for line in doctor(sqlite_url)[Level.OK])


def test_after_a_restore_every_grant_that_is_ready_can_be_ended(sqlite_url: str) -> None:
    scene = Scene(sqlite_url)
    scene.now = read_clock()
    used, ready = scene.approval(), scene.approval()
    for item_id in (used, ready):
        scene.vote("ann", "approve", item_id)
    digest = scene.item(used).action_digest or ""
    scene.do(granting.redeem, AGENT, used, digest, "attempt-1", scene.now)
    scene.memory.close()

    told = run("pause", "--void-grants", "--reason", "restored")
    run("resume")

    assert "can no longer be used: 1." in told.output
    scene = Scene(sqlite_url)
    scene.now = read_clock()
    with pytest.raises(GrantExpiredError):
        scene.do(granting.redeem, AGENT, ready, digest, "attempt-1", scene.now)
    assert scene.events(ready)[-1] == "grant-voided"
    assert scene.item(used).grant is not None
    assert scene.events(used)[-1] == "redeemed"
    scene.memory.close()

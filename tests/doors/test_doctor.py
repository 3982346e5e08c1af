"""The doctor against a Slack on loopback: what it finds, and what it says to do about it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from config.settings import Settings
from handlers.cli.commands.doctor import command
from handlers.cli.doctor.findings import Level
from handlers.cli.doctor.installation import check_contents, check_database
from handlers.slack.manifest import OPTIONAL_SCOPES, SCOPES
from localchat.testing import LocalChat, ThreadedLocalChat
from localchat.world import ALL_BOT_SCOPES, an_app, default_world

QUEUES = """
[queues.agent-actions]
preset = "destructive_action"
due_in = "30m"
cost_per_review_usd = 0.4
reviewers = ["amara", "jonas", "mei"]
seniors = ["ruth"]
slack = "C0APPROVE1"
"""
PEOPLE = """
[people.amara]
name = "Amara Okafor"
slack = "U0AMARA01"

[people.jonas]
name = "Jonas Weber"
slack = "U0JONAS01"

[people.mei]
name = "Mei Tanaka"
slack = "U0MEI0001"

[people.ruth]
name = "Ruth Cohen"
roles = ["senior"]
slack = "U0RUTH001"
"""
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OUR_SCOPES = frozenset({*SCOPES, *OPTIONAL_SCOPES})


@pytest.fixture
def chat() -> Iterator[ThreadedLocalChat]:
    world = default_world(an_app(scopes=OUR_SCOPES))
    with LocalChat.in_thread(world) as chat:
        yield chat


@pytest.fixture
def settings(
    chat: ThreadedLocalChat, tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A sound installation: everything in the environment, in a folder without .env."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "queues.toml").write_text(QUEUES)
    (rules / "people.toml").write_text(PEOPLE)
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "SIGNOFF_DATABASE_URL": sqlite_url,
        "SIGNOFF_CONFIG": str(rules),
        "SIGNOFF_HTTP_PORT": "0",
        "SIGNOFF_SLACK_API_URL": chat.local.api_url,
        "SLACK_BOT_TOKEN": chat.local.bot_token,
        "SLACK_APP_TOKEN": chat.local.app_token,
    }.items():
        monkeypatch.setenv(name, value)
    return rules


def findings(*, fails: bool) -> list[dict[str, str]]:
    """What the doctor finds and is not well."""
    result = CliRunner().invoke(command, ["--json"])
    assert result.exit_code == (1 if fails else 0), result.output
    found: list[dict[str, str]] = json.loads(result.stdout)
    return [finding for finding in found if finding["level"] != "ok"]


def the_one(found: list[dict[str, str]]) -> dict[str, Any]:
    """The only finding but for the key that a fresh database lacks."""
    (finding,) = (finding for finding in found if finding["area"] != "API keys")
    assert finding["todo"]
    return finding


@pytest.mark.usefixtures("settings")
def test_a_sound_installation_is_well() -> None:
    result = CliRunner().invoke(command)

    assert result.exit_code == 0, result.output
    assert "The app token opens sockets." in result.output
    assert "4 of 4 active people have an account that can vote." in result.output
    assert "#approvals of the queue agent-actions: the bot is in it." in result.output
    assert "0 failures and 1 warning in" in result.output  # nobody has an API key yet


@pytest.mark.usefixtures("settings")
def test_a_revoked_token_is_named_and_ends_the_questions(chat: ThreadedLocalChat) -> None:
    chat.ask(lambda c: c.set_token("token_revoked"))

    finding = the_one(findings(fails=True))

    assert "token_revoked" in finding["what"]
    assert "Reinstall" in finding["todo"]


@pytest.mark.usefixtures("settings")
def test_a_missing_scope_is_named_with_its_reason(chat: ThreadedLocalChat) -> None:
    chat.ask(lambda c: setattr(c.app, "scopes", OUR_SCOPES - {"files:write"}))

    finding = the_one(findings(fails=True))

    assert "files:write" in finding["what"]
    assert "reinstall" in finding["todo"]


@pytest.mark.usefixtures("settings")
def test_scopes_that_nobody_needs_are_a_warning(chat: ThreadedLocalChat) -> None:
    chat.ask(lambda c: setattr(c.app, "scopes", ALL_BOT_SCOPES))

    finding = the_one(findings(fails=False))

    assert finding["level"] == "warn"
    assert "chat:write.customize" in finding["what"]


@pytest.mark.usefixtures("settings")
def test_a_channel_without_the_bot_says_how_to_invite_it(chat: ThreadedLocalChat) -> None:
    bot = chat.local.app.bot_user_id
    chat.ask(lambda c: c.set_member(bot, "C0APPROVE1", is_member=False))

    finding = the_one(findings(fails=True))

    assert "The bot is not in #approvals" in finding["what"]
    assert "/invite @" in finding["todo"]


@pytest.mark.usefixtures("settings")
def test_an_archived_channel_is_a_failure(chat: ThreadedLocalChat) -> None:
    chat.ask(lambda c: c.archive("C0APPROVE1"))

    assert "is archived" in the_one(findings(fails=True))["what"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"deleted": True}, "deactivated"),
        ({"is_restricted": True}, "Guests cannot vote"),
        ({"is_bot": True}, "Programs cannot vote"),
        ({"team_id": "T0PARTNER1"}, "another workspace"),
    ],
)
@pytest.mark.usefixtures("settings")
def test_an_account_that_cannot_vote_is_named(
    chat: ThreadedLocalChat, flags: dict[str, Any], words: str
) -> None:
    chat.ask(lambda c: c.set_person("U0MEI0001", **flags))

    finding = the_one(findings(fails=False))

    assert "Mei Tanaka" in finding["what"]
    assert words in finding["what"]


def test_an_account_that_is_not_there_is_a_failure(settings: Path) -> None:
    people = settings / "people.toml"
    people.write_text(people.read_text().replace("U0MEI0001", "U0NOBODY1"))

    assert "there is no account U0NOBODY1" in the_one(findings(fails=True))["what"]


@pytest.mark.usefixtures("settings")
def test_a_method_that_is_not_there_is_no_disaster(chat: ThreadedLocalChat) -> None:
    chat.ask(lambda c: c.fault("error", "conversations.info", error="unknown_method"))

    finding = the_one(findings(fails=False))

    assert "could not be checked: unknown_method" in finding["what"]


@pytest.mark.usefixtures("settings")
def test_nobody_at_the_address_is_told_apart_from_a_bad_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIGNOFF_SLACK_API_URL", "http://127.0.0.1:9/api/")

    finding = the_one(findings(fails=True))

    assert "no answer" in finding["what"]
    assert "SIGNOFF_SLACK_API_URL" in finding["todo"]


def test_a_missing_database_and_broken_rules_are_told_at_once(
    settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNOFF_DATABASE_URL", "sqlite:///nowhere.db")
    (settings / "queues.toml").write_text("[queues.a]\n")

    found = findings(fails=True)

    assert {"Rules", "Database"} <= {finding["area"] for finding in found}
    assert any("signoff migrate" in finding["todo"] for finding in found)


def test_either_database_can_be_found_well(database_url: str) -> None:
    settings = Settings.read({"SIGNOFF_DATABASE_URL": database_url})

    found = [*check_database(settings), *check_contents(settings, NOON)]

    assert {finding.level for finding in found} <= {Level.OK, Level.WARN}
    assert any("can be read and written" in finding.what for finding in found)


def test_a_database_that_is_not_there_is_a_failure_that_hides_its_password() -> None:
    settings = Settings.read({"SIGNOFF_DATABASE_URL": "postgresql://ann:hunter2@127.0.0.1:9/x"})

    (finding,) = check_database(settings)

    assert finding.level is Level.FAIL
    assert "hunter2" not in finding.what + finding.todo

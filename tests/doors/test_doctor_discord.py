"""The doctor against a Discord on loopback: what it finds, and what it says to do about it."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from handlers.cli.commands.doctor import command
from handlers.cli.doctor.findings import Area, Level
from handlers.cli.doctor.skew import check_clock
from handlers.discord.manifest import PERMISSIONS, manifest
from localchat.discord import permissions
from localchat.discord.rest import applications
from localchat.discord.rest.call import Call
from localchat.discord.testing import DiscordChat
from localchat.discord.world import BOT_ROLE, GUILD, Application, default_discord
from localchat.testing import LocalChat, ThreadedLocalChat
from localchat.world import World, default_world

APPROVALS = "1100000000000000202"
AMARA, JONAS, MEI, RUTH = (f"11000000000000001{each}" for each in ("01", "02", "03", "06"))
REVIEWER_ROLE = "1100000000000000302"
QUEUES = f"""
[queues.agent-actions]
preset = "destructive_action"
due_in = "30m"
cost_per_review_usd = 0.4
reviewers = ["amara", "jonas", "mei"]
seniors = ["ruth"]
discord = "{APPROVALS}"
"""
PEOPLE = f"""
[people.amara]
name = "Amara Okafor"
discord = "{AMARA}"

[people.jonas]
name = "Jonas Weber"
discord = "{JONAS}"

[people.mei]
name = "Mei Tanaka"
discord = "{MEI}"

[people.ruth]
name = "Ruth Cohen"
roles = ["senior"]
discord = "{RUTH}"
"""
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEAST = sum(bit for bit, _ in PERMISSIONS.values())


@pytest.fixture
def chat() -> Iterator[ThreadedLocalChat]:
    """A server whose app has no privileged intents, and knows our commands."""
    with LocalChat.in_thread(a_world()) as chat:
        chat.ask(lambda c: c.discord.set_role(BOT_ROLE, permissions=LEAST))
        chat.ask(lambda c: c.discord.service.commands.replace_all("", manifest()))
        yield chat


def a_world() -> World:
    world = default_world()
    app = Application(may_read_content=False, may_list_members=False)
    world.discord = default_discord(app)
    return world


@pytest.fixture
def settings(
    chat: ThreadedLocalChat, tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A sound installation without Slack, in a folder without .env."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "queues.toml").write_text(QUEUES)
    (rules / "people.toml").write_text(PEOPLE)
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "SIGNOFF_DATABASE_URL": sqlite_url,
        "SIGNOFF_CONFIG": str(rules),
        "SIGNOFF_HTTP_PORT": "0",
        "SIGNOFF_DISCORD_API_URL": chat.local.discord.api_url,
        "SIGNOFF_DISCORD_GATEWAY_URL": chat.local.discord.gateway_url,
        "DISCORD_BOT_TOKEN": chat.local.discord.bot_token,
    }.items():
        monkeypatch.setenv(name, value)
    return rules


def stage(chat: ThreadedLocalChat, change: Callable[[DiscordChat], object]) -> None:
    """Changes something at Discord."""
    chat.ask(lambda c: change(c.discord))


def findings(*, fails: bool) -> list[dict[str, str]]:
    """What the doctor finds and is not well, but for the key that a fresh database lacks."""
    result = CliRunner().invoke(command, ["--json"])
    assert result.exit_code == (1 if fails else 0), result.output
    found: list[dict[str, str]] = json.loads(result.stdout)
    return [each for each in found if each["level"] != "ok" and each["area"] != "API keys"]


def findings_of_any_kind() -> list[dict[str, str]]:
    """All that the doctor finds."""
    found: list[dict[str, str]] = json.loads(CliRunner().invoke(command, ["--json"]).stdout)
    return found


def the_one(found: list[dict[str, str]]) -> dict[str, Any]:
    """The only finding."""
    (finding,) = found
    assert finding["todo"]
    return finding


@pytest.mark.usefixtures("settings")
def test_a_sound_installation_is_well_and_nobody_asks_for_slack() -> None:
    result = CliRunner().invoke(command)

    assert result.exit_code == 0, result.output
    assert "0 failures and 1 warning in" in result.output  # nobody has an API key yet
    assert "The commands are registered" in result.output
    assert "The gateway answers." in result.output
    assert "This machine's clock agrees with Discord's." in result.output
    assert "#approvals of the queue agent-actions, in Localchat" in result.output
    assert "4 of 4 active people have an account that can vote." in result.output
    assert "Slack" not in result.output


@pytest.mark.usefixtures("settings")
def test_looking_changes_nothing(chat: ThreadedLocalChat) -> None:
    CliRunner().invoke(command)

    asked = chat.ask(lambda c: c.discord.requests())
    assert {request.method for request in asked} == {"GET"}
    assert chat.ask(lambda c: c.discord.service.budget.left) == 1000


@pytest.mark.usefixtures("settings")
def test_a_wrong_token_is_named_and_ends_the_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_BOT_TOKEN", "another")

    finding = the_one(findings(fails=True))

    assert "does not take the bot token" in finding["what"]
    assert "Reset Token" in finding["todo"]


@pytest.mark.usefixtures("settings")
def test_nobody_at_the_address_is_told_apart_from_a_bad_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIGNOFF_DISCORD_API_URL", "http://127.0.0.1:9/api/v10")

    finding = the_one(findings(fails=True))

    assert "cannot be asked" in finding["what"]
    assert "SIGNOFF_DISCORD_API_URL" in finding["todo"]


@pytest.mark.usefixtures("settings")
def test_a_gateway_that_nobody_answers_at_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_DISCORD_GATEWAY_URL", "ws://127.0.0.1:9/")

    finding = the_one(findings(fails=True))

    assert "gateway does not answer" in finding["what"]
    assert "SIGNOFF_DISCORD_GATEWAY_URL" in finding["todo"]


@pytest.mark.parametrize(("spent", "fails"), [(920, False), (985, True)])
@pytest.mark.usefixtures("settings")
def test_few_sessions_left_are_told(chat: ThreadedLocalChat, spent: int, *, fails: bool) -> None:
    stage(chat, lambda d: [d.service.budget.spend() for _ in range(spent)])

    finding = the_one(findings(fails=fails))

    assert f"{1000 - spent} more sessions" in finding["what"]


@pytest.mark.usefixtures("settings")
def test_privileged_intents_are_a_warning(chat: ThreadedLocalChat) -> None:
    stage(chat, lambda d: setattr(d.application, "may_read_content", True))

    finding = the_one(findings(fails=False))

    assert "Message Content" in finding["what"]
    assert "switch them off" in finding["todo"]


@pytest.mark.usefixtures("settings")
def test_an_app_whose_clicks_go_elsewhere_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    told = applications.application

    def elsewhere(call: Call) -> dict[str, Any]:
        return told(call) | {"interactions_endpoint_url": "https://elsewhere.example/"}

    monkeypatch.setattr(applications, "application", elsewhere)

    finding = the_one(findings(fails=True))

    assert "sends every click there" in finding["what"]
    assert "Interactions Endpoint URL" in finding["todo"]


@pytest.mark.parametrize(
    ("commands", "words"), [([], "none of our commands"), (manifest()[:1], "other commands")]
)
@pytest.mark.usefixtures("settings")
def test_other_commands_are_registered_by_a_start(
    chat: ThreadedLocalChat, commands: list[Any], words: str
) -> None:
    stage(chat, lambda d: d.service.commands.replace_all("", commands))

    finding = the_one(findings(fails=False))

    assert words in finding["what"]
    assert "signoff discord" in finding["todo"]


@pytest.mark.parametrize("name", list(PERMISSIONS)[1:5])
@pytest.mark.usefixtures("settings")
def test_a_missing_permission_is_named_with_its_reason(chat: ThreadedLocalChat, name: str) -> None:
    bit, why = PERMISSIONS[name]
    stage(chat, lambda d: d.set_channel_permissions(APPROVALS, BOT_ROLE, deny=bit))

    finding = the_one(findings(fails=True))

    assert f"lacks {name} in #approvals" in finding["what"]
    assert why in finding["what"]
    assert f"allow {name}" in finding["todo"]


@pytest.mark.usefixtures("settings")
def test_a_channel_that_the_bot_cannot_see_says_how_to_show_it(chat: ThreadedLocalChat) -> None:
    bit = permissions.VIEW_CHANNEL
    stage(chat, lambda d: d.set_channel_permissions(APPROVALS, BOT_ROLE, deny=bit))

    hidden, unknown = findings(fails=True)

    assert "hidden from the bot" in hidden["what"]
    assert "allow View Channel" in hidden["todo"]
    assert "no server is known" in unknown["what"]


@pytest.mark.usefixtures("settings")
def test_the_bots_own_overwrite_outweighs_its_role(chat: ThreadedLocalChat) -> None:
    bot = chat.local.discord.bot_user_id
    bit = permissions.SEND_MESSAGES
    stage(chat, lambda d: d.set_channel_permissions(APPROVALS, GUILD, deny=bit))
    assert "Send Messages" in the_one(findings(fails=True))["what"]

    stage(chat, lambda d: d.set_channel_permissions(APPROVALS, bot, allow=bit))

    assert findings(fails=False) == []


def test_a_channel_that_is_not_there_is_a_failure(settings: Path) -> None:
    queues = settings / "queues.toml"
    queues.write_text(QUEUES.replace(APPROVALS, "1100000000000000299"))

    found = findings(fails=True)

    assert "does not exist" in found[0]["what"]
    assert "Channel ID" in found[0]["todo"]
    assert "no server is known" in found[1]["what"]


@pytest.mark.parametrize("state", ["archived", "locked"])
def test_a_thread_that_is_closed_is_a_failure(
    chat: ThreadedLocalChat, settings: Path, state: str
) -> None:
    thread = a_thread(chat)
    (settings / "queues.toml").write_text(QUEUES.replace(APPROVALS, thread))
    assert findings(fails=False) == []

    stage(chat, lambda d: d.set_channel(thread, **{f"is_{state}": True}))

    assert f"is a thread, and {state}" in the_one(findings(fails=True))["what"]


def test_in_a_thread_its_own_permission_counts(chat: ThreadedLocalChat, settings: Path) -> None:
    thread = a_thread(chat)
    (settings / "queues.toml").write_text(QUEUES.replace(APPROVALS, thread))
    bit = permissions.SEND_MESSAGES_IN_THREADS
    stage(chat, lambda d: d.set_channel_permissions(APPROVALS, BOT_ROLE, deny=bit))

    assert "lacks Send Messages in Threads" in the_one(findings(fails=True))["what"]


def test_a_channel_of_another_server_is_a_failure(chat: ThreadedLocalChat, settings: Path) -> None:
    (settings / "people.toml").write_text(f'discord_guild = "1100000000000000002"\n{PEOPLE}')

    found = findings(fails=True)

    assert "discord_guild = 1100000000000000002" in found[0]["what"]
    assert found[1]["what"] == "The bot is not in the server 1100000000000000002."
    assert f"client_id={chat.local.discord.application_id}" in found[1]["todo"]


@pytest.mark.parametrize(
    ("bits", "words"),
    [(permissions.ADMINISTRATOR, "Administrator"), (permissions.KICK_MEMBERS, "kick members")],
)
@pytest.mark.usefixtures("settings")
def test_more_than_the_bot_needs_is_a_warning(
    chat: ThreadedLocalChat, bits: int, words: str
) -> None:
    stage(chat, lambda d: d.set_role(BOT_ROLE, permissions=LEAST | bits))

    finding = the_one(findings(fails=False))

    assert words in finding["what"]
    assert finding["level"] == "warn"


@pytest.mark.usefixtures("settings")
def test_somebody_who_left_is_a_failure(chat: ThreadedLocalChat) -> None:
    stage(chat, lambda d: d.leave(MEI))

    finding = the_one(findings(fails=True))

    assert finding["what"] == f"Mei Tanaka: {MEI} is no member of the server."
    assert "people.mei.discord" in finding["todo"]


@pytest.mark.usefixtures("settings")
def test_a_program_among_the_people_is_named(chat: ThreadedLocalChat) -> None:
    stage(chat, lambda d: d.set_person(MEI, is_bot=True))

    finding = the_one(findings(fails=False))

    assert "Mei Tanaka cannot vote" in finding["what"]
    assert "Programs cannot vote" in finding["what"]


def test_who_lacks_the_role_is_named(chat: ThreadedLocalChat, settings: Path) -> None:
    (settings / "people.toml").write_text(f'discord_role = "{REVIEWER_ROLE}"\n{PEOPLE}')

    finding = the_one(findings(fails=False))

    assert "Ruth Cohen cannot vote" in finding["what"]  # a lead, and not a reviewer
    assert "do not have the role" in finding["what"]


def test_a_role_that_is_not_there_is_a_failure(settings: Path) -> None:
    (settings / "people.toml").write_text(f'discord_role = "1100000000000000399"\n{PEOPLE}')

    found = findings(fails=True)

    assert "there is no such role" in found[0]["what"]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("GET /applications/*/commands", "commands could not be read"),
        ("GET /applications/@me", "app's settings could not be read"),
        ("GET /gateway/bot", "sessions left today could not be read"),
        ("GET /channels/*", "could not be checked"),
        ("GET /guilds/*/members/1100000000000000103", "Mei Tanaka could not be checked"),
    ],
)
@pytest.mark.usefixtures("settings")
def test_what_cannot_be_read_is_no_disaster(
    chat: ThreadedLocalChat, target: str, words: str
) -> None:
    stage(chat, lambda d: d.fault("error", target, code=0, status=400))

    found = findings(fails=False)

    assert words in found[0]["what"]
    assert {finding["level"] for finding in found} == {"warn"}


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("GET /channels/*", "could not be checked"),
        ("GET /guilds/*", "the bot may do in #approvals"),
    ],
)
@pytest.mark.usefixtures("settings")
def test_a_server_that_does_not_know_a_call_is_no_proof_of_anything(
    chat: ThreadedLocalChat, target: str, words: str
) -> None:
    stage(chat, lambda d: d.fault("http_error", target, status=404))

    found = [each for each in findings_of_any_kind() if each["area"] == "Discord channels"]

    assert words in found[0]["what"]
    assert found[0]["level"] == "warn"


@pytest.mark.usefixtures("settings")
def test_a_limit_is_waited_for(chat: ThreadedLocalChat) -> None:
    stage(chat, lambda d: d.fault("ratelimited", "GET /channels/*", count=1, retry_after=0.2))

    assert findings(fails=False) == []


@pytest.mark.usefixtures("settings")
def test_without_any_token_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_BOT_TOKEN")

    assert "neither SLACK_BOT_TOKEN nor DISCORD_BOT_TOKEN" in the_one(findings(fails=True))["what"]


@pytest.mark.parametrize(
    ("rules", "fails", "words"),
    [
        (QUEUES, False, "would be asked on Slack too"),
        (QUEUES.replace(f'discord = "{APPROVALS}"\n', ""), True, "Nobody sees agent-actions"),
    ],
)
def test_a_queue_on_slack_wants_slacks_token(
    settings: Path, rules: str, words: str, *, fails: bool
) -> None:
    (settings / "queues.toml").write_text(f'{rules}slack = "C0APPROVE1"\n')

    finding = findings(fails=fails)[0]

    assert words in finding["what"]
    assert "SLACK_BOT_TOKEN" in finding["todo"]


@pytest.mark.parametrize(
    ("date", "level"),
    [
        ("Mon, 02 Mar 2026 12:00:20 GMT", Level.OK),
        ("Mon, 02 Mar 2026 12:02:00 GMT", Level.FAIL),
        ("Mon, 02 Mar 2026 11:58:00 GMT", Level.FAIL),
        ("", Level.WARN),
        ("yesterday", Level.WARN),
    ],
)
def test_a_clock_that_is_wrong_is_told(date: str, level: Level) -> None:
    assert check_clock(Area("Discord"), date, NOON).level is level


def a_thread(chat: ThreadedLocalChat) -> str:
    """A thread in #approvals."""
    thread = "1100000000000000777"
    bot = chat.local.discord.bot_user_id

    def add(discord: DiscordChat) -> None:
        workspace = discord.service.workspace
        workspace.add_thread(workspace.places[APPROVALS], thread, "urgent ones", bot)

    stage(chat, add)
    return thread

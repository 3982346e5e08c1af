from pathlib import Path

import pytest

from config.problems import ConfigError
from config.settings import VARIABLES, Settings

SECRET = "hunter2"


def refusal(env: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as refused:
        Settings.read(env)
    return str(refused.value)


def test_an_empty_environment_is_enough_to_start() -> None:
    settings = Settings.read({})

    assert settings.database_url == "sqlite:///signoff.db"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.discord_api_url == "https://discord.com/api/v10/"
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8400)
    assert settings.config == Path("config")
    assert settings.log_level == "INFO"
    assert not settings.slack_bot_token


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_becomes_the_drivers(scheme: str) -> None:
    settings = Settings.read({"SIGNOFF_DATABASE_URL": f"{scheme}://u:p@db:5432/signoff"})

    assert settings.database_url == "postgresql+psycopg://u:p@db:5432/signoff"


def test_receivers_of_ones_own_are_hosts_and_networks() -> None:
    settings = Settings.read({"SIGNOFF_WEBHOOK_ALLOW": " Hooks.internal, 10.1.2.0/24,::1 ,"})

    assert settings.webhook_allow == ("hooks.internal", "10.1.2.0/24", "::1/128")
    assert Settings.read({}).webhook_allow == ()


@pytest.mark.parametrize("stated", ["10.1.2.3/24", "http://hooks.internal", "10.1.2.256", "a b"])
def test_a_receiver_that_is_neither_is_refused(stated: str) -> None:
    assert "is neither a host such as hooks.internal nor a network" in refusal(
        {"SIGNOFF_WEBHOOK_ALLOW": stated}
    )


@pytest.mark.parametrize("stated", ["0", "many", "-5", "1000001"])
def test_a_rate_is_a_number_of_requests(stated: str) -> None:
    assert "It must be a whole number of requests a minute" in refusal({"SIGNOFF_RATE": stated})


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api", "http://127.0.0.1:9/api//"])
def test_an_api_address_ends_with_one_slash(url: str) -> None:
    settings = Settings.read({"SIGNOFF_SLACK_API_URL": url})

    assert settings.slack_api_url == "http://127.0.0.1:9/api/"


def test_a_platforms_port_is_used_unless_ours_is_given() -> None:
    theirs = Settings.read({"PORT": "5000"})
    ours = Settings.read({"PORT": "5000", "SIGNOFF_HTTP_PORT": "6000"})

    assert theirs.http_port == 5000
    assert ours.http_port == 6000


def test_an_empty_variable_is_as_good_as_none() -> None:
    settings = Settings.read({"SIGNOFF_HTTP_PORT": "", "SLACK_BOT_TOKEN": ""})

    assert settings.http_port == 8400


def test_a_token_pasted_with_a_line_break_is_taken_without_it() -> None:
    settings = Settings.read({"SLACK_BOT_TOKEN": " xoxb-1\n"})

    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"


def test_no_secret_is_seen_when_the_settings_are_printed() -> None:
    settings = Settings.read(
        {
            "SIGNOFF_DATABASE_URL": f"postgres://u:{SECRET}@db/x",
            "SLACK_BOT_TOKEN": f"xoxb-{SECRET}",
            "SLACK_APP_TOKEN": f"xapp-{SECRET}",
            "SLACK_SIGNING_SECRET": SECRET,
            "DISCORD_BOT_TOKEN": SECRET,
        }
    )

    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "SIGNOFF_DATABASE_URL",
            "mysql://u:p@db/x",
            "the value cannot be used. It must start with sqlite:///, postgresql:// or postgres://.",
        ),
        (
            "SIGNOFF_DATABASE_URL",
            "sqlite://signoff.db",
            "the value cannot be used. "
            "SQLite takes three slashes before the file: sqlite:///signoff.db.",
        ),
        (
            "SLACK_BOT_TOKEN",
            "xapp-1-A",
            "the value cannot be used. "
            "This is an app-level token (xapp-…); a bot token is needed here.",
        ),
        (
            "SLACK_APP_TOKEN",
            "xoxb-1",
            "the value cannot be used. "
            "This is a bot token (xoxb-…); an app-level token is needed here.",
        ),
        (
            "SLACK_SIGNING_SECRET",
            "a b",
            "the value cannot be used. It holds a space or a control character in the middle.",
        ),
        (
            "SIGNOFF_SLACK_API_URL",
            "slack.com",
            "the value cannot be used. It must be an address such as https://example.com/.",
        ),
        (
            "SIGNOFF_DISCORD_GATEWAY_URL",
            "https://discord.com",
            "the value cannot be used. It must be an address such as wss://example.com/.",
        ),
        (
            "PORT",
            "80a",
            'the value "80a" cannot be used. '
            "It must be a whole number from 0 (any free port) to 65535.",
        ),
        (
            "SIGNOFF_LOG_LEVEL",
            "loud",
            'the value "LOUD" cannot be used. It must be DEBUG, INFO, WARNING, ERROR or CRITICAL.',
        ),
        (
            "SIGNOFF_DATABSE_URL",
            "sqlite:///x.db",
            "there is no such variable, so it would change nothing. "
            "Did you mean SIGNOFF_DATABASE_URL?",
        ),
    ],
)
def test_a_wrong_value_is_explained_with_its_variable(name: str, value: str, message: str) -> None:
    assert refusal({name: value}) == f"environment or .env: {name}: {message}"


def test_every_problem_is_told_at_once_and_no_secret_with_it() -> None:
    told = refusal(
        {
            "SIGNOFF_DATABASE_URL": f"mysql://u:{SECRET}@db/x",
            "SLACK_BOT_TOKEN": f"xapp-{SECRET}",
            "SLACK_SIGNING_SECRET": f"{SECRET} {SECRET}",
            "SIGNOFF_SLACK_API_URL": f"ftp://u:{SECRET}@x",
        }
    )

    assert len(told.splitlines()) == 4
    assert SECRET not in told


def test_other_programs_variables_are_none_of_our_business() -> None:
    settings = Settings.read({"PATH": "/bin", "SIGNOFF_URL": "http://x", "SIGNOFF_API_KEY": "k"})

    assert settings == Settings.read({})


def test_the_environment_goes_before_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("SIGNOFF_HTTP_PORT=1111\nSIGNOFF_HTTP_HOST=0.0.0.0\nOTHER=x\n")
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIGNOFF_HTTP_PORT", "2222")

    settings = Settings.read()

    assert settings.http_port == 2222
    assert settings.http_host == "0.0.0.0"  # noqa: S104  nothing listens here


def test_a_slip_in_the_env_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKN=xoxb-1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)

    with pytest.raises(ConfigError, match=r"Did you mean SLACK_BOT_TOKEN\?"):
        Settings.read()


def test_an_env_file_that_is_no_text_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_bytes(b"SLACK_BOT_TOKEN=\xff\n")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigError, match="cannot be read as UTF-8 text"):
        Settings.read()

"""What the environment states: addresses, accounts' tokens, where the other files are."""

import ipaddress
import json
import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from config.problems import ConfigError, Problem, shown

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]

DATABASES = {  # what people write -> what SQLAlchemy needs
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
PLACE = "environment or .env"
HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
EXPECTED = {  # what would be right, where pydantic's own words would not say
    "http_port": "It must be a whole number from 0 (any free port) to 65535",
    "rate": "It must be a whole number of requests a minute, from 1 to 1000000",
    "log_level": "It must be DEBUG, INFO, WARNING, ERROR or CRITICAL",
    "config": "It must be the folder that holds queues.toml and people.toml",
}
SLACK_TOKENS = {  # source: https://docs.slack.dev/authentication/tokens
    "xoxb-": "a bot token",
    "xoxp-": "a user token",
    "xoxe": "a configuration or refresh token",
    "xapp-": "an app-level token",
}


def _database(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    driver = DATABASES.get(scheme)
    if not separator or driver is None:
        raise ValueError("It must start with sqlite:///, postgresql:// or postgres://")
    if driver == "sqlite" and not rest.startswith("/"):
        raise ValueError("SQLite takes three slashes before the file: sqlite:///signoff.db")
    return f"{driver}://{rest}"


def _slack_token(token: SecretStr, wanted: str) -> SecretStr:
    for prefix, kind in SLACK_TOKENS.items():
        if prefix != wanted and token.get_secret_value().startswith(prefix):
            raise ValueError(f"This is {kind} ({prefix}…); {SLACK_TOKENS[wanted]} is needed here")
    return token


def _bot_token(token: SecretStr) -> SecretStr:
    return _slack_token(token, "xoxb-")


def _app_token(token: SecretStr) -> SecretStr:
    return _slack_token(token, "xapp-")


def _unspaced(value: object) -> object:
    if not isinstance(value, str):
        return value
    value = value.strip()
    if any(char.isspace() or not char.isprintable() for char in value):
        raise ValueError("It holds a space or a control character in the middle")
    return value


def _address(url: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"It must be an address such as {schemes[0]}://example.com/")
    return url


def _folder_address(url: str) -> str:
    return _address(url, ("https", "http")).rstrip("/") + "/"


def _gateway_address(url: str) -> str:
    return _address(url, ("wss", "ws"))


def _paging(value: object) -> object:
    if not isinstance(value, str):
        return value
    right = (
        'It must be a JSON object of names and lists of addresses, such as {"phones": ["ntfy://x"]}'
    )
    try:
        read = json.loads(value)
    except ValueError:
        raise ValueError(right) from None
    is_right = isinstance(read, dict) and all(
        isinstance(urls, list)
        and urls
        and all(isinstance(url, str) and "://" in url for url in urls)
        for urls in read.values()
    )
    if not is_right:
        raise ValueError(right)
    if "pagerduty" in read:
        raise ValueError("The name pagerduty is taken: it stands for PAGERDUTY_ROUTING_KEY")
    return read


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _receivers(value: object) -> object:
    """Hosts by name, or networks: what stands between commas."""
    if not isinstance(value, str):
        return value
    return tuple(_receiver(part.strip().lower()) for part in value.split(",") if part.strip())


def _receiver(stated: str) -> str:
    try:
        return str(ipaddress.ip_network(stated))
    except ValueError:
        if not HOST.fullmatch(stated) or stated.rpartition(".")[2].isdecimal():
            raise ValueError(
                f"{shown(stated)} is neither a host such as hooks.internal nor a network such as "
                "10.1.2.0/24"
            ) from None
    return stated


Secret = Annotated[SecretStr, BeforeValidator(_unspaced)]
Address = Annotated[str, BeforeValidator(_unspaced), AfterValidator(_folder_address)]


class Settings(BaseSettings):
    """How this installation runs. Secrets are hidden when printed."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: Annotated[
        str,
        BeforeValidator(_unspaced),
        AfterValidator(_database),
        Field(repr=False, validation_alias="SIGNOFF_DATABASE_URL"),  # may hold a password
    ] = "sqlite:///signoff.db"
    slack_bot_token: Annotated[
        Secret, AfterValidator(_bot_token), Field(validation_alias="SLACK_BOT_TOKEN")
    ] = SecretStr("")
    slack_app_token: Annotated[
        Secret, AfterValidator(_app_token), Field(validation_alias="SLACK_APP_TOKEN")
    ] = SecretStr("")
    slack_signing_secret: Annotated[Secret, Field(validation_alias="SLACK_SIGNING_SECRET")] = (
        SecretStr("")
    )
    slack_api_url: Annotated[Address, Field(validation_alias="SIGNOFF_SLACK_API_URL")] = (
        "https://slack.com/api/"
    )
    discord_bot_token: Annotated[Secret, Field(validation_alias="DISCORD_BOT_TOKEN")] = SecretStr(
        ""
    )
    discord_api_url: Annotated[Address, Field(validation_alias="SIGNOFF_DISCORD_API_URL")] = (
        "https://discord.com/api/v10/"
    )
    discord_gateway_url: Annotated[
        str,
        BeforeValidator(_unspaced),
        AfterValidator(_gateway_address),
        Field(validation_alias="SIGNOFF_DISCORD_GATEWAY_URL"),
    ] = "wss://gateway.discord.gg/"
    http_host: Annotated[
        str, BeforeValidator(_unspaced), Field(validation_alias="SIGNOFF_HTTP_HOST")
    ] = "127.0.0.1"
    http_port: Annotated[
        int,
        Field(ge=0, le=65535, validation_alias=AliasChoices("SIGNOFF_HTTP_PORT", "PORT")),
    ] = 8400  # 0: any free port
    rate: Annotated[int, Field(ge=1, le=1_000_000, validation_alias="SIGNOFF_RATE")] = 600
    webhook_allow: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(_receivers),
        Field(validation_alias="SIGNOFF_WEBHOOK_ALLOW"),
    ] = ()  # hosts and networks that are not public, and may be called all the same
    heartbeat_url: Annotated[Secret, Field(validation_alias="SIGNOFF_HEARTBEAT_URL")] = SecretStr(
        ""
    )  # a monitor's address, which misses our calls when something is overdue
    pagerduty_api_url: Annotated[Address, Field(validation_alias="PAGERDUTY_API_URL")] = (
        "https://api.pagerduty.com/"
    )
    pagerduty_events_url: Annotated[Address, Field(validation_alias="PAGERDUTY_EVENTS_URL")] = (
        "https://events.pagerduty.com/"
    )
    pagerduty_api_token: Annotated[Secret, Field(validation_alias="PAGERDUTY_API_TOKEN")] = (
        SecretStr("")
    )  # may read who is on call
    pagerduty_routing_key: Annotated[Secret, Field(validation_alias="PAGERDUTY_ROUTING_KEY")] = (
        SecretStr("")
    )  # of an Events API v2 integration
    paging_urls: Annotated[
        dict[str, tuple[SecretStr, ...]],
        NoDecode,
        BeforeValidator(_paging),
        Field(validation_alias="SIGNOFF_PAGING_URLS"),
    ] = {}  # a pager's name -> addresses that apprise knows
    config: Annotated[Path, Field(validation_alias="SIGNOFF_CONFIG")] = Path("config")
    log_level: Annotated[
        LogLevel, BeforeValidator(_upper), Field(validation_alias="SIGNOFF_LOG_LEVEL")
    ] = "INFO"

    @classmethod
    def read(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """The settings from the environment and `.env`, or from `env` alone when it is given.

        Raises:
            ConfigError: one problem per variable that cannot be used. No value is repeated in it
                that may hold a secret.
        """
        names = [source.upper() for source in _names(cls, env)]
        problems = _misspelt(names)
        try:
            settings = cls() if env is None else _Given.model_validate(_stated(env))
        except ValidationError as refused:
            problems += [_problem(error, names) for error in refused.errors(include_url=False)]
            raise ConfigError(problems) from None  # its text may repeat a secret
        if problems:
            raise ConfigError(problems)
        return settings


class _Given(Settings):
    """Settings from a mapping: neither the process's environment nor `.env` is looked at."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  as above
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given."""
        return (init_settings,)


VARIABLES = {  # each variable, in order of precedence, -> the setting it states
    name: setting
    for setting, field in Settings.model_fields.items()
    for name in (
        field.validation_alias.choices
        if isinstance(field.validation_alias, AliasChoices)
        else [field.validation_alias]
    )
    if isinstance(name, str)
}
REPEATABLE = {"http_port", "log_level"}  # wrong values that a message may show: no secrets here


def _names(settings: type[Settings], env: Mapping[str, str] | None) -> list[str]:
    if env is not None:
        return list(_stated(env))
    try:
        from_file = DotEnvSettingsSource(settings).env_vars
    except (UnicodeDecodeError, OSError):
        raise ConfigError(
            [Problem(".env", "", "it cannot be read as UTF-8 text", "Save it again as UTF-8")]
        ) from None
    return [name for name, value in {**from_file, **os.environ}.items() if value]


def _stated(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if value}


def _misspelt(names: list[str]) -> list[Problem]:
    """Our variables with a slip in their name, which would be passed over in silence."""
    problems = []
    for name in names:
        close = get_close_matches(name, VARIABLES, n=1, cutoff=0.92)
        if close and name not in VARIABLES and close[0] not in names:
            wrong = "there is no such variable, so it would change nothing"
            problems.append(Problem(PLACE, name, wrong, f"Did you mean {close[0]}?"))
    return problems


def _problem(error: ErrorDetails, names: list[str]) -> Problem:
    setting = VARIABLES.get(str(error["loc"][0]), str(error["loc"][0]))
    known = [name for name, stated in VARIABLES.items() if stated == setting]
    name = next((name for name in known if name in names), str(error["loc"][0]))
    value = f" {shown(str(error['input']))}" if setting in REPEATABLE else ""
    if error["type"] == "value_error":
        return Problem(PLACE, name, "the value cannot be used", f"{error['ctx']['error']}")
    return Problem(
        PLACE, name, f"the value{value} cannot be used", EXPECTED.get(setting, error["msg"])
    )

"""The app manifest: what Slack's own schema takes, and no scope without a reason."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from handlers.cli.commands.manifest import command
from handlers.slack.manifest import OPTIONAL_SCOPES, SCOPES

ROOT = Path(__file__).parents[2]


def printed(*options: str) -> dict[str, Any]:
    """What `signoff manifest slack` prints."""
    result = CliRunner().invoke(command, ["slack", *options])
    assert result.exit_code == 0, result.output
    manifest: dict[str, Any] = json.loads(result.stdout)
    return manifest


@pytest.mark.parametrize("options", [[], ["--url", "https://a.example"], ["--command", "/ask"]])
def test_slack_takes_it(shared: Path, options: list[str]) -> None:
    schema = json.loads((shared / "truth/slack/manifest.schema.json").read_text())

    jsonschema.validate(printed(*options), schema)


def test_by_default_slack_calls_over_a_socket() -> None:
    manifest = printed()

    assert manifest["settings"]["socket_mode_enabled"] is True
    assert "://" not in json.dumps(manifest)
    assert manifest["features"]["slash_commands"][0]["command"] == "/review"


def test_with_an_address_slack_calls_that_for_everything() -> None:
    manifest = printed("--url", "https://signoff.example/")

    address = "https://signoff.example/slack/events"
    assert manifest["settings"]["socket_mode_enabled"] is False
    assert manifest["settings"]["interactivity"]["request_url"] == address
    assert manifest["settings"]["event_subscriptions"]["request_url"] == address
    assert manifest["features"]["slash_commands"][0]["url"] == address


@pytest.mark.parametrize(
    "options", [["--command", "review"], ["--command", "/Re view"], ["--url", "http://a.example"]]
)
def test_what_slack_would_refuse_is_refused_with_a_reason(options: list[str]) -> None:
    result = CliRunner().invoke(command, ["slack", *options])

    assert result.exit_code == 2
    assert options[1] in result.output


def test_every_scope_is_justified_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()

    rows = re.findall(r"^\| `([a-z]+:[a-z]+|commands)` \|", readme, re.MULTILINE)

    assert rows == [*SCOPES, *OPTIONAL_SCOPES]

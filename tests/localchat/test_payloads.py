"""What apps are sent, against the types that bolt publishes and the keys seen in Slack."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from localchat.testing import LocalChat
from tests.localchat.samples import AMARA, APPROVALS, Json, actions, modal, open_socket

TRUTH = Path(__file__).parents[3] / "shared" / "truth" / "slack"
pytestmark = pytest.mark.skipif(not TRUTH.is_dir(), reason="the public data is not here")
# What the recorded payloads leave out, although Slack sends it.
BEYOND_THE_LOGS = {"values", "emoji", "verbatim", "blocks", "response_urls"}


@pytest.fixture
async def envelopes(chat: LocalChat) -> AsyncIterator[list[Json]]:
    """Every envelope, acknowledged at once."""
    seen: list[Json] = []

    async def read(ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            seen.append(json.loads(message.data))
            await ws.send_json({"envelope_id": seen[-1]["envelope_id"]})

    async with aiohttp.ClientSession() as session:
        ws = await open_socket(chat, session)
        reader = asyncio.create_task(read(ws))
        yield seen
        await ws.close()
        await reader


@pytest.fixture
def payload(envelopes: list[Json]) -> Callable[[str], Json]:
    """The payload of the envelope with this payload type."""
    return lambda kind: next(e["payload"] for e in envelopes if e["payload"].get("type") == kind)


def unknown_keys(ours: Any, theirs: Any, path: str = "") -> list[str]:
    """Keys that we send and that were never seen in Slack."""
    if isinstance(ours, list) and isinstance(theirs, list):
        return [k for each in ours for k in unknown_keys(each, theirs[0] if theirs else None, path)]
    if not isinstance(ours, dict) or not isinstance(theirs, dict) or not theirs:
        return []
    found = [f"{path}/{key}" for key in ours if key not in theirs and key not in BEYOND_THE_LOGS]
    for key in ours.keys() & theirs.keys() - {"blocks"}:
        found += unknown_keys(ours[key], theirs[key], f"{path}/{key}")
    return found


def check(payload: Json, schema: str, recorded: str) -> None:
    seen = json.loads((TRUTH / "payloads" / recorded).read_text())
    assert unknown_keys(payload, seen) == []
    # Bolt's types know neither that Slack sends null nor that view payloads name the user twice.
    typed = {name: value for name, value in payload.items() if value is not None}
    if "user" in typed and payload["type"] == "view_submission":
        typed["user"] = {n: v for n, v in typed["user"].items() if n != "username"}
    jsonschema.validate(typed, json.loads((TRUTH / "schemas" / schema).read_text()))


async def test_a_click(
    chat: LocalChat, client: AsyncWebClient, payload: Callable[[str], Json]
) -> None:
    ts = (await client.chat_postMessage(channel=APPROVALS, text="x", blocks=[actions()]))["ts"]

    await chat.click(user=AMARA, channel=APPROVALS, ts=ts, action_id="yes")

    check(payload("block_actions"), "block_actions.schema.json", "BlockActionPayload.json")


async def test_a_submission(
    chat: LocalChat, client: AsyncWebClient, payload: Callable[[str], Json]
) -> None:
    trigger = chat.slack.triggers.new(chat.app, AMARA)
    view = (await client.views_open(trigger_id=trigger, view=modal()))["view"]

    await chat.submit_view(view["id"], {"why": {"text": "because"}})

    sent = payload("view_submission")
    check(sent, "view_submission.schema.json", "ViewSubmissionPayload.json")


async def test_a_command(chat: LocalChat, envelopes: list[Json]) -> None:
    await chat.command("/review next", user=AMARA, channel=APPROVALS)

    sent = next(e["payload"] for e in envelopes if e["type"] == "slash_commands")
    check(sent, "slash_command.schema.json", "SlashCommandPayload.json")


async def test_a_message_shortcut(
    chat: LocalChat, client: AsyncWebClient, payload: Callable[[str], Json]
) -> None:
    ts = (await client.chat_postMessage(channel=APPROVALS, text="x"))["ts"]

    await chat.shortcut("explain", user=AMARA, channel=APPROVALS, ts=ts)

    seen = json.loads((TRUTH / "payloads" / "MessageShortcutPayload.json").read_text())
    assert unknown_keys(payload("message_action"), seen) == []


async def test_events(chat: LocalChat, envelopes: list[Json]) -> None:
    await chat.open_home(user=AMARA)
    await chat.say(f"<@{chat.app.bot_user_id}> hello", user=AMARA, channel=APPROVALS)
    await chat.until(lambda: len(envelopes) == 3)

    for kind, name in (("app_home_opened", "AppHomeOpened"), ("app_mention", "AppMention")):
        sent = next(e["payload"] for e in envelopes if e["payload"]["event"]["type"] == kind)
        seen = json.loads((TRUTH / "payloads" / f"{name}Payload.json").read_text())
        assert unknown_keys(sent, seen) == []

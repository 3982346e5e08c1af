"""The control API over HTTP, as a test in another process or language would use it."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localchat.testing import LocalChat
from tests.localchat.samples import AMARA, APPROVALS, RUTH, Json, actions, modal


class Remote:
    """Talks JSON to one server."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    async def get(self, path: str) -> Any:
        async with self._session.get(self._url + path) as response:
            return await response.json()

    async def post(self, path: str, **body: Any) -> Any:
        async with self._session.post(self._url + path, json=body) as response:
            return await response.json()


@pytest.fixture
async def remote(chat: LocalChat) -> AsyncIterator[Remote]:
    async with aiohttp.ClientSession() as session:
        yield Remote(session, chat.url)


async def test_a_person_can_be_driven_from_outside(
    remote: Remote, bolt: AsyncApp, client: AsyncWebClient, connected: AsyncSocketModeHandler
) -> None:
    @bolt.action("yes")
    async def yes(ack: Any, body: Json) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal())
        await ack()

    @bolt.view("form")
    async def form(ack: Any) -> None:
        await ack()

    ts = (await client.chat_postMessage(channel=APPROVALS, text="x", blocks=[actions()]))["ts"]

    clicked = await remote.post(
        "/control/click", user=AMARA, channel=APPROVALS, ts=ts, action_id="yes"
    )
    opened = (await remote.get("/control/state"))["views"][AMARA]
    submitted = await remote.post(
        "/control/submit", user=AMARA, values={"why": {"text": "because"}}
    )
    said = await remote.post("/control/say", user=AMARA, channel=APPROVALS, text="Done")

    assert clicked["ok"]
    assert clicked["ack_ms"] > 0
    assert [view["callback_id"] for view in opened] == ["form"]
    assert submitted["ok"]
    assert said["ok"]
    state = await remote.get("/control/state")
    assert state["views"][AMARA] == []
    assert [m["text"] for m in state["channels"][APPROVALS]["messages"]] == ["x", "Done"]


async def test_requests_are_logged_with_merged_arguments(
    remote: Remote, client: AsyncWebClient
) -> None:
    await client.conversations_open(users=AMARA)

    logged = (await remote.get("/control/requests?method=conversations.open"))["requests"]

    assert [(r["args"]["users"], r["status"]) for r in logged] == [(AMARA, 200)]
    assert "token" not in logged[0]["args"]


async def test_faults_come_and_go(remote: Remote, client: AsyncWebClient) -> None:
    fault = (await remote.post("/control/faults", kind="error", target="auth.*"))["fault"]

    assert [f["id"] for f in (await remote.get("/control/faults"))["faults"]] == [fault["id"]]


async def test_people_channels_and_apps_can_be_changed(remote: Remote, chat: LocalChat) -> None:
    added = await remote.post("/control/people", id="U0NEW0001", name="zoe", real_name="Zoe Zhu")
    changed = await remote.post("/control/people", id=RUTH, is_restricted=True)
    made = await remote.post("/control/channels", id="C0NEW0001", name="new", members=[AMARA])
    joined = await remote.post("/control/membership", channel="C0NEW0001", user="U0NEW0001")
    commands = [{"command": "/new", "description": "New"}]
    configured = await remote.post("/control/apps", commands=commands)

    assert all(answer["ok"] for answer in (added, changed, made, joined, configured))
    workspace = chat.slack.workspace
    assert workspace.people[RUTH].is_restricted
    assert list(workspace.channels["C0NEW0001"].members) == [AMARA, "U0NEW0001"]
    assert workspace.command("/new")
    assert workspace.command("/review") is None


async def test_mistakes_are_explained(remote: Remote) -> None:
    missing = await remote.post("/control/click", user=AMARA)
    unknown = await remote.post("/control/people", id=RUTH, is_king=True)
    invented = await remote.post("/control/faults", kind="gremlins")

    assert missing == {"ok": False, "error": "invalid_request", "message": "'channel' is missing."}
    assert unknown["message"] == "Person has no is_king."
    assert "gremlins" in invented["message"]


async def test_tokens_sockets_and_the_clock_obey(
    remote: Remote, chat: LocalChat, connected: AsyncSocketModeHandler
) -> None:
    await remote.post("/control/tokens", state="token_revoked")
    dropped = await remote.post("/control/sockets", drop="abort", refuse_for=5)
    before = chat.clock.now()
    await remote.post("/control/clock", advance=60)

    client = AsyncWebClient(chat.bot_token, base_url=chat.api_url)
    with pytest.raises(Exception, match="token_revoked"):
        await client.auth_test()
    assert dropped["dropped"] == 1
    assert chat.clock.now() - before >= 60


async def test_messages_can_be_changed_behind_the_app_s_back(
    remote: Remote, chat: LocalChat, client: AsyncWebClient
) -> None:
    ts = (await client.chat_postMessage(channel=APPROVALS, text="x", blocks=[actions()]))["ts"]

    await remote.post("/control/messages", channel=APPROVALS, ts=ts, text="Forged")
    assert chat.message(APPROVALS, ts)["text"] == "Forged"
    await remote.post("/control/messages", channel=APPROVALS, ts=ts, delete=True)

    assert chat.messages(APPROVALS) == []


def test_the_harness_runs_on_a_thread_of_its_own() -> None:
    with LocalChat.in_thread() as chat:
        chat.call(chat.local.say("Hello", user=AMARA, channel=APPROVALS))

        texts = chat.ask(lambda local: [m["text"] for m in local.messages(APPROVALS)])

    assert texts == ["Hello"]

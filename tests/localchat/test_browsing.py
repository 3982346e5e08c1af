"""The API behind the browser page."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localchat.testing import LocalChat
from tests.localchat.samples import (
    AMARA,
    APPROVALS,
    IMPATIENT,
    JONAS,
    LEADS,
    RUTH,
    Json,
    actions,
    home,
    modal,
)
from tests.patience import PATIENCE


async def get(chat: LocalChat, path: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(chat.url + path) as response:
        return await response.json()


async def post(chat: LocalChat, path: str, **body: Any) -> Any:
    async with (
        aiohttp.ClientSession() as session,
        session.post(chat.url + path, json=body) as response,
    ):
        return await response.json()


async def test_the_state_names_people_channels_commands_and_apps(chat: LocalChat) -> None:
    state = await get(chat, "/page/state")

    workspace = state["workspaces"][0]
    assert workspace["platform"] == "slack"
    guests = {p["name"] for p in workspace["people"] if p["is_guest"]}
    assert guests == {"sofia", "nadia"}
    assert [c["command"] for c in workspace["commands"]] == ["/review"]
    assert {"id", "name", "kind", "topic", "members", "archived", "last_ts"} == set(
        workspace["channels"][0]
    )


async def test_messages_are_what_one_person_sees(chat: LocalChat, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=APPROVALS, text="For all")
    await client.chat_postEphemeral(channel=APPROVALS, user=AMARA, text="For Amara")

    amara = (await get(chat, f"/page/messages?channel={APPROVALS}&as={AMARA}"))["messages"]
    jonas = (await get(chat, f"/page/messages?channel={APPROVALS}&as={JONAS}"))["messages"]
    closed = await get(chat, f"/page/messages?channel={LEADS}&as={JONAS}")

    assert [(m["text"], m.get("ephemeral")) for m in amara] == [
        ("For all", None),
        ("For Amara", True),
    ]
    assert [m["text"] for m in jonas] == ["For all"]
    assert closed == {"ok": False, "error": "channel_not_found"}


async def test_events_stream_only_what_the_person_may_see(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{chat.url}/page/events?as={JONAS}") as stream,
    ):
        await stream.content.readuntil(b"\n\n")
        await client.chat_postEphemeral(channel=APPROVALS, user=AMARA, text="Secret")
        await chat.say("Leads only", user=RUTH, channel=LEADS)
        await client.chat_postMessage(channel=APPROVALS, text="For all")

        line = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), PATIENCE)

    event = json.loads(line.removeprefix(b"data: "))
    assert (event["type"], event["channel"]) == ("message", APPROVALS)
    assert event["message"]["text"] == "For all"


async def test_a_button_a_form_and_a_home_tab_work_from_the_page(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, connected: AsyncSocketModeHandler
) -> None:
    @bolt.action("yes")
    async def yes(ack: Any, body: Json) -> None:
        await ack()
        if body["container"]["type"] == "message":
            await client.views_open(trigger_id=body["trigger_id"], view=modal())

    @bolt.view("form")
    async def form(ack: Any) -> None:
        await ack(response_action="errors", errors={"why": "Say more."})

    @bolt.event("app_home_opened")
    async def publish(event: Json) -> None:
        await client.views_publish(user_id=event["user"], view=home(actions()))

    ts = (await client.chat_postMessage(channel=APPROVALS, text="x", blocks=[actions()]))["ts"]
    container = {"type": "message", "channel": APPROVALS, "ts": ts}
    chosen = {"block_id": "choices", "action_id": "yes", "value": "1"}

    clicked = await post(chat, "/page/action", **{"as": AMARA}, container=container, **chosen)
    assert clicked["ok"]
    assert clicked["ack_ms"] > 0
    await chat.until(lambda: chat.views(AMARA))
    view = (await get(chat, f"/page/views?as={AMARA}"))["views"][0]
    values = {"why": {"text": {"type": "plain_text_input", "value": "so"}}}
    sent = {"as": AMARA, "view_id": view["id"], "values": values}
    assert (await post(chat, "/page/view/submit", **sent))["errors"] == {"why": "Say more."}
    await post(chat, "/page/view/close", **{"as": AMARA}, view_id=view["id"])
    assert (await get(chat, f"/page/views?as={AMARA}"))["views"] == []

    assert (await post(chat, "/page/home", **{"as": AMARA}))["view"] is None
    await chat.until(lambda: chat.home(AMARA))
    at_home = await post(
        chat, "/page/action", **{"as": AMARA}, container={"type": "home"}, **chosen
    )
    assert at_home["ok"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("/foo", "/foo is not a valid command."),
        ("/review", '/review failed with the error "dispatch_failed"'),
    ],
)
async def test_commands_fail_in_slack_s_words(chat: LocalChat, text: str, message: str) -> None:
    answer = await post(chat, "/page/message", **{"as": AMARA}, channel=APPROVALS, text=text)

    assert (answer["ok"], answer["message"]) == (False, message)


@IMPATIENT
async def test_a_silent_app_fails_a_command_in_slack_s_words(
    chat: LocalChat, bolt: AsyncApp, connected: AsyncSocketModeHandler
) -> None:
    answer = await post(chat, "/page/message", **{"as": AMARA}, channel=APPROVALS, text="/review")

    assert answer["error"] == "operation_timeout"
    assert answer["message"] == "/review failed because the app did not respond."


async def test_direct_messages_and_reactions(chat: LocalChat) -> None:
    channel = (await post(chat, "/page/dm", **{"as": AMARA, "with": JONAS}))["channel"]
    await post(chat, "/page/message", **{"as": AMARA}, channel=channel["id"], text="Hello")
    ts = chat.messages(channel["id"])[0]["ts"]

    reacted = await post(
        chat, "/page/react", **{"as": JONAS}, channel=channel["id"], ts=ts, name="wave"
    )

    assert reacted["ok"]
    assert chat.messages(channel["id"])[0]["reactions"][0]["users"] == [JONAS]


async def test_uploaded_files_are_served_to_the_page(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    await client.files_upload_v2(content=b"abc", filename="a b.txt", channel=APPROVALS)

    shown = (await get(chat, f"/page/messages?channel={APPROVALS}&as={AMARA}"))["messages"]

    url = shown[0]["files"][0]["url_private"]
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert await response.text() == "abc"

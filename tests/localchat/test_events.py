from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localchat.testing import LocalChat
from tests.localchat.samples import AMARA, APPROVALS, GENERAL, Json


@pytest.fixture
def heard(bolt: AsyncApp) -> list[Json]:
    """Events that reached a listener of the bot."""
    events: list[Json] = []

    async def remember(body: Json) -> None:
        events.append(body)

    for kind in ("message", "app_mention", "reaction_added", "member_joined_channel"):
        bolt.event(kind)(remember)
    bolt.event({"type": "message", "subtype": "message_changed"})(remember)
    return events


async def test_s4_a_repeated_event_keeps_its_id_and_bolt_runs_it_again(
    chat: LocalChat, heard: list[Json], connected: AsyncSocketModeHandler
) -> None:
    chat.fault("duplicate", "events_api", times=3, count=1)

    await chat.say("Hello", user=AMARA, channel=APPROVALS)

    await chat.until(lambda: len(heard) == 3)
    assert len({body["event_id"] for body in heard}) == 1


async def test_s4_an_unacknowledged_event_comes_again_with_its_number(
    chat: LocalChat, bolt: AsyncApp, heard: list[Json], connected: AsyncSocketModeHandler
) -> None:
    numbers: list[Any] = []

    @bolt.middleware
    async def note(req: Any, next: Any) -> None:
        numbers.append(req.headers.get("x-slack-retry-num"))
        await next()

    chat.fault("unacknowledged", "message", count=1)

    await chat.say("Hello", user=AMARA, channel=APPROVALS)

    await chat.until(lambda: len(heard) == 2)
    assert numbers[-1] == ["1"]


async def test_s33_own_messages_come_back_but_run_no_listener(
    chat: LocalChat, client: AsyncWebClient, heard: list[Json], connected: AsyncSocketModeHandler
) -> None:
    socket = chat.slack.sockets.sockets(chat.app.id)[0]
    sent = socket.sent

    await client.chat_postMessage(channel=APPROVALS, text="From the bot")
    await chat.until(lambda: socket.sent == sent + 1)
    await chat.say("From a person", user=AMARA, channel=APPROVALS)

    await chat.until(lambda: heard)
    assert [body["event"]["text"] for body in heard] == ["From a person"]


async def test_a_mention_is_an_event_of_its_own(
    chat: LocalChat, heard: list[Json], connected: AsyncSocketModeHandler
) -> None:
    await chat.say(f"<@{chat.app.bot_user_id}> hi", user=AMARA, channel=APPROVALS)

    await chat.until(lambda: len(heard) == 2)
    assert {body["event"]["type"] for body in heard} == {"message", "app_mention"}


async def test_an_app_hears_only_where_it_is_and_what_it_asked_for(
    chat: LocalChat, heard: list[Json], connected: AsyncSocketModeHandler
) -> None:
    chat.set_member(chat.app.bot_user_id, GENERAL, is_member=False)
    await chat.say("Unheard", user=AMARA, channel=GENERAL)
    chat.app.events = chat.app.events - {"message.channels"}
    spoken = await chat.say("Unheard too", user=AMARA, channel=APPROVALS)
    ts = (spoken.response or {})["ts"]

    await chat.react("eyes", user=AMARA, channel=APPROVALS, ts=ts)

    await chat.until(lambda: heard)
    assert [body["event"]["type"] for body in heard] == ["reaction_added"]


async def test_an_edit_comes_with_the_message_before(
    chat: LocalChat, heard: list[Json], connected: AsyncSocketModeHandler
) -> None:
    spoken = await chat.say("Before", user=AMARA, channel=APPROVALS)
    chat.edit_message(APPROVALS, (spoken.response or {})["ts"], text="After")

    await chat.until(lambda: len(heard) == 2)
    changed = next(b["event"] for b in heard if b["event"].get("subtype") == "message_changed")
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("Before", "After")

from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localchat.testing import LocalChat
from tests.localchat.samples import AMARA, APPROVALS, Json, actions


async def send(url: str, **body: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


@pytest.fixture
async def clicked(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, connected: AsyncSocketModeHandler
) -> Json:
    """The body of Amara's click on a card."""
    seen: list[Json] = []

    @bolt.action("yes")
    async def yes(ack: Any, body: Json) -> None:
        seen.append(body)
        await ack()

    response = await client.chat_postMessage(channel=APPROVALS, text="Card", blocks=[actions()])
    await chat.click(user=AMARA, channel=APPROVALS, ts=response["ts"], action_id="yes")
    return seen[0]


async def test_s32_a_response_url_works_five_times(chat: LocalChat, clicked: Json) -> None:
    statuses = [(await send(clicked["response_url"], text="Hi"))[0] for _ in range(6)]

    assert statuses == [200] * 5 + [404]
    assert len(chat.ephemerals(AMARA)) == 5


async def test_s32_a_response_url_works_for_thirty_minutes(chat: LocalChat, clicked: Json) -> None:
    chat.clock.advance(30 * 60 + 1)

    status, _ = await send(clicked["response_url"], text="Late")

    assert status == 404
    assert chat.ephemerals(AMARA) == []


async def test_a_response_url_replaces_the_card(chat: LocalChat, clicked: Json) -> None:
    await send(clicked["response_url"], replace_original=True, text="Done")

    shown = chat.message(APPROVALS, clicked["container"]["message_ts"])
    assert (shown["text"], "blocks" in shown) == ("Done", False)


async def test_a_response_url_deletes_the_card(chat: LocalChat, clicked: Json) -> None:
    await send(clicked["response_url"], delete_original=True)

    assert chat.messages(APPROVALS) == []


async def test_a_response_url_can_speak_to_everybody(chat: LocalChat, clicked: Json) -> None:
    await send(clicked["response_url"], text="All of you", response_type="in_channel")

    assert chat.messages(APPROVALS)[-1]["text"] == "All of you"


async def test_an_ephemeral_message_can_be_replaced_by_its_own_click(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, connected: AsyncSocketModeHandler
) -> None:
    @bolt.action("yes")
    async def yes(ack: Any, body: Json, respond: Any) -> None:
        assert body["container"]["is_ephemeral"]
        await ack()
        await respond("Noted", replace_original=True)

    shown = await client.chat_postEphemeral(
        channel=APPROVALS, user=AMARA, text="Sure?", blocks=[actions()]
    )
    ts = shown["message_ts"]

    outcome = await chat.click(user=AMARA, channel=APPROVALS, ts=ts, action_id="yes")

    assert outcome.ok
    await chat.until(lambda: [m["text"] for m in chat.ephemerals(AMARA)] == ["Noted"])


async def test_a_command_s_response_url_cannot_replace_its_reply(
    chat: LocalChat, bolt: AsyncApp, connected: AsyncSocketModeHandler
) -> None:
    @bolt.command("/review")
    async def review(ack: Any, respond: Any) -> None:
        await ack("One")
        await respond("Two", replace_original=True)

    await chat.command("/review", user=AMARA, channel=APPROVALS)

    await chat.until(lambda: len(chat.ephemerals(AMARA)) == 2)
    assert sorted(m["text"] for m in chat.ephemerals(AMARA)) == ["One", "Two"]


async def test_an_invalid_answer_does_nothing(chat: LocalChat, clicked: Json) -> None:
    _, answer = await send(clicked["response_url"], blocks=[{"type": "nonsense"}])

    assert "invalid_blocks" in answer
    assert chat.ephemerals(AMARA) == []

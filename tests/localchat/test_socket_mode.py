import asyncio
import json
from collections.abc import AsyncIterator
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
    actions,
    next_envelope,
    open_socket,
    socket_url,
)
from tests.patience import PATIENCE


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def a_card(client: AsyncWebClient) -> str:
    posted = await client.chat_postMessage(channel=APPROVALS, text="Card", blocks=[actions()])
    return str(posted["ts"])


async def test_s1_an_envelope_goes_to_exactly_one_of_the_sockets(
    chat: LocalChat, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    chat.app.events = frozenset()
    ts = await a_card(client)
    sockets = [await open_socket(chat, session) for _ in range(3)]
    seen: list[int] = []

    async def answer(number: int, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            seen.append(number)
            envelope = json.loads(message.data)
            await ws.send_json({"envelope_id": envelope["envelope_id"]})

    readers = [asyncio.create_task(answer(n, ws)) for n, ws in enumerate(sockets)]
    clicks = [chat.click(user=AMARA, channel=APPROVALS, ts=ts, action_id="yes") for _ in range(9)]
    outcomes = await asyncio.gather(*clicks)

    assert all(outcome.ok for outcome in outcomes)
    assert sorted(seen) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    for ws in sockets:
        await ws.close()
    await asyncio.gather(*readers)


@IMPATIENT
async def test_s2_without_an_ack_in_time_the_person_sees_an_error_and_the_effect_still_happens(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, connected: AsyncSocketModeHandler
) -> None:
    happened = asyncio.Event()

    @bolt.action("yes")
    async def slow(ack: Any) -> None:
        await asyncio.sleep(0.5)
        happened.set()
        await ack()

    outcome = await chat.click(
        user=AMARA, channel=APPROVALS, ts=await a_card(client), action_id="yes"
    )

    assert (outcome.ok, outcome.error) == (False, "no_ack")
    assert outcome.message == "This app didn't respond."
    await asyncio.wait_for(happened.wait(), PATIENCE)


@IMPATIENT
async def test_s3_bolt_sends_no_ack_for_an_unmatched_action(
    chat: LocalChat, client: AsyncWebClient, connected: AsyncSocketModeHandler
) -> None:
    outcome = await chat.click(
        user=AMARA, channel=APPROVALS, ts=await a_card(client), action_id="yes"
    )

    assert outcome.error == "no_ack"


@IMPATIENT
async def test_s5_an_unacknowledged_click_is_not_repeated(
    chat: LocalChat, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    chat.app.events = frozenset()
    ts = await a_card(client)
    ws = await open_socket(chat, session)

    await chat.click(user=AMARA, channel=APPROVALS, ts=ts, action_id="yes")

    assert (await next_envelope(ws))["type"] == "interactive"
    with pytest.raises(TimeoutError):
        await next_envelope(ws, within=0.3)
    await ws.close()


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
async def test_s6_bolt_reconnects_when_it_is_asked_to(
    chat: LocalChat, bolt: AsyncApp, client: AsyncWebClient, connected: AsyncSocketModeHandler,
    reason: Any,
) -> None:  # fmt: skip
    @bolt.action("yes")
    async def yes(ack: Any) -> None:
        await ack()

    ts = await a_card(client)
    await chat.drop_sockets(reason)
    await chat.until(lambda: len(chat.requests("apps.connections.open")) == 2)

    for _ in range(10):  # the old socket may still take the first ones with it
        outcome = await chat.click(user=AMARA, channel=APPROVALS, ts=ts, action_id="yes")
        if outcome.ok:
            break

    assert outcome.ok


async def test_bolt_reconnects_after_its_socket_was_cut(
    chat: LocalChat, connected: AsyncSocketModeHandler
) -> None:
    await chat.drop_sockets("abort")
    assert chat.socket_count() == 0

    await chat.until(lambda: chat.socket_count() == 1)


async def test_s7_the_eleventh_socket_is_one_too_many(
    chat: LocalChat, session: aiohttp.ClientSession
) -> None:
    sockets = [await open_socket(chat, session) for _ in range(10)]

    eleventh = await session.ws_connect(await socket_url(chat, session))

    first = await next_envelope(eleventh)
    assert first == {"type": "disconnect", "reason": "too_many_websockets"}
    assert (await eleventh.receive()).type is aiohttp.WSMsgType.CLOSE
    for ws in [*sockets, eleventh]:
        await ws.close()


async def test_s8_a_socket_address_works_once(
    chat: LocalChat, session: aiohttp.ClientSession
) -> None:
    url = await socket_url(chat, session)
    first = await session.ws_connect(url)

    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(url)
    await first.close()


async def test_hello_says_how_many_sockets_there_are(
    chat: LocalChat, session: aiohttp.ClientSession
) -> None:
    first = await session.ws_connect(await socket_url(chat, session))
    second = await session.ws_connect(await socket_url(chat, session))

    hellos = [await next_envelope(first), await next_envelope(second)]

    assert [hello["num_connections"] for hello in hellos] == [1, 2]
    assert hellos[0]["debug_info"]["approximate_connection_time"] > 0
    await first.close()
    await second.close()


async def test_a_ping_comes_back_with_its_own_payload(
    chat: LocalChat, session: aiohttp.ClientSession
) -> None:
    ws = await session.ws_connect(await socket_url(chat, session), autoping=False)
    await ws.receive()

    await ws.ping(b"sdk-ping-pong:42")

    pong = await ws.receive()
    assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:42")
    await ws.close()


async def test_a_late_ack_over_another_socket_counts(
    chat: LocalChat, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    chat.app.events = frozenset()
    ts = await a_card(client)
    old = await open_socket(chat, session)
    click = asyncio.create_task(chat.click(user=AMARA, channel=APPROVALS, ts=ts, action_id="yes"))
    envelope = await next_envelope(old)
    await chat.drop_sockets("abort")

    new = await open_socket(chat, session)
    await new.send_json({"envelope_id": envelope["envelope_id"]})

    assert (await click).ok
    await new.close()
    await old.close()


async def test_without_a_socket_a_click_fails_at_once(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    outcome = await chat.click(
        user=AMARA, channel=APPROVALS, ts=await a_card(client), action_id="yes"
    )

    assert (outcome.error, outcome.ack_ms) == ("dispatch_failed", 0.0)


async def test_new_sockets_can_be_refused_for_a_while(
    chat: LocalChat, connected: AsyncSocketModeHandler
) -> None:
    chat.refuse_sockets(for_seconds=1.5)
    await chat.drop_sockets("close")
    await asyncio.sleep(0.2)
    assert chat.socket_count() == 0

    await chat.until(lambda: chat.socket_count() == 1)

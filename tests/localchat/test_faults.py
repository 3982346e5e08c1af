import asyncio
import time
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localchat.slack.options import Options
from localchat.testing import LocalChat
from tests.localchat.samples import AMARA, APPROVALS, GENERAL, IMPATIENT, Json, actions


@pytest.fixture
def bare(chat: LocalChat) -> AsyncWebClient:
    """A client that never tries again by itself."""
    return AsyncWebClient(chat.bot_token, base_url=chat.api_url, retry_handlers=[])


@pytest.fixture
async def clicks(
    bolt: AsyncApp, client: AsyncWebClient, connected: AsyncSocketModeHandler
) -> list[Json]:
    """Clicks that reached the bot; the first entry names the card."""
    response = await client.chat_postMessage(channel=APPROVALS, text="x", blocks=[actions()])
    seen: list[Json] = [{"ts": response["ts"]}]

    @bolt.action("yes")
    async def yes(ack: Any, body: Json) -> None:
        seen.append(body)
        await ack()

    return seen


async def click(chat: LocalChat, clicks: list[Json], **how: Any) -> Any:
    ts = clicks[0]["ts"]
    return await chat.click(user=AMARA, channel=APPROVALS, ts=ts, action_id="yes", **how)


class TestRateLimits:
    @pytest.fixture
    def options(self) -> Options:
        return Options(rate_limits="slack", posts_per_minute=10)

    async def test_s21_posting_is_limited_by_channel(
        self, chat: LocalChat, bare: AsyncWebClient
    ) -> None:
        for _ in range(3):
            await bare.chat_postMessage(channel=APPROVALS, text="x")

        with pytest.raises(SlackApiError) as caught:
            await bare.chat_postMessage(channel=APPROVALS, text="x")
        elsewhere = await bare.chat_postMessage(channel=GENERAL, text="x")
        chat.clock.advance(1)
        later = await bare.chat_postMessage(channel=APPROVALS, text="x")

        response: Any = caught.value.response
        assert (response.status_code, response.headers["Retry-After"]) == (429, "1")
        assert response.data == {"ok": False, "error": "ratelimited"}
        assert elsewhere["ok"]
        assert later["ok"]

    async def test_s21_a_tier_3_method_has_fifty_calls_a_minute(
        self, chat: LocalChat, bare: AsyncWebClient
    ) -> None:
        ts = (await bare.chat_postMessage(channel=APPROVALS, text="x"))["ts"]
        statuses = []
        for _ in range(51):
            try:
                await bare.chat_update(channel=APPROVALS, ts=ts, text="y")
                statuses.append(200)
            except SlackApiError as error:
                statuses.append(error.response.status_code)

        assert statuses == [200] * 50 + [429]


async def test_a_storm_of_429_ends_after_its_count(chat: LocalChat, bare: AsyncWebClient) -> None:
    chat.fault("ratelimited", "chat.*", count=2, retry_after=30)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await bare.chat_postMessage(channel=APPROVALS, text="x")
        assert caught.value.response.headers["Retry-After"] == "30"

    assert (await bare.chat_postMessage(channel=APPROVALS, text="x"))["ok"]
    assert [r.status for r in chat.requests("chat.postMessage")] == [429, 429, 200]


async def test_a_fault_can_last_for_a_while(chat: LocalChat, bare: AsyncWebClient) -> None:
    chat.fault("error", "users.info", for_seconds=60, error="fatal_error")
    with pytest.raises(SlackApiError, match="fatal_error"):
        await bare.users_info(user=AMARA)

    chat.clock.advance(61)

    assert (await bare.users_info(user=AMARA))["ok"]


async def test_a_lost_response_leaves_its_effect(chat: LocalChat, bare: AsyncWebClient) -> None:
    chat.fault("lost_response", "chat.postMessage", count=1)

    with pytest.raises(aiohttp.ClientError):
        await bare.chat_postMessage(channel=APPROVALS, text="Did it arrive?")

    assert [message["text"] for message in chat.messages(APPROVALS)] == ["Did it arrive?"]


async def test_a_lost_response_makes_the_sdk_post_twice(
    chat: LocalChat, client: AsyncWebClient
) -> None:
    chat.fault("lost_response", "chat.postMessage", count=1)

    await client.chat_postMessage(channel=APPROVALS, text="Once?")

    assert len(chat.messages(APPROVALS)) == 2


async def test_a_lost_request_leaves_none(chat: LocalChat, bare: AsyncWebClient) -> None:
    chat.fault("lost_request", "chat.postMessage", count=1)

    with pytest.raises(aiohttp.ClientError):
        await bare.chat_postMessage(channel=APPROVALS, text="x")

    assert chat.messages(APPROVALS) == []


async def test_a_slow_call_is_slow_only_where_it_was_asked_for(
    chat: LocalChat, bare: AsyncWebClient
) -> None:
    chat.fault("slow", "chat.postMessage", channel=GENERAL, seconds=1.0)

    async def seconds(channel: str) -> float:
        started = time.perf_counter()
        await bare.chat_postMessage(channel=channel, text="x")
        return time.perf_counter() - started

    assert await seconds(GENERAL) > 1.0 > await seconds(APPROVALS)


async def test_slack_itself_can_be_down(chat: LocalChat, bare: AsyncWebClient) -> None:
    chat.fault("http_error", status=503, count=1)

    with pytest.raises(SlackApiError) as caught:
        await bare.auth_test()
    assert caught.value.response.status_code == 503


async def test_one_click_can_arrive_twice(chat: LocalChat, clicks: list[Json]) -> None:
    outcome = await click(chat, clicks, times=2)

    assert outcome.ok
    first, second = clicks[1:]
    assert first["actions"] == second["actions"]


async def test_every_click_can_be_made_to_arrive_twice(chat: LocalChat, clicks: list[Json]) -> None:
    chat.fault("duplicate", "interactive", times=2)
    await click(chat, clicks)
    chat.heal()
    await click(chat, clicks)

    assert len(clicks) == 1 + 2 + 1


async def test_a_click_can_arrive_late(chat: LocalChat, clicks: list[Json]) -> None:
    late = asyncio.create_task(click(chat, clicks, late_by=1.0))
    await asyncio.sleep(0.1)
    chat.edit_message(APPROVALS, clicks[0]["ts"], text="Changed meanwhile")
    assert len(clicks) == 1

    assert (await late).ok
    assert len(clicks) == 2


@IMPATIENT
async def test_a_click_can_be_lost(chat: LocalChat, clicks: list[Json]) -> None:
    chat.fault("lost", "interactive", count=1)

    outcome = await click(chat, clicks)

    assert (outcome.error, len(clicks)) == ("no_ack", 1)


@IMPATIENT
async def test_the_ack_of_a_click_can_be_lost(chat: LocalChat, clicks: list[Json]) -> None:
    chat.fault("unacknowledged", "interactive", count=1)

    outcome = await click(chat, clicks)

    assert (outcome.error, len(clicks)) == ("no_ack", 2)


async def test_messages_vanish_channels_close_and_bots_are_kicked(
    chat: LocalChat, bare: AsyncWebClient
) -> None:
    async def error_of(call: Any) -> str:
        with pytest.raises(SlackApiError) as caught:
            await call
        return str(caught.value.response["error"])

    ts = (await bare.chat_postMessage(channel=APPROVALS, text="x"))["ts"]
    chat.delete_message(APPROVALS, ts)
    assert await error_of(bare.chat_update(channel=APPROVALS, ts=ts, text="y")) == (
        "message_not_found"
    )
    chat.archive(APPROVALS)
    assert await error_of(bare.chat_postMessage(channel=APPROVALS, text="y")) == "is_archived"
    chat.archive(APPROVALS, archived=False)
    chat.set_member(chat.app.bot_user_id, APPROVALS, is_member=False)
    assert await error_of(bare.chat_postMessage(channel=APPROVALS, text="y")) == "not_in_channel"


async def test_a_reset_brings_the_first_day_back(chat: LocalChat, bare: AsyncWebClient) -> None:
    await bare.chat_postMessage(channel=APPROVALS, text="x")
    chat.set_person(AMARA, deleted=True)
    chat.fault("error", "*")

    await chat.reset()

    assert chat.messages(APPROVALS) == []
    assert not (await bare.users_info(user=AMARA))["user"]["deleted"]

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from localchat.slack.http_delivery import signature
from localchat.testing import LocalChat
from tests.localchat.samples import AMARA, APPROVALS, IMPATIENT, Json, actions
from tests.patience import PATIENCE


async def serve(web_app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(web_app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"


@pytest.fixture
def bolt(chat: LocalChat, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=chat.signing_secret, process_before_response=True)


@pytest.fixture
async def url(bolt: AsyncApp) -> AsyncIterator[str]:
    """Where the bolt app listens for signed requests."""
    runner, url = await serve(bolt.web_app(path="/slack/events"))
    yield url
    await runner.cleanup()


@pytest.fixture
async def requests(chat: LocalChat) -> AsyncIterator[list[Json]]:
    """What a plain receiver got; it answers with the status and headers in `answer`."""
    got: list[Json] = []

    async def receive(request: web.Request) -> web.Response:
        body = await request.text()
        got.append({"headers": request.headers, "body": body})
        if "challenge" in body:
            return web.Response(text=body.split('"challenge":"')[1].split('"')[0])
        return web.Response(**got[0].get("answer", {"status": 500}))

    web_app = web.Application()
    web_app.router.add_post("/slack/events", receive)
    runner, address = await serve(web_app)
    assert await chat.use_http(address)
    yield got
    await runner.cleanup()


async def test_s34_requests_are_signed_over_the_raw_body(
    chat: LocalChat, requests: list[Json]
) -> None:
    await chat.command("/review now", user=AMARA, channel=APPROVALS)

    got, verifier = requests[-1], SignatureVerifier(chat.signing_secret)
    assert verifier.is_valid_request(got["body"], dict(got["headers"]))
    assert not verifier.is_valid_request(got["body"] + " ", dict(got["headers"]))


async def test_s34_bolt_refuses_old_timestamps(
    chat: LocalChat, url: str, client: AsyncWebClient
) -> None:
    assert await chat.use_http(url)
    chat.clock.advance(301)

    outcome = await chat.command("/review", user=AMARA, channel=APPROVALS)

    assert outcome.error == "dispatch_failed"


async def test_a_click_and_a_command_arrive_over_http(
    chat: LocalChat, bolt: AsyncApp, url: str, client: AsyncWebClient
) -> None:
    @bolt.action("yes")
    async def yes(ack: Any) -> None:
        await ack()

    @bolt.command("/review")
    async def review(ack: Any, command: Json) -> None:
        await ack(f"You said {command['text']}")

    assert await chat.use_http(url)
    ts = (await client.chat_postMessage(channel=APPROVALS, text="x", blocks=[actions()]))["ts"]

    click = await chat.click(user=AMARA, channel=APPROVALS, ts=ts, action_id="yes")
    command = await chat.command("/review next", user=AMARA, channel=APPROVALS)

    assert (click.ok, command.ok) == (True, True)
    assert chat.ephemerals(AMARA)[0]["text"] == "You said next"


async def test_s3_over_http_an_unmatched_action_is_refused(
    chat: LocalChat, url: str, client: AsyncWebClient
) -> None:
    assert await chat.use_http(url)
    ts = (await client.chat_postMessage(channel=APPROVALS, text="x", blocks=[actions()]))["ts"]

    click = await chat.click(user=AMARA, channel=APPROVALS, ts=ts, action_id="yes")

    assert (click.ok, click.error) == (False, "dispatch_failed")


async def test_s4_an_event_is_tried_four_times_with_numbers(
    chat: LocalChat, requests: list[Json]
) -> None:
    await chat.say("Hello", user=AMARA, channel=APPROVALS)

    await chat.until(lambda: len(requests) == 5)
    await asyncio.sleep(0.05)
    headers = [got["headers"] for got in requests[1:]]
    assert [h.get("X-Slack-Retry-Num") for h in headers] == [None, "1", "2", "3"]
    assert headers[1]["X-Slack-Retry-Reason"] == "http_error"


async def test_s4_an_app_may_ask_for_no_retry(chat: LocalChat, requests: list[Json]) -> None:
    requests[0]["answer"] = {"status": 500, "headers": {"X-Slack-No-Retry": "1"}}

    await chat.say("Hello", user=AMARA, channel=APPROVALS)

    await chat.until(lambda: len(requests) == 2)
    await asyncio.sleep(0.1)
    assert len(requests) == 2


@IMPATIENT
async def test_s2_an_app_that_takes_too_long_over_http_is_given_up(
    chat: LocalChat, bolt: AsyncApp, url: str
) -> None:
    happened = asyncio.Event()

    @bolt.command("/review")
    async def slow(ack: Any) -> None:
        await asyncio.sleep(0.4)
        happened.set()
        await ack()

    assert await chat.use_http(url)

    outcome = await chat.command("/review", user=AMARA, channel=APPROVALS)

    assert (outcome.error, outcome.ok) == ("operation_timeout", False)
    await asyncio.wait_for(happened.wait(), PATIENCE)


async def test_an_address_that_fails_the_challenge_is_not_used(chat: LocalChat) -> None:
    assert not await chat.use_http("http://127.0.0.1:9/slack/events")
    assert chat.app.request_url == ""


async def test_signatures_are_what_slack_sdk_computes() -> None:
    body, timestamp, secret = "payload=%7B%7D", "1700000000", "s"

    theirs = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)

    assert signature(secret, timestamp, body) == theirs

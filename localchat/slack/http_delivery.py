import asyncio
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from localchat.clock import Clock
from localchat.slack.acks import Ack
from localchat.slack.ids import secret
from localchat.slack.options import Options
from localchat.slack.socket_mode import EnvelopeType, Retry
from localchat.wire import Json, dumps
from localchat.world import App

FORM = "application/x-www-form-urlencoded"


def signature(signing_secret: str, timestamp: str, body: str) -> str:
    """Slack's `v0` signature of a raw request body."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(signing_secret.encode(), base, hashlib.sha256).hexdigest()


class HttpDelivery:
    """Signed requests to an app's request URL, the alternative to Socket Mode."""

    def __init__(self, clock: Clock, options: Options) -> None:
        self._clock = clock
        self._options = options
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session:
            await self._session.close()
            self._session = None

    async def verify_url(self, app: App, url: str) -> bool:
        """Whether `url` answers a `url_verification` challenge, as Slack asks before using it."""
        challenge = secret()
        body = dumps({"type": "url_verification", "token": "", "challenge": challenge})
        ack = await self._post(app, url, body, "application/json", {})
        answered = (ack.payload or {}).get("challenge", ack.text)
        return ack.is_acked and answered == challenge

    async def send(
        self, app: App, kind: EnvelopeType, payload: Json, retry: Retry | None = None
    ) -> Ack:
        """Deliver one payload; 200 within the time is the acknowledgement."""
        headers = {}
        if retry and retry.attempt:
            headers = {
                "X-Slack-Retry-Num": str(retry.attempt),
                "X-Slack-Retry-Reason": retry.reason,
            }
        body, content_type = _encode(kind, payload)
        return await self._post(app, app.request_url, body, content_type, headers)

    async def _post(
        self, app: App, url: str, body: str, content_type: str, headers: dict[str, str]
    ) -> Ack:
        timestamp = str(int(self._clock.now()))
        headers = headers | {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(app.signing_secret, timestamp, body),
        }
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
            )
        started = time.perf_counter()
        try:
            async with (
                asyncio.timeout(self._options.ack_within),
                self._session.post(url, data=body.encode(), headers=headers) as response,
            ):
                answer = await response.text()
        except TimeoutError:
            return Ack("no_ack", (time.perf_counter() - started) * 1000)
        except aiohttp.ClientError:
            return Ack("unreachable", (time.perf_counter() - started) * 1000)
        ms = (time.perf_counter() - started) * 1000
        no_retry = response.headers.get("X-Slack-No-Retry") == "1"
        if response.status != 200:
            return Ack("refused", ms, status=response.status, no_retry=no_retry)
        payload, text = _decode(answer)
        return Ack("acked", ms, payload, text, no_retry=no_retry)


def _encode(kind: EnvelopeType, payload: Json) -> tuple[str, str]:
    if kind == "events_api":
        return dumps(payload), "application/json"
    if kind == "slash_commands":
        return urlencode(payload), FORM
    return urlencode({"payload": dumps(payload)}), FORM


def _decode(answer: str) -> tuple[Json | None, str]:
    try:
        payload = json.loads(answer)
    except ValueError:
        return None, answer
    return (payload, "") if isinstance(payload, dict) else (None, answer)

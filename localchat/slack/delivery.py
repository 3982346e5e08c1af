import asyncio
from collections.abc import Coroutine

from localchat.slack.acks import Ack
from localchat.slack.faults import Faults
from localchat.slack.http_delivery import HttpDelivery
from localchat.slack.options import Options
from localchat.slack.socket_mode import EnvelopeType, Retry, SocketMode
from localchat.wire import Json
from localchat.world import App


class Delivery:
    """Brings payloads to apps, over whichever way each app has chosen."""

    def __init__(
        self, sockets: SocketMode, http: HttpDelivery, faults: Faults, options: Options
    ) -> None:
        self._sockets = sockets
        self._http = http
        self._faults = faults
        self._options = options
        self._background: set[asyncio.Task[None]] = set()

    async def interact(
        self, app: App, kind: EnvelopeType, payload: Json, *, times: int = 1, late_by: float = 0.0
    ) -> Ack:
        """Deliver a person's interaction, once unless asked otherwise, and return the first ack.

        Slack is not known to repeat interactions, so nothing is repeated here by itself.
        """
        fault = self._faults.for_delivery(kind, str(payload.get("type", "")))
        if fault and fault.kind == "duplicate":
            times = fault.times
        if fault and fault.kind == "late":
            late_by += fault.seconds
        if late_by:
            await asyncio.sleep(late_by)
        if fault and fault.kind == "lost":
            await asyncio.sleep(self._options.ack_within)
            return Ack("no_ack", self._options.ack_within * 1000)
        acks = await asyncio.gather(*(self._send(app, kind, payload) for _ in range(times)))
        if fault and fault.kind == "unacknowledged":
            return Ack("no_ack", self._options.ack_within * 1000)
        return next((ack for ack in acks if ack.is_acked), acks[0])

    def announce(self, app: App, payload: Json) -> None:
        """Deliver an event in the background, with Slack's retries."""
        self._in_background(self._announce(app, payload))

    async def close(self) -> None:
        """Give up on what is still under way."""
        tasks = list(self._background)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _announce(self, app: App, payload: Json) -> None:
        event_type = payload["event"]["type"]
        fault = self._faults.for_delivery("events_api", event_type)
        if fault and fault.kind == "late":
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind == "lost":
            return
        ack = await self._send(app, "events_api", payload)
        forced = 0
        if fault and fault.kind in ("duplicate", "unacknowledged"):
            forced = fault.times - 1 if fault.kind == "duplicate" else 1
        await self._retry(app, payload, ack, forced)

    async def _retry(self, app: App, payload: Json, ack: Ack, forced: int) -> None:
        for attempt, pause in enumerate(self._options.event_retries_after, start=1):
            if (ack.is_acked and attempt > forced) or ack.no_retry:
                return
            await asyncio.sleep(pause * self._options.retry_time_scale)
            retry = Retry(attempt, _reason(ack, over_http=bool(app.request_url)))
            ack = await self._send(app, "events_api", payload, retry)

    async def _send(
        self, app: App, kind: EnvelopeType, payload: Json, retry: Retry | None = None
    ) -> Ack:
        way = self._http if app.request_url else self._sockets
        return await way.send(app, kind, payload, retry)

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _reason(ack: Ack, *, over_http: bool) -> str:
    if not over_http:
        return "timeout"
    return {"refused": "http_error", "unreachable": "connection_failed"}.get(
        ack.kind, "http_timeout"
    )

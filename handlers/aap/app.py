"""The Agent Approval Protocol's door, put together. It stands in the HTTP door, at MOUNT."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.routing import Route, Router

from handlers.aap.envelope import AapEnvelope
from handlers.aap.gate import Gate
from handlers.aap.instances import InstanceDoor
from handlers.aap.requests import RequestDoor
from handlers.aap.waking import Waker
from handlers.app import House
from handlers.http.waiting import Waiters
from handlers.outside import Outside

MOUNT = "/api/aap"


class AapDoor:
    """Requests and instances as an ASGI application, and the word to instances that there is news.

    Args:
        house: what every door shares.
        waiters: who waits for outcomes in this process.
    """

    def __init__(self, house: House, waiters: Waiters) -> None:
        self._outside = Outside(house.settings.webhook_allow)
        self._waker = Waker(house, self._outside)
        gate = Gate(house)
        requests = RequestDoor(house, gate, waiters)
        instances = InstanceDoor(house, gate, self._outside)
        self.asgi = AapEnvelope(Router(_routes(requests, instances), redirect_slashes=False))

    @asynccontextmanager
    async def awake(self) -> AsyncIterator[None]:
        """Tells instances of outcomes for as long as this is open."""
        waking = asyncio.create_task(self._waker.run(), name="aap-waker")
        try:
            yield
        finally:
            waking.cancel()
            await asyncio.gather(waking, return_exceptions=True)
            await self._outside.close()


def _routes(requests: RequestDoor, instances: InstanceDoor) -> list[Route]:
    return [
        Route("/v1/requests", requests.create, methods=["POST"]),
        Route("/v1/requests/{id}", requests.show, methods=["GET"]),
        Route("/v1/requests/{id}", requests.withdraw, methods=["DELETE"]),
        Route("/v1/requests/{id}/consume", requests.consume, methods=["POST"]),
        Route("/v1/requests/{id}/outcome", requests.end, methods=["POST"]),
        Route("/v1/instances", instances.provision, methods=["POST"]),
        Route("/v1/instances/{id}", instances.show, methods=["GET"]),
        Route("/v1/instances/{id}", instances.change, methods=["PATCH"]),
        Route("/v1/instances/{id}", instances.delete, methods=["DELETE"]),
    ]

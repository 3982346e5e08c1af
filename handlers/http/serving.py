"""Serving the door: in a loop that is there already, until the task is cancelled."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from handlers.app import House
from handlers.http.app import create_app
from handlers.http.feed import Feed
from handlers.http.waiting import Waiters

LEAVES_WITHIN = 5  # seconds for the requests that run when the door closes
BACKLOG = 2_048

Waiting = Waiters | Feed
Ready = Callable[[str], None]  # called with the address once requests are taken
log = logging.getLogger(__name__)


async def serve(
    house: House,
    host: str,
    port: int,
    *,
    mounts: Mapping[str, ASGIApp] | None = None,
    on_ready: Ready | None = None,
) -> None:
    """Takes requests until it is cancelled; then waiting clients get what there is.

    Args:
        house: what every door shares; it is not closed here.
        host: where to listen.
        port: where to listen; 0 takes any free one, which `on_ready` names.
        mounts: other doors that speak HTTP, by the path below which they listen.
        on_ready: told the address once requests are taken.

    Raises:
        OSError: the port is taken, or may not be used.
    """
    app = create_app(house, mounts)
    with _listening(host, port) as listener:
        address = _address(listener)
        server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="on",
                timeout_graceful_shutdown=LEAVES_WITHIN,
            ),
            (app.state.waiters, app.state.feed),
            lambda: _announce(address, on_ready),
        )
        serving = asyncio.create_task(server.serve([listener]), name="http")
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = True
            await serving
            raise


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs the process, and lets waiting clients go first."""

    def __init__(
        self, config: uvicorn.Config, waiting: Sequence[Waiting], ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._waiting = waiting
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, and says so."""
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answers who waits, then closes."""
        for one in self._waiting:
            one.close()
        await super().shutdown(sockets)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=BACKLOG) as listener:
        # Connections inherit it; asyncio sets it for sockets only that name their protocol, and
        # without it an answer's body waits 40 ms for the client to acknowledge its head.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _announce(address: str, on_ready: Ready | None) -> None:
    log.info("listening on %s", address)
    if on_ready:
        on_ready(address)

"""Signed HTTP, the way in without an app token: an ASGI application, to mount or to serve."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

MOUNT = "/slack"
PATH = "/events"  # the manifest's request URLs end in /slack/events
BODY_MAX = 2_000_000  # bytes; Slack's own payloads stay far below

log = logging.getLogger(__name__)


def asgi_of(app: AsyncApp) -> ASGIApp:
    """Answers POST /events; bolt checks the signature, in constant time, and the five minutes."""
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        if not _is_plausible(request) or len(body := await request.body()) > BODY_MAX:
            return Response('{"error": "invalid request"}', 401, media_type="application/json")
        try:
            body.decode()
        except UnicodeDecodeError:
            return Response('{"error": "invalid request"}', 400, media_type="application/json")
        return await handler.handle(request)

    return Starlette(routes=[Route(PATH, events, methods=["POST"])])


async def serve_asgi(app: ASGIApp, host: str, port: int) -> None:
    """Takes Slack's requests on a port of their own until it is cancelled."""
    mounted = Starlette()
    mounted.mount(MOUNT, app)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=2_048) as listener:
        log.info("Slack: listening on port %d, %s%s", listener.getsockname()[1], MOUNT, PATH)
        config = uvicorn.Config(mounted, log_config=None, access_log=False, lifespan="off")
        server = _Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = True
            await serving
            raise


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none: whoever runs the process does."""
        yield


def _is_plausible(request: Request) -> bool:
    """Whether the time is a number at all: the SDK's verifier breaks on one that is not."""
    stated = request.headers.get("x-slack-request-timestamp", "")
    return stated.isascii() and stated.isdecimal() and len(stated) < 16

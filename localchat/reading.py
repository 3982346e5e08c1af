import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from localchat.wire import Json, dumps

Handler = Callable[[web.Request], Awaitable[Json]]


async def body_of(request: web.Request) -> Json:
    """The request's JSON object; an empty body is an empty one.

    Raises:
        ValueError: it is something else.
    """
    text = await request.text()
    body = json.loads(text) if text.strip() else {}
    if not isinstance(body, dict):
        raise ValueError("The body must be a JSON object.")  # noqa: TRY004  # told to the caller
    return body


def given(body: Json, name: str) -> str:
    """A text that must be there.

    Raises:
        ValueError: it is not.
    """
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name!r} is missing.")
    return value


def given_or(body: Json, name: str, default: Any) -> Any:
    """A value, or `default` where there is none."""
    value = body.get(name)
    return default if value is None else value


def answering(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Turn what `handler` returns, or the mistakes it finds in the request, into JSON."""

    async def serve(request: web.Request) -> web.Response:
        try:
            body = await handler(request)
        except (KeyError, ValueError, TypeError) as error:
            body = {"ok": False, "error": "invalid_request", "message": str(error)}
        return web.json_response({"ok": True, **body}, dumps=dumps)

    return serve

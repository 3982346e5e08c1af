"""Around every request: its id, its one line in the log, and an answer whatever happens."""

import json
import logging
import re
import secrets
import traceback
from pathlib import Path
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import SignoffError
from handlers.http.problems import ProblemError, answer, of_flow, of_status

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")
CLIENT_GONE = 499

log = logging.getLogger(__name__)


class Envelope:
    """ASGI middleware. Logs ids only: no body, no key, no address that somebody made up."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, and sees it answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = perf_counter(), 0
        request_id = _request_id(scope)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id  # a door inside may put one of its own there

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = state["request_id"]
                headers.update(state.get("headers", {}))
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except ClientDisconnect:
            status = CLIENT_GONE
        except Exception as problem:  # noqa: BLE001  the caller gets an answer whatever it is
            if status:
                log.error("a response broke off, request %s: %s", request_id, _where(problem))  # noqa: TRY400  a trace quotes what was sent
                return
            await answer(problem_of(problem, request_id), request_id)(scope, receive, send_named)
        finally:
            if log.isEnabledFor(logging.INFO):
                log.info("%s", _line(scope, state, status, perf_counter() - started))


def problem_of(error: Exception, request_id: str) -> ProblemError:
    """What went wrong, as a problem; a bug is written down with an id that the caller may quote."""
    match error:
        case ProblemError():
            return error
        case SignoffError():
            return of_flow(error)
        case HTTPException():
            return of_status(error.status_code, str(error.detail), error.headers)
    error_id = secrets.token_hex(4)
    log.error("bug %s, request %s: %s", error_id, request_id, _where(error))
    return ProblemError(
        "bug",
        "This is a fault of Signoff, not of your request. Whoever runs Signoff finds it in the "
        f"log as {error_id}.",
        error_id=error_id,
    )


def _where(error: Exception) -> str:
    """The kind of error and its frames; not its message, which may quote what was sent."""
    frames = traceback.extract_tb(error.__traceback__)
    way = " > ".join(f"{Path(at.filename).name}:{at.lineno} {at.name}" for at in frames)
    return f"{type(error).__qualname__} at {way}"


def _request_id(scope: Scope) -> str:
    """The caller's own id of the request if it is fit for a log, else a new one."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _line(scope: Scope, state: dict[str, object], status: int, took: float) -> str:
    route = scope.get("route")
    return json.dumps(
        {
            "request": state["request_id"],
            "method": scope["method"],
            "route": getattr(route, "path", None),
            "status": status,
            "ms": round(took * 1000, 2),
            "key": state.get("producer"),
            "item": state.get("item_id"),
        }
    )

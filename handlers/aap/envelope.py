"""Around every request of the protocol: its id, and an answer in the protocol's own shape."""

import re
import uuid

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import SignoffError
from handlers.aap.problems import AapProblemError, answer, of_flow, of_http
from handlers.http.envelope import problem_of
from handlers.http.problems import TITLES

UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class AapEnvelope:
    """ASGI middleware. The id of an exchange is a UUID: the caller's own, if that is one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, and sees it answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = str(scope.get("state", {}).get("request_id", ""))
        request_id = given if UUID.fullmatch(given) else str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        has_begun = False

        async def send_named(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except ClientDisconnect:
            raise
        except Exception as problem:
            if has_begun:
                raise
            await answer(_problem(problem, request_id), request_id)(scope, receive, send_named)


def _problem(error: Exception, request_id: str) -> AapProblemError:
    if isinstance(error, AapProblemError):
        return error
    if isinstance(error, SignoffError):
        return of_flow(error)
    problem = problem_of(error, request_id)
    return of_http(problem, TITLES[problem.name][0])

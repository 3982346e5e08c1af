import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from localchat.cutting import abort
from localchat.slack.errors import SlackError
from localchat.slack.faults import Fault
from localchat.slack.rate_limits import SPECIAL, RateLimitedError
from localchat.slack.request_log import Request
from localchat.slack.web_api import (  # noqa: F401  # importing registers their methods
    auth,
    chat,
    conversations,
    files,
    history,
    reactions,
    users,
    views,
)
from localchat.slack.web_api.call import METHODS, Arguments, Call, Method
from localchat.wire import Json, dumps
from localchat.world import App

if TYPE_CHECKING:
    from localchat.slack.service import Slack


@dataclass(slots=True)
class Answer:
    """How a call is answered over HTTP."""

    body: Json
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Door:
    """Serves /api/{method}."""

    def __init__(self, slack: "Slack") -> None:
        self._slack = slack

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, after whatever fault it meets."""
        name = request.match_info["method"]
        token, given = await read(request)
        fault = self._slack.faults.for_call(name, str(given.get("channel", "")))
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        answer = _made_up(fault) or self.answer(name, token, given)
        is_lost = fault is not None and fault.kind in ("lost_request", "lost_response")
        self._slack.requests.add(
            Request(
                at=self._slack.clock.now(),
                method=name,
                args=given,
                app_id=self._slack.tokens.owner(token),
                status=0 if is_lost else answer.status,
                response=answer.body,
                fault=fault.kind if fault else "",
            )
        )
        if is_lost:
            abort(request)
        return web.Response(
            text=dumps(answer.body) if answer.body else "",
            status=answer.status,
            headers=answer.headers,
            content_type="application/json",
        )

    def answer(self, name: str, token: str, given: Json) -> Answer:
        """Do what the call asks, or say why not."""
        headers: dict[str, str] = {}
        try:
            known = _method(name)
            app = self._admit(known, token, given, headers)
            call = Call(self._slack, app, Arguments(given))
            body = {"ok": True, **known.handler(call)}
        except RateLimitedError as error:
            headers["Retry-After"] = str(error.retry_after)
            return Answer(error.body(), 429, headers)
        except SlackError as error:
            return Answer(error.body(), headers=headers)
        if call.warnings:
            body["warning"] = ",".join(call.warnings)
            body.setdefault("response_metadata", {})["warnings"] = call.warnings
        return Answer(body, headers=headers)

    def _admit(self, known: Method, token: str, given: Json, headers: dict[str, str]) -> App:
        slack = self._slack
        if not known.needs_token and not token:
            return next(iter(slack.workspace.apps.values()))
        app = slack.tokens.check(token, known.token, known.scopes)
        headers["x-oauth-scopes"] = ",".join(sorted(app.scopes))
        if known.scopes:
            headers["x-accepted-oauth-scopes"] = ",".join(known.scopes)
        channel = str(given.get("channel", "")) if known.tier == SPECIAL else ""
        slack.rate_limits.spend(app.id, known.name, known.tier, channel)
        return app


def _method(name: str) -> Method:
    known = METHODS.get(name)
    if known is None:
        raise SlackError("unknown_method", req_method=name)
    return known


async def read(request: web.Request) -> tuple[str, Json]:
    """The token, and all arguments: query, form and JSON body together."""
    given: Json = dict(request.query)
    if request.can_read_body:
        if request.content_type == "application/json":
            given |= _object(await request.text())
        else:
            given |= dict(await request.post())
    token = str(given.pop("token", ""))
    kind, _, rest = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        token = rest.strip()
    return token, given


def _object(text: str) -> Json:
    try:
        body: Any = json.loads(text)
    except (ValueError, RecursionError):  # no JSON, or nested beyond reason
        return {}
    return body if isinstance(body, dict) else {}


def _made_up(fault: Fault | None) -> Answer | None:
    """The answer to a call that has no effect because of its fault; None when it has one."""
    if fault is None:
        return None
    match fault.kind:
        case "ratelimited":
            headers = {"Retry-After": str(fault.retry_after)}
            return Answer({"ok": False, "error": "ratelimited"}, 429, headers)
        case "error":
            return Answer({"ok": False, "error": fault.error, **fault.fields})
        case "http_error":
            return Answer({}, fault.status)
        case "lost_request":
            return Answer({})
    return None

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from localchat.cutting import abort
from localchat.discord.errors import KNOWN_ERRORS, DiscordError, not_found, unauthorized
from localchat.discord.faults import Fault
from localchat.discord.files import Upload
from localchat.discord.rate_limits import VIA, too_many
from localchat.discord.request_log import Request
from localchat.discord.rest import (  # noqa: F401  # importing registers their routes
    applications,
    callbacks,
    channels,
    commands,
    guilds,
    messages,
    reactions,
    threads,
    users,
    webhooks,
)
from localchat.discord.rest.body import read_body
from localchat.discord.rest.call import Call, Created, Route, resolve
from localchat.wire import dumps

if TYPE_CHECKING:
    from localchat.discord.service import Discord

VERSIONS = ("v9", "v10")
INVALID = (401, 403, 429)
WITHOUT_EFFECT = ("ratelimited", "error", "http_error", "lost_request")


@dataclass(slots=True)
class Answer:
    """What goes back."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None  # instead of JSON


class Door:
    """Serves /api/v10/…: reads, authorises, counts, answers and remembers each request."""

    def __init__(self, discord: "Discord") -> None:
        self._discord = discord

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, after whatever fault it meets."""
        discord = self._discord
        version, path = _split(request.match_info["path"])
        fault = discord.faults.for_request(f"{request.method} {path}")
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        body: Any = None
        uploads: list[Upload] = []
        try:
            body, uploads = await read_body(request, discord.options)
            answer = self._forced(fault) or self._answer(request, version, path, body, uploads)
        except DiscordError as error:
            answer = _refusal(error)
        is_lost = fault is not None and fault.kind in ("lost_request", "lost_response")
        if answer.status in INVALID and answer.headers.get("X-RateLimit-Scope") != "shared":
            discord.rate_limits.count_invalid()
        discord.requests.add(
            Request(
                discord.clock.now(),
                request.method,
                path,
                dict(request.query),
                body,
                [each.filename for each in uploads],
                0 if is_lost else answer.status,
                answer.body,
                fault.kind if fault else "",
            )
        )
        if is_lost:
            abort(request)
        return _respond(answer)

    def _answer(
        self, request: web.Request, version: str, path: str, body: Any, uploads: list[Upload]
    ) -> Answer:
        discord = self._discord
        if discord.rate_limits.is_banned:
            return cloudflare_ban(60.0)
        if version not in VERSIONS:
            raise DiscordError(400, 50041, "Invalid API version provided")
        known = resolve(path)
        if known is None or not known[0].routes:
            raise not_found()
        node, params = known
        found = node.routes.get(request.method)
        if found is None:
            raise DiscordError(405, 0, "405: Method Not Allowed")
        self._check_token(found, request.headers.get("Authorization", ""))
        major = params.get(found.major, "")
        headers = discord.rate_limits.spend(found.bucket, major, is_global=found.is_global)
        call = Call(discord, params, request.query, body, uploads)
        try:
            result = found.handler(call)
        except DiscordError as error:
            error.headers = headers | error.headers
            raise
        if isinstance(result, Created):
            return Answer(201, result.body, headers)
        return Answer(204 if result is None else 200, result, headers)

    def _check_token(self, found: Route, authorization: str) -> None:
        token = self._discord.workspace.application.bot_token
        if found.needs_token and authorization != f"Bot {token}":
            raise unauthorized()

    def _forced(self, fault: Fault | None) -> Answer | None:
        """The answer to a request that has no effect because of its fault."""
        if fault is None or fault.kind not in WITHOUT_EFFECT:
            return None
        if fault.kind == "error":
            return _refusal(_made_up(fault))
        if fault.kind == "http_error":
            return Answer(fault.status or 503, text="upstream connect error")
        if fault.kind == "lost_request":
            return Answer(0)
        if fault.scope == "cloudflare":
            return cloudflare_ban(fault.retry_after)
        return _refusal(too_many(fault.retry_after, fault.scope))


def cloudflare_ban(retry_after: float) -> Answer:
    """429 before Discord was even reached: no `Via`, no JSON."""
    headers = {"Retry-After": str(int(retry_after) or 1), "Server": "cloudflare"}
    return Answer(429, None, headers, "error code: 1015")


def _made_up(fault: Fault) -> DiscordError:
    status, message = KNOWN_ERRORS.get(fault.code, (400, "Refused"))
    error = DiscordError(fault.status or status, fault.code, fault.message or message)
    if error.status == 429:
        error.fields |= {"retry_after": fault.retry_after, "global": False}
    return error


def _split(path: str) -> tuple[str, str]:
    """The version and the rest of an address; without one it is the newest."""
    first, _, rest = path.partition("/")
    if first[:1] == "v" and first[1:].isdigit():
        return first, f"/{rest}"
    return "v10", f"/{path}"


def _refusal(error: DiscordError) -> Answer:
    return Answer(error.status, error.body(), dict(error.headers))


def _respond(answer: Answer) -> web.Response:
    """D25: exactly `application/json`, without a charset."""
    if answer.text is not None:
        return web.Response(text=answer.text, status=answer.status, headers=answer.headers)
    headers = {**answer.headers, "Via": VIA}
    if answer.body is None:
        return web.Response(status=answer.status or 500, headers=headers)
    headers["Content-Type"] = "application/json"
    return web.Response(body=dumps(answer.body).encode(), status=answer.status, headers=headers)

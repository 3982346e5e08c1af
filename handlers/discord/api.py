"""Discord's REST interface: a call answers, or says in one of four ways why it did not.

discord.py's own client sends what the bot does, and keeps to the limits that Discord states in its
headers; its webhook adapter sends what answers an interaction, which needs no token of ours.
"""

import asyncio
import json
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import discord
import discord.http
from discord.http import HTTPClient, Route
from discord.webhook import async_ as webhook_calls
from discord.webhook.async_ import AsyncWebhookAdapter

from handlers.calls import CallError, LimitedError, LostError, RefusalError, UnreachableError
from handlers.discord.blocks import Json
from handlers.discord.codes import OLD_MESSAGE

CALL_WITHIN = 40.0  # seconds, a wait for the rate limit included; a courier's claim holds for sixty
ANSWER_WITHIN = 10.0  # seconds for what follows an interaction's first answer
WAIT_MAX = 30.0  # seconds that a call waits for a limit; longer waits are the courier's
RETRY_AFTER = 60.0  # seconds, where a 429 does not say

T = TypeVar("T")


async def _json_or_text(response: aiohttp.ClientResponse) -> Any:
    """The body, read as what its media type says; a charset after it makes no difference."""
    text = await response.text(encoding="utf-8")
    media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return json.loads(text) if media == "application/json" else text


# discord.py wants exactly "application/json" and hands out a text otherwise. A proxy, or Discord
# itself one day, that adds "; charset=utf-8" would make every answer and error unreadable.
discord.http.json_or_text = _json_or_text
webhook_calls.json_or_text = _json_or_text  # type: ignore[attr-defined]  # by its own name


class RefusedError(RefusalError):
    """Discord says no; carries its number for why."""

    def __init__(self, status: int, code: int, detail: str = "") -> None:
        super().__init__(f"HTTP {status}, code {code} {detail}".strip())
        self.status = status
        self.code = code

    @property
    def is_token(self) -> bool:
        """Whether every other call would be refused as well."""
        return self.status == 401


@dataclass(frozen=True, slots=True)
class File:
    """Something to send along with a message."""

    name: str
    data: bytes
    media: str
    description: str = ""  # what a screen reader says


class Http(HTTPClient):
    """discord.py's client, with an address of its own in place of one for the whole process."""

    def __init__(self, loop: asyncio.AbstractEventLoop, base: str) -> None:
        super().__init__(loop, max_ratelimit_timeout=WAIT_MAX)
        self.base = base.rstrip("/")

    async def request(self, route: Route, **options: Any) -> Any:
        """What Discord answers to this route, at our address."""
        route.url = self.base + route.url.removeprefix(Route.BASE)
        return await super().request(route, **options)


class Api:
    """The calls that the door makes, each sent as it stands."""

    def __init__(self, http: Http, session: aiohttp.ClientSession) -> None:
        self._http = http
        self._session = session
        self._answers = AsyncWebhookAdapter()  # type: ignore[no-untyped-call]  # discord.py's

    # -- as the bot -------------------------------------------------------------------------

    async def post(self, channel_ref: str, body: Json, files: Sequence[File] = ()) -> Json:
        """Posts a message; returns it."""
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel_ref)
        return await ask(self._send(route, body, files))

    async def edit(
        self, channel_ref: str, message_ref: str, body: Json, files: Sequence[File] = ()
    ) -> Json:
        """Edits a message of ours; returns it."""
        return await ask(self._send(_message("PATCH", channel_ref, message_ref), body, files))

    async def delete(self, channel_ref: str, message_ref: str) -> None:
        """Deletes a message of ours."""
        await ask(self._http.request(_message("DELETE", channel_ref, message_ref)))

    async def direct(self, user_ref: str) -> str:
        """The channel between us and a person."""
        route = Route("POST", "/users/@me/channels")
        opened = await ask(self._http.request(route, json={"recipient_id": user_ref}))
        return str(opened["id"])

    async def member(self, guild_ref: str, user_ref: str) -> Json:
        """A member of a guild."""
        path = "/guilds/{guild_id}/members/{user_id}"
        return await ask(
            self._http.request(Route("GET", path, guild_id=guild_ref, user_id=user_ref))
        )

    async def commands(self, application_ref: str) -> list[Json]:
        """The commands that Discord knows of us."""
        route = Route("GET", "/applications/{app}/commands", app=application_ref)
        found: list[Json] = await ask(
            self._http.request(route, params={"with_localizations": "true"})
        )
        return found

    async def put_commands(self, application_ref: str, commands: list[Json]) -> None:
        """Replaces all of them."""
        route = Route("PUT", "/applications/{app}/commands", app=application_ref)
        await ask(self._http.request(route, json=commands))

    async def starts_left(self) -> tuple[int, float]:
        """How often we may identify today, and after how many seconds that is counted anew."""
        said = await ask(self._http.request(Route("GET", "/gateway/bot")))
        limit = said["session_start_limit"]
        return int(limit["remaining"]), float(limit["reset_after"]) / 1000

    async def whoami(self) -> Json:
        """Our own account; the cheapest call that needs the token."""
        return await ask(self._http.request(Route("GET", "/users/@me")))

    # -- as the answer to an interaction ----------------------------------------------------

    async def call_back(
        self, interaction_ref: str, token: str, answer: Json, files: Sequence[File] = ()
    ) -> None:
        """The one first answer to an interaction."""
        path = "/interactions/{webhook_id}/{webhook_token}/callback"
        await self._answer("POST", path, interaction_ref, token, answer, files, within=3.0)

    async def follow_up(
        self, application_ref: str, token: str, body: Json, files: Sequence[File] = ()
    ) -> None:
        """One more message to whoever acted."""
        path = "/webhooks/{webhook_id}/{webhook_token}"
        await self._answer("POST", path, application_ref, token, body, files)

    async def edit_original(
        self, application_ref: str, token: str, body: Json, files: Sequence[File] = ()
    ) -> None:
        """Changes the message that was clicked, or the first answer."""
        path = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
        await self._answer("PATCH", path, application_ref, token, body, files)

    async def _answer(
        self,
        method: str,
        path: str,
        owner: str,
        token: str,
        body: Json,
        files: Sequence[File] = (),
        *,
        within: float = ANSWER_WITHIN,
    ) -> None:
        route = Route(method, path, webhook_id=owner, webhook_token=token)
        route.url = self._http.base + route.url.removeprefix(Route.BASE)
        sent: Json = {"multipart": _form(body, files)} if files else {"payload": body}
        call = self._answers.request(route, self._session, **sent)
        await ask(call, within=within)

    async def _send(self, route: Route, body: Json, files: Sequence[File]) -> Any:
        if files:
            return await self._http.request(route, form=_form(body, files))
        return await self._http.request(route, json=body)


async def ask(call: Awaitable[T], *, within: float = CALL_WITHIN) -> T:
    """The answer to a call.

    Raises:
        CallError: there is none; the subclass says what that means.
    """
    try:
        async with asyncio.timeout(within):
            return await call
    except discord.RateLimited as problem:
        raise LimitedError(problem.retry_after) from problem
    except discord.HTTPException as problem:
        raise await _meaning(problem) from problem
    except KeyError as problem:  # a 429 that does not say for how long, which discord.py expects
        raise RefusedError(429, OLD_MESSAGE, f"without {problem}") from problem
    except aiohttp.ClientConnectorError as problem:
        raise UnreachableError(str(problem)) from problem
    except (aiohttp.ClientError, TimeoutError, OSError, RuntimeError) as problem:
        raise LostError(f"{type(problem).__name__}: {problem}") from problem


def attachments_of(files: Sequence[File], kept: Sequence[str] = ()) -> list[Json]:
    """What a message's `attachments` must list: those it keeps by id, then the new ones."""
    new = [
        {"id": number, "filename": file.name, **_described(file)}
        for number, file in enumerate(files)
    ]
    return [*({"id": ref} for ref in kept), *new]


def _described(file: File) -> Json:
    return {"description": file.description} if file.description else {}


def _message(method: str, channel_ref: str, message_ref: str) -> Route:
    path = "/channels/{channel_id}/messages/{message_id}"
    return Route(method, path, channel_id=channel_ref, message_id=message_ref)


def _form(body: Json, files: Sequence[File]) -> list[Json]:
    """A body with files: an attachment's id is the number in its field's name."""
    form: list[Json] = [
        {"name": "payload_json", "value": json.dumps(body), "content_type": "application/json"}
    ]
    for number, file in enumerate(files):
        field = {"name": f"files[{number}]", "value": file.data, "filename": file.name}
        form.append({**field, "content_type": file.media})
    return form


async def _meaning(problem: discord.HTTPException) -> CallError:
    if problem.status == 429 and problem.code != OLD_MESSAGE:
        return await _limit(problem)
    if problem.status >= 500:
        return LostError(f"HTTP {problem.status}")
    return RefusedError(problem.status, problem.code, problem.text[:500])


async def _limit(problem: discord.HTTPException) -> LimitedError:
    """A limit that discord.py did not wait for; one without a word of Discord's is a ban."""
    said = await _said(problem)
    stated = said.get("retry_after") or problem.response.headers.get("Retry-After")
    try:
        seconds = max(1.0, float(stated or RETRY_AFTER))
    except (TypeError, ValueError):
        seconds = RETRY_AFTER
    is_everywhere = "retry_after" not in said or bool(said.get("global"))
    return LimitedError(seconds, is_everywhere=is_everywhere)


async def _said(problem: discord.HTTPException) -> Json:
    """The body of an answer, read once more; empty when it is none of Discord's."""
    response = problem.response
    if not isinstance(response, aiohttp.ClientResponse):
        return {}
    try:
        said = await response.json(content_type=None)
    except (ValueError, aiohttp.ClientError):
        return {}
    return said if isinstance(said, dict) else {}

"""The doctor's line to Discord: the door's own client, which signs in and connects to nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp
import discord
from discord.http import Route

from config.settings import Settings
from handlers.calls import CallError
from handlers.discord.api import Api, RefusedError, ask
from handlers.discord.blocks import Json
from handlers.discord.client import Client

NONE_OF_DISCORDS = "an answer that is none of Discord's"


@dataclass(slots=True)
class Line:
    """What can be asked."""

    client: Client
    api: Api
    session: aiohttp.ClientSession
    date: str = ""  # the newest answer's header
    bot_ref: str = ""
    application_ref: str = ""

    async def sign_in(self, token: str) -> Json:
        """Our own account.

        Raises:
            CallError: there is no answer; RefusedError with 401 means that it is the token.
        """
        try:
            me = as_object(await ask(self.client.http.static_login(token)))
        except discord.LoginFailure as problem:
            raise RefusedError(401, 0) from problem
        if not me.get("id"):
            raise CallError(NONE_OF_DISCORDS)
        self.bot_ref = self.application_ref = str(me["id"])
        return me

    async def get(self, path: str, **refs: str) -> Json:
        """An object of Discord's.

        Raises:
            CallError: there is no answer, or none that Discord would give.
        """
        said = as_object(await ask(self.client.http.request(Route("GET", path, **refs))))
        if not said:
            raise CallError(NONE_OF_DISCORDS)
        return said


@asynccontextmanager
async def open_line(settings: Settings) -> AsyncIterator[Line]:
    """The line, and no trace of it afterwards."""
    client = Client(settings.discord_api_url, _hear, lambda _: None)
    async with aiohttp.ClientSession(trust_env=True) as session:
        line = Line(client, Api(client.http, session), session)

        async def note(_: object, __: SimpleNamespace, end: aiohttp.TraceRequestEndParams) -> None:
            line.date = end.response.headers.get("Date", "")

        client.http.http_trace = aiohttp.TraceConfig()
        client.http.http_trace.on_request_end.append(note)
        try:
            yield line
        finally:
            await client.close()


def as_object(said: object) -> Json:
    """A JSON object, or an empty one for anything else."""
    return dict(said) if isinstance(said, dict) else {}


async def _hear(_: object) -> None:
    """Nothing is heard: there is no connection to the gateway."""

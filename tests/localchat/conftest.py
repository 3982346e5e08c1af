"""A chat workspace with real bots in it: bolt's and discord.py's, for each test that asks."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from localchat.discord.options import Options as DiscordOptions
from localchat.slack.options import Options
from localchat.testing import LocalChat
from localchat.world import Command, an_app, default_world
from tests.localchat.discord_bot import Bot, Rest, running
from tests.patience import PATIENCE


@pytest.fixture
def options() -> Options:
    """How strict the workspace is; tests override it."""
    return Options(ack_within=PATIENCE, trigger_lives_for=PATIENCE, retry_time_scale=0.0005)


@pytest.fixture
def discord_options() -> DiscordOptions:
    """How strict Discord is; tests override it."""
    return DiscordOptions(callback_within=PATIENCE)


@pytest.fixture
async def chat(options: Options, discord_options: DiscordOptions) -> AsyncIterator[LocalChat]:
    """The default world, with one Slack app that knows /review."""
    world = default_world(an_app(commands=[Command("/review", "Review the queue")]))
    async with LocalChat(world, options, discord_options) as chat:
        yield chat


@pytest.fixture
def client(chat: LocalChat) -> AsyncWebClient:
    """The real Web API client of the app."""
    return AsyncWebClient(chat.bot_token, base_url=chat.api_url)


@pytest.fixture
def bolt(client: AsyncWebClient) -> AsyncApp:
    """A real bolt app without listeners; tests add theirs, then ask for `connected`."""
    return AsyncApp(client=client, process_before_response=True)


@pytest.fixture
async def connected(chat: LocalChat, bolt: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """The bolt app, listening over Socket Mode."""
    handler = AsyncSocketModeHandler(bolt, chat.app_token, ping_interval=1)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt's
    await chat.until(lambda: chat.socket_count() == 1)
    yield handler
    await handler.close_async()  # type: ignore[no-untyped-call]  # bolt's


@pytest.fixture
async def bot(chat: LocalChat) -> AsyncIterator[Bot]:
    """A real discord.py client, connected and ready."""
    async with running(chat.discord) as bot:
        yield bot


@pytest.fixture
async def rest(chat: LocalChat) -> AsyncIterator[Rest]:
    """Discord's REST without a library in between."""
    async with aiohttp.ClientSession() as session:
        yield Rest(session, chat.discord)

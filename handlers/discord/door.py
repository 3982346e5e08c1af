"""The Discord door: connected, listening and sending, until it is closed."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from bot.errors import SignoffError
from handlers.app import House
from handlers.courier import POLL_EVERY, Courier
from handlers.desk import settled
from handlers.discord.api import Api
from handlers.discord.client import Client
from handlers.discord.desk import DiscordDesk
from handlers.discord.gateway import Listener, sign_in
from handlers.discord.identity import Identities
from handlers.discord.listening import Listening
from handlers.discord.registering import register
from handlers.discord.send import DiscordSender

BROKEN_FOR = 10.0  # seconds

log = logging.getLogger(__name__)


class NotSetUpError(SignoffError):
    """The environment does not say how to reach Discord."""


@dataclass(slots=True)
class DiscordDoor:
    """The open door."""

    desk: DiscordDesk
    client: Client

    @property
    def connected(self) -> asyncio.Event:
        """Set once the gateway has taken us."""
        return self.client.greeted


async def serve_discord(house: House) -> None:
    """Serves until it is cancelled."""
    async with run_discord(house):
        await asyncio.Event().wait()


@asynccontextmanager
async def run_discord(
    house: House, *, poll_every: float = POLL_EVERY
) -> AsyncIterator[DiscordDoor]:
    """The door, open inside the block; it connects as soon as Discord lets it.

    Args:
        house: what every door shares.
        poll_every: seconds between two looks for cards that other processes raised.

    Raises:
        NotSetUpError: there is no token.
    """
    token = house.settings.discord_bot_token.get_secret_value()
    if not token:
        raise NotSetUpError("Discord needs DISCORD_BOT_TOKEN, the token of the app's bot.")
    listening = Listening()
    client = Client(house.settings.discord_api_url, listening.hear, listening.give_up_on)
    async with aiohttp.ClientSession() as session:
        api = Api(client.http, session)
        identities = Identities(client, api, house.rulebook, house.now)
        desk = listening.desk = DiscordDesk(house, api, identities)
        task = asyncio.create_task(_run(house, client, desk, token, poll_every), name="discord")
        try:
            yield DiscordDoor(desk, client)
        finally:
            await desk.after.recorded()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await desk.after.close()
            await client.close()


async def _run(
    house: House, client: Client, desk: DiscordDesk, token: str, poll_every: float
) -> None:
    """Signs in, then listens, sends and registers, each on its own; none of them ever ends."""
    await sign_in(client, token)
    sender = DiscordSender(house, desk.api, desk.riding, desk.remember)
    listener = Listener(client, desk.api, house.settings.discord_gateway_url)
    while True:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(Courier(house, sender, poll_every=poll_every).run())
                tasks.create_task(listener.listen())
                tasks.create_task(_register(desk.api, client.application_ref))
        except* Exception:
            log.exception("the Discord door broke; it opens again in %d s", BROKEN_FOR)
        await asyncio.sleep(BROKEN_FOR)


async def _register(api: Api, application_ref: str) -> None:
    """Commands that cannot be registered take nothing else with them."""
    result = await settled(register(api, application_ref))
    if isinstance(result, BaseException):
        log.error("Discord: the commands are not registered", exc_info=result)

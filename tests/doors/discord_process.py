"""A Discord door in a process of its own, so that a test can end it with kill -9.

Run as `python -m tests.doors.discord_process DATABASE_URL API_URL GATEWAY_URL TOKEN LATE_BY`: a
clock that is so many seconds late in the day lets claims of the dead lapse at once.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from config.settings import Settings
from handlers.app import House, read_clock
from handlers.discord.door import run_discord
from storage.engine import open_engine
from storage.unit import Memory
from tests.doors.discord_house import Scene, a_house, a_rulebook, a_server

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def a_server_without_a_bot(url: str) -> AsyncIterator[Scene]:
    """A server, and a house whose door stays shut: other processes serve it."""
    async with a_server() as chat:
        house = a_house(url, chat.discord, a_rulebook())
        try:
            yield Scene(chat, house, None)  # type: ignore[arg-type]  # no door of its own
        finally:
            house.close()


@asynccontextmanager
async def a_process(
    scene: Scene, url: str, late_by: float = 0.0
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The door's process, connected; killed at the end if it still lives."""
    discord = scene.discord
    before = discord.connection_count()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.doors.discord_process", url,
        discord.api_url, discord.gateway_url, discord.bot_token, str(late_by),
        cwd=ROOT,
    )  # fmt: skip
    try:
        await scene.chat.until(lambda: discord.connection_count() > before)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await scene.chat.until(lambda: discord.connection_count() <= before)


async def _serve(url: str, api_url: str, gateway_url: str, token: str, late_by: float) -> None:
    env = {
        "SIGNOFF_DATABASE_URL": url,
        "SIGNOFF_DISCORD_API_URL": api_url,
        "SIGNOFF_DISCORD_GATEWAY_URL": gateway_url,
        "DISCORD_BOT_TOKEN": token,
    }
    late = timedelta(seconds=late_by)
    memory = Memory(open_engine(url))
    house = House(Settings.read(env), a_rulebook(), memory, now=lambda: read_clock() + late)
    async with run_discord(house, poll_every=0.1):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], float(sys.argv[5])))

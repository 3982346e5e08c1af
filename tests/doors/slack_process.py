"""A Slack door in a process of its own, so that a test can end it with kill -9.

Run as `python -m tests.doors.slack_process DATABASE_URL API_URL LATE_BY`: a clock that is so many
seconds late in the day lets claims of the dead lapse at once.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from config.settings import Settings
from handlers.app import House, read_clock
from handlers.slack.door import run_slack
from storage.engine import open_engine
from storage.unit import Memory
from tests.doors.slack_house import Scene, a_rulebook

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def a_process(
    scene: Scene, url: str, late_by: float = 0.0
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The door's process, connected; killed at the end if it still lives."""
    before = scene.chat.socket_count()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.doors.slack_process", url, scene.chat.api_url, str(late_by),
        cwd=ROOT,
    )  # fmt: skip
    try:
        await scene.chat.until(lambda: scene.chat.socket_count() > before)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await scene.chat.until(lambda: scene.chat.socket_count() <= before)


async def _serve(url: str, api_url: str, late_by: float) -> None:
    env = {
        "SIGNOFF_DATABASE_URL": url,
        "SIGNOFF_SLACK_API_URL": api_url,
        "SLACK_BOT_TOKEN": "xoxb-local-001-bot",
        "SLACK_APP_TOKEN": "xapp-1-A0LOCAL001-local",
    }
    house = House(
        Settings.read(env),
        a_rulebook(),
        Memory(open_engine(url)),
        now=lambda: read_clock() + timedelta(seconds=late_by),
    )
    async with run_slack(house, poll_every=0.1):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], sys.argv[2], float(sys.argv[3])))

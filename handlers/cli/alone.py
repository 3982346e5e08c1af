"""One chat's door as a process of its own; without a token it waits, so one Procfile fits all."""

import asyncio
import importlib
import logging

import uvloop

from config.settings import Settings
from handlers import running
from handlers.app import open_house
from handlers.cli.logs import set_up

log = logging.getLogger(__name__)


def serve_alone(platform: str) -> None:
    """Serves "slack" or "discord" until a signal comes.

    Raises:
        ConfigError: the settings or the rules are wrong.
        SignoffError: the database has another schema, or the door is not set up.
    """
    settings = Settings.read()
    set_up(settings.log_level)
    token = settings.slack_bot_token if platform == "slack" else settings.discord_bot_token
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if not token.get_secret_value():
            runner.run(_wait(f"{platform.upper()}_BOT_TOKEN"))
            return
        # not loaded only to wait
        door = importlib.import_module(f"handlers.{platform}.door")
        serve = getattr(door, f"serve_{platform}")
        runner.run(running.serve(open_house(settings), {platform: serve}))


async def _wait(variable: str) -> None:
    stopped = asyncio.create_task(running.until_stopped())
    await asyncio.sleep(0)  # from here on, signals are heard
    log.warning("There is no %s: this process waits and does nothing", variable)
    await stopped

"""Tells Discord our commands when they are others than those that it knows; not at every start."""

import asyncio
import logging

from handlers.calls import CallError
from handlers.discord.api import Api, RefusedError
from handlers.discord.blocks import Json
from handlers.discord.manifest import manifest

PAUSE = 5.0  # seconds between two attempts, doubling
PAUSE_MAX = 600.0

log = logging.getLogger(__name__)


async def register(api: Api, application_ref: str) -> None:
    """Returns when Discord knows our commands, or has said that it will not take them."""
    pause = PAUSE
    while True:
        try:
            if await register_once(api, application_ref):
                log.info("Discord: the commands are registered")
        except RefusedError as problem:
            log.error("Discord does not take our commands: %s", problem)  # noqa: TRY400  expected
            return
        except CallError as problem:
            log.warning("Discord: the commands could not be registered: %s", problem)
        else:
            return
        await asyncio.sleep(pause)
        pause = min(PAUSE_MAX, pause * 2)


async def register_once(api: Api, application_ref: str) -> bool:
    """Whether there was anything to tell."""
    ours = manifest()
    if is_known(ours, await api.commands(application_ref)):
        return False
    await api.put_commands(application_ref, ours)
    return True


def is_known(ours: list[Json], theirs: list[Json]) -> bool:
    """Whether Discord's commands are these; what it adds on its own account does not count."""
    if len(ours) != len(theirs):
        return False
    known = {(each.get("type", 1), each.get("name")): each for each in theirs}
    return all(_agrees(each, known.get((each["type"], each["name"]))) for each in ours)


def _agrees(ours: object, theirs: object) -> bool:
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and all(
            _agrees(value, theirs.get(key)) for key, value in ours.items()
        )
    if isinstance(ours, list):
        return (
            isinstance(theirs, list)
            and len(ours) == len(theirs)
            and all(map(_agrees, ours, theirs))
        )
    return ours == theirs

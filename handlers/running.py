"""Doors in one process: started together, stopped together, cleanly on a signal."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Mapping

from handlers.app import House
from handlers.cli.databases import require_current
from handlers.rolling import stop_on_another_schema

Door = Callable[[House], Awaitable[None]]  # serves until it is cancelled
log = logging.getLogger(__name__)


async def until_stopped() -> None:
    """Returns when this process is told to end: Ctrl-C, or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(name)  # the second Ctrl-C is not waited for


async def serve(house: House, doors: Mapping[str, Door]) -> None:
    """Serves through all doors until a signal comes, or one of them fails.

    Raises:
        SignoffError: the database has another schema, or gets one meanwhile.
        Exception: what a door failed with; the others are closed by then.
    """
    try:
        require_current(house.settings.database_url)
        await _serve(house, doors)
    finally:
        house.close()


async def _serve(house: House, doors: Mapping[str, Door]) -> None:
    stopped = asyncio.create_task(until_stopped(), name="signal")
    served = (*doors.values(), stop_on_another_schema)
    tasks = [asyncio.ensure_future(door(house)) for door in served]
    log.info("serving: %s", ", ".join(doors))
    try:
        done, _ = await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (stopped, *tasks):
            task.cancel()
        await asyncio.gather(stopped, *tasks, return_exceptions=True)
    for task in done:
        task.result()  # raises what a door failed with
    log.info("stopped")

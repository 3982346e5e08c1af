"""The clock's door: wakes the tick, which looks in the database for what is due.

The scheduler holds no deadline: it only rings. So any number of clocks may run, and none may have
run for a week: what is due then is done once.
"""

import asyncio
import contextlib
import logging

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.errors import BusyError
from bot.flows import ticking
from handlers.app import House

TICK_EVERY = 1.0  # seconds

log = logging.getLogger(__name__)


async def run_clock(house: House, *, every: float = TICK_EVERY) -> None:
    """Ticks until it is cancelled."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(
        _ring,
        IntervalTrigger(seconds=every, timezone="UTC"),
        args=(house,),
        id="tick",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    scheduler.start()
    try:
        await tick(house)
        await asyncio.Event().wait()
    finally:
        scheduler.shutdown(wait=False)


async def _ring(house: House) -> None:
    with contextlib.suppress(
        asyncio.CancelledError
    ):  # shutting down: the scheduler calls it a fault
        await tick(house)


async def tick(house: House) -> int:
    """Does all that is due, batch after batch; how many items that were."""
    done = 0
    try:
        while True:
            count = await house.do(ticking.tick, house.rulebook, house.now())
            done += count
            if count < ticking.BATCH:
                return done
    except BusyError:
        log.warning("the database is busy: deadlines wait for the next tick")
    except Exception:
        log.exception("a tick broke; the next one tries again")
    return done

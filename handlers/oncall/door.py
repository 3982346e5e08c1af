"""On call's own work: reading calendars, announcing gaps, sending pages. Any number may run."""

import asyncio
import logging

import aiohttp

from bot.errors import BusyError
from bot.flows import oncall
from handlers.app import House
from handlers.courier import Courier
from handlers.oncall.pagerduty import PagerDuty
from handlers.oncall.pagers import Pagers
from handlers.oncall.reading import Reader
from handlers.outside import Outside

LOOK_EVERY = 30.0  # seconds

log = logging.getLogger(__name__)


async def run_oncall(house: House, *, every: float = LOOK_EVERY, poll_every: float = 1.0) -> None:
    """Looks, and pages, until it is cancelled."""
    outside = Outside(house.settings.webhook_allow)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        pagerduty = PagerDuty(house.settings, session)
        courier = Courier(house, Pagers(house, pagerduty), poll_every=poll_every)
        paging = asyncio.create_task(courier.run(), name="pager")
        try:
            await _look_for_ever(house, Reader(house, outside, pagerduty), every)
        finally:
            paging.cancel()
            await asyncio.gather(paging, return_exceptions=True)
            await outside.close()


async def _look_for_ever(house: House, reader: Reader, every: float) -> None:
    while True:
        await look(house, reader)
        await asyncio.sleep(every)


async def look(house: House, reader: Reader) -> None:
    """Reads what is due, and announces gaps; whatever breaks is tried again at the next look."""
    try:
        await reader.read_due()
        await house.do(oncall.announce_gaps, house.rulebook, house.now())
    except BusyError:
        log.warning("the database is busy: calendars and gaps wait for the next look")
    except Exception:
        log.exception("a look at the schedules broke; the next one tries again")

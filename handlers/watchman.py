"""The watchman: looks whether work is overdue, and tells a monitor outside that all is well.

It shares nothing with the tick but the database. While something is overdue, or the database does
not answer, the heartbeat is withheld: whoever misses it raises the alarm, also when this process is
gone altogether.
"""

import asyncio
import logging
from collections.abc import Sequence

import aiohttp

from bot.errors import BusyError
from bot.flows import watching
from bot.flows.watching import Overdue
from handlers.app import House

LOOK_EVERY = 30.0  # seconds
BEAT_WITHIN = 10.0  # seconds
REPEAT_EVERY = 10  # looks, before the same trouble is told again

log = logging.getLogger(__name__)


async def run_watchman(house: House, *, every: float = LOOK_EVERY) -> None:
    """Looks and beats until it is cancelled."""
    watchman = Watchman(house)
    timeout = aiohttp.ClientTimeout(BEAT_WITHIN)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while True:
            if await watchman.is_well():
                await watchman.beat(session)
            await asyncio.sleep(every)


class Watchman:
    """Remembers what it has told already."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._url = house.settings.heartbeat_url.get_secret_value()
        self._looks_in_trouble = 0
        self._is_heard = True

    async def is_well(self) -> bool:
        """Whether nothing is overdue; what is, the log says."""
        try:
            found = await self._house.see(watching.overdue, self._house.now())
        except BusyError:
            self._tell("the database does not answer")
            return False
        except Exception:
            log.exception("the watchman could not look")
            return False
        if found:
            self._tell(_words(found))
            return False
        if self._looks_in_trouble:
            log.warning("the watchman finds nothing overdue any more")
        self._looks_in_trouble = 0
        return True

    async def beat(self, session: aiohttp.ClientSession) -> bool:
        """Calls the monitor, if there is one; whether it heard. Its address is never logged."""
        if not self._url:
            return False
        try:
            async with session.get(self._url, allow_redirects=False) as said:
                is_heard = said.status < 400
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            is_heard = False
            if self._is_heard:
                log.warning("the monitor does not hear the heartbeat: %s", type(problem).__name__)
        self._is_heard = is_heard
        return is_heard

    def _tell(self, trouble: str) -> None:
        if self._looks_in_trouble % REPEAT_EVERY == 0:
            log.error("%s; the heartbeat is withheld", trouble)
        self._looks_in_trouble += 1


def _words(found: Sequence[Overdue]) -> str:
    late = ", ".join(f"{each.kind} for {each.late_by.total_seconds():.0f} s" for each in found)
    return f"overdue: {late}. Is `signoff clock` running, and each chat's door?"

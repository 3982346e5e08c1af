"""Tells instances that their requests have an outcome, until they have heard it."""

import asyncio
import logging
import random
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.errors import BusyError
from bot.flows import aap_events
from bot.flows.aap_events import PLATFORM, Again, Event, Heard
from handlers.aap.receivers import tell
from handlers.app import House
from handlers.outside import Lost, Outside, Said

AT_ONCE = 16  # attempts in flight
AT_ONE_HOST = 2  # of these; paths and instances do not multiply it
LOOKS_EVERY = 1.0  # seconds; other processes settle requests too
PAUSE_FIRST = 2.0  # seconds, doubling
PAUSE_MAX = 3600.0
ASKED_PAUSE_MAX = 24 * 3600.0  # seconds that a receiver may ask for

log = logging.getLogger(__name__)


class Waker:
    """Sends what is due, until it is cancelled."""

    def __init__(self, house: House, outside: Outside, *, looks_every: float = LOOKS_EVERY) -> None:
        self._house = house
        self._outside = outside
        self._looks_every = looks_every
        self._news = asyncio.Event()
        self._hosts: Counter[str] = Counter()
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Tells whatever there is to tell, for ever."""
        self._house.on_raised(self._hear)
        try:
            while True:
                self._news.clear()
                await self._start_some()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._looks_every):
                        await self._news.wait()
        finally:
            for task in self._under_way:
                task.cancel()

    def _hear(self, platforms: set[str]) -> None:
        if PLATFORM in platforms:
            self._news.set()

    async def _start_some(self) -> None:
        room = AT_ONCE - len(self._under_way)
        if room <= 0:
            return
        try:
            events = await self._house.do(aap_events.claim, self._house.now(), room)
        except BusyError:
            return
        except Exception:
            log.exception("the news for instances could not be claimed")
            return
        for event in events:
            task = asyncio.create_task(self._deliver(event))
            self._under_way.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if len(self._under_way) == AT_ONCE - 1:
            self._news.set()

    async def _deliver(self, event: Event) -> None:
        house, host = self._house, urlsplit(event.delivery.url).netloc
        if self._hosts[host] >= AT_ONE_HOST:
            result: Heard | Again = Again(house.now() + timedelta(seconds=0.5))
        else:
            self._hosts[host] += 1
            try:
                result = self._weighed(event, await tell(self._outside, event, house.now()))
            finally:
                self._hosts[host] -= 1
        try:
            await house.do(aap_events.told, event, result, house.now())
        except Exception:
            log.exception("what became of event %s could not be written down", event.id)

    def _weighed(self, event: Event, said: Said | Lost) -> Heard | Again:
        if isinstance(said, Said) and 200 <= said.status < 300:
            return Heard()
        why = f"HTTP {said.status}" if isinstance(said, Said) else said.why
        log.info("event %s was not taken: %s", event.id, why)
        now = self._house.now()
        return Again(now + _pause(event, said, now))


def _pause(event: Event, said: Said | Lost, now: datetime) -> timedelta:
    """Until the next try: twice as long each time, at random by a quarter; or as it asked for."""
    own = min(PAUSE_MAX, PAUSE_FIRST * 2 ** min(event.tries - 1, 20))
    own *= random.uniform(0.75, 1.25)  # noqa: S311  to spread retries, not to keep a secret
    is_busy = isinstance(said, Said) and said.status in (429, 503)
    asked = said.retry_after(now) if isinstance(said, Said) and is_busy else 0.0
    return timedelta(seconds=max(own, min(asked, ASKED_PAUSE_MAX)))

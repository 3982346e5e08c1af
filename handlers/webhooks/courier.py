"""Tells programs what happened to their items: turns history into deliveries, and sends them."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from bot.errors import BusyError
from bot.flows import relaying
from bot.flows.relaying import Fate, Parcel
from bot.flows.reporting import Known
from handlers.app import House
from handlers.outside import Outside
from handlers.webhooks.sending import attempt, body_of, one_line

AT_ONCE = 16  # attempts in flight
LOOKS_EVERY = 1.0  # seconds; other processes record events too
AT_MOST_EVERY = 0.05  # seconds; a storm of votes is no reason to look each time
FORGETS_FIRST = timedelta(minutes=1)
FORGETS_EVERY = timedelta(hours=1)
FINISH_WITHIN = 5.0  # seconds for what is under way when the courier stops

log = logging.getLogger(__name__)


@asynccontextmanager
async def delivering(house: House, outside: Outside) -> AsyncIterator[None]:
    """Delivers for as long as this is open."""
    running = asyncio.create_task(Courier(house, outside).run(), name="webhooks")
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await outside.close()


class Courier:
    """Sends webhooks. Any number of them may run, in any number of processes."""

    def __init__(self, house: House, outside: Outside, *, looks_every: float = LOOKS_EVERY) -> None:
        self._house = house
        self._outside = outside
        self._looks_every = looks_every
        self._news = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._seen = 0  # the line of history up to which nothing is left to be told
        self._forgets_at: datetime | None = None

    async def run(self) -> None:
        """Delivers whatever there is, for ever."""
        self._house.on_settled(self.wake)
        self._house.on_raised(self.wake)
        try:
            while True:
                self._news.clear()
                await self._safely(self._fan_out())
                await self._safely(self._start_some())
                await self._safely(self._forget())
                await self._rest()
        finally:
            await self._finish()

    def wake(self, _news: object = None) -> None:
        """Something was recorded."""
        self._news.set()

    async def _safely(self, step: Coroutine[Any, Any, None]) -> None:
        try:
            await step
        except BusyError:
            log.warning("the database is busy: webhooks wait")
        except Exception:
            log.exception("a look for webhooks failed")

    async def _fan_out(self) -> None:
        while True:
            news = await self._house.see(relaying.unread, self._seen)
            done = self._seen if news.told else news.upto
            while news.told and done < news.upto:  # what was kept may lag behind what was seen
                before = done
                done = await self._house.do(relaying.fan_out, self._body_of, self._house.now())
                if done == before:  # its receivers have gone meanwhile
                    break
            is_end, self._seen = news.upto <= self._seen, news.upto
            if is_end:
                return

    def _body_of(self, name: str, at: datetime, known: Known) -> str:
        return body_of(name, at, known, self._house.rulebook.people)

    async def _start_some(self) -> None:
        room = AT_ONCE - len(self._under_way)
        if room <= 0 or not await self._house.see(relaying.is_due, self._house.now()):
            return
        for parcel in await self._house.do(relaying.claim_parcels, self._house.now(), room):
            task = asyncio.create_task(self._deliver(parcel))
            self._under_way.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._news.set()  # there may be more for the same receiver

    async def _deliver(self, parcel: Parcel) -> None:
        """Sends it once; a result that cannot be written down leaves it to the claim's end."""
        try:
            tried = await attempt(self._outside, parcel, self._house.now())
            chance = random.random()  # noqa: S311  to spread retries, not to keep a secret
            now = self._house.now()
            fate = await self._house.do(relaying.attempted, parcel, tried, chance, now)
        except Exception:
            log.exception("delivery %s of webhook %s broke", parcel.id, parcel.hook_id)
            return
        if fate in (Fate.GIVEN_UP, Fate.DISABLED):
            log.error("webhook %s: %s", fate, one_line(parcel, tried))
        elif fate is Fate.AGAIN:
            log.info("webhook %s: %s", fate, one_line(parcel, tried))

    async def _forget(self) -> None:
        now = self._house.now()
        if self._forgets_at is None:
            self._forgets_at = now + FORGETS_FIRST
        elif self._forgets_at <= now:
            self._forgets_at = now + FORGETS_EVERY
            await self._house.do(relaying.forget_old, now)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._looks_every):
                await self._news.wait()
        await asyncio.sleep(AT_MOST_EVERY)

    async def _finish(self) -> None:
        if self._under_way:
            _, left = await asyncio.wait(self._under_way, timeout=FINISH_WITHIN)
            for task in left:
                task.cancel()

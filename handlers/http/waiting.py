"""Who waits for an outcome: woken at once in this process, by one poll for all from others."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from contextlib import contextmanager

LOOKS_EVERY = 0.03  # seconds; what another process settles is known within 100 ms
AFTER_FAILURE = 1.0  # seconds until the next look when one failed
ASKED_MAX = 1_000  # ids in one query

Find = Callable[[Collection[str]], Awaitable[Collection[str]]]
log = logging.getLogger(__name__)


class Waiters:
    """The waiting requests of this process. Lives in one event loop."""

    def __init__(self, find_settled: Find) -> None:
        self._find_settled = find_settled
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    @contextmanager
    def watch(self, item_id: str) -> Iterator[asyncio.Event]:
        """An event that is set when the item has settled, or when nobody should wait any more.

        Enter before reading the item: what settles in between is not missed.
        """
        news = asyncio.Event()
        if self._closed:
            news.set()
        self._waiting.setdefault(item_id, set()).add(news)
        self._look_while_needed()
        try:
            yield news
        finally:
            self._waiting[item_id].discard(news)
            if not self._waiting[item_id]:
                del self._waiting[item_id]

    def wake(self, item_ids: Iterable[str]) -> None:
        """Tells whoever waits for these items."""
        for item_id in item_ids:
            for news in self._waiting.get(item_id, ()):
                news.set()

    def close(self) -> None:
        """Lets everybody go with what they have, from now on at once."""
        self._closed = True
        self.wake(list(self._waiting))
        if self._looking:
            self._looking.cancel()

    def __len__(self) -> int:
        """How many requests wait."""
        return sum(map(len, self._waiting.values()))

    @property
    def is_looking(self) -> bool:
        """Whether the memory is being polled."""
        return self._looking is not None and not self._looking.done()

    def _look_while_needed(self) -> None:
        if not self.is_looking and not self._closed:
            self._looking = asyncio.create_task(self._look(), name="outcome-poll")

    async def _look(self) -> None:
        while self._waiting:
            await asyncio.sleep(LOOKS_EVERY)
            try:
                await self._look_once()
            except Exception as problem:  # noqa: BLE001  the poll outlives whatever one look meets
                log.warning("a look for outcomes failed: %s", type(problem).__name__)
                await asyncio.sleep(AFTER_FAILURE)

    async def _look_once(self) -> None:
        asked = [item_id for item_id, news in self._waiting.items() if not _all_told(news)]
        for start in range(0, len(asked), ASKED_MAX):
            self.wake(await self._find_settled(asked[start : start + ASKED_MAX]))


def _all_told(news: Iterable[asyncio.Event]) -> bool:
    return all(event.is_set() for event in news)

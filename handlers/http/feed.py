"""What happens to items, for all who listen: one reader of the history serves every stream.

It looks at once when this process has recorded something, and now and then for what others have.
A listener that lags keeps each item once: it is told how the item stands, not every step.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from bot.flows.listing import News, Told

LOOKS_EVERY = 0.25  # seconds; for what other processes record
AFTER_FAILURE = 1.0  # seconds until the next look when one failed
LAGS_MAX = 10_000  # items that a listener may lag behind; then it is let go, and comes back

END = -1  # in place of a line: where the history ends
Read = Callable[[int], Awaitable[News]]  # the news behind a line
log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Listener:
    """One stream: whose it is, and what it has not told yet."""

    producer: str | None  # None: everybody's items
    queue: str | None = None
    item_id: str | None = None
    pending: dict[str, int] = field(default_factory=dict)  # item id -> its newest line
    news: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def offer(self, told: Told) -> None:
        """Keeps what concerns this stream; the newest line of an item comes last."""
        if not self.wants(told):
            return
        self.pending.pop(told.item_id, None)
        self.pending[told.item_id] = told.seq
        if len(self.pending) > LAGS_MAX:
            self.is_over = True
        self.news.set()

    def wants(self, told: Told) -> bool:
        """Whether a line concerns this stream."""
        return (
            self.producer in (None, told.producer)
            and self.queue in (None, told.queue)
            and self.item_id in (None, told.item_id)
        )

    def take(self) -> tuple[str, int] | None:
        """The item whose newest line is the oldest, with that line; None when all is told."""
        item_id = next(iter(self.pending), None)
        if item_id is None:
            self.news.clear()
            return None
        return item_id, self.pending.pop(item_id)


class Feed:
    """The streams of this process. Lives in one event loop."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._listeners: set[Listener] = set()
        self._looking: asyncio.Task[None] | None = None
        self._soon = asyncio.Event()
        self._upto = 0  # the line up to which everybody was told
        self._closed = False

    @asynccontextmanager
    async def listen(self, listener: Listener) -> AsyncIterator[None]:
        """The listener is told every line that is written from now on, until it leaves."""
        listener.is_over = self._closed
        self._listeners.add(listener)
        try:
            await self._start()
            yield
        finally:
            self._listeners.discard(listener)

    def wake(self, _news: object = None) -> None:
        """Something was recorded: looks at once."""
        self._soon.set()

    def close(self) -> None:
        """Lets everybody go, from now on at once."""
        self._closed = True
        for listener in self._listeners:
            listener.is_over = True
            listener.news.set()
        self._soon.set()

    def __len__(self) -> int:
        """How many streams there are."""
        return len(self._listeners)

    @property
    def is_looking(self) -> bool:
        """Whether the memory is being polled."""
        return self._looking is not None and not self._looking.done()

    async def _start(self) -> None:
        if self.is_looking or self._closed:
            return
        upto = (await self._read(END)).upto
        if not self.is_looking:  # another listener may have been faster, and begun earlier
            self._upto = upto
            self._looking = asyncio.create_task(self._look(), name="feed")

    async def _look(self) -> None:
        while self._listeners and not self._closed:
            try:
                is_more = await self._look_once()
            except Exception as problem:  # noqa: BLE001  the poll outlives whatever one look meets
                log.warning("a look at the history failed: %s", type(problem).__name__)
                await asyncio.sleep(AFTER_FAILURE)
                continue
            if not is_more:
                await self._rest()

    async def _look_once(self) -> bool:
        """Tells what is new; whether there may be more of it."""
        self._soon.clear()
        found = await self._read(self._upto)
        for told in found.told:
            for listener in self._listeners:
                listener.offer(told)
        is_more, self._upto = found.upto > self._upto, found.upto
        return is_more

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKS_EVERY):
                await self._soon.wait()

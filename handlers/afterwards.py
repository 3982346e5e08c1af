"""What happens after a click is recorded and acknowledged: answers, a few at a time."""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine
from typing import Any

AT_ONCE = 8
CROWD = 8  # clicks being recorded; recording them comes before answering earlier ones
LULL_WITHIN = 0.5  # seconds that an answer waits for a lull at most
FINISH_WITHIN = 5.0  # seconds

Work = Coroutine[Any, Any, None]
log = logging.getLogger(__name__)


class Afterwards:
    """Runs what must not hold up a click."""

    def __init__(self) -> None:
        self._waiting: deque[Work] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._workers = 0
        self._recording = 0

    def recording(self, change: int) -> None:
        """One click more, or one less, is being recorded."""
        self._recording += change

    def soon(self, work: Work) -> None:
        """Runs it when its turn comes."""
        self._waiting.append(work)
        if self._workers < AT_ONCE:
            self._workers += 1
            self._start(self._drain())

    def at_once(self, work: Work) -> None:
        """Runs it now: a modal's trigger lives for three seconds."""
        self._start(_safely(work))

    async def recorded(self) -> None:
        """Returns when every click that came in is recorded, and its acknowledgement on its way."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + FINISH_WITHIN
        while self._recording and loop.time() < give_up_at:  # noqa: ASYNC110  at the end only
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)

    async def close(self) -> None:
        """Finishes what is under way."""
        if self._tasks:
            _, left = await asyncio.wait(self._tasks, timeout=FINISH_WITHIN)
            for task in left:
                task.cancel()
        while self._waiting:
            self._waiting.popleft().close()

    def _start(self, work: Work) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self) -> None:
        try:
            while self._waiting:
                await self._lull()
                if self._waiting:
                    await _safely(self._waiting.popleft())
        finally:
            self._workers -= 1

    async def _lull(self) -> None:
        waited = 0.0
        while self._recording >= CROWD and waited < LULL_WITHIN:
            await asyncio.sleep(0.02)
            waited += 0.02


async def _safely(work: Work) -> None:
    try:
        await work
    except Exception:
        log.exception("an answer could not be given")

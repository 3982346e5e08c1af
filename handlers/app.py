"""Composition: reads the clock, opens the memory, and crosses between loops and writers."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from bot.errors import BusyError
from config.policies import Rulebook
from config.reading import read_rulebook
from config.settings import Settings
from storage.engine import open_engine
from storage.unit import Memory, MemoryBusyError, Unit

P = ParamSpec("P")
T = TypeVar("T")


def read_clock() -> datetime:
    """This instant, aware UTC."""
    return datetime.now(UTC)


class House:
    """What every door shares: the settings, the rules, the memory and the clock."""

    def __init__(
        self,
        settings: Settings,
        rulebook: Rulebook,
        memory: Memory,
        now: Callable[[], datetime] = read_clock,
    ) -> None:
        self.settings = settings
        self.rulebook = rulebook
        self.now = now
        self._memory = memory

    async def do(
        self, flow: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The flow's result, once it is durable.

        Raises:
            BusyError: the memory could not record it in time; nothing was recorded.
        """
        return await _or_busy(self._memory.write_soon(flow, *args, **kwargs))

    async def see(
        self, query: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What a reading flow sees; it holds nobody up.

        Raises:
            BusyError: the memory could not be read in time.
        """
        return await _or_busy(asyncio.wrap_future(self._memory.read(query, *args, **kwargs)))

    def do_now(
        self, flow: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same for the command line, which has no loop to hold up."""
        try:
            return self._memory.write(flow, *args, **kwargs).result()
        except MemoryBusyError as problem:
            raise _busy() from problem

    def see_now(
        self, query: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What a reading flow sees, for the command line; it holds nobody up, however long."""
        try:
            return self._memory.read(query, *args, **kwargs).result()
        except MemoryBusyError as problem:
            raise _busy() from problem

    def on_settled(self, listener: Callable[[list[str]], None]) -> None:
        """Has the listener called, on this loop, with ids of items that this process settled."""
        loop = asyncio.get_running_loop()
        self._memory.on_commit(
            lambda news: _tell(loop, listener, news.settled) if news.settled else None
        )

    def on_raised(self, listener: Callable[[set[str]], None]) -> None:
        """Has the listener called, on this loop, with platforms that have something to send."""
        loop = asyncio.get_running_loop()
        self._memory.on_commit(
            lambda news: _tell(loop, listener, news.raised) if news.raised else None
        )

    def close(self) -> None:
        """Finishes what is queued and lets the database go."""
        self._memory.close()


def open_house(settings: Settings) -> House:
    """The house with its rules read and its memory open.

    Raises:
        ConfigError: the settings or the rules are wrong; lists everything that is.
    """
    rulebook = read_rulebook(Path(settings.config))
    return House(settings, rulebook, Memory(open_engine(settings.database_url)))


async def _or_busy(future: asyncio.Future[T]) -> T:
    try:
        return await future
    except MemoryBusyError as problem:
        raise _busy() from problem


def _busy() -> BusyError:
    return BusyError("The database is busy. Nothing was recorded; try again in a few seconds.")


def _tell(loop: asyncio.AbstractEventLoop, listener: Callable[[T], None], news: T) -> None:
    """Called on a writer's thread, which must outlive a loop that has closed."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(listener, news)

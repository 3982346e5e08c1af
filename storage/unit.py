"""Transactions: one flow, one unit, and nobody is answered before the commit returns.

On SQLite one thread writes, with natural group commit: what queued while a commit ran shares
the next one, a savepoint each. On PostgreSQL a few threads write, a transaction each.
"""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from storage.answering import Answer, answer_all, is_wanted
from storage.engine import is_sqlite

BATCH_MAX = 256  # flows that share one commit
WRITERS = 8  # on PostgreSQL
TRIES = 3  # of a unit that PostgreSQL gave up for reasons of its own
RETRIED_STATES = {"40001", "40P01"}  # serialization failure, deadlock detected

T = TypeVar("T")
P = ParamSpec("P")
log = logging.getLogger(__name__)


class MemoryBusyError(Exception):
    """The database could not take the unit in time; nothing of it was recorded."""


@dataclass(slots=True)
class News:
    """What others want to hear of once it is durable."""

    settled: list[str] = field(default_factory=list)  # item ids
    raised: set[str] = field(default_factory=set)  # platforms with something new to send


@dataclass(slots=True)
class Unit:
    """One open transaction, and the news that it makes."""

    connection: Connection
    settled: list[str] = field(default_factory=list)  # see News
    raised: set[str] = field(default_factory=set)


Listener = Callable[[News], None]
Flow = Callable[Concatenate[Unit, P], T]


@dataclass(slots=True)
class _Job:
    run: Callable[[Unit], Any]
    future: Future[Any] | asyncio.Future[Any]


class Memory:
    """The way to the database: `write` a flow, `read` a query."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._listeners: list[Listener] = []
        self._readers = ThreadPoolExecutor(4, thread_name_prefix="reader")
        writer = _SoleWriter if is_sqlite(engine) else _WriterPool
        self._writer = writer(engine, self._tell)

    def write(self, flow: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The flow's result, once it is durable.

        The future raises what the flow raises (its unit is rolled back then), or
        MemoryBusyError when the database would not take it.
        """
        future: Future[T] = Future()
        self._writer.submit(_Job(lambda unit: flow(unit, *args, **kwargs), future))
        return future

    def write_soon(self, flow: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """The same for the running loop, which is woken once for all that share a commit."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._writer.submit(_Job(lambda unit: flow(unit, *args, **kwargs), future))
        return future

    def read(self, query: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """What a query sees, on a connection of its own that blocks no writer."""
        return self._readers.submit(self._read, lambda unit: query(unit, *args, **kwargs))

    def on_commit(self, listener: Listener) -> None:
        """Has the listener called, on a writer's thread, with the news of each commit."""
        self._listeners.append(listener)

    def close(self) -> None:
        """Finishes what is queued and lets the database go."""
        self._writer.close()
        self._readers.shutdown()
        self.engine.dispose()

    def _read(self, query: Callable[[Unit], T]) -> T:
        with _as_busy(), self.engine.connect() as connection:
            connection = connection.execution_options(reading=True)
            with connection.begin():  # one snapshot for all that the query looks at
                return query(Unit(connection))

    def _tell(self, units: Iterable[Unit]) -> None:
        news = News()
        for unit in units:
            news.settled += unit.settled
            news.raised |= unit.raised
        if news.settled or news.raised:
            for listener in self._listeners:
                listener(news)


@contextmanager
def _as_busy() -> Iterator[None]:
    try:
        yield
    except OperationalError as problem:
        raise MemoryBusyError(str(problem.orig)) from problem
    except sqlite3.OperationalError as problem:
        raise MemoryBusyError(str(problem)) from problem


class _SoleWriter:
    """One thread that writes for a whole SQLite file."""

    def __init__(self, engine: Engine, tell: Callable[[Iterable[Unit]], None]) -> None:
        self._engine = engine
        self._tell = tell
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def submit(self, job: _Job) -> None:
        self._jobs.put(job)

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        connection: Connection | None = None
        while (batch := self._next_batch()) is not None:
            try:
                connection = connection or self._engine.connect()
            except DBAPIError as problem:  # no file, no room: whoever asked next may have more luck
                _fail(batch, MemoryBusyError(str(problem.orig)))
            else:
                self._commit(connection, batch)
        if connection is not None:
            connection.close()

    def _next_batch(self) -> list[_Job] | None:
        """What is queued, at least one; None when there will be no more."""
        first = self._jobs.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < BATCH_MAX and not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                self._jobs.put(None)  # for the next round
                break
            batch.append(job)
        return batch

    def _commit(self, connection: Connection, batch: list[_Job]) -> None:
        """Runs the batch and commits it once; then everybody is answered."""
        wanted = [job for job in batch if is_wanted(job.future)]
        try:
            with connection.begin():
                done = [_try(connection, job) for job in wanted]
        except DBAPIError as problem:
            _fail(wanted, MemoryBusyError(str(problem.orig)))
        except sqlite3.OperationalError as problem:
            _fail(wanted, MemoryBusyError(str(problem)))
        except Exception as problem:  # noqa: BLE001  the one writer outlives whatever happens
            _fail(wanted, problem)
        else:
            self._tell(unit for unit, answer in done if answer.problem is None)
            answer_all(answer for _, answer in done)


def _try(connection: Connection, job: _Job) -> tuple[Unit, Answer]:
    """The job within a savepoint of its own; its failure is its own too."""
    unit = Unit(connection)
    driver: Any = connection.connection.driver_connection  # SQLAlchemy's way takes ten times longer
    driver.execute("SAVEPOINT flow")
    try:
        result = job.run(unit)
    except (OperationalError, sqlite3.OperationalError):
        raise
    except BaseException as problem:  # noqa: BLE001  it is the caller's, and reaches them
        driver.execute("ROLLBACK TO flow")
        driver.execute("RELEASE flow")
        return unit, Answer(job.future, problem=problem)
    driver.execute("RELEASE flow")
    return unit, Answer(job.future, result)


class _WriterPool:
    """A few threads, each with a connection and a transaction of its own."""

    def __init__(self, engine: Engine, tell: Callable[[Iterable[Unit]], None]) -> None:
        self._engine = engine
        self._tell = tell
        self._pool = ThreadPoolExecutor(WRITERS, thread_name_prefix="writer")

    def submit(self, job: _Job) -> None:
        self._pool.submit(self._run, job)

    def close(self) -> None:
        self._pool.shutdown()

    def _run(self, job: _Job) -> None:
        if not is_wanted(job.future):
            return
        try:
            unit, result = self._commit(job)
        except BaseException as problem:  # noqa: BLE001  it is the caller's, and reaches them
            answer_all([Answer(job.future, problem=problem)])
        else:
            self._tell([unit])
            answer_all([Answer(job.future, result)])

    def _commit(self, job: _Job) -> tuple[Unit, Any]:
        """Runs and commits; again when the database asks for it. Flows are idempotent."""
        for is_last in (False,) * (TRIES - 1) + (True,):
            try:
                return self._commit_once(job)
            except OperationalError as problem:
                if is_last or not _is_worth_another(problem):
                    raise MemoryBusyError(str(problem.orig)) from problem
        raise AssertionError("unreachable: the last try returns or raises")

    def _commit_once(self, job: _Job) -> tuple[Unit, Any]:
        with self._engine.begin() as connection:
            unit = Unit(connection)
            result = job.run(unit)
        return unit, result


def _is_worth_another(problem: OperationalError) -> bool:
    """Whether the unit lost a race, or the connection died and the commit may not have counted."""
    state = getattr(problem.orig, "sqlstate", None)
    return state in RETRIED_STATES or problem.connection_invalidated


def _fail(batch: list[_Job], problem: Exception) -> None:
    log.warning("a batch of %d units was not recorded: %s", len(batch), problem)
    answer_all(Answer(job.future, problem=problem) for job in batch if not job.future.done())

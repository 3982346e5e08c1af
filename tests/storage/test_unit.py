"""Nothing is acknowledged before it is durable, and no write is lost to another."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine import open_engine
from storage.unit import Memory, MemoryBusyError, Unit
from tests.patience import PATIENCE


@pytest.fixture
def memory(database_url: str) -> Iterator[Memory]:
    memory = Memory(open_engine(database_url))
    memory.write(
        lambda unit: unit.connection.execute(text("CREATE TABLE tally (id int, count int)"))
    ).result()
    memory.write(
        lambda unit: unit.connection.execute(text("INSERT INTO tally VALUES (1, 0)"))
    ).result()
    yield memory
    memory.close()


def _increment(unit: Unit) -> int:
    if unit.connection.dialect.name == "postgresql":
        unit.connection.execute(text("LOCK TABLE tally"))
    count: int = unit.connection.execute(text("SELECT count FROM tally")).scalar_one()
    unit.connection.execute(text("UPDATE tally SET count = :count"), {"count": count + 1})
    return count + 1


def _count(unit: Unit) -> int:
    count: int = unit.connection.execute(text("SELECT count FROM tally")).scalar_one()
    return count


def test_four_hundred_concurrent_increments_are_all_counted(memory: Memory) -> None:
    with ThreadPoolExecutor(8) as threads:
        futures = list(threads.map(lambda _: memory.write(_increment), range(400)))

    assert sorted(future.result() for future in futures) == list(range(1, 401))
    assert memory.read(_count).result() == 400


def test_two_processes_lose_no_increment(memory: Memory, database_url: str) -> None:
    other = Memory(open_engine(database_url))

    futures = [each.write(_increment) for _ in range(100) for each in (memory, other)]

    assert max(future.result() for future in futures) == 200
    other.close()


def test_a_flow_that_fails_takes_only_itself_back(memory: Memory) -> None:
    def fail(unit: Unit) -> None:
        _increment(unit)
        raise ValueError("on purpose")

    gate = threading.Event()
    first = memory.write(lambda _: gate.wait(PATIENCE))  # so that the others share one commit
    futures = [memory.write(flow) for flow in (_increment, fail, _increment)]
    gate.set()

    assert first.result()
    assert isinstance(futures[1].exception(), ValueError)
    wait(futures)
    assert memory.read(_count).result() == 2


def test_listeners_hear_of_a_unit_only_after_its_commit(memory: Memory) -> None:
    heard: list[tuple[list[str], int]] = []
    memory.on_commit(lambda news: heard.append((news.settled, memory.read(_count).result())))

    def settle(unit: Unit) -> None:
        _increment(unit)
        unit.settled.append("A")

    memory.write(settle).result()

    assert heard == [(["A"], 1)]


def test_a_locked_database_says_so_in_time_and_recovers(sqlite_url: str, tmp_path: Path) -> None:
    memory = Memory(open_engine(sqlite_url))
    holder = sqlite3.connect(tmp_path / "signoff.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    refused = memory.write(lambda unit: unit.connection.execute(text("CREATE TABLE late (id int)")))

    assert isinstance(refused.exception(timeout=PATIENCE), MemoryBusyError)
    holder.execute("ROLLBACK")
    memory.write(lambda unit: unit.connection.execute(text("CREATE TABLE late (id int)"))).result(
        PATIENCE
    )
    holder.close()
    memory.close()


def test_a_full_disk_records_nothing_and_recovers(sqlite_url: str) -> None:
    memory = Memory(open_engine(sqlite_url))
    memory.write(
        lambda unit: unit.connection.execute(text("CREATE TABLE big (data text)"))
    ).result()
    memory.write(
        lambda unit: unit.connection.exec_driver_sql("PRAGMA max_page_count = 60")
    ).result()

    def fill(unit: Unit) -> None:
        unit.connection.execute(text("INSERT INTO big VALUES (:data)"), {"data": "x" * 1_000_000})

    refused = memory.write(fill)

    assert isinstance(refused.exception(timeout=PATIENCE), MemoryBusyError)
    memory.write(
        lambda unit: unit.connection.exec_driver_sql("PRAGMA max_page_count = 9999")
    ).result()
    memory.write(fill).result()
    memory.close()


def test_a_caller_that_gave_up_harms_nobody(memory: Memory) -> None:
    gate = threading.Event()
    first = memory.write(lambda _: gate.wait(PATIENCE))
    given_up = memory.write(_increment)
    is_cancelled = given_up.cancel()  # on PostgreSQL another writer may have begun already
    after = memory.write(_increment)
    gate.set()

    assert first.result()
    assert after.result(PATIENCE)
    assert is_cancelled or given_up.result(PATIENCE)
    assert memory.read(_count).result() + is_cancelled == 2


def test_a_database_that_cannot_be_opened_says_so_and_may_be_there_later(tmp_path: Path) -> None:
    memory = Memory(open_engine(f"sqlite:///{tmp_path / 'later' / 'signoff.db'}"))

    refused = memory.write(lambda unit: unit.connection.execute(text("SELECT 1")).scalar_one())
    problem = refused.exception(timeout=PATIENCE)
    (tmp_path / "later").mkdir()

    assert isinstance(problem, MemoryBusyError)
    found = memory.write(lambda unit: unit.connection.execute(text("SELECT 1")).scalar_one())
    assert found.result(PATIENCE) == 1
    memory.close()

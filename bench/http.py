"""How much the HTTP door costs, each figure beside its floor, in one run on this machine.

`POST /v1/items` against a bare FastAPI endpoint that validates the same body and commits the same
rows to SQLite, each in a process of its own; and from an outcome to the client that waits for it.
Run: python -m bench.http
"""

import asyncio
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import click
import uvicorn
import uvloop
from fastapi import FastAPI

from bot.content import Approval, Label, Submission
from bot.facts import Identity
from bot.flows import keeping, voting
from bot.flows.voting import Ballot
from config.policies import Person, Policy, Queue, Rulebook
from config.settings import Settings
from handlers.app import House, read_clock
from handlers.http.serving import serve
from storage.engine import open_engine
from storage.migrating import migrate
from storage.unit import Memory

ROUNDS = 5  # each contender in turn, so that a noisy minute hits all alike
SECONDS = 2.0  # of one round
CLIENTS = (1, 32)
WAKES = 60
RATE = 1_000_000  # requests a minute: more than it can
BODY = {
    "queue": "agent-actions",
    "kind": "approval",
    "action": {
        "name": "delete_files",
        "args": {"paths": ["a.log", "b.log"]},
        "environment": "production",
        "target": "host-1",
    },
    "reason": "disk is 97 % full",
    "requester": "cleanup-agent",
    "evidence": [{"kind": "diff", "text": "-a.log\n-b.log"}],
    "due_in": 1800,
}


def a_house(url: str) -> House:
    """One queue, one reviewer."""
    policy = Policy(
        due_in=timedelta(minutes=30),
        cost_per_review_usd=Decimal("0.50"),
        reviewers=("ann",),
        open_at_most=1_000_000,
    )
    queue = Queue(
        name="agent-actions", title="Agents", kinds=("approval",), policy=policy, slack="C1"
    )
    people = {"ann": Person(id="ann", name="Ann", slack="U1")}
    rulebook = Rulebook(queues={queue.name: queue}, people=people)
    settings = Settings.read({"SIGNOFF_DATABASE_URL": url})
    return House(settings, rulebook, Memory(open_engine(url)))


def rows_of(path: Path) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """The inserts that opening one item makes: read back from a real one."""
    database = sqlite3.connect(path)
    found = []
    for table in ("item", "placed_card", "ledger"):
        rows = database.execute(f"SELECT * FROM {table} LIMIT 1").fetchall()  # noqa: S608  our own three names
        marks = ",".join("?" * len(rows[0]))
        found.append((f"INSERT INTO {table} VALUES ({marks})", rows))  # noqa: S608  as above
    database.close()
    return found


def bare(path: Path, *, commits: bool) -> FastAPI:
    """The floor: FastAPI validates, one connection inserts the same rows and commits."""
    app = FastAPI()
    inserts = rows_of(path)
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA synchronous = FULL")
    for table in ("item", "placed_card", "ledger"):
        database.execute(f"DELETE FROM {table}")  # noqa: S608  our own three names
    count = 0

    @app.post("/v1/items", status_code=201)
    async def create(content: Submission) -> dict[str, Any]:
        nonlocal count
        count += 1
        if commits:
            database.execute("BEGIN IMMEDIATE")
            for statement, (row,) in inserts:
                values = _renamed(statement, row, count, content)
                database.execute(statement, values)
            database.execute("COMMIT")
        return {"id": f"{count:08}", "status": "open", "queue": content.queue, "key": content.key}

    return app


def _renamed(
    statement: str, row: tuple[Any, ...], count: int, content: Approval | Label
) -> Sequence[Any]:
    """The same row under keys that are free."""
    values = list(row)
    if " item " in statement:
        values[0], values[5] = f"{count:08}", content.key
    elif " placed_card " in statement:
        values[0], values[1] = count, f"{count:08}"
    else:
        values[0] = count
    return values


def run_server(kind: str, folder: str) -> None:
    """Serves one contender; prints its address and key, and takes commands from its input."""
    path = Path(folder) / f"{kind}.db"
    url = f"sqlite:///{path}"
    migrate(url)
    house = a_house(url)
    secret = house.do_now(keeping.add_key, "bench", ["submit", "read"], [], read_clock(), rate=RATE)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if kind == "signoff":
            runner.run(_serve_ours(house, secret))
        else:
            runner.run(_serve_bare(house, path, commits=kind == "commit"))


async def _serve_ours(house: House, secret: str) -> None:
    door = asyncio.create_task(
        serve(house, "127.0.0.1", 0, on_ready=lambda address: _say(f"{address} {secret}"))
    )
    asked = asyncio.get_running_loop().run_in_executor
    while item_id := (await asked(None, sys.stdin.readline)).strip():
        ballot = Ballot(item_id, "approve", Identity("slack", "U1"))
        await house.do(voting.cast, house.rulebook, ballot, house.now())
        _say(f"{perf_counter()}")
    door.cancel()
    await asyncio.gather(door, return_exceptions=True)


async def _serve_bare(house: House, path: Path, *, commits: bool) -> None:
    from bot.content import SUBMISSION  # noqa: PLC0415  only the floor's preparation needs it
    from bot.flows.opening import Producer, open_item  # noqa: PLC0415  as above

    content = SUBMISSION.validate_python(BODY | {"key": "first"})
    await house.do(open_item, house.rulebook, Producer("bench"), content, read_clock())
    house.close()
    config = uvicorn.Config(bare(path, commits=commits), port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    _say(f"http://127.0.0.1:{port} none")
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    server.should_exit = True
    await serving


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Contender:
    """A server in a process of its own, and raw connections to it."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, said: str) -> None:
        self.name = name
        self.process = process
        address, self.secret = said.split()
        self.port = int(address.rpartition(":")[2])
        self.rates: dict[int, list[float]] = {}
        self.delays: dict[int, list[float]] = {}
        self.cpu: dict[int, list[float]] = {}
        self._sent = 0

    def post(self) -> bytes:
        """A ready request with a key of its own."""
        self._sent += 1
        return self.request("POST /v1/items", json.dumps(BODY | {"key": f"k{self._sent}"}))

    def request(self, what: str, body: str = "") -> bytes:
        """A ready request."""
        return (
            f"{what} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.secret}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    async def ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
    ) -> tuple[int, bytes]:
        """Status and body of one answer."""
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        return int(head[9:12]), await reader.readexactly(length)

    async def measure(self, clients: int, seconds: float) -> None:
        """One round: so many connections, each sending as soon as it is answered."""
        delays: list[float] = []
        spent = self._cpu_seconds()
        started = perf_counter()

        async def client() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            while (sent_at := perf_counter()) < started + seconds:
                status, body = await self.ask(reader, writer, self.post())
                if status != 201:
                    raise RuntimeError(f"{self.name}: {status} {body[:300]!r}")
                delays.append(perf_counter() - sent_at)
            writer.close()

        await asyncio.gather(*(client() for _ in range(clients)))
        took = perf_counter() - started
        self.rates.setdefault(clients, []).append(len(delays) / took)
        self.delays.setdefault(clients, []).extend(delays)
        self.cpu.setdefault(clients, []).append((self._cpu_seconds() - spent) / len(delays))

    def _cpu_seconds(self) -> float:
        """What the server's process has used so far; 0 where the system does not tell."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return 0.0
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    async def wake(self) -> float:
        """Seconds from a durable outcome to the waiting client's answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        _, opened = await self.ask(reader, writer, self.post())
        item_id = json.loads(opened)["id"]
        waiting = asyncio.create_task(
            self.ask(reader, writer, self.request(f"GET /v1/items/{item_id}?wait=30"))
        )
        await asyncio.sleep(0.05)
        assert self.process.stdin  # noqa: S101  it was opened with a pipe
        assert self.process.stdout  # noqa: S101  as above
        self.process.stdin.write(f"{item_id}\n".encode())
        _, settled = await waiting
        woken_at = perf_counter()
        settled_at = float(await self.process.stdout.readline())
        writer.close()
        if b'"settled"' not in settled:
            raise RuntimeError(settled.decode())
        return max(0.0, woken_at - settled_at)


@asynccontextmanager
async def contender(name: str, folder: str) -> AsyncIterator[Contender]:
    """The server, started and at the end stopped."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.http", name, folder,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin  # noqa: S101  it was opened with a pipe
    assert process.stdout  # noqa: S101  as above
    try:
        yield Contender(name, process, (await process.stdout.readline()).decode())
        process.stdin.write(b"\n")
        await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def compare(folder: str) -> None:
    """Measures everybody in turn, and prints the table."""
    async with (
        contender("signoff", folder) as ours,
        contender("commit", folder) as floor,
        contender("no-op", folder) as noop,
    ):
        everybody = (ours, floor, noop)
        for one in everybody:
            await one.measure(4, 0.5)
        for _ in range(ROUNDS):
            for clients in CLIENTS:
                for one in everybody:
                    await one.measure(clients, SECONDS)
        wakes = [await ours.wake() for _ in range(WAKES)]
    _print_table(everybody, wakes)


def _print_table(everybody: Sequence[Contender], wakes: Sequence[float]) -> None:
    names = {
        "signoff": "Signoff",
        "commit": "bare FastAPI + one commit",
        "no-op": "bare FastAPI, no database",
    }
    floor = everybody[1]
    click.echo(
        "POST /v1/items               clients   per second   p50 ms   CPU ms   ratio to floor"
    )
    for clients in CLIENTS:
        for one in everybody:
            pairs = zip(one.rates[clients], floor.rates[clients], strict=True)
            ratio = median(ours / theirs for ours, theirs in pairs)
            click.echo(
                f"{names[one.name]:<28} {clients:>7}   {median(one.rates[clients]):>10,.0f}"
                f"   {median(one.delays[clients]) * 1000:>6.2f}"
                f"   {median(one.cpu[clients]) * 1000:>6.2f}   {ratio:>14.2f}"
            )
    p50, p95 = median(wakes) * 1000, quantiles(wakes, n=20)[18] * 1000
    click.echo(f"outcome -> waiting client: p50 {p50:.1f} ms, p95 {p95:.1f} ms (n={len(wakes)})")


def main() -> None:
    """Compares; or, called by itself with a name and a folder, serves one contender."""
    if len(sys.argv) == 3:
        run_server(sys.argv[1], sys.argv[2])
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(folder))


if __name__ == "__main__":
    main()

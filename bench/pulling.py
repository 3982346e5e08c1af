"""What `/review next` costs with 10 thousand, 100 thousand and a million items waiting.

Each database holds a million settled items besides, and 3 million votes of 1,000 reviewers. Pulled
is through the real flow, until the claim is durable: by people who come fresh to the queue, and by
a veteran who has voted on the most urgent 100,000 (half of the queue, where that is less), while
new items arrive in front of what they have seen. The first pull of a veteran, which finds its way
past all of it and sets the bookmark, is shown apart.
Times are milliseconds: of a processor in the unit (ours, and PostgreSQL's for it, where other
programs do not count), and on the wall until the commit returns.
Run: python -m bench.pulling [--sqlite | --postgres] [COUNT ...]
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import quantiles
from time import perf_counter, thread_time
from typing import Any

import click
from sqlalchemy import Boolean, Connection, insert, text

from bot.facts import Identity
from bot.flows import pulling
from bot.flows.pulling import Pull
from config.policies import Limits, Person, Policy, Queue, Rulebook
from storage.engine import open_engine
from storage.migrating import migrate
from storage.tables import EPOCH, ITEM, MICROSECOND
from storage.unit import Memory, Unit
from tests.databases import PostgresServer, find_postgres

COUNTS = (10_000, 100_000, 1_000_000)
SETTLED = 1_000_000
VOTES = 3_000_000
REVIEWERS = 1_000
SEEN = 100_000
PULLS = 2_000
VETERAN_PULLS = 1_000
NEWCOMER_EVERY = 10  # pulls of the veteran
AIM = 2.0  # times the smallest
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
QUEUE = "labels"
POLICY = Policy(due_in=timedelta(days=2), cost_per_review_usd=Decimal("0.10"), reviewers=("@crew",))
NUMBERS = (
    "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {end})"
)


@dataclass
class Timing:
    """How long pulls took, in seconds."""

    inside: list[float]  # in the unit
    whole: list[float]  # until the claim is durable


def a_rulebook() -> Rulebook:
    """One queue, a thousand reviewers, and a veteran."""
    names = [f"p{n}" for n in range(REVIEWERS)] + ["veteran"]
    people = {name: Person(id=name, name=name, slack=f"U{name.upper()}") for name in names}
    queue = Queue(name=QUEUE, title="Labels", kinds=("label",), policy=POLICY)
    limits = Limits(max_per_hour=3600, break_after=timedelta(days=1))
    groups = {"crew": tuple(names)}
    return Rulebook(queues={QUEUE: queue}, people=people, groups=groups, limits=limits)


def an_item(**stated: Any) -> dict[str, Any]:
    """Every column of a waiting label."""
    given: dict[str, Any] = {
        column.name: None if column.nullable else False if isinstance(column.type, Boolean) else ""
        for column in ITEM.columns
    }
    given |= {
        "queue": QUEUE, "kind": "label", "status": "open", "producer": "bench", "digest": "",
        "content": "{}", "policy": POLICY.model_dump_json(), "choices": '["a","b"]',
        "owners": "[]", "needs_reading": False, "paused": False, "votes_wanted": 3,
        "claim_count": 0, "revision": 1, "urgency": 0.5, "opened_at": NOW, "available_at": NOW,
        "due_at": NOW + timedelta(days=2), "wake_at": NOW + timedelta(days=2),
    }  # fmt: skip
    return given | stated


def fill(connection: Connection, count: int) -> None:
    """The items and the votes, made inside the database."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))
    old = NOW - timedelta(days=10)
    waiting = an_item(opened_at=old, available_at=old)
    settled = an_item(status="settled", wake_at=None, votes_wanted=0, policy="{}")
    spread = f"(i + 0.5) / {count}"
    _copy_item(connection, waiting, 0, count, "CAST(10000000 + i AS TEXT)", spread)
    _copy_item(connection, settled, 0, SETTLED, "CAST(50000000 + i AS TEXT)", "0.5")
    seen = min(SEEN, count // 2)
    _copy_votes(connection, 0, seen, "CAST(10000000 + i AS TEXT)", "'veteran'")
    by = VOTES // SETTLED
    _copy_votes(
        connection, 0, VOTES - seen, f"CAST(50000000 + i / {by} AS TEXT)",
        f"'p' || ((i / {by} * 7 + i % {by} * 331) % {REVIEWERS})",
    )  # fmt: skip


def _copy_item(
    connection: Connection, values: dict[str, Any], first: int, end: int, key: str, urgency: str
) -> None:
    special = {"id": key, "key": key, "urgency": urgency}
    kept = {name: value for name, value in values.items() if value is not None or name in special}
    columns = ", ".join(f'"{name}"' for name in kept)
    chosen = ", ".join(special.get(name, f":{name}") for name in kept)
    given = {name: _plain(value) for name, value in kept.items() if name not in special}
    numbers = NUMBERS.format(first=first, end=end)
    statement = f"INSERT INTO item ({columns}) {numbers} SELECT {chosen} FROM n"  # noqa: S608  our own words
    connection.execute(text(statement), given)


def _copy_votes(connection: Connection, first: int, end: int, item_id: str, person: str) -> None:
    numbers = NUMBERS.format(first=first, end=end)
    cast_at = _plain(NOW - timedelta(days=5))
    connection.execute(
        text(
            "INSERT INTO vote (item_id, person_id, choice, as_senior, cast_at, source) "  # noqa: S608  our own words
            f"{numbers} SELECT {item_id}, {person}, 'a', :no, {cast_at}, 'slack' FROM n"
        ),
        {"no": False},
    )


def _plain(value: Any) -> Any:
    """As the database keeps it."""
    return (value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value


class Pulling:
    """Pulls, timed."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._rulebook = a_rulebook()
        self._now = NOW

    def pull(self, person: str, timing: Timing) -> Pull:
        """One pull, a second after the one before."""
        self._now += timedelta(seconds=1)
        started = perf_counter()
        inside, pull = self._memory.write(self._timed, person).result()
        timing.whole.append(perf_counter() - started)
        timing.inside.append(inside)
        return pull

    def _timed(self, unit: Unit, person: str) -> tuple[float, Pull]:
        worker = _worker_of(unit.connection)
        started = thread_time() + _worked(worker)
        who = Identity("slack", f"U{person.upper()}")
        pull = pulling.next_for(unit, self._rulebook, who, None, self._now)
        return thread_time() + _worked(worker) - started, pull

    def skip(self, person: str, item_id: str) -> None:
        """What was handed out is not wanted."""
        who = Identity("slack", f"U{person.upper()}")
        self._memory.write(pulling.skip, self._rulebook, who, item_id, self._now).result()

    def arrive(self, number: int) -> None:
        """A new item, in front of nearly all."""
        fresh = an_item(id=f"N{number:07}", key=f"N{number}", urgency=0.0001 * (number % 7),
                        opened_at=self._now, available_at=self._now)  # fmt: skip
        self._memory.write(_open, fresh).result()


def _worker_of(connection: Connection) -> Path | None:
    """Where Linux counts what the database's own process has worked; SQLite has none."""
    if connection.dialect.name == "sqlite":
        return None
    driver: Any = connection.connection.driver_connection
    return Path(f"/proc/{driver.info.backend_pid}/schedstat")


def _worked(worker: Path | None) -> float:
    """Seconds of a processor."""
    return int(worker.read_text().split()[0]) / 1e9 if worker else 0.0


def _open(unit: Unit, fresh: dict[str, Any]) -> None:
    unit.connection.execute(insert(ITEM), fresh)


def measure(memory: Memory) -> tuple[Timing, Timing, Timing]:
    """Pulls of fresh people, the veteran's first one, and the veteran's others."""
    pulls = Pulling(memory)
    fresh, first, veteran = (Timing([], []) for _ in range(3))
    for number in range(PULLS):
        pulls.pull(f"p{number % REVIEWERS}", fresh)
    for number in range(VETERAN_PULLS + 1):
        if number % NEWCOMER_EVERY == NEWCOMER_EVERY - 1:
            pulls.arrive(number)
        pull = pulls.pull("veteran", veteran if number else first)
        if pull.item is None:
            raise AssertionError(f"nothing for the veteran: {pull}")
        pulls.skip("veteran", pull.item.id)
    return fresh, first, veteran


def report(name: str, databases: Iterator[tuple[int, Memory]]) -> bool:
    """Whether the aim is met: flat to the millionth item."""
    click.echo(
        f"\n{name:<12}{'waiting':>10}   fresh p50    p99 | durable p99 | veteran's first |"
        "   p50    p99 | durable p99"
    )
    tails: list[tuple[float, float]] = []
    for count, memory in databases:
        fresh, first, veteran = measure(memory)
        figures = (*_tail(fresh.inside), _tail(fresh.whole)[1], first.inside[0] * 1000,
                   *_tail(veteran.inside), _tail(veteran.whole)[1])  # fmt: skip
        tails.append((figures[1], figures[5]))
        row = "{:>12.2f}{:>7.2f} |{:>12.2f} |{:>16.2f} |{:>6.2f}{:>7.2f} |{:>12.2f}"
        click.echo(f"{count:>22,}{row.format(*figures)}")
    fresh_growth, veteran_growth = (max(each) / each[0] for each in zip(*tails, strict=True))
    click.echo(
        f"G8 p99, largest / smallest: fresh {fresh_growth:.2f}, veteran {veteran_growth:.2f}   "
        f"aim {AIM}"
    )
    return max(fresh_growth, veteran_growth) <= AIM


def _tail(seconds: list[float]) -> tuple[float, float]:
    cuts = quantiles(seconds, n=100)
    return cuts[49] * 1000, cuts[98] * 1000


@contextmanager
def _filled(url: str, count: int) -> Iterator[Memory]:
    migrate(url)
    engine = open_engine(url)
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        fill(connection, count)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()
    memory = Memory(open_engine(url))
    yield memory
    memory.close()


def on_sqlite(counts: list[int]) -> Iterator[tuple[int, Memory]]:
    """A file each, which is never analysed: nobody does that in production."""
    for count in counts:
        with (
            tempfile.TemporaryDirectory() as folder,
            _filled(f"sqlite:///{Path(folder) / 'bench.db'}", count) as memory,
        ):
            yield count, memory


def on_postgres(counts: list[int]) -> Iterator[tuple[int, Memory]]:
    """A database each, on a server of our own that keeps its commits."""
    binaries = find_postgres()
    if binaries is None:
        click.echo("PostgreSQL: not on this machine")
        return
    for count in counts:
        with (
            PostgresServer(binaries, durable=True) as server,
            _filled(server.url(server.create()), count) as memory,
        ):
            yield count, memory


def main() -> int:
    """Both databases, every size; or what is asked for."""
    asked = [each for each in sys.argv[1:] if each.startswith("--")]
    counts = [int(each) for each in sys.argv[1:] if not each.startswith("--")] or list(COUNTS)
    good = True
    if "--postgres" not in asked:
        good &= report("SQLite", on_sqlite(counts))
    if "--sqlite" not in asked:
        good &= report("PostgreSQL", on_postgres(counts))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

"""What a full report costs, from the memory to the text: seconds, peak, and as votes grow.

Times are CPU seconds of a process that does nothing else; the aims are of issue 6.
Run: python -m bench.report
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any

import click
from sqlalchemy import Column, Table, insert

from bench.measures import GROWTH, MILLION, VOTES, Columns, draw_votes, peak
from bot.content import Label
from bot.flows import figures
from bot.flows.importing import RecordedItem, RecordedVote, import_items
from bot.report_text import to_text
from config.policies import Policy, Queue, Rulebook
from storage.engine import open_engine
from storage.migrating import migrate
from storage.tables import ITEM, VOTE, Instant
from storage.unit import Memory

QUEUE = "crowd"
LABELS = ("a", "b", "c", "d")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
IMPORTED = 20_000  # votes
AT_ONCE = 300  # votes in one unit, as `signoff import` has it
POLICY = Policy(due_in=timedelta(hours=4), cost_per_review_usd=Decimal("0.15"))


def fill(url: str, columns: Columns) -> None:
    """A database with these votes, on items that are settled."""
    migrate(url)
    engine = open_engine(url)
    with engine.begin() as connection:
        for table, rows in ((ITEM, _items(len(columns[0]) // VOTES)), (VOTE, _votes(columns))):
            batch: list[dict[str, Any]] = []
            for row in rows:
                batch.append(row)
                if len(batch) == 20_000:
                    connection.execute(insert(table), batch)
                    batch = []
            if batch:
                connection.execute(insert(table), batch)
    engine.dispose()


def _items(count: int) -> Iterator[dict[str, Any]]:
    """Settled items; columns that say nothing here hold the least that they may."""
    usual = {
        **_least(ITEM), "queue": QUEUE, "kind": "label", "status": "settled", "policy":
        POLICY.model_dump_json(), "choices": json.dumps(LABELS), "content": "x" * 400,
        "digest": "0" * 64, "outcome_rule": "majority", "outcome_votes": VOTES, "outcome_by": "[]",
    }  # fmt: skip
    for number in range(count):
        at = BEGIN + timedelta(seconds=number)
        yield {
            **usual, "id": f"ITEM{number}", "key": str(number), "opened_at": at,
            "due_at": at + POLICY.due_in, "decided_at": at + timedelta(minutes=number % 50),
            "predicted": LABELS[number % 4], "confidence": number % 100 / 100,
            "outcome_choice": LABELS[number // 4 % 4],
        }  # fmt: skip


def _votes(columns: Columns) -> Iterator[dict[str, Any]]:
    usual = {**_least(VOTE), "source": "slack"}
    for item, rater, label in zip(*(column.tolist() for column in columns), strict=True):
        yield {**usual, "item_id": f"ITEM{item}", "person_id": f"person-{rater}",
               "choice": LABELS[label], "cast_at": BEGIN + timedelta(seconds=item)}  # fmt: skip


def _least(table: Table) -> dict[str, Any]:
    """Something for every column that must hold something."""
    kinds: dict[type, Any] = {datetime: BEGIN, int: 0, float: 0.0, bool: False}
    return {
        column.name: None if column.nullable else kinds.get(_held(column), "")
        for column in table.columns
    }


def _held(column: Column[Any]) -> type:
    return datetime if isinstance(column.type, Instant) else column.type.python_type


def report(url: str) -> dict[str, float]:
    """What one report took, read, reckoned and written."""
    before, start = peak(), process_time()
    memory = Memory(open_engine(url))
    rulebook = Rulebook(queues={}, people={})
    until = BEGIN + timedelta(days=9999)
    found = memory.read(figures.figures, rulebook, QUEUE, since=None, until=until).result()
    text = to_text(found)
    took = process_time() - start
    memory.close()
    return {"seconds": took, "peak": peak(), "before": before, "lines": text.count("\n")}


def import_rate(url: str) -> float:
    """Votes a CPU second of an import, from read files to a durable memory."""
    migrate(url)
    queue = Queue(name=QUEUE, title="Crowd", kinds=("label",), policy=POLICY)
    recorded = list(_recorded(draw_votes(IMPORTED)))
    memory = Memory(open_engine(url))
    start = process_time()
    size = AT_ONCE // VOTES
    for first in range(0, len(recorded), size):
        memory.write(import_items, queue, recorded[first : first + size], BEGIN).result()
    seconds = process_time() - start
    memory.close()
    return IMPORTED / seconds


def _recorded(columns: Columns) -> Iterator[RecordedItem]:
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    for first in range(0, len(rows), VOTES):
        content = Label(kind="label", queue=QUEUE, key=str(first), choices=LABELS, body="x" * 200)
        cast = (RecordedVote(first + place, f"r{rater}", LABELS[label], BEGIN)
                for place, (_, rater, label) in enumerate(rows[first : first + VOTES]))  # fmt: skip
        yield RecordedItem(content, BEGIN, tuple(cast))


def _print_all(folder: Path) -> None:
    click.echo("votes        report, CPU s   peak MiB   aim: 10 s, 1,024 MiB at a million")
    seconds: dict[int, float] = {}
    for count in GROWTH:
        url = f"sqlite:///{folder}/{count}.db"
        fill(url, draw_votes(count))
        command = [sys.executable, "-m", "bench.report", url]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  ours
        run = json.loads(answer.stdout)
        seconds[count] = run["seconds"]
        click.echo(f"{count:>9,} {run['seconds']:>13.2f} {run['peak']:>13.0f}")
    growth = (seconds[MILLION] / seconds[GROWTH[0]]) / (MILLION / GROWTH[0])
    click.echo(f"growth of time / growth of votes    {growth:.2f}   n log n is 1.11")
    rate = import_rate(f"sqlite:///{folder}/import.db")
    click.echo(f"import, {VOTES} votes on an item        {rate:,.0f} votes per CPU second")


def main() -> None:
    """Measures; or, called by itself with a database, reports on it."""
    if len(sys.argv) == 2:
        click.echo(json.dumps(report(sys.argv[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        _print_all(Path(folder))


if __name__ == "__main__":
    main()

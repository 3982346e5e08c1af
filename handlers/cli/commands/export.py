"""`signoff export`."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol, TextIO

import click

from bot.csv_text import CsvWriter
from bot.errors import SignoffError
from bot.flows.exporting import TABLES, Rows, hand_out
from handlers.app import House
from handlers.cli.houses import opened_house
from handlers.cli.periods import When, period_of
from handlers.exports.jsonl import JsonlWriter


class Writer(Protocol):
    """What takes rows."""

    def write(self, rows: Rows, /) -> None:
        """Takes some rows."""


@click.command("export")
@click.argument("table", type=click.Choice(list(TABLES)))
@click.option("--queue", help="Of this queue's items only.")
@click.option("--since", type=When(), help="From then on; 7d is seven days ago.")
@click.option("--until", type=When(), help="Before then. Else: now.")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl", "parquet"]), default="csv",
              show_default=True)  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="A file; without it, standard output.")  # fmt: skip
def command(
    table: str, queue: str | None, since: str | None, until: str | None, form: str, out: Path | None
) -> None:
    """Write a whole TABLE to a file: votes, items, outcomes or the ledger.

    CSV is safe to open in a spreadsheet: no text in it is a formula. JSON lines lose nothing.
    Secrets in contents and reasons are fingerprints; the ledger is as it is kept.
    """
    if form == "parquet" and out is None:
        raise SignoffError("Parquet is not text: name a file with --out FILE.parquet.")
    with opened_house() as house:
        begin, end = period_of(since, until, house.now())
        count = _export(house, table, queue, (begin, end), form, out)
    click.echo(f"{count:,} rows.", err=True)


def _export(
    house: House,
    table: str,
    queue: str | None,
    period: tuple[datetime | None, datetime],
    form: str,
    out: Path | None,
) -> int:
    with _writer(table, form, out) as writer:
        return house.see_now(hand_out, table, queue, *period, writer.write)


@contextmanager
def _writer(table: str, form: str, out: Path | None) -> Iterator[Writer]:
    columns = TABLES[table].columns
    if form == "parquet":
        parquet = importlib.import_module("handlers.exports.parquet")
        writer = parquet.ParquetWriter(out, columns)
        try:
            yield writer
        finally:
            writer.close()
        return
    with _file(out) as file:
        yield (CsvWriter if form == "csv" else JsonlWriter)(file, list(columns))


@contextmanager
def _file(out: Path | None) -> Iterator[TextIO]:
    """The file, or standard output without the platform's own ideas of a line's end."""
    if out is None:
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # a TextIOWrapper
        yield sys.stdout
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        yield file

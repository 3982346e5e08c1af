"""`signoff report`."""

import json
import sys
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click

from bot import plot_png
from bot.csv_text import CsvWriter
from bot.errors import SignoffError
from bot.flows.figures import figures, queues_known
from bot.measures.agreement import Scale
from bot.measures.queue_figures import QueueFigures
from bot.plots import report_alt
from bot.report import Row, rows_of
from bot.report_json import to_json
from bot.report_text import to_text
from handlers.app import House
from handlers.cli.houses import opened_house
from handlers.cli.periods import When, period_of

COLUMNS = ("queue", *Row.__dataclass_fields__)


@click.command("report")
@click.option("--queue", "queues", multiple=True, help="Several may be given; none: all.")
@click.option("--since", type=When(), help="Items settled from then on; 7d is seven days ago.")
@click.option("--until", type=When(), help="Items settled before then. Else: now.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv", "png"]),
              default="text", show_default=True)  # fmt: skip
@click.option("--scale", type=click.Choice([one.value for one in Scale]), default="nominal",
              show_default=True, help="What labels are to each other, for the alpha.")  # fmt: skip
@click.option("--individuals", is_flag=True,
              help="Name reviewers, where the queue's policy lets leads see them.")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="A file to write to; needed for png.")  # fmt: skip
def command(
    queues: Sequence[str],
    since: str | None,
    until: str | None,
    form: str,
    scale: str,
    *,
    individuals: bool,
    out: Path | None,
) -> None:
    """Print how right the answers are, how far people agree, and what it cost.

    Every figure has its n and its interval, or says why it has none; docs/figures.md explains each.
    JSON is documented and stable. A picture's words for a screen reader go to standard output.
    """
    if form == "png" and (out is None or len(queues) != 1):
        raise SignoffError("A picture needs --out FILE.png, and one --queue.")
    with opened_house() as house:
        begin, end = period_of(since, until, house.now())
        made = [
            _figures(house, queue, begin, end, scale, named=individuals)
            for queue in queues or house.see_now(queues_known, house.rulebook)
        ]
    if form == "png" and out is not None:
        _draw(made[0], out)
    elif out is None:
        _write(made, form, sys.stdout)
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            _write(made, form, file)


def _figures(
    house: House,
    queue: str,
    since: datetime | None,
    until: datetime,
    scale: str,
    *,
    named: bool,
) -> QueueFigures:
    try:
        return house.see_now(
            figures,
            house.rulebook,
            queue,
            since=since,
            until=until,
            scale=Scale(scale),
            individuals=named,
        )
    except ValueError as problem:  # labels that are no numbers have no distances
        raise SignoffError(f"On the interval scale every label is a number: {problem}.") from None


def _write(made: Sequence[QueueFigures], form: str, file: TextIO) -> None:
    if form == "text":
        file.write("\n\n".join(map(to_text, made)))
    elif form == "json":
        reports = [to_json(one) for one in made]
        json.dump(reports[0] if len(reports) == 1 else reports, file, indent=2)
        file.write("\n")
    else:
        writer = CsvWriter(file, COLUMNS)
        for one in made:
            writer.write((one.question.queue, *astuple(row)) for row in rows_of(one))


def _draw(made: QueueFigures, out: Path) -> None:
    out.write_bytes(plot_png.report_png(made))
    click.echo(report_alt(made))

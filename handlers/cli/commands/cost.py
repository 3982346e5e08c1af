"""`signoff cost`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from bot import plot_png
from bot.flows.figures import figures, what_if_above
from bot.measures.what_if import Point, thresholds
from bot.plots import what_if_alt
from bot.report import Unit
from bot.report_json import points_to_json, to_json
from bot.report_text import number, to_text
from handlers.cli.houses import opened_house
from handlers.cli.periods import When, period_of

KNOB = "auto_above"
STEPS_MAX = 200
HEADER = ("auto_above", "cost", "people answer", "machine is right", "settled by the machine")


class WhatIf(click.ParamType[list[float]]):
    """`auto_above=0.7..0.99`, with a step if wished: `auto_above=0.5..0.95:0.05`."""

    name = "auto_above=LOW..HIGH[:STEP]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[float]:
        """The thresholds."""
        knob, _, span = str(value).partition("=")
        low, dots, rest = span.partition("..")
        high, _, step = rest.partition(":")
        try:
            wanted = (float(low), float(high or low), float(step or 0.01))
        except ValueError:
            self.fail("write it as auto_above=0.7..0.99", param, ctx)
        begin, end, each = wanted
        if knob != KNOB or not dots or not 0 <= begin <= end <= 1 or not 0 < each <= 1:
            self.fail("write it as auto_above=0.7..0.99, from low to high within 0 and 1",
                      param, ctx)  # fmt: skip
        if (end - begin) / each > STEPS_MAX:
            self.fail(f"that is more than {STEPS_MAX} steps; write a wider step", param, ctx)
        return thresholds(begin, end, each)


@click.command("cost")
@click.option("--queue", required=True, help="The queue.")
@click.option("--since", type=When(), help="Items settled from then on; 7d is seven days ago.")
@click.option("--until", type=When(), help="Items settled before then. Else: now.")
@click.option("--what-if", "at", type=WhatIf(), help="Trust the machine from each of these on.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text",
              show_default=True)  # fmt: skip
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path),
              help="Draw it into this file; needs --what-if.")  # fmt: skip
def command(
    queue: str,
    since: str | None,
    until: str | None,
    at: list[float] | None,
    form: str,
    plot: Path | None,
) -> None:
    """Print what answers cost, or would cost if the machine were trusted more, or less.

    With --what-if: the cost, how many items people would answer, and how often the machine is right
    on the others, at each threshold. The machine is judged by known answers, by people's decisions
    and by blind audits; where nobody looked, nothing is known.
    """
    if plot is not None and at is None:
        raise click.UsageError("--plot draws what --what-if computes: give both.")
    with opened_house() as house:
        begin, end = period_of(since, until, house.now())
        if at is None:
            found = house.see_now(figures, house.rulebook, queue, since=begin, until=end)
            click.echo(json.dumps(to_json(found)["cost"], indent=2) if form == "json"
                       else to_text(found, only=("Cost",)), nl=form == "json")  # fmt: skip
            return
        points = house.see_now(what_if_above, house.rulebook, queue, at, since=begin, until=end)
        title = house.rulebook.queues[queue].title if queue in house.rulebook.queues else queue
    if form == "json":
        click.echo(json.dumps(points_to_json(points), indent=2))
    else:
        _print_table([HEADER, *map(_row, points)])
    if plot is not None:
        plot.write_bytes(plot_png.what_if_png(title, points))
        click.echo(what_if_alt(title, points), err=form == "json")


def _row(point: Point) -> tuple[str, ...]:
    accuracy = point.accuracy
    right = number(Unit.SHARE, accuracy.value)
    if accuracy.low is not None and accuracy.high is not None:
        low, high = number(Unit.SHARE, accuracy.low), number(Unit.SHARE, accuracy.high)
        right = f"{right} [{low}, {high}] n {accuracy.n:,}"
    elif accuracy.note:
        right = accuracy.note
    return (
        f"{point.auto_above:g}",
        number(Unit.USD, point.cost.total_usd),
        number(Unit.SHARE, point.human_share.value),
        right,
        f"{point.auto_count:,}",
    )


def _print_table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())

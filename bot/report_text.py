"""A report as text for a terminal: figures in columns, each with its interval and its n."""

import textwrap
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from bot.measures.queue_figures import QueueFigures
from bot.report import Row, Section, Unit, sections_of
from config.durations import spell

WIDTH = 80  # columns
NAME = 33  # of them, for a figure's name
MARKS = "¹²³⁴⁵⁶"


def to_text(figures: QueueFigures, *, only: Collection[str] = ()) -> str:
    """The report of a queue, ending with a newline; of some sections only, where they are named."""
    asked = figures.question
    period = f"until {instant(asked.until)}"
    if asked.since:
        period = f"{instant(asked.since)} {period}"
    head = f"{asked.title} ({asked.queue})"
    lines = [head, "=" * min(len(head), WIDTH), f"Items settled {period}"]
    for section in sections_of(figures):
        if section.title in only or not only:
            lines += ["", *_section(section)]
    if figures.contested and not only:
        lines += [
            "",
            "Most disputed items: share of pairs of votes that differ",
            *_disputed(figures),
        ]
    return "\n".join(lines) + "\n"


def number(unit: Unit, value: float | Decimal | None) -> str:
    """A number as people read it."""
    if value is None:
        return "–"  # noqa: RUF001  the dash that stands for nothing
    if unit is Unit.SHARE:
        return f"{100 * float(value):.1f}%"
    if unit is Unit.USD:
        return f"${value:,.2f}" if value >= 1 or not value else f"${value:.4f}"
    if unit is Unit.SECONDS:
        return spell(timedelta(seconds=round(float(value)))) if value >= 1 else f"{value:.2f} s"
    return f"{value:,}" if unit is Unit.COUNT else f"{float(value):.3f}"


def instant(at: datetime) -> str:
    """An instant, UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _section(section: Section) -> Iterator[str]:
    """Its figures in columns, and below them how their intervals were made."""
    yield section.title
    methods = list(dict.fromkeys(row.method for row in section.rows if row.method))
    for row in section.rows:
        yield from _row(row, MARKS[methods.index(row.method) % len(MARKS)] if row.method else "")
    for mark, method in zip(MARKS, methods, strict=False):
        yield f"  {mark} 95 % interval: {method}"
    for remark in section.remarks if section.rows else ():
        yield from _wrapped(remark, "  ")


def _row(row: Row, mark: str) -> Iterator[str]:
    cells = [number(row.unit, row.value).rjust(7)]
    if row.low is not None and row.high is not None:
        span = f"[{number(row.unit, row.low)}, {number(row.unit, row.high)}]{mark}"
        cells.append(span.ljust(16))
    if row.n is not None:
        cells.append(f"n {row.n:,}")
    name = row.figure
    if len(name) > NAME:
        yield f"  {name}"
        name = ""
    line = f"  {name.ljust(NAME)} {'  '.join(cells)}"
    if len(line) + len(row.note) + 2 <= WIDTH:
        yield f"{line}  {row.note}".rstrip()
    else:
        yield line.rstrip()
        yield from _wrapped(row.note, " " * 6)


def _disputed(figures: QueueFigures) -> Iterable[str]:
    for item_id, share in figures.contested:
        yield f"  {item_id.ljust(NAME)} {number(Unit.SHARE, share).rjust(7)}"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)

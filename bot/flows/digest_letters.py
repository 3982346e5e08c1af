"""Digests, counted when they are sent."""

import io
import logging
from collections.abc import Iterator
from datetime import datetime

from bot import plot_png
from bot.card_parts import Picture
from bot.csv_text import CsvWriter
from bot.digest import Digest
from bot.digest_head import head_of
from bot.digest_rest import rest_of
from bot.flows.delivering import Notice
from bot.flows.digest_making import digest_of
from bot.letters import Enclosure, Letter
from bot.plots import report_alt
from bot.report import rows_of
from bot.rules.periods import Period
from bot.safe_text import say, shown
from config.policies import Rulebook
from storage.unit import Unit

HEADER = ("section", "figure", "unit", "value", "low", "high", "n", "method", "note")

log = logging.getLogger(__name__)


def head(unit: Unit, rulebook: Rulebook, notice: Notice, now: datetime) -> Letter | None:
    """The five lines and the plot; None when the queue is no more."""
    digest = _digest(unit, rulebook, notice, now)
    if digest is None:
        return None
    picture = None if digest.is_quiet else _plot(digest)
    return Letter(head_of(digest), (picture,) if picture else ())


def rest(unit: Unit, rulebook: Rulebook, notice: Notice, now: datetime) -> Letter | None:
    """One of the messages below it; the last brings the table along."""
    digest = _digest(unit, rulebook, notice, now)
    parts = rest_of(digest) if digest else ()
    number = int(notice.body["part"])
    if digest is None or number >= len(parts):
        return None
    is_last = number == len(parts) - 1
    return Letter(parts[number], enclosures=(_table(digest),) if is_last else ())


def _digest(unit: Unit, rulebook: Rulebook, notice: Notice, now: datetime) -> Digest | None:
    body = notice.body
    if body["queue"] not in rulebook.queues:
        return None
    since, until, made_at = (
        datetime.fromisoformat(body[key]) for key in ("since", "until", "made")
    )
    period = Period(since, until)
    return digest_of(unit, rulebook, body["queue"], period, now, made_at=made_at)


def _plot(digest: Digest) -> Picture | None:
    """The picture, where the extra `plots` is installed."""
    try:
        data = plot_png.report_png(digest.figures)
    except Exception as problem:  # noqa: BLE001  a digest without its picture is a digest
        log.warning("the digest of %s has no plot: %s", digest.figures.question.queue, problem)
        return None
    title = say("{title} in figures", title=digest.title)
    return Picture(title, shown(report_alt(digest.figures)), data=data, media="image/png")


def _table(digest: Digest) -> Enclosure:
    text = io.StringIO(newline="")
    writer = CsvWriter(text, HEADER)
    writer.write(_behind(digest))
    writer.write(
        (
            row.section,
            row.figure,
            row.unit,
            row.value,
            row.low,
            row.high,
            row.n,
            row.method,
            row.note,
        )
        for row in rows_of(digest.figures)
    )
    name = f"{digest.figures.question.queue}-{digest.until:%Y-%m-%d}.csv"
    return Enclosure(name, "text/csv", text.getvalue().encode(), say("Every figure of this digest"))


def _behind(digest: Digest) -> Iterator[tuple[str | int | None, ...]]:
    """The requests that the figures come from, as far as the digest speaks of them."""
    rest: tuple[None, ...] = (None,) * 4
    for each in digest.corrections:
        note = f"the machine said {each.machine}, people say {each.people}"
        yield "Wrong answers", each.item_id, "request", 1, *rest, note
    for disputed in digest.disputes:
        note = ", ".join(f"{choice} {count}" for choice, count in disputed.votes)
        yield "Most disputed", disputed.item_id, "request", 1, *rest, note

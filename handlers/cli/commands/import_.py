"""`signoff import`."""

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from time import monotonic

import click

from bot.errors import BusyError, SignoffError
from bot.flows.importing import RecordedItem, Refused, Taken, import_items, without_channels
from config.policies import Queue
from handlers.app import House
from handlers.cli.houses import opened_house
from handlers.cli.recorded import BadRow, Recorded, Wishes, read_recorded

AT_ONCE = 300  # votes in one unit: a few hundredths of a second, so that clicks get in between
REST = 0.2  # of the time a unit took, for the doors of a running Signoff
SHOWN = 20  # refused rows that are listed
REFUSED = 1  # exit status: some rows were not taken, the others were
PATIENCE = (0.1, 0.5, 2.0)  # seconds, before a busy database is asked again
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("items", type=FILE)
@click.argument("votes", type=FILE)
@click.option("--queue", required=True, help="The queue whose rules apply.")
@click.option("--choices", help="The labels in their order, a comma between. Else: what occurs.")
@click.option("--repeated", type=click.Choice(["last", "first"]), default="last",
              show_default=True, help="Which of a rater's votes on one item stands.")  # fmt: skip
def command(items: Path, votes: Path, queue: str, choices: str | None, repeated: str) -> None:
    """Take recorded votes: ITEMS is a file of JSON lines, VOTES a CSV.

    An item is {"id": "7", "text": "…", "gold": "spam"}; only the id is required. A vote has the
    columns item, rater and label, and optionally time (ISO 8601, or seconds since 1970) and
    seconds. They run through the same rules as clicks. No card is posted, and nobody can vote on
    them in chat. Safe to repeat: what is there stays, and an import that was cut off goes on.

    The exit status is 1 when some rows were refused; each is named with its line.
    """
    with opened_house() as house:
        stated = house.rulebook.queues.get(queue)
        if stated is None:
            there = ", ".join(sorted(house.rulebook.queues)) or "none"
            raise SignoffError(f"There is no queue {queue!r} in queues.toml; there is: {there}.")
        without_channels(stated)  # says so at once when it takes no labels
        labels = tuple(one.strip() for one in (choices or "").split(",") if one.strip())
        wishes = Wishes(queue, labels, keep_first=repeated == "first")
        recorded = read_recorded(items, votes, wishes, house.now())
        started = monotonic()
        taken = _take(house, stated, recorded)
        bad = [*recorded.bad, *_named(taken.refused, recorded, items.name, votes.name)]
        _tell(recorded, taken, bad, monotonic() - started)
    if bad:
        sys.exit(REFUSED)


def _take(house: House, queue: Queue, recorded: Recorded) -> Taken:
    """All of it, a unit of a few hundred votes at a time."""
    taken = Taken()
    count = sum(len(item.votes) for item in recorded.items)
    with click.progressbar(length=count, label="Importing votes", file=sys.stderr) as bar:
        for batch in _batches(recorded.items):
            started = monotonic()
            taken += _patiently(house, queue, batch, house.now())
            bar.update(sum(len(item.votes) for item in batch))
            time.sleep((monotonic() - started) * REST)
    return taken


def _patiently(house: House, queue: Queue, batch: Sequence[RecordedItem], now: datetime) -> Taken:
    for pause in PATIENCE:
        try:
            return house.do_now(import_items, queue, batch, now)
        except BusyError:
            time.sleep(pause)
    return house.do_now(import_items, queue, batch, now)


def _batches(items: Sequence[RecordedItem]) -> Iterator[list[RecordedItem]]:
    batch: list[RecordedItem] = []
    size = 0
    for item in items:
        batch.append(item)
        size += 1 + len(item.votes)
        if size >= AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _named(
    refused: Sequence[Refused], recorded: Recorded, items: str, votes: str
) -> Iterator[BadRow]:
    for one in refused:
        if one.line is None:
            yield BadRow(items, recorded.lines[one.key], one.why)
        else:
            yield BadRow(votes, one.line, one.why)


def _tell(recorded: Recorded, taken: Taken, bad: Sequence[BadRow], seconds: float) -> None:
    rate = f", {taken.vote_count / seconds:,.0f} votes a second" if taken.vote_count else ""
    click.echo(
        f"Imported {taken.item_count:,} items with {taken.vote_count:,} votes "
        f"in {seconds:.1f} s{rate}."
    )
    if taken.there_count:
        click.echo(f"{taken.there_count:,} items were there already and stay as they are.")
    if recorded.repeated_count:
        click.echo(
            f"Votes of a rater who had voted on that item before: {recorded.repeated_count:,}. "
            "One of each stands."
        )
    for row in bad[:SHOWN]:
        click.echo(f"not taken: {row}", err=True)
    if len(bad) > SHOWN:
        click.echo(f"and {len(bad) - SHOWN:,} more rows were not taken.", err=True)

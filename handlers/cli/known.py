"""`signoff gold` and `signoff probes`: questions whose answer is known, a JSON object a line."""

from collections.abc import Sequence
from datetime import datetime
from typing import TextIO

import click

from bot.errors import SignoffError
from bot.flows import probing
from bot.flows.probing import Listed, ProbeOutcome
from bot.gold import Sort, read_known
from bot.safe_text import SafeText
from config.policies import Queue, Rulebook
from handlers.cli.houses import opened_house

COLUMNS = ("NUMBER", "QUEUE", "KIND", "ANSWER", "ASKED", "STATE", "QUESTION")


def commands_for(sort: Sort, name: str, about: str, share: str) -> click.Group:
    """The group of commands that look after one sort of question.

    Args:
        sort: "gold" or "probe".
        name: the group's name.
        about: its help.
        share: the policy's field that says how often they are asked.
    """
    group = click.Group(name, help=about)

    @group.command("add", help="Add the questions of a file, a JSON object a line; none twice.")
    @click.option("--queue", required=True, help="Where they are asked.")
    @click.argument("file", type=click.File(encoding="utf-8"))
    def add(queue: str, file: TextIO) -> None:
        with opened_house() as house:
            where = _queue_of(house.rulebook, queue)
            known = read_known(file, where, sort)
            added, there = house.do_now(probing.add_known, where, sort, known, house.now())
            asked = getattr(where.policy, share)
        before = f"; {there} were there already" if there else ""
        click.echo(f"Added {added} to the queue {queue}{before}.")
        if not asked:
            click.echo(f"They are not asked yet: write {share} = 0.05 in its rules.", err=True)

    @group.command("list", help="List every question, how often it was asked, and its number.")
    @click.option("--queue", help="Only those of this queue.")
    def list_(queue: str | None) -> None:
        with opened_house() as house:
            found = house.do_now(probing.list_known, sort, queue)
            caught = house.do_now(probing.probe_outcomes, queue) if sort == "probe" else None
        if not found:
            click.echo(f"There are none. Add some: signoff {name} add --queue QUEUE FILE")
            return
        _print_table([COLUMNS, *map(_row, found)])
        if caught is not None:
            click.echo(f"Caught: {_caught(caught)}")

    @group.command("retire", help="Ask a question no more; what it showed so far stays.")
    @click.argument("number", type=int)
    def retire(number: int) -> None:
        with opened_house() as house:
            house.do_now(probing.retire_known, sort, number, house.now())
        click.echo(f"Number {number} is asked no more.")

    return group


def _queue_of(rulebook: Rulebook, name: str) -> Queue:
    queue = rulebook.queues.get(name)
    if queue is None:
        there = ", ".join(sorted(rulebook.queues)) or "none"
        raise SignoffError(f"There is no queue {name!r}; there is: {there}.")
    return queue


def _caught(outcomes: Sequence[ProbeOutcome]) -> SafeText:
    """The share of probes that reviewers refused, of those that somebody voted on."""
    from bot.figure_words import share  # noqa: PLC0415  scipy
    from bot.measures.audit import catch_rate  # noqa: PLC0415  scipy

    return share(catch_rate(sum(each.is_caught for each in outcomes), len(outcomes)))


def _row(one: Listed) -> tuple[str, ...]:
    return (
        str(one.id),
        one.queue,
        one.kind,
        one.answer,
        f"{one.used_count} times",
        _state(one.retired_at),
        one.asked,
    )


def _state(retired_at: datetime | None) -> str:
    return f"retired {retired_at:%Y-%m-%d}" if retired_at else "asked"


def _print_table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())

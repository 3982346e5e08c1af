"""Reads what the measures need out of the memory, and gives back a queue's figures."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.errors import SignoffError
from bot.flows.recording import record
from bot.measures import cost
from bot.measures.agreement import Scale
from bot.measures.cost import Cost, Work
from bot.measures.queue_figures import Question, QueueFigures, month_of, queue_figures
from bot.measures.spent import Spent
from bot.measures.what_if import Point, along
from config.policies import Policy, Queue, Rulebook
from storage import figures as columns
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Spending:
    """A period's work and what it cost, at the prices under which each item opened."""

    work: Work
    cost: Cost
    checks: Spent  # audits, gold items, probes and questions asked again

    @property
    def total_usd(self) -> Decimal:
        """All of it."""
        return self.cost.total_usd + self.checks.cost.total_usd


def figures(
    unit: Unit,
    rulebook: Rulebook,
    queue: str,
    *,
    since: datetime | None,
    until: datetime,
    scale: Scale = Scale.NOMINAL,
    individuals: bool = False,
) -> QueueFigures:
    """Every figure of the items that settled from `since` on and before `until`.

    Args:
        unit: the transaction.
        rulebook: the queue's title, its budget, and whether people may be named.
        queue: its name; one that is only in the memory has figures too.
        since: the beginning; None: everything.
        until: the end, now for what is known so far.
        scale: what the labels are to each other.
        individuals: name the reviewers.

    Raises:
        SignoffError: there is no such queue, or its policy keeps reviewers' figures to themselves.
    """
    stated = _queue(unit, rulebook, queue)
    if individuals and not may_name(stated):
        raise SignoffError(
            f"The policy of {queue} keeps a reviewer's figures to themselves. To let leads see "
            'them, write individual_figures = "leads" into its table in queues.toml, after the '
            "reviewers have been told."
        )
    question = Question(
        queue=queue,
        title=stated.title if stated else queue,
        since=since,
        until=until,
        scale=scale,
        individuals=individuals,
        votes_needed=stated.policy.votes_needed if stated else 1,
        budget_usd=stated.policy.budget_per_month_usd if stated else None,
        month_usd=_this_month(unit, stated, until),
        checks=checks(unit, queue, since, until),
    )
    return queue_figures(record(unit, queue, since, until), question)


def may_name(queue: Queue | None) -> bool:
    """Whether a queue's policy lets leads see a reviewer's own figures."""
    return queue is not None and queue.policy.individual_figures == "leads"


def queues_known(unit: Unit, rulebook: Rulebook) -> list[str]:
    """The queues of the rules, then those that only the memory knows."""
    return list(dict.fromkeys((*rulebook.queues, *columns.queues(unit.connection))))


def spending(unit: Unit, queue: str, since: datetime | None, until: datetime) -> Spending:
    """What a period cost, counted in the database."""
    real = _spent(unit, queue, since, until)
    return Spending(real.work, real.cost, checks(unit, queue, since, until))


def checks(unit: Unit, queue: str, since: datetime | None, until: datetime) -> Spent:
    """What it took to look again: no model was asked for it."""
    return _spent(unit, queue, since, until, again=True)


def _spent(
    unit: Unit, queue: str, since: datetime | None, until: datetime, *, again: bool = False
) -> Spent:
    period = (unit.connection, queue, since, until)
    stated = {
        text: Policy.model_validate_json(text) for text in columns.policies(*period, checks=again)
    }
    longest = {text: policy.active_for_at_most for text, policy in stated.items()}
    rows = columns.work(*period, longest, checks=again)
    done = {text: _work_in(row) for text, row in rows.items()}
    if again:
        done = {text: replace(work, call_count=0, judge_count=0) for text, work in done.items()}
    costs = (cost.cost_of(work, cost.prices_in(stated[text])) for text, work in done.items())
    return Spent(sum(done.values(), Work()), sum(costs, Cost()))


def what_if_above(
    unit: Unit,
    rulebook: Rulebook,
    queue: str,
    thresholds: Iterable[float],
    *,
    since: datetime | None,
    until: datetime,
) -> list[Point]:
    """Cost, human share and accuracy of the machine, had it been trusted from each threshold on.

    Raises:
        SignoffError: there is no such queue.
    """
    _queue(unit, rulebook, queue)
    return along(record(unit, queue, since, until), thresholds)


def _queue(unit: Unit, rulebook: Rulebook, name: str) -> Queue | None:
    stated = rulebook.queues.get(name)
    if stated is None and name not in columns.queues(unit.connection):
        there = ", ".join(queues_known(unit, rulebook)) or "none"
        raise SignoffError(f"There is no queue {name!r}; there is: {there}.")
    return stated


def _this_month(unit: Unit, stated: Queue | None, until: datetime) -> Decimal:
    """What the calendar month has cost so far; only asked where there is a budget."""
    if stated is None or stated.policy.budget_per_month_usd is None:
        return Decimal(0)
    return spending(unit, stated.name, month_of(until), until).total_usd


def _work_in(row: Any) -> Work:
    return Work(
        row.items,
        row.reviews,
        row.timed,
        timedelta(milliseconds=round(float(row.seconds) * 1000)),
        row.calls,
        row.judged,
        row.escalations,
    )

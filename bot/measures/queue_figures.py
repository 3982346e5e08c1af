"""Every figure of a queue and a period: how right, how far agreed, by whom, at what price."""

import calendar
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from bot.measures.agreed import AgreementFigures, agreement_figures
from bot.measures.agreement import Scale
from bot.measures.ballots import Indexes
from bot.measures.consensus import contested, majority
from bot.measures.cost import Budget, budget_state
from bot.measures.intervals import Estimate
from bot.measures.judged import AccuracyFigures, Answers, accuracy_figures, answers_of
from bot.measures.record import Record
from bot.measures.reviewers import Reviewers, reviewers
from bot.measures.service import ServiceFigures, service_figures
from bot.measures.spent import NOBODY, CostFigures, MonthlyBudget, Spent, cost_figures

PAIRS = 100  # of reviewers that are listed
CONTESTED = 10  # items that are listed


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a record."""

    queue: str
    title: str
    since: datetime | None  # None: from the beginning
    until: datetime
    scale: Scale = Scale.NOMINAL
    individuals: bool = False  # whether people are named
    votes_needed: int = 1  # of an item that people decide alone
    budget_usd: Decimal | None = None  # a month's
    month_usd: Decimal = Decimal(0)  # spent in the month of `until`, before it
    checks: Spent = field(default_factory=Spent)  # what it took to look again


@dataclass(frozen=True, slots=True)
class Counts:
    """What there was."""

    items: int
    votes: int
    abstentions: int
    reviewers: int
    escalated: int
    open: int  # items that wait, now
    by_rule: dict[str, int]
    by_outcome: dict[str, int]


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """Every figure of one queue and one period."""

    question: Question
    counts: Counts
    accuracy: AccuracyFigures
    agreement: AgreementFigures
    differing: Estimate  # share of items on which Dawid-Skene and the majority differ
    reviewers: Reviewers  # `each` is empty unless people may be named
    contested: tuple[tuple[str, float], ...]  # items, with their share of disagreeing pairs
    cost: CostFigures
    service: ServiceFigures


def queue_figures(record: Record, question: Question) -> QueueFigures:
    """The record's figures.

    Raises:
        ValueError: the scale is an interval's and a label is no number.
    """
    answers = answers_of(record, majority(record.votes))
    accuracy = accuracy_figures(record, answers)
    return QueueFigures(
        question=question,
        counts=_counts(record),
        accuracy=accuracy,
        agreement=agreement_figures(
            record, question.scale, pair_limit=PAIRS if question.individuals else 0
        ),
        differing=answers.differing,
        reviewers=_reviewers(record, answers, named=question.individuals),
        contested=tuple((str(item), share) for item, share in contested(record.votes, CONTESTED)),
        cost=cost_figures(
            record,
            accuracy.outcomes_known,
            votes_needed=question.votes_needed,
            month=_month(question),
            checks=question.checks,
        ),
        service=service_figures(record),
    )


def headline_estimates(figures: QueueFigures) -> list[tuple[str, Estimate]]:
    """The figures that two periods are compared by."""
    return [
        ("accuracy of the machine", figures.accuracy.audited),
        ("accuracy on known answers", figures.accuracy.outcomes_known),
        ("machine and people alike", figures.accuracy.machine_people),
        ("raw agreement", figures.agreement.all.raw),
        ("Krippendorff's alpha", figures.agreement.all.krippendorff_alpha),
        ("decided in time", figures.service.on_time),
    ]


def _reviewers(record: Record, answers: Answers, *, named: bool) -> Reviewers:
    found = reviewers(record, answers)
    return found if named else Reviewers((), found.team)


def _counts(record: Record) -> Counts:
    votes = record.votes
    labels = [*map(str, votes.labels), NOBODY]
    present = np.unique(votes.rater_index)
    return Counts(
        items=record.item_count,
        votes=votes.vote_count,
        abstentions=int(record.abstentions.sum()),
        reviewers=len(present),
        escalated=int(record.is_escalated.sum()),
        open=record.open_count,
        by_rule=_tally(record.rule, list(record.rules)),
        by_outcome=_tally(np.where(record.outcome < 0, len(labels) - 1, record.outcome), labels),
    )


def _tally(codes: Indexes, names: list[str]) -> dict[str, int]:
    counts = Counter(codes.tolist())
    return {name: counts[code] for code, name in enumerate(names) if counts[code]}


def _month(question: Question) -> MonthlyBudget | None:
    if question.budget_usd is None:
        return None
    state = budget_of(question.month_usd, question.budget_usd, question.until)
    return MonthlyBudget(question.month_usd, question.budget_usd, state)


def budget_of(spent_usd: Decimal, budget_usd: Decimal, instant: datetime) -> Budget:
    """How a calendar month's spending stands at an instant of it."""
    begin = month_of(instant)
    days = calendar.monthrange(begin.year, begin.month)[1]
    return budget_state(spent_usd, budget_usd, elapsed=instant - begin, period=timedelta(days=days))


def month_of(instant: datetime) -> datetime:
    """The first instant of its calendar month, UTC."""
    return instant.replace(day=1, hour=0, minute=0, second=0, microsecond=0)

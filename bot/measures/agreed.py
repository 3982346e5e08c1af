"""How far the people of a record agree: all together, by label, in pairs, with the machine."""

from dataclasses import dataclass

import numpy as np

from bot.measures.agreement import (
    Agreement,
    ClassAgreement,
    Scale,
    agreement,
    agreement_per_class,
)
from bot.measures.ballots import Ballots, Mask, numbered_ballots
from bot.measures.intervals import Estimate
from bot.measures.pairs import MINIMUM as ENOUGH_SHARED
from bot.measures.pairs import CohenPairs, cohen_kappa
from bot.measures.raters import GroupAgreement, agreement_between
from bot.measures.record import Record

MACHINE = object()  # a reviewer among the others, that nobody can be named like
MOST_MEETINGS = 200_000_000  # of two votes on an item; beyond it pairs are left out


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Cohen's kappa of two reviewers."""

    first: str
    second: str
    kappa: Estimate
    observed: float


@dataclass(frozen=True, slots=True)
class CohenFigures:
    """Cohen's kappa of all pairs of reviewers with enough items in common."""

    pair_count: int
    pooled: Estimate
    mean: Estimate
    weighted_mean: Estimate
    pairs: tuple[PairAgreement, ...]  # those with enough, most items in common first


@dataclass(frozen=True, slots=True)
class AgreementFigures:
    """Every coefficient, side by side."""

    scale: Scale
    all: Agreement
    classes: tuple[ClassAgreement, ...]
    cohen: CohenFigures | None  # None: too many meetings of two votes
    people_machine: GroupAgreement  # people's votes against the machine's answer


def agreement_figures(record: Record, scale: Scale, *, pair_limit: int = 0) -> AgreementFigures:
    """How far people agree.

    Args:
        record: the votes.
        scale: what the labels are to each other.
        pair_limit: how many pairs are listed by name; they hold names.

    Raises:
        ValueError: the scale is an interval's and a label is no number.
    """
    votes = record.votes
    return AgreementFigures(
        scale=scale,
        all=agreement(votes, scale=scale),
        classes=tuple(agreement_per_class(votes)),
        cohen=_cohen(votes, pair_limit),
        people_machine=agreement_between(_with_machine(record), votes.raters, (MACHINE,)),
    )


def _cohen(votes: Ballots, limit: int) -> CohenFigures | None:
    sizes = votes.votes_per_item()
    if int((sizes * (sizes - 1) // 2).sum()) > MOST_MEETINGS:
        return None
    found = cohen_kappa(votes)
    enough = (found.item_counts >= ENOUGH_SHARED) & ~np.isnan(found.kappa)
    return CohenFigures(
        int(enough.sum()),
        found.pooled,
        found.mean,
        found.weighted_mean,
        tuple(_pair(votes, found, pair) for pair in _commonest(found, enough, limit)),
    )


def _commonest(found: CohenPairs, enough: Mask, limit: int) -> list[int]:
    rows = np.flatnonzero(enough)
    chosen: list[int] = rows[np.argsort(-found.item_counts[rows], kind="stable")][:limit].tolist()
    return chosen


def _pair(votes: Ballots, found: CohenPairs, pair: int) -> PairAgreement:
    first, second = votes.raters[found.first[pair]], votes.raters[found.second[pair]]
    return PairAgreement(str(first), str(second), found.estimate(pair), float(found.observed[pair]))


def _with_machine(record: Record) -> Ballots:
    """The votes, and the machine's answer on every item that has one, as one more reviewer's."""
    votes = record.votes
    items = np.flatnonzero(record.predicted >= 0).astype(np.int32)
    machine = np.full(len(items), len(votes.raters), np.int32)
    return numbered_ballots(
        (votes.items, (*votes.raters, MACHINE), votes.labels),
        (
            np.concatenate([votes.item_index, items]),
            np.concatenate([votes.rater_index, machine]),
            np.concatenate([votes.label_index, record.predicted[items]]),
        ),
    )

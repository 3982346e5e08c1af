"""Who reviews how: each one's figures, and what a team may be told without naming anybody."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from bot.facts import APPROVE
from bot.measures.consensus import rater_accuracy
from bot.measures.intervals import Estimate
from bot.measures.judged import Answers
from bot.measures.raters import RaterAgreement, rater_agreement
from bot.measures.record import Record
from bot.measures.signs import Sign, SignKind, approving, hurried, missed_probes, one_button


@dataclass(frozen=True, slots=True)
class ReviewerFigures:
    """One person's figures: for themselves, and for leads where the policy says so."""

    person_id: str
    vote_count: int
    agreement: RaterAgreement  # with the rest
    known: Estimate  # right on items with a known answer
    skill: float | None  # the chance to be right by Dawid-Skene, which nobody has checked
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class TeamSign:
    """One sign of rubber-stamping over all reviewers."""

    kind: SignKind
    limit: str
    looked_at: int  # reviewers with enough votes for it
    standing_out: int


@dataclass(frozen=True, slots=True)
class Reviewers:
    """The people behind a record."""

    each: tuple[ReviewerFigures, ...]  # most votes first
    team: tuple[TeamSign, ...]


def reviewers(record: Record, answers: Answers) -> Reviewers:
    """Every reviewer's figures; who may see them is for the caller to say."""
    votes = record.votes
    counts = np.bincount(votes.rater_index, minlength=len(votes.raters)).tolist()
    known = rater_accuracy(votes, record.where_known())
    signs = _signs(record)
    by_person: dict[Hashable, list[Sign]] = {}
    for sign in signs:
        by_person.setdefault(sign.rater, []).append(sign)
    each = [
        ReviewerFigures(
            person_id=str(name),
            vote_count=count,
            agreement=agreed,
            known=right,
            skill=answers.skills.get(name),
            signs=tuple(by_person.get(name, ())),
        )
        for name, count, agreed, right in zip(
            votes.raters, counts, rater_agreement(votes), known, strict=True
        )
    ]
    each.sort(key=lambda one: (-one.vote_count, one.person_id))
    return Reviewers(tuple(each), _team(signs))


def _signs(record: Record) -> list[Sign]:
    votes = record.votes
    found = one_button(votes)
    if record.words is not None:
        found += hurried(votes, record.words)
    if APPROVE in votes.labels:
        found += approving(votes, APPROVE)
    return found + missed_probes(record.probes_missed, record.probes_shown)


def _team(signs: list[Sign]) -> tuple[TeamSign, ...]:
    found: dict[SignKind, list[Sign]] = {}
    for sign in signs:
        found.setdefault(sign.kind, []).append(sign)
    return tuple(
        TeamSign(
            kind,
            LIMITS[kind],
            sum(sign.estimate.is_known for sign in those),
            sum(sign.stands_out for sign in those),
        )
        for kind, those in found.items()
    )


LIMITS = {
    SignKind.HURRIED: "more than 20 % of votes faster than anybody reads",
    SignKind.ONE_BUTTON: "labels half as varied as the rest's on the same items",
    SignKind.APPROVING: "approves 10 points more than the rest on the same items",
    SignKind.MISSED: "lets more than 20 % of probes through",
}

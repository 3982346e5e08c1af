"""A report as JSON, documented in docs/figures.md: fields are added, never renamed or removed."""

from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.measures.agreed import AgreementFigures
from bot.measures.agreement import NOT_ACCURACY, reading
from bot.measures.intervals import Estimate
from bot.measures.queue_figures import QueueFigures
from bot.measures.reviewers import ReviewerFigures
from bot.measures.service import ServiceFigures
from bot.measures.spent import CostFigures, Spent
from bot.measures.what_if import Point

FORMAT = "signoff-report/1"


def to_json(figures: QueueFigures) -> dict[str, Any]:
    """The report of a queue. Money is a decimal number in a text, so that no digit is lost."""
    asked = figures.question
    return {
        "format": FORMAT,
        "queue": asked.queue,
        "title": asked.title,
        "since": asked.since and stamp(asked.since),
        "until": stamp(asked.until),
        "counts": asdict(figures.counts),
        "accuracy": {
            **{
                name: estimate(getattr(figures.accuracy, name))
                for name in figures.accuracy.__dataclass_fields__
            },
            "dawid_skene_differs": estimate(figures.differing),
        },
        "agreement": _agreement(figures.agreement),
        "reviewers": _reviewers(figures),
        "disputed": [{"item": item, "share": share} for item, share in figures.contested],
        "cost": _cost(figures.cost),
        "time": _time(figures.service),
    }


def estimate(of: Estimate, *, coefficient: bool = False) -> dict[str, Any]:
    """A figure with its interval; a coefficient with its reading."""
    stated = {
        "value": of.value,
        "low": of.low,
        "high": of.high,
        "n": of.n,
        "confidence": of.confidence,
        "method": of.method,
        "note": of.note,
    }
    if coefficient:
        stated["reading"] = None if of.value is None else reading(of.value)
    return stated


def points_to_json(points: list[Point]) -> list[dict[str, Any]]:
    """The thresholds of `signoff cost --what-if`."""
    return [
        {
            "auto_above": point.auto_above,
            "cost_usd": _money(point.cost.total_usd),
            "human_share": estimate(point.human_share),
            "accuracy": estimate(point.accuracy),
            "auto_count": point.auto_count,
        }
        for point in points
    ]


def stamp(at: datetime) -> str:
    """An instant in ISO 8601, UTC."""
    return at.isoformat().replace("+00:00", "Z")


def _agreement(found: AgreementFigures) -> dict[str, Any]:
    whole, cohen, machine = found.all, found.cohen, found.people_machine
    return {
        "scale": str(found.scale),
        "items": whole.item_count,
        "votes": whole.vote_count,
        "raw": estimate(whole.raw),
        "fleiss_kappa": estimate(whole.fleiss_kappa, coefficient=True),
        "krippendorff_alpha": estimate(whole.krippendorff_alpha, coefficient=True),
        "gwet_ac1": estimate(whole.gwet_ac1, coefficient=True),
        "cohen_kappa": cohen
        and {
            "pairs": cohen.pair_count,
            "pooled": estimate(cohen.pooled, coefficient=True),
            "mean": estimate(cohen.mean, coefficient=True),
            "weighted_mean": estimate(cohen.weighted_mean, coefficient=True),
        },
        "classes": [
            {
                "label": str(one.label),
                "votes": one.vote_count,
                "specific": estimate(one.specific),
                "kappa": estimate(one.kappa, coefficient=True),
            }
            for one in found.classes
        ],
        "people_machine": {
            "items": machine.item_count,
            "pairs": machine.pair_count,
            "raw": estimate(machine.raw),
            "cohen_kappa": estimate(machine.kappa, coefficient=True),
        },
        "warning": NOT_ACCURACY,
    }


def _reviewers(figures: QueueFigures) -> dict[str, Any]:
    """The team; people only where the policy lets them be named."""
    named = figures.question.individuals
    cohen = figures.agreement.cohen
    return {
        "signs": [
            {
                "kind": str(sign.kind),
                "limit": sign.limit,
                "looked_at": sign.looked_at,
                "standing_out": sign.standing_out,
            }
            for sign in figures.reviewers.team
        ],
        "individuals": [_individual(one) for one in figures.reviewers.each] if named else None,
        "pairs": [
            {
                "first": pair.first,
                "second": pair.second,
                "raw": pair.observed,
                "cohen_kappa": estimate(pair.kappa, coefficient=True),
            }
            for pair in (cohen.pairs if cohen else ())
        ]
        if named
        else None,
    }


def _individual(one: ReviewerFigures) -> dict[str, Any]:
    return {
        "reviewer": one.person_id,
        "votes": one.vote_count,
        "rest_raw": estimate(one.agreement.raw),
        "rest_kappa": estimate(one.agreement.kappa, coefficient=True),
        "known": estimate(one.known),
        "dawid_skene": one.skill,
        "signs": [
            {
                "kind": str(sign.kind),
                "figure": estimate(sign.estimate),
                "limit": sign.limit,
                "stands_out": sign.stands_out,
            }
            for sign in one.signs
        ],
    }


def _cost(found: CostFigures) -> dict[str, Any]:
    return {
        **_spent(found.all),
        "per_right_usd": {
            "value": _money(found.per_right.usd),
            "low": _money(found.per_right.low_usd),
            "high": _money(found.per_right.high_usd),
        },
        "by_rule": {name: _spent(part) for name, part in found.by_rule.items()},
        "by_outcome": {name: _spent(part) for name, part in found.by_outcome.items()},
        "checks": _spent(found.checks),
        "all_by_people_usd": _money(found.alternatives.by_people_usd),
        "all_by_machine_usd": _money(found.alternatives.by_machine_usd),
        "month": found.month
        and {
            "spent_usd": _money(found.month.spent_usd),
            "budget_usd": _money(found.month.budget_usd),
            "state": str(found.month.state),
        },
    }


def _spent(part: Spent) -> dict[str, Any]:
    work, cost = part.work, part.cost
    return {
        "items": work.item_count,
        "reviews": work.review_count,
        "timed_reviews": work.timed_count,
        "active_seconds": work.active_for.total_seconds(),
        "model_calls": work.call_count,
        "judge_calls": work.judge_count,
        "escalations": work.escalation_count,
        "total_usd": _money(cost.total_usd),
        "reviews_usd": _money(cost.reviews_usd),
        "model_calls_usd": _money(cost.calls_usd),
        "judge_calls_usd": _money(cost.judge_usd),
        "escalations_usd": _money(cost.escalations_usd),
        "per_item_usd": _money(part.per_item_usd),
    }


def _time(found: ServiceFigures) -> dict[str, Any]:
    return {
        "on_time": estimate(found.on_time),
        "expired": found.expired_count,
        "median_seconds": _seconds(found.median),
        "p90_seconds": _seconds(found.slow),
    }


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _money(usd: Decimal | None) -> str | None:
    """Dollars to a millionth, without an exponent."""
    return None if usd is None else f"{usd:.6f}"

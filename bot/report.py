"""A queue's figures as rows: one for each figure, in the order in which people read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.measures.agreed import AgreementFigures
from bot.measures.agreement import NOT_ACCURACY, reading
from bot.measures.dawid_skene import OVERCONFIDENT
from bot.measures.intervals import Estimate
from bot.measures.queue_figures import QueueFigures
from bot.measures.reviewers import ReviewerFigures
from bot.measures.spent import CostFigures, Spent

BOTTLENECK = (
    "People and the machine are compared on what people were asked about, which are often the "
    "machine's hardest items: it is no accuracy of the machine."
)
SIGN = "A sign is a reason to talk to a reviewer, never proof."


class Unit(StrEnum):
    """What a number is."""

    COUNT = "count"
    SHARE = "share"  # 0 to 1
    COEFFICIENT = "coefficient"  # -1 to 1
    USD = "usd"
    SECONDS = "seconds"
    BITS = "bits"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: its name, its number, and how sure that is."""

    section: str
    figure: str
    unit: Unit
    value: int | float | Decimal | None
    low: float | Decimal | None = None
    high: float | Decimal | None = None
    n: int | None = None  # None: a count, or exact money
    method: str = ""  # of the interval
    note: str = ""  # why there is none, or how the number is read


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that belong together, and what must be known to read them."""

    title: str
    rows: tuple[Row, ...]
    remarks: tuple[str, ...] = ()


def sections_of(figures: QueueFigures) -> tuple[Section, ...]:
    """The report of a queue."""
    made = [
        Section("What happened", tuple(_counts(figures))),
        Section("Accuracy", tuple(_accuracy(figures)), (BOTTLENECK, OVERCONFIDENT)),
        Section("Agreement", tuple(_agreement(figures.agreement)), (NOT_ACCURACY,)),
        Section("Reviewers", tuple(_team(figures)), (SIGN,)),
        Section("Cost", tuple(_cost(figures.cost))),
        Section("Time", tuple(_service(figures))),
    ]
    if figures.question.individuals:
        made.append(Section("Each reviewer", tuple(_individuals(figures)), (SIGN,)))
        made.append(Section("Pairs of reviewers", tuple(_pairs(figures)), (NOT_ACCURACY,)))
    return tuple(made)


def rows_of(figures: QueueFigures) -> Iterator[Row]:
    """Every row of the report."""
    for section in sections_of(figures):
        yield from section.rows


def _counts(figures: QueueFigures) -> Iterator[Row]:
    title, counts = "What happened", figures.counts
    named = {
        "items settled": counts.items,
        "items waiting now": counts.open,
        "votes": counts.votes,
        "abstentions": counts.abstentions,
        "reviewers": counts.reviewers,
        "items for the seniors": counts.escalated,
        **{f"settled by {rule}": count for rule, count in counts.by_rule.items()},
        **{f"answer: {outcome}": count for outcome, count in counts.by_outcome.items()},
    }
    for name, count in named.items():
        yield Row(title, name, Unit.COUNT, count)


def _accuracy(figures: QueueFigures) -> Iterator[Row]:
    title, found = "Accuracy", figures.accuracy
    named = {
        "machine, by blind audits": found.audited,
        "outcomes, on known answers": found.outcomes_known,
        "majority, on known answers": found.majority_known,
        "Dawid-Skene, on known answers": found.dawid_skene_known,
        "one-coin model, on known answers": found.one_coin_known,
        "machine, on known answers": found.machine_known,
        "machine said what people decided": found.machine_people,
        "Dawid-Skene differs from majority": figures.differing,
    }
    for name, estimate in named.items():
        yield _row(title, name, Unit.SHARE, estimate)


def _agreement(found: AgreementFigures) -> Iterator[Row]:
    title, whole = "Agreement", found.all
    yield _row(title, "raw agreement", Unit.SHARE, whole.raw)
    yield _row(title, "Fleiss' kappa", Unit.COEFFICIENT, whole.fleiss_kappa)
    alpha = f"Krippendorff's alpha, {found.scale}"
    yield _row(title, alpha, Unit.COEFFICIENT, whole.krippendorff_alpha)
    yield _row(title, "Gwet's AC1", Unit.COEFFICIENT, whole.gwet_ac1)
    if found.cohen is None:
        note = "too many pairs of votes on an item"
        yield Row(title, "Cohen's kappa", Unit.COEFFICIENT, None, note=note)
    else:
        yield Row(title, "pairs of reviewers with enough", Unit.COUNT,
                  found.cohen.pair_count)  # fmt: skip
        for name, estimate in (
            ("Cohen's kappa, pairs pooled", found.cohen.pooled),
            ("Cohen's kappa, mean of pairs", found.cohen.mean),
            ("Cohen's kappa, pairs weighted", found.cohen.weighted_mean),
        ):
            yield _row(title, name, Unit.COEFFICIENT, estimate)
    yield _row(title, "people and machine, raw", Unit.SHARE, found.people_machine.raw)
    kappa = found.people_machine.kappa
    yield _row(title, "people and machine, Cohen's kappa", Unit.COEFFICIENT, kappa)
    for one in found.classes:
        yield _row(title, f"class {one.label}: specific agreement", Unit.SHARE, one.specific)
        yield _row(title, f"class {one.label}: kappa", Unit.COEFFICIENT, one.kappa)


def _team(figures: QueueFigures) -> Iterator[Row]:
    for sign in figures.reviewers.team:
        note = f"of {sign.looked_at} with enough votes; {sign.limit}"
        yield Row("Reviewers", f"{sign.kind}: stand out", Unit.COUNT, sign.standing_out, note=note)


def _individuals(figures: QueueFigures) -> Iterator[Row]:
    for one in figures.reviewers.each:
        yield from _individual(one)


def _individual(one: ReviewerFigures) -> Iterator[Row]:
    title, name = "Each reviewer", one.person_id
    yield Row(title, f"{name}: votes", Unit.COUNT, one.vote_count)
    yield _row(title, f"{name}: agrees with the rest", Unit.SHARE, one.agreement.raw)
    yield _row(title, f"{name}: kappa with the rest", Unit.COEFFICIENT, one.agreement.kappa)
    yield _row(title, f"{name}: right on known answers", Unit.SHARE, one.known)
    note = "by Dawid-Skene, from votes alone"
    yield Row(title, f"{name}: chance to be right", Unit.SHARE, one.skill, note=note)
    for sign in one.signs:
        if sign.stands_out:
            unit = Unit.BITS if sign.kind == "one button" else Unit.SHARE
            yield _row(title, f"{name}: {sign.kind} stands out", unit, sign.estimate)


def _pairs(figures: QueueFigures) -> Iterator[Row]:
    cohen = figures.agreement.cohen
    for pair in cohen.pairs if cohen else ():
        name = f"{pair.first} and {pair.second}: Cohen's kappa"
        yield _row("Pairs of reviewers", name, Unit.COEFFICIENT, pair.kappa)


def _cost(found: CostFigures) -> Iterator[Row]:
    title, spent = "Cost", found.all
    yield Row(title, "all of it", Unit.USD, spent.cost.total_usd)
    yield Row(title, "per item", Unit.USD, spent.per_item_usd)
    right = found.per_right
    yield Row(title, "per right answer", Unit.USD, right.usd, right.low_usd, right.high_usd,
              note="" if right.usd is not None else "how many are right is not known")  # fmt: skip
    yield from _by_kind(spent)
    if spent.work.timed_count:
        hours = spent.work.active_for.total_seconds()
        yield Row(title, "active time", Unit.SECONDS, hours, n=spent.work.timed_count)
    for name, parts in (("settled by", found.by_rule), ("answer:", found.by_outcome)):
        for key, part in parts.items():
            yield Row(title, f"per item, {name} {key}", Unit.USD, part.per_item_usd,
                      n=part.work.item_count)  # fmt: skip
    if found.checks.work.review_count:
        yield Row(title, "checks of machine and reviewers", Unit.USD, found.checks.cost.total_usd,
                  n=found.checks.work.review_count,
                  note="audits, gold, probes, asked again; on top of “all of it”")  # fmt: skip
    otherwise = found.alternatives
    yield Row(title, "if people answered everything", Unit.USD, otherwise.by_people_usd)
    yield Row(title, "if the machine answered all", Unit.USD, otherwise.by_machine_usd)
    if found.month:
        note = f"of a budget of ${found.month.budget_usd:,.2f}: {found.month.state}"
        yield Row(title, "this month", Unit.USD, found.month.spent_usd, note=note)


def _by_kind(spent: Spent) -> Iterator[Row]:
    work, cost = spent.work, spent.cost
    for name, usd, count in (
        ("reviews", cost.reviews_usd, work.review_count),
        ("model calls", cost.calls_usd, work.call_count),
        ("judge calls", cost.judge_usd, work.judge_count),
        ("escalations", cost.escalations_usd, work.escalation_count),
    ):
        if count:
            yield Row("Cost", name, Unit.USD, usd, n=count)


def _service(figures: QueueFigures) -> Iterator[Row]:
    title, found = "Time", figures.service
    yield _row(title, "decided by the deadline", Unit.SHARE, found.on_time)
    yield Row(title, "expired", Unit.COUNT, found.expired_count)
    for name, length in (("median, asked to decided", found.median), ("nine of ten", found.slow)):
        seconds = None if length is None else length.total_seconds()
        yield Row(
            title, name, Unit.SECONDS, seconds, note="nothing was decided" if length is None else ""
        )


def _row(title: str, name: str, unit: Unit, estimate: Estimate) -> Row:
    """An estimate's row; a coefficient is read in the usual words."""
    note = estimate.note
    if unit is Unit.COEFFICIENT and estimate.value is not None:
        note = "; ".join(part for part in (reading(estimate.value), note) if part)
    return Row(title, name, unit, estimate.value, estimate.low, estimate.high, estimate.n,
               estimate.method, note)  # fmt: skip

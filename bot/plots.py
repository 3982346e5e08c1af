"""What plots show and, for those who do not see them, what they say."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.figure_words import percent
from bot.headlines import brief
from bot.measures.intervals import Estimate
from bot.measures.queue_figures import QueueFigures
from bot.measures.what_if import Point
from bot.safe_text import shown

TITLE_MAX = 60  # characters


@dataclass(frozen=True, slots=True)
class Bar:
    """One estimate of a plot, with its name."""

    name: str
    estimate: Estimate
    is_share: bool  # a share in percent, else a coefficient


def bars_of(figures: QueueFigures) -> list[Bar]:
    """The estimates of a report's plot, those that are known."""
    accuracy, agreed = figures.accuracy, figures.agreement
    every = [
        Bar("Machine right, by blind audits", accuracy.audited, is_share=True),
        Bar("Answers right, where known", accuracy.outcomes_known, is_share=True),
        Bar("Machine right, where known", accuracy.machine_known, is_share=True),
        Bar("Machine said what people say", accuracy.machine_people, is_share=True),
        Bar("Decided by the deadline", figures.service.on_time, is_share=True),
        Bar("Two people say the same", agreed.all.raw, is_share=True),
        Bar("Beyond chance: alpha", agreed.all.krippendorff_alpha, is_share=False),
        Bar("Beyond chance: AC1", agreed.all.gwet_ac1, is_share=False),
    ]
    return [bar for bar in every if bar.estimate.is_known]


def printed(bar: Bar) -> str:
    """A bar's number, as it stands beside it: "94%, n 120"."""
    value = _number(bar.estimate.value or 0.0, is_share=bar.is_share)
    return f"{value}, n {bar.estimate.n:,}"


def spoken(bar: Bar) -> str:
    """A bar in words: its value, its interval and its n."""
    estimate = bar.estimate
    if estimate.value is None:
        return f"{bar.name}: {estimate.note}"
    value = _number(estimate.value, is_share=bar.is_share)
    if estimate.low is None or estimate.high is None:
        return f"{bar.name} {value} (n {estimate.n:,})"
    low = _number(estimate.low, is_share=bar.is_share)
    high = _number(estimate.high, is_share=bar.is_share)
    return f"{bar.name} {value} ({low} to {high}, n {estimate.n:,})"


def report_alt(figures: QueueFigures) -> str:
    """What a report's plot shows, for a screen reader."""
    said = "; ".join(spoken(bar) for bar in bars_of(figures)) or "nothing: too few items"
    title = brief(shown(figures.question.title), TITLE_MAX)
    return f"Plot of the figures of {title} with their intervals: {said}."


def what_if_alt(title: str, points: Sequence[Point]) -> str:
    """What the plot along a threshold shows, for a screen reader."""
    if not points:
        return f"Plot of {title} without any threshold."
    first, last = points[0], points[-1]
    return (
        f"Plot of {title} along the machine's threshold, {first.auto_above:g} to "
        f"{last.auto_above:g}: {_told(first)}; {_told(last)}."
    )


def _told(point: Point) -> str:
    share = point.human_share.value
    accuracy = Bar("the machine right in", point.accuracy, is_share=True)
    right = spoken(accuracy) if point.accuracy.is_known else "how often it is right is not known"
    people = "no items" if share is None else f"people answer {_number(share, is_share=True)}"
    return f"at {point.auto_above:g} {people}, it costs ${point.cost.total_usd:,.2f}, {right}"


def _number(value: float, *, is_share: bool) -> str:
    return str(percent(value)) if is_share else f"{value:.2f}"

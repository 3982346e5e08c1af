"""How far reviewers agree: raw, Fleiss' kappa, Krippendorff's alpha and Gwet's AC1.

Every interval is over items: the reviewers are taken as they are. The usual reading is `reading`'s,
and always beside it: agreement is not accuracy.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from bot.measures import coefficients
from bot.measures.ballots import Ballots, Floats
from bot.measures.intervals import CONFIDENCE, Estimate, too_few
from bot.measures.patterns import Patterns, patterns_of
from bot.measures.resampling import Bootstrap, Figures, figures

MINIMUM = 10  # items with two votes or more; below it there is no figure
NOT_ACCURACY = "Agreement is not accuracy: reviewers can agree and be wrong together."


class Scale(StrEnum):
    """What the labels are to each other."""

    NOMINAL = "nominal"  # different or the same
    ORDINAL = "ordinal"  # in an order
    INTERVAL = "interval"  # numbers with a distance


@dataclass(frozen=True, slots=True)
class Agreement:
    """The coefficients side by side: none of them is the truth alone."""

    raw: Estimate
    fleiss_kappa: Estimate
    krippendorff_alpha: Estimate
    gwet_ac1: Estimate
    item_count: int  # with two votes or more
    vote_count: int  # on those items


@dataclass(frozen=True, slots=True)
class ClassAgreement:
    """How far reviewers agree about one label."""

    label: Hashable
    specific: Estimate  # of two votes on an item, one for the label: is the other too?
    kappa: Estimate  # this label against all others
    vote_count: int


def reading(coefficient: float) -> str:
    """The usual word for a coefficient: excellent, good, fair or poor.

    Above 0.8, from 0.6, from 0.4, below. A convention, not a test (after Landis and Koch 1977,
    doi:10.2307/2529310); it says nothing about who is right.
    """
    if coefficient > 0.8:
        return "excellent"
    if coefficient >= 0.6:
        return "good"
    return "fair" if coefficient >= 0.4 else "poor"


def agreement(
    votes: Ballots | Patterns,
    *,
    scale: Scale = Scale.NOMINAL,
    values: Sequence[float] | None = None,
    bootstrap: Bootstrap | None = None,
    minimum: int = MINIMUM,
    confidence: float = CONFIDENCE,
) -> Agreement:
    """Every coefficient of all reviewers together; alpha on the scale given, the others nominal.

    Args:
        votes: at least `minimum` items with two votes or more, else all figures are "too few".
        scale: as in `krippendorff_alpha`.
        values: as in `krippendorff_alpha`.
        bootstrap: for intervals by resampling instead of the jackknife.
        minimum: of items.
        confidence: of every interval.
    """
    patterns = votes if isinstance(votes, Patterns) else patterns_of(votes)
    pairable = patterns.pairable()
    ask = _Asked(pairable.item_count, minimum, confidence, bootstrap)
    raw, kappa, alpha, ac1 = ask(patterns, coefficients.NOMINAL)
    if scale is Scale.ORDINAL:
        (alpha,) = ask(pairable, coefficients.ORDINAL)
    if scale is Scale.INTERVAL:
        (alpha,) = ask(pairable, coefficients.interval(_values(votes, values)))
    vote_count = int(pairable.weights @ pairable.counts.sum(axis=1))
    return Agreement(raw, kappa, alpha, ac1, pairable.item_count, vote_count)


def raw_agreement(votes: Ballots | Patterns, *, confidence: float = CONFIDENCE) -> Estimate:
    """How often two reviewers of one item say the same, 0 to 1, averaged over items.

    sum_k n_ik (n_ik - 1) / (n_i (n_i - 1)) averaged over items, n_ik votes for label k of n_i >= 2.
    Source: Fleiss (1971), doi:10.1037/h0031619. Too few below `MINIMUM` items.
    """
    return agreement(votes, confidence=confidence).raw


def fleiss_kappa(votes: Ballots | Patterns, *, confidence: float = CONFIDENCE) -> Estimate:
    """Fleiss' kappa: agreement beyond what the labels' shares alone would give, -1 to 1.

    (P - Pe) / (1 - Pe), P the raw agreement, Pe = sum_k p_k^2, p_k the share of label k among all
    votes on items with two or more. With the same number of votes on every item this is the
    original; the form for unequal numbers leaves the items' agreement unweighted.
    Undefined when every vote is for one label; too few below `MINIMUM` items.
    Source: Fleiss (1971), doi:10.1037/h0031619. With one rare label it is low even when raw
    agreement is high (Feinstein and Cicchetti 1990, doi:10.1016/0895-4356(90)90158-L): show both.
    """
    return agreement(votes, confidence=confidence).fleiss_kappa


def gwet_ac1(votes: Ballots | Patterns, *, confidence: float = CONFIDENCE) -> Estimate:
    """Gwet's AC1: agreement beyond chance that does not collapse with one rare label, -1 to 1.

    (P - Pe) / (1 - Pe), P the raw agreement, Pe = sum_k q_k (1 - q_k) / (K - 1), q_k the mean share
    of label k over all items with a vote, K the number of labels that could be voted.
    Undefined with one label; too few below `MINIMUM` items with two votes.
    Source: Gwet (2008), doi:10.1348/000711006X126600; unequal numbers of votes as in Gwet (2014),
    Handbook of Inter-Rater Reliability, 4th edition, chapter 2.
    """
    return agreement(votes, confidence=confidence).gwet_ac1


def krippendorff_alpha(
    votes: Ballots | Patterns,
    *,
    scale: Scale = Scale.NOMINAL,
    values: Sequence[float] | None = None,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Krippendorff's alpha: one less the disagreement seen over that expected, up to 1.

    1 - (N - 1) sum_i sum_ck n_ic n_ik d_ck / (n_i - 1) / sum_ck N_c N_k d_ck over items with two
    votes or more, N_k votes for label k of N. The difference d is 1 (nominal), the square of the
    distance between the labels' mean ranks among all votes (ordinal) or their values (interval).

    Args:
        votes: with their labels in order, for the ordinal scale.
        scale: what the labels are to each other.
        values: one number per label, for the interval scale; None: the labels are numbers.
        confidence: of the interval.

    Undefined when every vote is for one label; too few below `MINIMUM` items.
    Source: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability,
    https://repository.upenn.edu/asc_papers/43.
    """
    return agreement(votes, scale=scale, values=values, confidence=confidence).krippendorff_alpha


def agreement_per_class(
    votes: Ballots,
    *,
    bootstrap: Bootstrap | None = None,
    minimum: int = MINIMUM,
    confidence: float = CONFIDENCE,
) -> list[ClassAgreement]:
    """One line per label, in the labels' order.

    The specific agreement, 0 to 1, is sum_i n_ik (n_ik - 1) / (n_i - 1) / N_k (Cicchetti and
    Feinstein 1990, doi:10.1016/0895-4356(90)90159-M, for any number of votes); kappa is Fleiss'
    with all other labels taken as one (Fleiss 1971). Undefined for a label without votes. Only
    items with a vote for the label tell how far people agree about it: they are the first's n.
    """
    pairable = patterns_of(votes).pairable()
    ask = _Asked(pairable.item_count, minimum, confidence, bootstrap)
    size = len(votes.labels)
    telling = (pairable.weights @ (pairable.counts > 0)).tolist()
    every = [pairable.item_count] * size
    made = ask(pairable, coefficients.per_class(size), [*telling, *every])
    counts = pairable.weights @ pairable.counts
    return [
        ClassAgreement(label, made[code], made[size + code], int(counts[code]))
        for code, label in enumerate(votes.labels)
    ]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Makes figures, or says that there are too few items for them."""

    n: int
    minimum: int
    confidence: float
    bootstrap: Bootstrap | None

    def __call__(
        self, patterns: Patterns, wanted: Figures, sizes: Sequence[int] = ()
    ) -> list[Estimate]:
        if self.n < max(self.minimum, 1):
            unit = "items with two votes or more"
            return [too_few(self.n, self.minimum, unit, self.confidence)] * wanted.count
        return figures(
            patterns,
            wanted,
            n=sizes or self.n,
            bootstrap=self.bootstrap,
            confidence=self.confidence,
        )


def _values(votes: Ballots | Patterns, values: Sequence[float] | None) -> Floats:
    if values is None:
        if isinstance(votes, Patterns):
            message = "patterns have no labels: the interval scale needs `values`"
            raise ValueError(message)
        values = [float(str(label)) for label in votes.labels]
    return np.asarray(values, dtype=np.float64)

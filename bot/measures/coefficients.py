"""The formulas of the agreement coefficients, on sums over items. Their meaning: `agreement.py`.

Each takes the votes per label of some items to features, and sums of features to figures, for many
replicates at once: that is what makes the jackknife and the bootstrap cheap.
"""

import numpy as np

from bot.measures.ballots import Floats, Integers, Mask
from bot.measures.resampling import Figures

ONE_LABEL = "every vote is for one label, and there is nothing to agree about"
ONE_SIDED = "nobody voted for it, or nobody for anything else"


def per_class(label_count: int) -> Figures:
    """The specific agreement of every label, then every label's kappa against all others."""
    return Figures(2 * label_count, _class_features, _class_formula, ONE_SIDED)


def interval(values: Floats) -> Figures:
    """Alpha with the squared distance between the labels' values, shape (labels,)."""
    centred = values - values.mean()

    def features(counts: Integers) -> Floats:
        size = counts.sum(axis=1).astype(np.float64)
        first, second = counts @ centred, counts @ centred**2
        return np.column_stack([size, first, second, (size * second - first**2) / (size - 1)])

    def formula(sums: Floats) -> tuple[Floats, Floats]:
        total, first, second, within = sums.T
        expected = total * second - first**2
        return _alpha(total, within, expected, expected > 1e-12 * total * second)

    return Figures(1, features, formula, ONE_LABEL)


def _nominal_features(counts: Integers) -> Floats:
    """Per item: pairable, agreement, like votes per other vote, 1, labels' votes, their shares."""
    votes = counts.astype(np.float64)
    size = votes.sum(axis=1)
    pairable = size >= 2
    alike = (votes * (votes - 1)).sum(axis=1) / np.where(pairable, size - 1, 1)
    columns = [pairable, alike / size, alike, np.ones(len(size))]
    return np.column_stack([*columns, votes * pairable[:, None], votes / size[:, None]])


def _nominal_formula(sums: Floats) -> tuple[Floats, Floats]:
    """Raw agreement, Fleiss' kappa, Krippendorff's alpha, Gwet's AC1."""
    pairable, agreed, alike, items = sums[:, :4].T
    votes, shares = np.split(sums[:, 4:], 2, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = agreed / pairable
        total = votes.sum(axis=1)
        differing = total**2 - (votes**2).sum(axis=1)
        by_shares = ((votes / total[:, None]) ** 2).sum(axis=1)
        kappa = (raw - by_shares) / np.where(differing > 0, 1 - by_shares, np.nan)
        usual = shares / items[:, None]
        by_gwet = (usual * (1 - usual)).sum(axis=1) / (votes.shape[1] - 1)
        ac1 = (raw - by_gwet) / (1 - by_gwet)
        alpha = 1 - (total - 1) * (total - alike) / np.where(differing > 0, differing, np.nan)
    chances = np.stack([np.zeros(len(raw)), by_shares, by_shares, by_gwet], axis=1)
    return np.stack([raw, kappa, alpha, ac1], axis=1), chances


def _class_features(counts: Integers) -> Floats:
    """Per item: 1, votes, then per label its votes, like votes, agreement against the rest."""
    votes = counts.astype(np.float64)
    size = votes.sum(axis=1, keepdims=True)
    rest = size - votes
    alike = votes * (votes - 1) / (size - 1)
    agreed = (votes * (votes - 1) + rest * (rest - 1)) / (size * (size - 1))
    return np.hstack([np.ones_like(size), size, votes, alike, agreed])


def _class_formula(sums: Floats) -> tuple[Floats, Floats]:
    items, total = sums[:, :1], sums[:, 1:2]
    votes, alike, agreed = np.split(sums[:, 2:], 3, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        specific = alike / votes
        share = votes / total
        by_chance = share**2 + (1 - share) ** 2
        mixed = (votes > 0) & (votes < total)
        kappa = (agreed / items - by_chance) / np.where(mixed, 1 - by_chance, np.nan)
    chances = np.hstack([np.zeros_like(votes), by_chance])
    return np.hstack([specific, kappa]), chances


def _ordinal_features(counts: Integers) -> Floats:
    """Per item: labels' votes, then for every two labels how often they met, per other vote."""
    votes = counts.astype(np.float64)
    lower, upper = np.triu_indices(votes.shape[1], 1)
    met = votes[:, lower] * votes[:, upper] / (votes.sum(axis=1, keepdims=True) - 1)
    return np.hstack([votes, met])


def _ordinal_formula(sums: Floats) -> tuple[Floats, Floats]:
    size = int(np.sqrt(2 * sums.shape[1]))  # K + K (K - 1) / 2 columns
    votes, met = sums[:, :size], sums[:, size:]
    lower, upper = np.triu_indices(size, 1)
    rank = np.cumsum(votes, axis=1) - votes / 2
    apart = (rank[:, lower] - rank[:, upper]) ** 2
    expected = (votes[:, lower] * votes[:, upper] * apart).sum(axis=1)
    return _alpha(votes.sum(axis=1), (met * apart).sum(axis=1), expected, expected > 0)


def _alpha(
    total: Floats, observed: Floats, expected: Floats, defined: Mask
) -> tuple[Floats, Floats]:
    """Alpha, and one half as its chance level: the most disagreement is twice the expected."""
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = 1 - (total - 1) * observed / np.where(defined, expected, np.nan)
    return alpha[:, None], np.full((len(alpha), 1), 0.5)


NOMINAL = Figures(4, _nominal_features, _nominal_formula, ONE_LABEL)
ORDINAL = Figures(1, _ordinal_features, _ordinal_formula, ONE_LABEL)

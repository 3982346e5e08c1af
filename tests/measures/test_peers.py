"""The same figures from independent libraries, where they are installed."""

import warnings
from typing import Any

import numpy as np
import pytest

from bot.measures.agreement import Scale, agreement
from bot.measures.ballots import Ballots
from bot.measures.consensus import majority, vote_table
from bot.measures.dawid_skene import dawid_skene, one_coin
from bot.measures.intervals import clopper_pearson, wilson
from bot.measures.pairs import cohen_kappa
from tests.measures.drawn_votes import crowd

EXACT = 1e-12


@pytest.fixture(scope="module", params=[2, 3, 5])
def votes(request: pytest.FixtureRequest) -> Ballots:
    """Votes by 20 raters with unequal numbers of votes on the items."""
    labels: int = request.param
    prior = np.arange(labels, 0, -1) / np.arange(labels, 0, -1).sum()
    skill = np.linspace(0.55, 0.95, 20)
    every, _ = crowd(400, 5, raters=20, prior=prior.tolist(), skill=skill, seed=labels)
    return every.where(np.random.default_rng(labels).random(every.vote_count) < 0.8)


def as_matrix(votes: Ballots) -> Any:
    """Raters by items, not a number for no vote."""
    matrix = np.full((len(votes.raters), len(votes.items)), np.nan)
    matrix[votes.rater_index, votes.item_index] = votes.label_index
    return matrix


@pytest.mark.parametrize("scale", list(Scale))
def test_alpha_is_krippendorffs(votes: Ballots, scale: Scale) -> None:
    peer = pytest.importorskip("krippendorff")

    ours = agreement(votes, scale=scale).krippendorff_alpha.value

    theirs = peer.alpha(as_matrix(votes), level_of_measurement=scale.value)
    assert ours == pytest.approx(theirs, abs=EXACT)


def test_fleiss_kappa_is_statsmodels() -> None:
    peer = pytest.importorskip("statsmodels.stats.inter_rater")
    votes, _ = crowd(300, 5, raters=9, prior=[0.5, 0.3, 0.2], skill=np.full(9, 0.7), seed=2)

    ours = agreement(votes).fleiss_kappa.value

    assert ours == pytest.approx(peer.fleiss_kappa(vote_table(votes)), abs=EXACT)


def test_cohens_kappa_is_statsmodels_and_its_error_is_near() -> None:
    peer = pytest.importorskip("statsmodels.stats.inter_rater")
    votes, _ = crowd(120, 3, raters=3, prior=[0.5, 0.3, 0.2], skill=np.full(3, 0.8), seed=2)
    matrix, found = as_matrix(votes).astype(int), cohen_kappa(votes)

    for pair, (first, second) in enumerate(zip(found.first, found.second, strict=True)):
        table = np.zeros((3, 3))
        np.add.at(table, (matrix[first], matrix[second]), 1)
        theirs = peer.cohens_kappa(table)
        assert found.kappa[pair] == pytest.approx(theirs.kappa, abs=EXACT)
        assert found.variance[pair] ** 0.5 == pytest.approx(theirs.std_kappa, rel=0.05)


def test_cohens_kappa_is_scikit_learns(votes: Ballots) -> None:
    peer = pytest.importorskip("sklearn.metrics")
    matrix, found = as_matrix(votes), cohen_kappa(votes)

    some = zip(found.first[:40], found.second[:40], strict=True)  # theirs takes a millisecond each
    for pair, (first, second) in enumerate(some):
        both = ~np.isnan(matrix[[first, second]]).any(axis=0)
        if not np.isnan(found.kappa[pair]):
            theirs = peer.cohen_kappa_score(matrix[first][both], matrix[second][both])
            assert found.kappa[pair] == pytest.approx(theirs, abs=EXACT)


@pytest.mark.parametrize(("successes", "n"), [(0, 20), (3, 50), (45, 90), (997, 1000), (30, 30)])
def test_intervals_are_statsmodels(successes: int, n: int) -> None:
    peer = pytest.importorskip("statsmodels.stats.proportion")

    for ours, method in ((wilson, "wilson"), (clopper_pearson, "beta")):
        theirs = peer.proportion_confint(successes, n, method=method)
        assert ours(successes, n) == pytest.approx([float(limit) for limit in theirs], abs=EXACT)


def as_frame(votes: Ballots) -> Any:
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame(
        {"task": votes.item_index, "worker": votes.rater_index, "label": votes.label_index}
    )


def crowdkit() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs
        return pytest.importorskip("crowdkit.aggregation")


def test_the_majority_is_crowd_kits(votes: Ballots) -> None:
    peer = crowdkit().MajorityVote()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs
        theirs = peer.fit(as_frame(votes)).probas_

    ours = majority(votes).weight[theirs.index]

    assert ours == pytest.approx(theirs[sorted(theirs)].fillna(0).to_numpy(), abs=EXACT)


@pytest.mark.parametrize(
    ("name", "fit"), [("DawidSkene", dawid_skene), ("OneCoinDawidSkene", one_coin)]
)
def test_the_fitted_models_are_crowd_kits(votes: Ballots, name: str, fit: Any) -> None:
    peer = getattr(crowdkit(), name)(n_iter=8, tol=-1e9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs
        theirs = peer.fit(as_frame(votes)).probas_

    fitted = fit(votes, prior="learned", shrinkage=0, tolerance=-1e9, iterations=8)

    ours = fitted.consensus.weight[theirs.index]
    assert ours == pytest.approx(theirs[sorted(theirs)].fillna(0).to_numpy(), abs=1e-6)

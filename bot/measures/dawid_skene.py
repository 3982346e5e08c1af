"""The likeliest answers when reviewers differ in skill: Dawid-Skene and the one-coin model.

Both learn who is to be trusted from the votes alone. Show the majority beside them: on some votes
they are better, on some worse, and without gold nobody can tell which.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.measures.ballots import Ballots, Floats, Integers
from bot.measures.consensus import Consensus, vote_table

OVERCONFIDENT = (
    "The posterior takes votes as independent given the answer. They are not, so it is "
    "over-confident: an order of items, not a probability."
)
SHRINKAGE = 4.0  # votes of the pool added to each reviewer and answer
TOLERANCE = 0.002  # log-likelihood per vote; see `dawid_skene`
ITERATIONS = 100
RAREST = 1e-10  # the least chance of a label
MOST_CELLS = 40_000_000  # reviewers x labels x labels: 320 MB

Prior = Literal["votes", "learned"]


@dataclass(frozen=True, slots=True, eq=False)
class Skill:
    """A fitted model of reviewers: the answers, and what it thinks of each reviewer."""

    consensus: Consensus  # its weight is the posterior, see `OVERCONFIDENT`
    prior: Floats  # share of each label among the answers, shape (labels,)
    confusion: Floats  # chance of a vote given the answer, shape (reviewers, answers, votes)
    raters: tuple[Hashable, ...]
    vote_counts: Integers  # shape (reviewers,)
    iterations: int

    def accuracies(self) -> Floats:
        """Each reviewer's chance to be right over the prior, by the model; shape (reviewers,)."""
        right = np.diagonal(self.confusion, axis1=1, axis2=2)
        expected: Floats = right @ self.prior
        return expected


def dawid_skene(
    votes: Ballots,
    *,
    shrinkage: float = SHRINKAGE,
    prior: Prior = "votes",
    tolerance: float = TOLERANCE,
    iterations: int = ITERATIONS,
) -> Skill:
    """Every reviewer with a confusion matrix of their own, fitted by expectation maximisation.

    p(answer | votes) ~ prior * product over votes of confusion[reviewer, answer, vote].

    Args:
        votes: O(votes x labels) time for each iteration.
        shrinkage: how many votes of all reviewers together are added to each reviewer's, for each
            answer: those with few votes are judged like the pool. 0: everybody on their own.
        prior: "votes" keeps the labels' shares among the votes. "learned" is the original, and can
            run away with the commoner label when there are few votes on each item.
        tolerance: stop when the log-likelihood per vote rises by less. Later iterations explain the
            votes a little better and the truth no better.
        iterations: the most there are.

    Raises:
        ValueError: reviewers x labels x labels is above `MOST_CELLS`; use `one_coin`.

    Source: Dawid and Skene (1979), doi:10.2307/2346806; shrinkage to the pool as in hierarchical
    Dawid-Skene, Paun et al. (2018), doi:10.1162/tacl_a_00040.
    """
    size = len(votes.labels)
    if len(votes.raters) * size * size > MOST_CELLS:
        message = f"{len(votes.raters)} reviewers with {size} labels are too many for Dawid-Skene"
        raise ValueError(message)

    def confusion(met: Floats) -> Floats:
        pool = _normal(met.sum(axis=0))
        table: Floats = np.maximum(_normal(met + shrinkage * pool), RAREST)
        return table

    return _fitted(votes, confusion, "Dawid-Skene", prior, tolerance, iterations)


def one_coin(
    votes: Ballots,
    *,
    shrinkage: float = SHRINKAGE,
    prior: Prior = "votes",
    tolerance: float = TOLERANCE,
    iterations: int = ITERATIONS,
) -> Skill:
    """Every reviewer with one chance to be right, all wrong labels alike; else as `dawid_skene`.

    Fewer numbers to learn: better with few votes for each reviewer, worse where some labels are
    harder than others. Source: Zhang et al. (2016), doi:10.5555/2946645.3007055, section 2.
    """
    size = len(votes.labels)
    same = np.eye(size, dtype=np.bool_)

    def confusion(met: Floats) -> Floats:
        total, right = met.sum(axis=(1, 2)), np.trace(met, axis1=1, axis2=2)
        pool = right.sum() / max(total.sum(), 1.0)
        chance = (right + shrinkage * pool) / np.maximum(total + shrinkage, RAREST)
        chance = np.clip(chance, RAREST, 1 - RAREST)[:, None, None]
        table: Floats = np.where(same, chance, (1 - chance) / max(size - 1, 1))
        return table

    return _fitted(votes, confusion, "one-coin Dawid-Skene", prior, tolerance, iterations)


def _fitted(
    votes: Ballots,
    confusion_of: Callable[[Floats], Floats],
    method: str,
    prior: Prior,
    tolerance: float,
    iterations: int,
) -> Skill:
    """Alternate between reviewers and answers, from the vote shares on."""
    cast, counts = _incidence(votes), vote_table(votes)
    seen = cast.T.tocsr()
    voted = counts.any(axis=1)
    usual = counts.sum(axis=0) / max(votes.vote_count, 1)
    posterior: Floats = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    confusion = confusion_of(_met(seen, posterior))
    before, turn = -np.inf, 0
    for turn in range(1, iterations + 1):  # noqa: B007  how many there were is told
        if prior == "learned":
            usual = posterior[voted].mean(axis=0)
        score = cast @ _by_vote(confusion) + np.log(np.maximum(usual, RAREST))
        posterior, likelihood = _posterior(score)
        posterior[~voted] = 0
        confusion = confusion_of(_met(seen, posterior))
        level = float(likelihood[voted].sum()) / max(votes.vote_count, 1)
        if level - before < tolerance:
            break
        before = level
    vote_counts = np.bincount(votes.rater_index, minlength=len(votes.raters))
    consensus = Consensus(votes.items, votes.labels, posterior, method)
    return Skill(consensus, usual, confusion, tuple(votes.raters), vote_counts, turn)


def _met(seen: Any, posterior: Floats) -> Floats:
    """How often each answer met each vote of a reviewer, shape (reviewers, answers, votes)."""
    size = posterior.shape[1]
    met: Floats = (seen @ posterior).reshape(-1, size, size).transpose(0, 2, 1)
    return met


def _by_vote(confusion: Floats) -> Floats:
    """The logarithms, shape (reviewers x votes, answers)."""
    size = confusion.shape[1]
    table: Floats = np.log(confusion).transpose(0, 2, 1).reshape(-1, size)
    return table


def _incidence(votes: Ballots) -> Any:
    """A sparse table of ones, shape (items, reviewers x labels)."""
    size = len(votes.labels)
    starts = np.zeros(len(votes.items) + 1, np.int32)
    np.cumsum(votes.votes_per_item(), out=starts[1:])
    column = votes.rater_index * size + votes.label_index
    shape = len(votes.items), len(votes.raters) * size
    return sparse.csr_matrix((np.ones(votes.vote_count), column, starts), shape=shape)


def _posterior(score: Floats) -> tuple[Floats, Floats]:
    """Rows of chances from rows of logarithms, and the logarithm of what they summed to."""
    top = score.max(axis=1, keepdims=True)
    chance = np.exp(score - top)
    total = chance.sum(axis=1, keepdims=True)
    return chance / total, (np.log(total) + top)[:, 0]


def _normal(table: NDArray[np.float64]) -> Floats:
    """Rows that sum to 1; rows of zeros become even."""
    total = table.sum(axis=-1, keepdims=True)
    even = np.full_like(table, 1 / table.shape[-1])
    normal: Floats = np.divide(table, total, out=even, where=total > 0)
    return normal

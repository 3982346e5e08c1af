"""The arithmetic of majorities, against every way in which votes can split."""

from collections.abc import Iterator
from fractions import Fraction

import pytest

from config.majority import can_fail, nearest_share, nearest_votes, needs_everybody, votes_to_win

SHARES = (0.51, 0.55, 0.6, 0.66, 0.667, 0.7, 0.75, 0.8, 0.9, 1.0)
CASES = [(votes, share) for votes in range(1, 10) for share in SHARES]


def splits(votes: int, choices: int) -> Iterator[tuple[int, ...]]:
    """Every way to divide the votes among the choices."""
    if choices == 1:
        yield (votes,)
        return
    for first in range(votes + 1):
        for others in splits(votes - first, choices - 1):
            yield (first, *others)


def reaches(leader: int, votes: int, share: float) -> bool:
    return Fraction(leader, votes) >= Fraction(str(share))


@pytest.mark.parametrize("choices", [2, 3, 4])
@pytest.mark.parametrize(("votes", "share"), CASES)
def test_a_majority_can_fail_exactly_when_some_split_fails(
    votes: int, choices: int, share: float
) -> None:
    some_split_fails = any(
        not reaches(max(split), votes, share) for split in splits(votes, choices)
    )

    assert can_fail(votes, choices, share) is some_split_fails


@pytest.mark.parametrize(("votes", "share"), CASES)
def test_the_votes_to_win_are_the_fewest_that_reach_the_share(votes: int, share: float) -> None:
    fewest = next(count for count in range(votes + 1) if reaches(count, votes, share))

    assert votes_to_win(votes, share) == fewest


@pytest.mark.parametrize(("votes", "share"), CASES)
def test_everybody_is_needed_when_one_vote_against_is_too_many(votes: int, share: float) -> None:
    one_against_fails = votes > 1 and not reaches(votes - 1, votes, share)

    assert needs_everybody(votes, share) is (one_against_fails and share < 1)


@pytest.mark.parametrize(("votes", "share"), CASES)
def test_the_suggested_number_of_votes_does_what_it_promises(votes: int, share: float) -> None:
    better = nearest_votes(votes, 2, share)

    if better is not None:
        assert better > votes
        assert can_fail(better, 2, share)
        assert not needs_everybody(better, share)


@pytest.mark.parametrize("votes", range(2, 30))
def test_the_suggested_share_can_fail(votes: int) -> None:
    share = nearest_share(votes, 2)

    assert 0.5 < share <= 1
    assert can_fail(votes, 2, share)


@pytest.mark.parametrize("votes", [3, 5])
def test_six_tenths_never_fail_with_three_or_five_votes_on_two_choices(votes: int) -> None:
    assert not can_fail(votes, 2, 0.6)
    assert can_fail(4, 2, 0.6)

"""What a majority share means for a number of votes. Pure arithmetic.

The share is read as written (0.6 is six tenths), so 3 of 5 reach 0.6 exactly.
"""

from fractions import Fraction
from math import ceil


def votes_to_win(votes: int, share: float) -> int:
    """The fewest of `votes` votes that reach the share."""
    return ceil(Fraction(str(share)) * votes)


def can_fail(votes: int, choices: int, share: float) -> bool:
    """Whether some way to split the votes leaves every choice below the share.

    Args:
        votes: at least 1.
        choices: at least 1.
        share: above 0, up to 1.
    """
    evenest = -(-votes // choices)  # the leader's votes when they split as evenly as they can
    return evenest < votes_to_win(votes, share)


def needs_everybody(votes: int, share: float) -> bool:
    """Whether the share is reached by all votes only, though it is below 1."""
    return share < 1 and votes > 1 and votes_to_win(votes, share) == votes


def nearest_votes(votes: int, choices: int, share: float) -> int | None:
    """The next larger number of votes whose majority can fail and needs not everybody.

    None: no number up to three times as many does.
    """
    for more in range(votes + 1, 3 * votes + 1):
        if can_fail(more, choices, share) and not needs_everybody(more, share):
            return more
    return None


def nearest_share(votes: int, choices: int) -> float:
    """The smallest share, in hundredths, that can fail with this many votes; at most 1."""
    evenest = -(-votes // choices)
    return min(evenest * 100 // votes + 1, 100) / 100

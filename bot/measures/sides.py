"""Whether a side wins for being that side, and whether people agree with themselves."""

from dataclasses import dataclass

from scipy import special

from bot.measures.intervals import CONFIDENCE, Estimate, proportion

MINIMUM = 20  # votes for a side; below, no lean would show
ALARM_BELOW = 0.01  # p of a lean that is told: looked at every week, 0.05 would cry wolf


@dataclass(frozen=True, slots=True)
class SideBalance:
    """How often what stood left was preferred, where one side was."""

    share: Estimate  # of votes for the left, 0 to 1; 0.5 is balanced
    p_value: float | None  # of a share this far from one half or farther, were it balanced

    @property
    def leans(self) -> bool:
        """Whether a side wins by being that side, as far as these votes tell."""
        return self.p_value is not None and self.p_value < ALARM_BELOW


def side_balance(
    took_left: int, took_right: int, *, minimum: int = MINIMUM, confidence: float = CONFIDENCE
) -> SideBalance:
    """The balance of the sides, ties and "both bad" left out.

    p = min(1, 2 P(X <= min(left, right))), X binomial with n = left + right and one half: the exact
    two-sided sign test, by the regularised incomplete beta function.
    """
    n = took_left + took_right
    share = proportion(
        took_left, n, minimum=minimum, unit="votes for a side", confidence=confidence
    )
    if n < max(minimum, 1):
        return SideBalance(share, None)
    fewer = min(took_left, took_right)
    tail = float(special.betainc(n - fewer, fewer + 1, 0.5))
    return SideBalance(share, min(1.0, 2 * tail))


def self_consistency(
    same: int, repeats: int, *, minimum: int = 10, confidence: float = CONFIDENCE
) -> Estimate:
    """The share of pairs on which people said the same again, with the sides swapped; 0 to 1."""
    return proportion(same, repeats, minimum=minimum, unit="repeats", confidence=confidence)

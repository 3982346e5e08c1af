"""What changed against the last period, and whether it is more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.measures.intervals import Estimate, normal_quantile

METHOD = "MOVER"


@dataclass(frozen=True, slots=True)
class Change:
    """One figure in two periods."""

    name: str
    before: Estimate
    after: Estimate
    difference: Estimate  # after less before; n is the smaller of the two
    stands_out: bool


def difference(before: Estimate, after: Estimate, *, comparisons: int = 1) -> Estimate:
    """After less before, with an interval from those of the two, which must be independent.

    d - sqrt((a - a_low)^2 + (b_high - b)^2) to d + sqrt((a_high - a)^2 + (b - b_low)^2), a after
    and b before: for Wilson's limits Newcombe's method 10 (Statistics in Medicine 17, 1998), for
    others the method of variance estimates recovery, Zou and Donner (2008), doi:10.1002/sim.3095.

    Args:
        before: the earlier figure.
        after: the later one, of other items.
        comparisons: how many figures are looked at; the distances are stretched to Bonferroni's
            quantile, so that all intervals together hold as often as one would.

    Without a value where either has none, without an interval where either has none.
    """
    n = min(before.n, after.n)
    if before.value is None or after.value is None:
        lacking = after if after.value is None else before
        return Estimate(None, None, None, n, "", lacking.note, after.confidence)
    value = after.value - before.value
    bare = Estimate(value, None, None, n, "", after.note or before.note, after.confidence)
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return bare
    wanted = 1 - (1 - after.confidence) / max(comparisons, 1)
    stretch = normal_quantile(wanted) / normal_quantile(after.confidence)
    down = stretch * ((after.value - after.low) ** 2 + (before.high - before.value) ** 2) ** 0.5
    up = stretch * ((after.high - after.value) ** 2 + (before.value - before.low) ** 2) ** 0.5
    return replace(bare, low=value - down, high=value + up, method=METHOD, note="")


def changes(
    figures: Sequence[tuple[str, Estimate, Estimate]], *, least: float = 0.0
) -> list[Change]:
    """Every figure's change, in the order given.

    Args:
        figures: name, before and after.
        least: a change that is worth a word; smaller ones never stand out.

    A change stands out when its interval, widened for the number of figures, leaves 0 out.
    """
    known = sum(before.is_known and after.is_known for _, before, after in figures)
    made = []
    for name, before, after in figures:
        apart = difference(before, after, comparisons=known)
        made.append(Change(name, before, after, apart, _stands_out(apart, least)))
    return made


def _stands_out(apart: Estimate, least: float) -> bool:
    if apart.value is None or apart.low is None or apart.high is None:
        return False
    return (apart.low > 0 or apart.high < 0) and abs(apart.value) >= least

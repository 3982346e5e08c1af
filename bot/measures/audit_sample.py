"""Which machine answers people look at blind: drawn by lot, the same on every replay."""

import hashlib
import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EDGES = (0.5, 0.7, 0.8, 0.9, 0.95, 0.99)  # of the confidence bins; each bin takes its lower edge
UNSTATED = -1  # the bin of an answer without confidence


@dataclass(frozen=True, slots=True, order=True)
class Stratum:
    """Answers of one class and one confidence bin; a name for every one, however few."""

    label: str
    confidence_bin: int  # edges at or below the confidence


@dataclass(frozen=True, slots=True)
class Settled:
    """An item that a machine settled."""

    item_id: str
    label: str
    confidence: float | None = None

    def stratum(self, edges: Sequence[float] = EDGES) -> Stratum:
        """Where it belongs."""
        if self.confidence is None:
            return Stratum(self.label, UNSTATED)
        return Stratum(self.label, bisect_right(edges, self.confidence))


@dataclass(frozen=True, slots=True)
class Drawn:
    """An item that was drawn, and the chance it had: what it stands for is 1 / chance items."""

    item_id: str
    stratum: Stratum
    chance: float


def ticket(item_id: str, seed: str) -> float:
    """The item's lot, 0 to below 1: SHA-256 of the seed and the id, so a replay draws the same.

    Without the seed nobody can tell who will be drawn; keep it from producers.
    """
    digest = hashlib.sha256(f"{len(seed)}:{seed}{item_id}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53


def chance_of(seen_before: int, share: float, minimum: int) -> float:
    """The chance of the next item of a stratum, as items arrive.

    The first `minimum` of the stratum in a period are all taken, every later one with chance
    `share`. The chance hangs on the order of arrival alone, so `audited_accuracy` weights it back.
    """
    return 1.0 if seen_before < minimum else share


def is_drawn(item_id: str, seed: str, chance: float) -> bool:
    """Whether an item with this chance is audited."""
    return ticket(item_id, seed) < chance


def sample(
    settled: Iterable[Settled],
    *,
    share: float,
    seed: str,
    minimum: int = 5,
    edges: Sequence[float] = EDGES,
) -> list[Drawn]:
    """A stratified sample of a whole period: in each stratum the items with the lowest tickets.

    Args:
        settled: every item of the period, in any order.
        share: of each stratum, 0 to 1, rounded up.
        seed: the same seed draws the same items.
        minimum: items of each stratum at least, or all there are.
        edges: of the confidence bins.
    """
    strata: defaultdict[Stratum, list[tuple[float, str]]] = defaultdict(list)
    for one in settled:
        strata[one.stratum(edges)].append((ticket(one.item_id, seed), one.item_id))
    drawn = []
    for stratum, tickets in sorted(strata.items()):
        wanted = min(len(tickets), max(minimum, math.ceil(share * len(tickets))))
        chance = wanted / len(tickets)
        drawn += [Drawn(item_id, stratum, chance) for _, item_id in sorted(tickets)[:wanted]]
    return drawn

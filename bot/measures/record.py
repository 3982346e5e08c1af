"""What happened in a queue and a period, in columns: what its figures are made of."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.measures.ballots import Ballots, Floats, Indexes, Integers, Mask
from config.policies import Policy

NONE = -1  # the number of a label that an item has not


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """The items that settled, one entry each in every column, and the votes on them.

    Labels are numbers into `votes.labels`, or `NONE`; instants are microseconds since 1970.
    """

    votes: Ballots  # of people; abstentions are left out
    abstentions: Integers  # on each item
    timed: Integers  # reviews of each item whose time is known
    active_seconds: Floats  # of those, per item, each capped as its policy says
    rules: tuple[str, ...]
    rule: Indexes  # a number into `rules`
    outcome: Indexes
    predicted: Indexes
    confidence: Floats  # the machine's, 0 to 1; not a number: it said nothing
    known: Indexes  # the true answer, where it is known from elsewhere
    is_escalated: Mask
    opened_at: Integers
    due_at: Integers
    decided_at: Integers
    audit_chance: Floats  # of being audited, of items that were and people have judged, else 0
    audit_right: Mask  # the machine was; read where there is a chance
    policies: tuple[Policy, ...]
    policy: Indexes  # a number into `policies`
    words: Floats | None = None  # to read, per item; None: nobody's time is known
    probes_missed: Mapping[Hashable, int] = field(default_factory=dict)  # by person
    probes_shown: Mapping[Hashable, int] = field(default_factory=dict)
    open_count: int = 0  # items that wait, now

    @property
    def item_count(self) -> int:
        """How many items settled."""
        return len(self.rule)

    def settled_by(self, *rules: str) -> Mask:
        """Which items one of these rules settled."""
        wanted = [code for code, name in enumerate(self.rules) if name in rules]
        return np.isin(self.rule, wanted)

    def where_known(self) -> dict[Hashable, Hashable]:
        """The true answers, by item."""
        names, labels = self.votes.items, self.votes.labels
        return {
            names[code]: labels[answer]
            for code, answer in zip(
                np.flatnonzero(self.known >= 0).tolist(),
                self.known[self.known >= 0].tolist(),
                strict=True,
            )
        }


class Numbers(dict[str, int]):
    """Numbers for names, in the order in which they first come."""

    def __missing__(self, name: str) -> int:
        """The next number."""
        self[name] = number = len(self)
        return number

    def of(self, column: Sequence[str]) -> NDArray[np.int32]:
        """Each entry's number."""
        return np.fromiter(map(self.__getitem__, column), np.int32, len(column))

    def of_some(self, column: Sequence[str | None]) -> NDArray[np.int32]:
        """Each entry's number; `NONE` where there is no name."""
        numbers = (NONE if name is None else self[name] for name in column)
        return np.fromiter(numbers, np.int32, len(column))

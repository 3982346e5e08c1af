"""What a queue's digest tells: its figures, and what stands beside them."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.headlines import brief
from bot.measures.queue_figures import QueueFigures
from bot.measures.sla import Sla
from bot.safe_text import SafeText, say, shown

TITLE_MAX = 60
NAME_MAX = 60  # of a class: what a submission may have
NAMED_MAX = 4  # disputes, and as many corrections, each with a button


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is open when the digest is written."""

    open_count: int
    escalated_count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A wrong answer of the machine that was found."""

    item_id: str
    machine: str
    people: str


@dataclass(frozen=True, slots=True)
class Disputed:
    """An item on which people differed."""

    item_id: str
    votes: tuple[tuple[str, int], ...]  # each choice and how many cast it, most first
    outcome: str | None  # None: nobody decided


@dataclass(frozen=True, slots=True)
class Digest:
    """All that a digest tells."""

    figures: QueueFigures
    before: QueueFigures  # of the period before
    since: datetime
    until: datetime
    now: datetime
    late_for: timedelta | None  # None: it came in time
    waiting: Waiting
    sla: Sla
    disputes: tuple[Disputed, ...]  # those that are named, worst first
    corrections: tuple[Corrected, ...]
    ledger_count: int
    ledger_hash: str
    reviews_at_most: int  # of one person in an hour, before they must rest
    busiest: int  # the most reviews that one person did in an hour
    is_audited: bool  # whether people look at a share of what the machine settles

    @property
    def title(self) -> SafeText:
        """The queue's, not too long."""
        return brief(shown(self.figures.question.title), TITLE_MAX)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was decided and nothing waits."""
        counts = self.figures.counts
        return not (counts.items or counts.votes or self.waiting.open_count or self.corrections)


def class_name(label: str) -> SafeText:
    """A class, not too long; one that is read from right to left does not turn what follows."""
    name = brief(shown(label), NAME_MAX)
    if any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in name):
        return say("\u2068{name}\u2069", name=name)  # isolated; source: Unicode TR 9, 2.2
    return name

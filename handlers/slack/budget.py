"""When a call may go, so that Slack need not say 429; and what is learnt when it does."""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime

PLANNED_FOR = 10.0  # seconds; who comes later asks again, so that the urgent can overtake
EDITS_FOR_OUTCOMES = 15  # edits at once that progress alone may not use up


@dataclass(slots=True)
class Pace:
    """A rate with room for a burst: the generic cell rate algorithm, with slots held in advance."""

    per_second: float
    burst: int
    due: float = 0.0  # the "theoretical arrival time" of the next call
    blocked_until: float = 0.0

    def earliest(self, now: float, kept_back: int = 0) -> float:
        """When one more call may go; `kept_back` of the burst is left to others."""
        tolerance = max(0, self.burst - kept_back - 1) / self.per_second
        return max(now, self.due - tolerance, self.blocked_until)

    def take(self, at: float) -> None:
        """Uses the slot at that time."""
        self.due = max(self.due, at) + 1 / self.per_second

    def block(self, until: float) -> None:
        """Lets nothing go before."""
        self.blocked_until = max(self.blocked_until, until)


class Budget:
    """Slack's budgets: posts by channel and in all, edits in all.

    Source: docs.slack.dev/apis/web-api/rate-limits: about one post a second and channel with
    short bursts, several hundred a minute in all; chat.update is tier 3, 50 a minute. Each
    figure here stays a little below, so that two calls may arrive closer than they left.
    """

    def __init__(self) -> None:
        self._all_posts = Pace(9.5, 100)
        self._edits = Pace(48 / 60, 40)
        self._posts: dict[str, Pace] = defaultdict(lambda: Pace(0.99, 2))
        self._planned: dict[Hashable, float] = {}
        self._waiting: dict[str, tuple[float, int]] = {}

    def post_at(self, who: Hashable, channel_ref: str, now: datetime) -> datetime:
        """When this post may go: now or earlier means at once, and its slot is taken."""
        return self._slot(who, channel_ref, (self._all_posts, self._posts[channel_ref]), now, 0)

    def edit_at(self, who: Hashable, now: datetime, *, is_urgent: bool) -> datetime:
        """The same for an edit; one that shows an outcome goes before those that show progress."""
        kept_back = 0 if is_urgent else EDITS_FOR_OUTCOMES
        return self._slot(who, "", (self._edits,), now, kept_back)

    def limit_posts(self, channel_ref: str, until: datetime) -> None:
        """Slack said 429 to a post in this channel; others go on."""
        self._posts[channel_ref].block(until.timestamp())

    def limit_edits(self, until: datetime) -> None:
        """Slack said 429 to an edit: they share one budget."""
        self._edits.block(until.timestamp())

    def forget(self, who: Hashable) -> None:
        """Gives up a slot that was held in advance."""
        self._planned.pop(who, None)

    def _slot(
        self, who: Hashable, lane: str, paces: tuple[Pace, ...], now: datetime, kept_back: int
    ) -> datetime:
        at = now.timestamp()
        planned = self._planned.pop(who, None)
        blocked_until = max(pace.blocked_until for pace in paces)
        if planned is not None and blocked_until <= max(planned, at):
            return self._hold(who, planned, at)
        slot = max(pace.earliest(at, kept_back) for pace in paces)
        if slot > at + PLANNED_FOR:
            return _instant(max(blocked_until, at + self._patience(lane, at)))
        for pace in paces:
            pace.take(slot)
        return self._hold(who, slot, at)

    def _hold(self, who: Hashable, slot: float, at: float) -> datetime:
        if slot > at:
            self._planned[who] = slot
        return _instant(slot)

    def _patience(self, lane: str, at: float) -> float:
        """Seconds until a card without a slot asks again: the more there are, the longer."""
        start, count = self._waiting.get(lane, (at, 0))
        if at - start > PLANNED_FOR / 2:
            start, count = at, 0
        self._waiting[lane] = (start, count + 1)
        return min(60.0, max(PLANNED_FOR / 2, count / 50))


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

"""How many calls may be under way to one channel, so that a busy one does not hold up the others.

Discord states its limits per channel in its headers and discord.py waits for them; what waits
there takes a place among the courier's few calls. So only some of a channel's cards go to it.
"""

from collections import defaultdict
from datetime import datetime, timedelta

UNDER_WAY = 4  # calls to one channel; Discord takes about five in five seconds
HELD_FOR = timedelta(seconds=0.25)  # for each that waits before
LONGEST = timedelta(seconds=30)
LAPSED_AFTER = timedelta(seconds=60)  # a courier's claim holds no longer


class Lanes:
    """Which calls are under way where."""

    def __init__(self) -> None:
        self._entered: dict[str, dict[int, datetime]] = defaultdict(dict)
        self._held: dict[str, int] = defaultdict(int)
        self._closed: dict[str, datetime] = {}

    def enter(self, channel_ref: str, card_id: int, now: datetime) -> datetime | None:
        """None when this card's call may go; else when to ask again."""
        if self._closed.get(channel_ref, now) > now:
            return self._closed[channel_ref]
        lane = self._entered[channel_ref]
        for other in [each for each, at in lane.items() if now - at > LAPSED_AFTER]:
            del lane[other]
        if len(lane) >= UNDER_WAY and card_id not in lane:
            self._held[channel_ref] += 1
            return now + min(LONGEST, HELD_FOR * self._held[channel_ref])
        lane[card_id] = now
        return None

    def leave(self, channel_ref: str, card_id: int) -> None:
        """The call is through."""
        self._entered[channel_ref].pop(card_id, None)
        if not self._entered[channel_ref]:
            del self._entered[channel_ref]
        self._held.pop(channel_ref, None)

    def close(self, channel_ref: str, until: datetime) -> None:
        """Nothing goes there before."""
        self._closed[channel_ref] = max(until, self._closed.get(channel_ref, until))

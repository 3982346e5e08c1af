"""What becomes of a call that failed, on either platform: it waits, goes again, or is given up."""

import logging
from collections import Counter
from datetime import datetime, timedelta

from bot.flows.delivering import Gone, PlacedCard, Result, RetryAt
from handlers.app import House
from handlers.breaker import Breaker
from handlers.calls import CallError, LimitedError, RefusalError
from handlers.courier import pause_after

Who = int | str  # a card's id, or a notice's key

PLAIN_FROM = 3  # refusals of a card; then it is shown without votes
OTHER_TRIES = 8

log = logging.getLogger(__name__)


class Failures:
    """How often each card and notice has failed, and what that means for it.

    A platform's own errors, and how narrow its limits are, its subclass knows.
    """

    def __init__(self, house: House, platform: str, remedy: str) -> None:
        self._house = house
        self._platform = platform
        self._breaker = Breaker(platform, remedy)
        self._failed: Counter[Who] = Counter()  # in a row
        self._refused: Counter[int] = Counter()  # cards that the platform does not take

    def closed(self) -> RetryAt | None:
        """Whether nothing may be sent now, and until when."""
        until = self._breaker.wait_until(self._house.now())
        return None if until is None else RetryAt(until, f"{self._platform} refuses our token")

    def is_plain(self, card: PlacedCard) -> bool:
        """Whether only the simplest of cards is sent any more."""
        return self._refused[card.id] >= PLAIN_FROM

    def is_doubted(self, card: PlacedCard) -> bool:
        """Whether the platform has refused the card already."""
        return self._refused[card.id] > 0

    def make_plain(self, card: PlacedCard) -> None:
        """From now on the card is shown without votes."""
        self._refused[card.id] = PLAIN_FROM

    def settle(self, who: Who) -> None:
        """It went through."""
        self._breaker.reset()
        self._failed.pop(who, None)

    def later(self, problem: CallError, who: Who) -> Result:
        """What is left: nothing of ours to mend, so it waits, and is given up in the end."""
        now = self._house.now()
        match problem:
            case RefusalError(is_token=True):
                return RetryAt(self._breaker.trip(str(problem), now), str(problem))
            case LimitedError():
                return RetryAt(self._limited_until(problem), str(problem))
        if isinstance(problem, RefusalError) and self._failed[who] + 1 >= OTHER_TRIES:
            return self._give_up(problem, who)
        return self._again(problem, who)

    def _again(
        self, problem: CallError, who: Who, *, at_least: timedelta = timedelta(0)
    ) -> RetryAt:
        self._failed[who] += 1
        log.warning("%s: %s; failed %d times", self._platform, problem, self._failed[who])
        pause = max(at_least, pause_after(self._failed[who]))
        return RetryAt(self._house.now() + pause, str(problem))

    def _give_up(self, problem: CallError, who: Who) -> Gone:
        log.error("%s is given up after %d tries: %s", who, self._failed.pop(who, 0) + 1, problem)
        return Gone(str(problem))

    def _poisonous(
        self, problem: CallError, card: PlacedCard, *, weight: int, at_most: int
    ) -> Result:
        """A card that the platform does not take: tried again, simpler, and given up in the end."""
        self._refused[card.id] += weight
        log.error("item %s: %s refuses its card: %s", card.item_id, self._platform, problem)
        if self._refused[card.id] > at_most:
            del self._refused[card.id]
            return Gone(f"{self._platform} refuses it: {problem}")
        return RetryAt(self._house.now() + timedelta(seconds=1), str(problem))

    def _limited_until(self, problem: LimitedError) -> datetime:
        return self._house.now() + timedelta(seconds=problem.retry_after)

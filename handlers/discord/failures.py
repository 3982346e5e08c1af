"""What Discord's errors mean for a card or a notice: again, later, anew, or never."""

import logging
from datetime import datetime, timedelta

from bot.flows.delivering import Gone, Missing, PlacedCard, Result, RetryAt
from handlers.app import House
from handlers.calls import CallError, LimitedError
from handlers.discord.api import RefusedError
from handlers.discord.codes import MESSAGE_CODES, PLACE_CODES, TOO_LARGE
from handlers.discord.lanes import Lanes
from handlers.failures import PLAIN_FROM, Failures, Who

OLD_TRIES = 5
OLD_PAUSE = timedelta(seconds=15)  # doubling; Discord does not say when it takes the edit
REMEDY = "Check DISCORD_BOT_TOKEN, or reset the token on the app's page at Discord."

log = logging.getLogger(__name__)


class DiscordFailures(Failures):
    """What Discord's errors mean for a card or a notice."""

    def __init__(self, house: House, lanes: Lanes) -> None:
        super().__init__(house, "Discord", REMEDY)
        self._lanes = lanes
        self._closed_until: datetime | None = None

    def closed(self) -> RetryAt | None:
        """Whether nothing may be sent now, and until when."""
        if (closed := super().closed()) is not None:
            return closed
        if self._closed_until is not None and self._closed_until > self._house.now():
            return RetryAt(self._closed_until, "Discord takes nothing from this address")
        return None

    def of_call(self, problem: CallError, who: Who, channel_ref: str) -> Result:
        """A call about a channel failed."""
        match problem:
            case RefusedError(is_token=False, code=code) if code in PLACE_CODES:
                return Gone(str(problem))
            case LimitedError():
                self._limit(problem, channel_ref)
        return self.later(problem, who)

    def of_edit(self, problem: CallError, card: PlacedCard, *, is_settled: bool) -> Result:
        """An edit failed."""
        code = problem.code if isinstance(problem, RefusedError) else 0
        if code in MESSAGE_CODES | PLACE_CODES:
            return Gone(str(problem)) if is_settled else Missing()
        return self.of_call(problem, card.id, card.channel_ref)

    def of_old(self, problem: CallError, card: PlacedCard) -> RetryAt | None:
        """Discord limits edits of old messages; None when this one has been tried often enough."""
        self._failed[card.id] += 1
        tries = self._failed[card.id]
        if tries < OLD_TRIES:
            return RetryAt(self._house.now() + OLD_PAUSE * 2 ** (tries - 1), str(problem))
        return None

    def of_body(self, problem: RefusedError, card: PlacedCard) -> Result:
        """A poisonous card: tried again without pictures, then without votes, then given up."""
        weight = 1 if problem.code == TOO_LARGE else PLAIN_FROM
        return self._poisonous(problem, card, weight=weight, at_most=2 * PLAIN_FROM)

    def _limit(self, problem: LimitedError, channel_ref: str) -> None:
        until = self._limited_until(problem)
        if problem.is_everywhere:
            log.error("Discord takes nothing from this address until %s", until)
            self._closed_until = until
        else:
            self._lanes.close(channel_ref, until)

"""What becomes of a card or a notice whose call failed: again, later, anew, or never."""

import logging
from collections import Counter
from datetime import timedelta

from bot.flows.delivering import Gone, Missing, PlacedCard, Result, RetryAt
from handlers.app import House
from handlers.breaker import Breaker
from handlers.calls import CallError, LimitedError, LostError
from handlers.courier import pause_after
from handlers.slack.api import RefusedError
from handlers.slack.budget import Budget

Who = int | str  # a card's id, or a notice's key

LOST_FOR = timedelta(seconds=2)  # before looking whether a lost post stands
BLOCKS_TRIES = 3
UNNAMED_TRIES = 3
OTHER_TRIES = 8
REMEDY = "Check SLACK_BOT_TOKEN and the app's scopes, or install the app again."
PLACE_ERRORS = frozenset(
    [
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "channel_is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "messages_tab_disabled",
        "cannot_dm_bot",
        "user_not_found",
        "user_disabled",
        "user_is_bot",
        "team_access_not_granted",
        "ekm_access_denied",
        "method_not_supported_for_channel_type",
    ]
)
MESSAGE_ERRORS = frozenset(("message_not_found", "cant_update_message", "thread_not_found"))
BLOCK_ERRORS = frozenset(
    [
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "msg_blocks_too_long",
        "too_many_attachments",
        "invalid_attachments",
        "slack_file_not_found",
        "invalid_slack_file",
    ]
)

log = logging.getLogger(__name__)


class UnnamedError(LostError):
    """Slack took the post and did not say which message it is, so nobody could edit it."""


class Failures:
    """What a failure means, and how often each card and notice has had one."""

    def __init__(self, house: House, budget: Budget) -> None:
        self._house = house
        self._budget = budget
        self._breaker = Breaker("Slack", REMEDY)
        self._failed: Counter[Who] = Counter()  # in a row
        self._refused: Counter[int] = Counter()  # cards whose blocks Slack does not take

    def closed(self) -> RetryAt | None:
        """Whether nothing may be sent now, and until when."""
        until = self._breaker.wait_until(self._house.now())
        return None if until is None else RetryAt(until, "Slack refuses our token")

    def is_plain(self, card: PlacedCard) -> bool:
        """Whether only the simplest of cards is sent any more."""
        return self._refused[card.id] >= BLOCKS_TRIES

    def is_doubted(self, card: PlacedCard) -> bool:
        """Whether Slack has refused its blocks already."""
        return self._refused[card.id] > 0

    def make_plain(self, card: PlacedCard) -> None:
        """From now on the card is shown without votes."""
        self._refused[card.id] = BLOCKS_TRIES

    def settle(self, who: Who) -> None:
        """It went through."""
        self._breaker.reset()
        self._failed.pop(who, None)
        if isinstance(who, int) and self._refused[who] < BLOCKS_TRIES:
            del self._refused[who]

    def of_post(self, problem: CallError, who: Who, channel_ref: str) -> Result:
        """A post failed."""
        now = self._house.now()
        match problem:
            case LimitedError(retry_after=seconds):
                until = now + timedelta(seconds=seconds)
                self._budget.limit_posts(channel_ref, until)
                return RetryAt(until, str(problem))
            case UnnamedError() if self._failed[who] + 1 >= UNNAMED_TRIES:
                return self._give_up(problem, who)
            case LostError():
                self._failed[who] += 1
                return RetryAt(now + max(LOST_FOR, pause_after(self._failed[who])), str(problem))
            case RefusedError(error=error) if error in PLACE_ERRORS:
                return Gone(error)
        return self.later(problem, who)

    def of_edit(self, problem: CallError, card: PlacedCard, *, is_settled: bool) -> Result:
        """An edit failed."""
        now = self._house.now()
        match problem:
            case LimitedError(retry_after=seconds):
                until = now + timedelta(seconds=seconds)
                self._budget.limit_edits(until)
                return RetryAt(until, str(problem))
            case RefusedError(error=error) if error in MESSAGE_ERRORS | PLACE_ERRORS:
                return Gone(error) if is_settled else Missing()
            case RefusedError(error="edit_window_closed"):
                log.warning("item %s: the workspace forbids edits by now", card.item_id)
                return Gone(problem.error)
        return self.later(problem, card.id)

    def of_blocks(self, problem: RefusedError, card: PlacedCard) -> Result:
        """A poisonous card: tried again, then shown without votes, then given up."""
        self._refused[card.id] += 1
        log.error("item %s: Slack refuses its card: %s", card.item_id, problem)
        if self._refused[card.id] > BLOCKS_TRIES:
            del self._refused[card.id]
            return Gone(f"Slack refuses it: {problem}")
        return RetryAt(self._house.now() + timedelta(seconds=1), str(problem))

    def later(self, problem: CallError, who: Who) -> Result:
        """What is left: nothing of ours to mend, so it waits, and is given up in the end."""
        now = self._house.now()
        match problem:
            case RefusedError(is_token=True):
                return RetryAt(self._breaker.trip(str(problem), now), str(problem))
            case LimitedError(retry_after=seconds):
                return RetryAt(now + timedelta(seconds=seconds), str(problem))
        if isinstance(problem, RefusedError) and self._failed[who] + 1 >= OTHER_TRIES:
            return self._give_up(problem, who)
        self._failed[who] += 1
        log.warning("Slack: %s; failed %d times", problem, self._failed[who])
        return RetryAt(now + pause_after(self._failed[who]), str(problem))

    def _give_up(self, problem: CallError, who: Who) -> Gone:
        log.error("%s is given up after %d tries: %s", who, self._failed.pop(who, 0) + 1, problem)
        return Gone(str(problem))

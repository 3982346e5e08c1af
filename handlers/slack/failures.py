"""What Slack's errors mean for a card or a notice: again, later, anew, or never."""

import logging
from datetime import timedelta

from bot.flows.delivering import Gone, Missing, PlacedCard, Result
from handlers.app import House
from handlers.calls import CallError, LimitedError, LostError
from handlers.failures import PLAIN_FROM, Failures, Who
from handlers.slack.api import RefusedError
from handlers.slack.budget import Budget

LOST_FOR = timedelta(seconds=2)  # before looking whether a lost post stands
UNNAMED_TRIES = 3
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


class SlackFailures(Failures):
    """What Slack's errors mean for a card or a notice."""

    def __init__(self, house: House, budget: Budget) -> None:
        super().__init__(house, "Slack", REMEDY)
        self._budget = budget

    def settle(self, who: Who) -> None:
        """It went through: a doubt about its blocks is over."""
        super().settle(who)
        if isinstance(who, int) and self._refused[who] < PLAIN_FROM:
            del self._refused[who]

    def of_post(self, problem: CallError, who: Who, channel_ref: str) -> Result:
        """A post failed."""
        match problem:
            case LimitedError():
                self._budget.limit_posts(channel_ref, self._limited_until(problem))
            case UnnamedError() if self._failed[who] + 1 >= UNNAMED_TRIES:
                return self._give_up(problem, who)
            case LostError():
                return self._again(problem, who, at_least=LOST_FOR)
            case RefusedError(error=error) if error in PLACE_ERRORS:
                return Gone(error)
        return self.later(problem, who)

    def of_edit(self, problem: CallError, card: PlacedCard, *, is_settled: bool) -> Result:
        """An edit failed."""
        match problem:
            case LimitedError():
                self._budget.limit_edits(self._limited_until(problem))
            case RefusedError(error=error) if error in MESSAGE_ERRORS | PLACE_ERRORS:
                return Gone(error) if is_settled else Missing()
            case RefusedError(error="edit_window_closed"):
                log.warning("item %s: the workspace forbids edits by now", card.item_id)
                return Gone(problem.error)
        return self.later(problem, card.id)

    def of_blocks(self, problem: RefusedError, card: PlacedCard) -> Result:
        """A poisonous card: tried again, then shown without votes, then given up."""
        return self._poisonous(problem, card, weight=1, at_most=PLAIN_FROM)

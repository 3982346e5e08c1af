"""What people may be told went wrong: every message is shown to them as it stands."""

from bot.facts import Outcome


class SignoffError(Exception):
    """The base: what happened, whether anything was recorded, what to do."""


class NotAllowedError(SignoffError):
    """This person may not do this; nothing was recorded."""


class UncheckedError(SignoffError):
    """A platform did not say whose account this is, so nothing was counted; carries the account."""

    def __init__(self, message: str, platform: str, user_ref: str) -> None:
        super().__init__(message)
        self.platform = platform
        self.user_ref = user_ref


class UnknownItemError(SignoffError):
    """There is no such item, or the caller may not see it."""


class UnknownChoiceError(SignoffError):
    """The choice is not one of the item's."""


class SettledError(SignoffError):
    """The item has its outcome already; carries it."""

    def __init__(self, message: str, item_id: str, outcome: Outcome) -> None:
        super().__init__(message)
        self.item_id = item_id
        self.outcome = outcome


class NotApprovedError(SignoffError):
    """Nobody approved the action, so it may not run."""


class GrantUsedError(SignoffError):
    """The grant permits one run, and another attempt has it."""


class GrantMismatchError(SignoffError):
    """The action that is about to run is not the one that was approved."""


class GrantExpiredError(SignoffError):
    """The approval was not used in time."""


class NotRedeemedError(SignoffError):
    """Something is reported about a grant that this attempt never redeemed."""


class PausedError(SignoffError):
    """All grants are withheld for now."""


class EditError(SignoffError):
    """An edit that cannot be taken; the message says what to mend, and nothing was recorded."""


class SettingsError(SignoffError):
    """A setting that cannot be; the message says what to mend, and nothing was changed."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field  # of the window that it was typed into


class NeedsReadingError(SignoffError):
    """The item does not fit a card, and this person has not read it whole."""


class ReasonNeededError(SignoffError):
    """The policy wants a reason with the vote."""


class KeyTakenError(SignoffError):
    """The producer used this key for another body; carries the stored item's id."""

    def __init__(self, message: str, item_id: str) -> None:
        super().__init__(message)
        self.item_id = item_id


class BadSubmissionError(SignoffError):
    """A submission that parses and still cannot be taken; names the field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class BusyError(SignoffError):
    """The memory could not record it in time; nothing was recorded."""


class FloodError(SignoffError):
    """One program has too many items waiting for people; nothing was recorded."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds until asking again makes sense


class ChangedError(SignoffError):
    """The item is not what this person had before them; nothing was counted."""

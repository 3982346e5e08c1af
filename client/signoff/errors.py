"""Why something did not run, or did not come back: one kind for each thing that callers do.

They are named for what happened, as they are caught: `except Denied`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.answers import Decision


class SignoffError(Exception):
    """The base. The message says what happened, whether anything ran, and what to do."""


class Misconfigured(SignoffError):
    """An address, a key or an option is missing or cannot be used."""


class NotApproved(SignoffError):
    """Nobody said yes, so nothing ran; carries the decision, when there is one."""

    def __init__(self, message: str, decision: "Decision | None" = None) -> None:
        super().__init__(message)
        self.decision = decision


class Denied(NotApproved):
    """People said no."""


class Expired(NotApproved):
    """The time passed without an answer, or before the answer was used."""


class Cancelled(NotApproved):
    """The question was taken back."""


class Undecided(NotApproved):
    """It is settled, and no choice came of it that this call can use."""


class NotBindable(SignoffError):
    """An argument has no canonical form, so no approval could be bound to it; nothing ran."""

    def __init__(self, argument: str, why: str) -> None:
        super().__init__(f"The argument {argument} cannot be bound to an approval: {why}")
        self.argument = argument


class Changed(SignoffError):
    """What would run is not what was approved; nothing ran."""


class CheckFailed(SignoffError):
    """`when`, `preview`, `resolve` or another hook failed; nothing ran. Its cause says how."""


class AlreadyRan(SignoffError):
    """This key's action was begun by an earlier call; it was not run again."""

    def __init__(self, message: str, decision: "Decision", execution: str) -> None:
        super().__init__(message)
        self.decision = decision
        self.execution = execution  # "executed", "failed" or "unknown"


class OutcomeUnknown(AlreadyRan):
    """An earlier call began the action, and nobody can tell whether it was done."""


class Unreachable(SignoffError):
    """Signoff did not answer in time; what was sent may have arrived all the same."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of a request."""

    field: str  # its path, such as `action.args.paths[0]`; "": the whole body
    message: str


class Refused(SignoffError):
    """Signoff answered, and the answer was no to the request itself."""

    def __init__(
        self,
        detail: str,
        *,
        status: int,
        problem: str = "",
        errors: Sequence[Fault] = (),
        request_id: str = "",
        item_id: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status  # HTTP's
        self.problem = problem  # its short name, such as `key-taken`
        self.errors = tuple(errors)
        self.request_id = request_id  # what to quote when asking about it
        self.item_id = item_id


class NotAdmitted(Refused):
    """The API key is missing, unknown, or may not do this."""


class NotFound(Refused):
    """There is no such item among this key's."""


class Invalid(Refused):
    """The request cannot be taken as it is; `errors` names the fields."""


class KeyTaken(Refused):
    """The stable key names another question already; `item_id` says which."""


class AlreadySettled(Refused):
    """The item has its outcome: nothing can be taken back."""


class NotGranted(Refused):
    """There is no grant to redeem: the item is not approved."""


class GrantUsed(Refused):
    """The grant was redeemed by another attempt: the action may have run."""


class GrantMismatch(Refused):
    """The grant is bound to another action than the one that would run."""


class GrantExpired(Refused):
    """The approval was not used in time."""


class Paused(Refused):
    """Somebody has paused Signoff: no approval can be used until it is resumed."""

"""What is made to go wrong on purpose."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, get_args

from localchat.clock import Clock
from localchat.faults import AnyFault, FaultsInForce
from localchat.wire import Json

Scope = Literal["user", "global", "shared", "cloudflare"]
ApiFaultKind = Literal[
    "ratelimited",  # 429 for `retry_after` seconds; `scope` says whose limit it is
    "error",  # refused with `code`, and `status` where it is not the code's usual one
    "http_error",  # HTTP status `status`, no JSON
    "slow",  # answered `seconds` later
    "lost_request",  # the connection is reset before the request has any effect
    "lost_response",  # the request takes effect, then the connection is reset
]
DispatchFaultKind = Literal[
    "duplicate",  # dispatched `times` times
    "late",  # dispatched `seconds` later
    "lost",  # never dispatched
    "malformed",  # dispatched with data that makes no sense
]
API_KINDS = frozenset(get_args(ApiFaultKind))
DISPATCH_KINDS = frozenset(get_args(DispatchFaultKind))


@dataclass(slots=True)
class Fault(AnyFault):
    """One thing that goes wrong, a number of times or for a while.

    `target` is a pattern: of `METHOD /path` (`POST /channels/*/messages`) for requests, or of an
    event's name (`INTERACTION_CREATE`) for dispatches.
    """

    kind: ApiFaultKind | DispatchFaultKind
    retry_after: float = 0.5
    scope: Scope = "user"  # "cloudflare": without Via, which is a ban
    code: int = 50013
    message: str = ""  # empty: the code's own
    status: int | None = None
    data: Json = field(default_factory=lambda: {"localchat": "malformed"})


class Faults(FaultsInForce[Fault]):
    """The faults of a Discord."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, API_KINDS | DISPATCH_KINDS)

    def for_request(self, name: str) -> Fault | None:
        """The fault that this request meets; `name` is `METHOD /path`."""
        return self.meet(lambda fault: fault.kind in API_KINDS and fnmatchcase(name, fault.target))

    def for_dispatch(self, name: str) -> Fault | None:
        """The fault that this event meets."""
        return self.meet(
            lambda fault: fault.kind in DISPATCH_KINDS and fnmatchcase(name, fault.target)
        )

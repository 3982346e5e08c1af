"""What is made to go wrong on purpose."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, get_args

from localchat.clock import Clock
from localchat.faults import AnyFault, FaultsInForce
from localchat.wire import Json

ApiFaultKind = Literal[
    "ratelimited",  # 429 with Retry-After: `retry_after`
    "error",  # 200 with {"ok": false, "error": `error`}
    "http_error",  # HTTP status `status`, no JSON
    "slow",  # answered `seconds` later
    "lost_request",  # the connection is reset before the call has any effect
    "lost_response",  # the call takes effect, then the connection is reset
]
DeliveryFaultKind = Literal[
    "duplicate",  # delivered `times` times
    "late",  # delivered `seconds` later
    "lost",  # never delivered
    "unacknowledged",  # delivered, but the acknowledgement is lost
]
API_KINDS = frozenset(get_args(ApiFaultKind))
DELIVERY_KINDS = frozenset(get_args(DeliveryFaultKind))


@dataclass(slots=True)
class Fault(AnyFault):
    """One thing that goes wrong, a number of times or for a while.

    `target` is a pattern: of method names (`chat.*`) for API faults; of `interactive`,
    `slash_commands`, `events_api` or an event's type for delivery faults.
    """

    kind: ApiFaultKind | DeliveryFaultKind
    channel: str = ""  # only calls about this channel
    retry_after: int = 1
    error: str = "internal_error"
    fields: Json = field(default_factory=dict)  # more of the error's body
    status: int = 503


class Faults(FaultsInForce[Fault]):
    """The faults of a Slack."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, API_KINDS | DELIVERY_KINDS)

    def for_call(self, method: str, channel: str) -> Fault | None:
        """The fault that this Web API call meets."""
        return self.meet(
            lambda fault: (
                fault.kind in API_KINDS
                and fault.channel in ("", channel)
                and fnmatchcase(method, fault.target)
            )
        )

    def for_delivery(self, *names: str) -> Fault | None:
        """The fault that this delivery meets; `names` are its envelope type and event type."""
        return self.meet(
            lambda fault: (
                fault.kind in DELIVERY_KINDS
                and not fault.channel
                and any(fnmatchcase(name, fault.target) for name in names)
            )
        )

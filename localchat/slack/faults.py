"""What is made to go wrong on purpose."""

import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, get_args

from localchat.clock import Clock
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
class Fault:
    """One thing that goes wrong, a number of times or for a while.

    `target` is a pattern: of method names (`chat.*`) for API faults; of `interactive`,
    `slash_commands`, `events_api` or an event's type for delivery faults.
    """

    kind: ApiFaultKind | DeliveryFaultKind
    target: str = "*"
    count: int | None = None  # how often; None: until it is removed or over
    for_seconds: float | None = None
    channel: str = ""  # only calls about this channel
    retry_after: int = 1
    error: str = "internal_error"
    fields: Json = field(default_factory=dict)  # more of the error's body
    status: int = 503
    seconds: float = 0.0
    times: int = 2
    id: int = 0
    until: float | None = None
    hits: int = 0

    def as_json(self) -> Json:
        """For /control/faults."""
        return asdict(self)


class Faults:
    """The faults in force."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self._faults: dict[int, Fault] = {}

    def __iter__(self) -> Iterator[Fault]:
        """The faults in force, oldest first."""
        return iter(self._faults.values())

    def add(self, fault: Fault) -> Fault:
        """Put a fault in force."""
        if fault.kind not in API_KINDS | DELIVERY_KINDS:
            raise ValueError(f"There is no fault of kind {fault.kind!r}.")
        fault.id = next(self._numbers)
        if fault.for_seconds is not None:
            fault.until = self._clock.now() + fault.for_seconds
        self._faults[fault.id] = fault
        return fault

    def remove(self, fault_id: int) -> None:
        """End one fault."""
        self._faults.pop(fault_id, None)

    def clear(self) -> None:
        """End all faults."""
        self._faults.clear()

    def for_call(self, method: str, channel: str) -> Fault | None:
        """The fault that this Web API call meets."""
        return self._meet(API_KINDS, (method,), channel) if self._faults else None

    def for_delivery(self, *names: str) -> Fault | None:
        """The fault that this delivery meets; `names` are its envelope type and event type."""
        return self._meet(DELIVERY_KINDS, names, "") if self._faults else None

    def _meet(self, kinds: frozenset[str], names: tuple[str, ...], channel: str) -> Fault | None:
        now = self._clock.now()
        for fault in list(self._faults.values()):
            if fault.until is not None and now > fault.until:
                self.remove(fault.id)
                continue
            if fault.kind not in kinds or (fault.channel and fault.channel != channel):
                continue
            if any(fnmatchcase(name, fault.target) for name in names):
                self._count(fault)
                return fault
        return None

    def _count(self, fault: Fault) -> None:
        fault.hits += 1
        if fault.count is not None and fault.hits >= fault.count:
            self.remove(fault.id)

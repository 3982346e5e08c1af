"""What is made to go wrong on purpose."""

import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, get_args

from localchat.clock import Clock
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
class Fault:
    """One thing that goes wrong, a number of times or for a while.

    `target` is a pattern: of `METHOD /path` (`POST /channels/*/messages`) for requests, or of an
    event's name (`INTERACTION_CREATE`) for dispatches.
    """

    kind: ApiFaultKind | DispatchFaultKind
    target: str = "*"
    count: int | None = None  # how often; None: until it is removed or over
    for_seconds: float | None = None
    retry_after: float = 0.5
    scope: Scope = "user"  # "cloudflare": without Via, which is a ban
    code: int = 50013
    message: str = ""  # empty: the code's own
    status: int | None = None
    seconds: float = 0.0
    times: int = 2
    data: Json = field(default_factory=lambda: {"localchat": "malformed"})
    id: int = 0
    until: float | None = None
    hits: int = 0

    def as_json(self) -> Json:
        """For /control/discord/faults."""
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
        if fault.kind not in API_KINDS | DISPATCH_KINDS:
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

    def for_request(self, name: str) -> Fault | None:
        """The fault that this request meets; `name` is `METHOD /path`."""
        return self._meet(API_KINDS, name) if self._faults else None

    def for_dispatch(self, name: str) -> Fault | None:
        """The fault that this event meets."""
        return self._meet(DISPATCH_KINDS, name) if self._faults else None

    def _meet(self, kinds: frozenset[str], name: str) -> Fault | None:
        now = self._clock.now()
        for fault in list(self._faults.values()):
            if fault.until is not None and now > fault.until:
                self.remove(fault.id)
            elif fault.kind in kinds and fnmatchcase(name, fault.target):
                self._count(fault)
                return fault
        return None

    def _count(self, fault: Fault) -> None:
        fault.hits += 1
        if fault.count is not None and fault.hits >= fault.count:
            self.remove(fault.id)

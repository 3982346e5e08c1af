"""Faults in force: what is made to go wrong on purpose, how often and for how long."""

import itertools
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Generic, TypeVar

from localchat.clock import Clock
from localchat.wire import Json


@dataclass(slots=True)
class AnyFault:
    """One thing that goes wrong, a number of times or for a while."""

    kind: str
    target: str = "*"  # a pattern
    count: int | None = None  # how often; None: until it is removed or over
    for_seconds: float | None = None
    seconds: float = 0.0  # how late what is slow or late comes
    times: int = 2  # how often what is duplicated comes
    id: int = 0
    until: float | None = None
    hits: int = 0

    def as_json(self) -> Json:
        """For the control door."""
        return asdict(self)


FaultT = TypeVar("FaultT", bound=AnyFault)


class FaultsInForce(Generic[FaultT]):
    """The faults in force, each until it has struck often enough or its time is over."""

    def __init__(self, clock: Clock, kinds: Collection[str]) -> None:
        self._clock = clock
        self._kinds = kinds
        self._numbers = itertools.count(1)
        self._faults: dict[int, FaultT] = {}

    def __iter__(self) -> Iterator[FaultT]:
        """The faults in force, oldest first."""
        return iter(self._faults.values())

    def add(self, fault: FaultT) -> FaultT:
        """Put a fault in force.

        Raises:
            ValueError: there is no such kind.
        """
        if fault.kind not in self._kinds:
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

    def meet(self, fits: Callable[[FaultT], bool]) -> FaultT | None:
        """The oldest fault that fits, which has struck once more by that."""
        now = self._clock.now()
        for fault in list(self._faults.values()):
            if fault.until is not None and now > fault.until:
                self.remove(fault.id)
            elif fits(fault):
                fault.hits += 1
                if fault.count is not None and fault.hits >= fault.count:
                    self.remove(fault.id)
                return fault
        return None

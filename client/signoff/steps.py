"""What the core asks of whoever drives it: it does no input or output, and knows no clock.

A flow is a generator: it yields a step and is sent its result, or has what went wrong thrown in.
There are two drivers, one that blocks and one that awaits; everything else is written once.
"""

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """One HTTP request; comes back as a `Reply`."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    within: float = 15.0  # seconds until nobody waits for the answer any more
    is_last: bool = False  # sent even when the caller is being cancelled, by somebody who stays


@dataclass(frozen=True, slots=True)
class Sleep:
    """Nothing, for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Now:
    """The seconds of a clock that only goes forward."""


@dataclass(frozen=True, slots=True)
class Run:
    """A call of the user's code; comes back as a `Ran`, whatever it does."""

    call: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a call of the user's code."""

    value: Any = None
    problem: BaseException | None = None

    def result(self) -> Any:
        """Its value.

        Raises:
            BaseException: what the code raised, as it was raised.
        """
        if self.problem is not None:
            raise self.problem
        return self.value


@dataclass(slots=True, eq=False)
class Stream:
    """A stream of events from one address, resumed where it broke off."""

    path: str
    last_id: str = ""  # of the event that was heard last
    live: Any = None  # the driver's own


@dataclass(frozen=True, slots=True)
class Hear:
    """The next event of a stream; comes back as an `Event`, or as a `Reply` that is none."""

    stream: Stream
    within: float  # seconds; infinity: for ever, as long as the server is not silent


@dataclass(frozen=True, slots=True)
class Give:
    """Something for whoever iterates over this flow."""

    value: Any


Step: TypeAlias = Send | Sleep | Now | Run | Hear | Give
Flow: TypeAlias = Generator[Step, Any, T]


class Course(Generic[T]):
    """Where a flow stands. A driver asks for the step and leaves here what came of it."""

    def __init__(self, flow: Flow[T]) -> None:
        self.flow = flow
        self.streams: list[Stream] = []  # that it has listened to; the driver lets them go
        self.result: Any = None
        self.problem: BaseException | None = None
        self._value: list[T] = []

    def step(self) -> Step | None:
        """The next step; None when the flow has ended, and `value` is there."""
        result, problem = self.result, self.problem
        self.result = self.problem = None
        try:
            step = self.flow.send(result) if problem is None else self.flow.throw(problem)
        except StopIteration as end:
            self._value.append(end.value)
            return None
        if isinstance(step, Hear) and step.stream not in self.streams:
            self.streams.append(step.stream)
        return step

    @property
    def value(self) -> T:
        """What the flow came to."""
        return self._value[0]


class LostError(Exception):
    """The request, or its answer, got lost: nobody knows whether it arrived."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request was answered."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    content: bytes

    def json(self) -> dict[str, Any]:
        """The body.

        Raises:
            LostError: it is no JSON object: something between us and Signoff answered.
        """
        try:
            value = json.loads(self.content)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise LostError(f"the answer with status {self.status} is not Signoff's")
        return value


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event."""

    name: str
    data: str
    id: str = ""
    retry: float | None = None  # seconds, if the server said how long to wait before coming back


@dataclass(slots=True)
class EventReader:
    """Server-sent events out of lines. Source: HTML Living Standard, section 9.2."""

    _fields: dict[str, list[str]] = field(default_factory=dict)

    def read(self, line: str) -> Event | None:
        """The event that this line ends, or None."""
        if line:
            name, _, value = line.partition(":")
            self._fields.setdefault(name, []).append(value.removeprefix(" "))
            return None
        found, self._fields = self._fields, {}
        if "data" not in found:
            return None
        return Event(
            name=found.get("event", ["message"])[-1],
            data="\n".join(found["data"]),
            id=found.get("id", [""])[-1],
        )

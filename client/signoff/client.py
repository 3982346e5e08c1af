"""The client: `Signoff` awaits, `SignoffSync` blocks; what they do is written once, in the flows.

A method of either class is a flow and the driver that runs it, so their signatures cannot differ.
"""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import cached_property, wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

from signoff import asking, redeeming
from signoff.access import Access
from signoff.answers import Item
from signoff.questions import Question
from signoff.steps import Course, Flow, Give, Hear, Now, Ran, Run, Send, Sleep, Step

if TYPE_CHECKING:
    from signoff.wire import AsyncWire, Wire

P = ParamSpec("P")
T = TypeVar("T")


def _asked(
    make: Callable[P, Question], flow: Callable[[Question], Flow[T]]
) -> Callable[P, Flow[T]]:
    """The same flow, told the question's fields instead of the question."""

    @wraps(flow)
    def told(*args: P.args, **kwargs: P.kwargs) -> Flow[T]:
        return flow(make(*args, **kwargs))

    told.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]  # for help()
    return told


def _awaits(
    flow: Callable[P, Flow[T]],
) -> Callable[Concatenate["Signoff", P], Coroutine[Any, Any, T]]:
    @wraps(flow)
    async def method(self: "Signoff", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.run(flow(*args, **kwargs))

    return method


def _blocks(flow: Callable[P, Flow[T]]) -> Callable[Concatenate["SignoffSync", P], T]:
    @wraps(flow)
    def method(self: "SignoffSync", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.run(flow(*args, **kwargs))

    return method


def _iterates_awaiting(
    flow: Callable[P, Flow[None]],
) -> Callable[Concatenate["Signoff", P], AsyncIterator[Item]]:
    @wraps(flow)
    def method(self: "Signoff", /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Item]:
        return self.iterate(flow(*args, **kwargs))

    return method


def _iterates_blocking(
    flow: Callable[P, Flow[None]],
) -> Callable[Concatenate["SignoffSync", P], Iterator[Item]]:
    @wraps(flow)
    def method(self: "SignoffSync", /, *args: P.args, **kwargs: P.kwargs) -> Iterator[Item]:
        return self.iterate(flow(*args, **kwargs))

    return method


_ask = _asked(Question, asking.ask)
_submit = _asked(Question, asking.submit)


class Signoff:
    """Signoff, for programs that await. Safe to share between tasks, and between event loops."""

    def __init__(
        self, url: str | None = None, api_key: str | None = None, *, transport: Any = None
    ) -> None:
        """What is not stated comes from SIGNOFF_URL and SIGNOFF_API_KEY.

        Raises:
            Misconfigured: there is no address or no key.
        """
        self.access = Access.read(url, api_key, transport)
        self._wire: AsyncWire | None = None

    ask = _awaits(_ask)
    submit = _awaits(_submit)
    look = _awaits(asking.look)
    wait = _awaits(asking.wait)
    batch = _awaits(asking.batch)
    submit_batch = _awaits(asking.submit_batch)
    cancel = _awaits(asking.cancel)
    redeem = _awaits(redeeming.redeem)
    report = _awaits(redeeming.report)
    items = _iterates_awaiting(asking.items)
    events = _iterates_awaiting(asking.events)

    async def run(self, flow: Flow[T]) -> T:
        """What a flow comes to."""
        course = Course(flow)
        try:
            while (step := course.step()) is not None:
                await self._go(course, step)
            return course.value
        finally:
            await self._hang_up(course)

    async def iterate(self, flow: Flow[None]) -> AsyncIterator[Any]:
        """What a flow gives, one after the other."""
        course = Course(flow)
        try:
            while (step := course.step()) is not None:
                if isinstance(step, Give):
                    yield step.value
                else:
                    await self._go(course, step)
        finally:
            flow.close()
            await self._hang_up(course)

    @cached_property
    def twin(self) -> "SignoffSync":
        """The same for programs that block."""
        return SignoffSync(self.access.url, self.access.api_key, transport=self.access.transport)

    async def aclose(self) -> None:
        """Closes the connections of this event loop; the next request opens new ones."""
        if "twin" in self.__dict__:
            self.twin.close()
        if self._wire is not None:
            await self._wire.close()

    async def __aenter__(self) -> Self:
        """Itself; leaving closes the connections."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the connections."""
        await self.aclose()

    def __repr__(self) -> str:
        """Where it asks; never the key."""
        return f"{type(self).__name__}({self.access.url!r})"

    async def _go(self, course: Course[Any], step: Step) -> None:
        try:
            course.result = await self._take(step)
        except GeneratorExit:
            course.flow.close()
            raise
        except BaseException as met:  # noqa: BLE001  the flow decides; cancellation is its business too
            course.problem = met

    async def _take(self, step: Step) -> Any:
        match step:
            case Send():
                return await self._hands.send(step)
            case Hear():
                return await self._hands.hear(step)
            case Sleep():
                return await asyncio.sleep(step.seconds)
            case Now():
                return time.monotonic()
            case Run():
                return await _ran_awaiting(step.call)
        raise TypeError(f"{step!r} is for those who iterate")

    async def _hang_up(self, course: Course[Any]) -> None:
        for stream in course.streams:
            await self._hands.hang_up(stream)

    @property
    def _hands(self) -> "AsyncWire":
        if self._wire is None:
            from signoff.wire import AsyncWire  # noqa: PLC0415  loads httpx

            self._wire = AsyncWire(self.access)
        return self._wire


class SignoffSync:
    """Signoff, for programs that block. Safe to share between threads."""

    def __init__(
        self, url: str | None = None, api_key: str | None = None, *, transport: Any = None
    ) -> None:
        """What is not stated comes from SIGNOFF_URL and SIGNOFF_API_KEY.

        Raises:
            Misconfigured: there is no address or no key.
        """
        self.access = Access.read(url, api_key, transport)
        self._wire: Wire | None = None

    ask = _blocks(_ask)
    submit = _blocks(_submit)
    look = _blocks(asking.look)
    wait = _blocks(asking.wait)
    batch = _blocks(asking.batch)
    submit_batch = _blocks(asking.submit_batch)
    cancel = _blocks(asking.cancel)
    redeem = _blocks(redeeming.redeem)
    report = _blocks(redeeming.report)
    items = _iterates_blocking(asking.items)
    events = _iterates_blocking(asking.events)

    def run(self, flow: Flow[T]) -> T:
        """What a flow comes to."""
        course = Course(flow)
        try:
            while (step := course.step()) is not None:
                self._go(course, step)
            return course.value
        finally:
            self._hang_up(course)

    def iterate(self, flow: Flow[None]) -> Iterator[Any]:
        """What a flow gives, one after the other."""
        course = Course(flow)
        try:
            while (step := course.step()) is not None:
                if isinstance(step, Give):
                    yield step.value
                else:
                    self._go(course, step)
        finally:
            flow.close()
            self._hang_up(course)

    @cached_property
    def twin(self) -> Signoff:
        """The same for programs that await."""
        return Signoff(self.access.url, self.access.api_key, transport=self.access.transport)

    def close(self) -> None:
        """Closes the connections; the next request opens new ones."""
        if self._wire is not None:
            self._wire.close()

    def __enter__(self) -> Self:
        """Itself; leaving closes the connections."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the connections."""
        self.close()

    def __repr__(self) -> str:
        """Where it asks; never the key."""
        return f"{type(self).__name__}({self.access.url!r})"

    def _go(self, course: Course[Any], step: Step) -> None:
        try:
            course.result = self._take(step)
        except BaseException as met:  # noqa: BLE001  the flow decides; Ctrl-C is its business too
            course.problem = met

    def _take(self, step: Step) -> Any:
        match step:
            case Send():
                return self._hands.send(step)
            case Hear():
                return self._hands.hear(step)
            case Sleep():
                return time.sleep(step.seconds)
            case Now():
                return time.monotonic()
            case Run():
                return _ran_blocking(step.call)
        raise TypeError(f"{step!r} is for those who iterate")

    def _hang_up(self, course: Course[Any]) -> None:
        for stream in course.streams:
            self._hands.hang_up(stream)

    @property
    def _hands(self) -> "Wire":
        if self._wire is None:
            from signoff.wire import Wire  # noqa: PLC0415  loads httpx

            self._wire = Wire(self.access)
        return self._wire


async def _ran_awaiting(call: Callable[[], Any]) -> Ran:
    try:
        value = call()
        return Ran(await value if inspect.isawaitable(value) else value)
    except GeneratorExit:
        raise
    except BaseException as problem:  # noqa: BLE001  whoever called gets it back
        return Ran(problem=problem)


def _ran_blocking(call: Callable[[], Any]) -> Ran:
    try:
        return Ran(call())
    except BaseException as problem:  # noqa: BLE001  whoever called gets it back
        return Ran(problem=problem)

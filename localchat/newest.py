"""What came last, for whoever looks: nothing else is remembered for ever."""

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

RequestT = TypeVar("RequestT")


class Newest(Generic[RequestT]):
    """The newest requests, and no more than `size` of them."""

    def __init__(self, size: int) -> None:
        self._requests: deque[RequestT] = deque(maxlen=size)

    def add(self, request: RequestT) -> None:
        """Remember one."""
        self._requests.append(request)

    def clear(self) -> None:
        """Forget all."""
        self._requests.clear()

    def that(self, fits: Callable[[RequestT], bool]) -> list[RequestT]:
        """Those that fit, oldest first."""
        return [request for request in self._requests if fits(request)]

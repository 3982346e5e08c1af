"""Who watches a chat is told of what changes in it."""

from collections.abc import Callable
from typing import Generic, TypeVar

ChangeT = TypeVar("ChangeT")


class Changes(Generic[ChangeT]):
    """Tells every watcher about every change, at once and in order."""

    def __init__(self) -> None:
        self._watchers: list[Callable[[ChangeT], None]] = []

    def watch(self, watcher: Callable[[ChangeT], None]) -> None:
        """Call `watcher` with each change from now on."""
        self._watchers.append(watcher)

    def publish(self, change: ChangeT) -> None:
        """Tell all watchers."""
        for watcher in self._watchers:
            watcher(change)

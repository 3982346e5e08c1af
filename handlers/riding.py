"""Cards that are on their way with a click's own answer, outside the budget for edits."""

import asyncio
from collections import defaultdict
from weakref import WeakValueDictionary

Key = tuple[str, str]  # channel_ref, message_ref


class Riding:
    """Which messages a click's answer is about to show anew, and one lock for each message.

    Two edits of one message must not be under way at once: the older one could land last.
    """

    def __init__(self) -> None:
        self._expected: dict[Key, int] = defaultdict(int)
        self._carried: dict[Key, int] = {}
        self._locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()

    def expect(self, key: Key) -> None:
        """A click on this message is being recorded; its answer may carry the card."""
        self._expected[key] += 1

    def over(self, key: Key) -> None:
        """The answer is through, with the card or without."""
        self._expected[key] -= 1
        if self._expected[key] <= 0:
            del self._expected[key]
            self._carried.pop(key, None)

    def carries(self, key: Key) -> bool:
        """Whether the courier should leave the message alone for now."""
        return key in self._expected

    def is_busy(self) -> bool:
        """Whether any answer is under way."""
        return bool(self._expected)

    def carried(self, key: Key) -> int:
        """The newest revision that one of these answers has brought; 0 for none."""
        return self._carried.get(key, 0)

    def carry(self, key: Key, revision: int) -> None:
        """An answer has brought this revision."""
        if key in self._expected:
            self._carried[key] = revision

    def edit(self, key: Key) -> asyncio.Lock:
        """The lock to hold while editing the message."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock

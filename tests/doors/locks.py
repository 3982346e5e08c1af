"""A database that nobody else writes to for a while, from a moment that is no accident."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch


@contextmanager
def a_lock_on(sqlite_url: str) -> Iterator[None]:
    """Nobody else writes meanwhile."""
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def a_lock_from(
    door: object, method: str, is_it: Callable[..., bool], sqlite_url: str
) -> Iterator[None]:
    """Nobody else writes once a platform's `door` answers the first call that `is_it`.

    The lock is there before the answer leaves: whoever called cannot write down what it says.
    """
    answer: Callable[..., Any] = getattr(door, method)
    with ExitStack() as locked:

        def lock_and_answer(*call: Any) -> Any:
            if is_it(*call) and not is_locked:
                is_locked.append(True)
                locked.enter_context(a_lock_on(sqlite_url))
            return answer(*call)

        is_locked: list[bool] = []
        with patch.object(door, method, lock_and_answer):
            yield

"""How a writer's thread answers those who wait: threads one by one, each loop once for all."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What a future will hold: a result, or a problem in its place."""

    future: Future[Any] | asyncio.Future[Any]
    result: Any = None
    problem: BaseException | None = None


def is_wanted(future: Future[Any] | asyncio.Future[Any]) -> bool:
    """Whether whoever asked still waits; from here on a thread's future cannot be cancelled."""
    if isinstance(future, asyncio.Future):
        return not future.cancelled()
    return future.set_running_or_notify_cancel()


def answer_all(answers: Iterable[Answer]) -> None:
    """Settles the futures, those of a loop within that loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Answer]] = defaultdict(list)
    for answer in answers:
        if isinstance(answer.future, asyncio.Future):
            by_loop[answer.future.get_loop()].append(answer)
        else:
            _settle([answer])
    for loop, theirs in by_loop.items():
        with suppress(RuntimeError):  # the loop has closed: nobody waits there any more
            loop.call_soon_threadsafe(_settle, theirs)


def _settle(answers: list[Answer]) -> None:
    for answer in answers:
        if answer.future.done():  # cancelled meanwhile
            continue
        if answer.problem is None:
            answer.future.set_result(answer.result)
        else:
            answer.future.set_exception(answer.problem)

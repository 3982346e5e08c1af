"""Drives a flow by hand: a clock that only moves when the flow sleeps, and answers as they come."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from signoff.steps import Course, Event, Flow, Hear, LostError, Now, Reply, Send, Sleep

T = TypeVar("T")
Said = Reply | Event | LostError | BaseException


def a_reply(status: int = 200, body: Any = None, **headers: str) -> Reply:
    """An answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, named, json.dumps({} if body is None else body).encode())


class Played:
    """What a flow did."""

    def __init__(self, answer: Callable[[Send | Hear], Said], takes: float = 0.01) -> None:
        self.sent: list[Send | Hear] = []
        self.slept: list[float] = []
        self.now = 100.0
        self._answer = answer
        self._takes = takes

    def play(self, flow: Flow[T]) -> T:
        """What the flow comes to."""
        course = Course(flow)
        while (step := course.step()) is not None:
            match step:
                case Now():
                    course.result = self.now
                case Sleep():
                    self.slept.append(step.seconds)
                    self.now += step.seconds
                case Send() | Hear():
                    self.sent.append(step)
                    self.now += self._takes
                    said = self._answer(step)
                    if isinstance(said, BaseException):
                        course.problem = said
                    else:
                        course.result = said
        return course.value


def in_turn(*answers: Said) -> Callable[[Send | Hear], Said]:
    """One answer after the other."""
    left = iter(answers)
    return lambda _step: next(left)

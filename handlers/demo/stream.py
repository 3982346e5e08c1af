"""A steady stream of items to label: never a flood, never more open than people can see."""

import logging
import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handlers.demo.answers import note
from handlers.demo.asking import Signoff

OPEN_MAX = 4
SURE_EVERY = 1.0  # seconds between two that the model is sure of: they need no people
FIRST_ONES = 2  # come at once, so that there is something to see
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """One item to label, and its true class."""

    body: dict[str, Any]  # of POST /v1/items, but for the key
    truth: str


@dataclass(slots=True)
class Stream:
    """Sends questions, and follows what becomes of those that went to people."""

    signoff: Signoff
    folder: Path
    doubtful_every: float  # seconds between two that go to people
    open: dict[str, Question] = field(default_factory=dict)  # by item id
    settled_alone: int = 0
    asked: int = 0

    def send(self, questions: Iterator[Question]) -> None:
        """Sends them all, at a pace that people can follow."""
        run, dice = secrets.token_hex(4), random.Random()  # noqa: S311  no secret depends on it
        for number, question in enumerate(questions):
            item = self.signoff.ask(key=f"{run}:{number}", **question.body)
            if item["status"] == "settled":
                self.settled_alone += 1
                time.sleep(SURE_EVERY)
                continue
            note(self.folder, item["id"], question.truth)
            self.open[item["id"]] = question
            self.asked += 1
            log.info("%s asked; the model settled %d alone", item["id"], self.settled_alone)
            self._rest(self.doubtful_every * dice.uniform(0.8, 1.2))

    def _rest(self, seconds: float) -> None:
        """Waits, longer while enough questions are open."""
        if self.asked >= FIRST_ONES:
            time.sleep(seconds)
        self._follow()
        while len(self.open) >= OPEN_MAX:
            time.sleep(2)
            self._follow()

    def _follow(self) -> None:
        for item_id, question in list(self.open.items()):
            item = self.signoff.look(item_id)
            if item["status"] == "settled":
                del self.open[item_id]
                machine = question.body["prediction"]["choice"]
                log.info(
                    "%s people: %s, model: %s, truth: %s",
                    item_id, item["outcome"]["choice"], machine, question.truth,
                )  # fmt: skip

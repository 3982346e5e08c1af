"""A steady stream of items to label: never a flood, never more open than people can see."""

import logging
import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from signoff import Item, Prediction, Question, Refused, SignoffSync, Unreachable, stable_key

from handlers.demo.answers import note

OPEN_MAX = 4
SURE_EVERY = 1.0  # seconds between two that the model is sure of: they need no people
FIRST_ONES = 2  # come at once, so that there is something to see
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Puzzle:
    """One question to people, and its true answer."""

    question: Question
    prediction: Prediction
    truth: str


@dataclass(slots=True)
class Stream:
    """Sends questions, and follows what becomes of those that went to people."""

    signoff: SignoffSync
    folder: Path
    doubtful_every: float  # seconds between two that go to people
    open: dict[str, Puzzle] = field(default_factory=dict)  # by item id
    settled_alone: int = 0
    asked: int = 0

    def send(self, puzzles: Iterator[Puzzle]) -> None:
        """Sends them all, at a pace that people can follow."""
        run, dice = secrets.token_hex(4), random.Random()  # noqa: S311  no secret depends on it
        for number, puzzle in enumerate(puzzles):
            item = self._opened(replace(puzzle.question, key=stable_key(run, str(number))))
            if item.is_settled:
                self.settled_alone += 1
                time.sleep(SURE_EVERY)
                continue
            note(self.folder, item.id, puzzle.truth)
            self.open[item.id] = puzzle
            self.asked += 1
            log.info("%s asked; the model settled %d alone", item.id, self.settled_alone)
            self._rest(self.doubtful_every * dice.uniform(0.8, 1.2))

    def _opened(self, question: Question) -> Item:
        """The item, however long it takes until somebody is there; its key makes that safe."""
        while True:
            try:
                (item,) = self.signoff.submit_batch([question])
            except Unreachable as problem:
                log.warning("%s", problem)
                continue
            if isinstance(item, Refused):
                raise item
            return item

    def _rest(self, seconds: float) -> None:
        """Waits, longer while enough questions are open."""
        if self.asked >= FIRST_ONES:
            time.sleep(seconds)
        self._follow()
        while len(self.open) >= OPEN_MAX:
            time.sleep(2)
            self._follow()

    def _follow(self) -> None:
        for item_id, puzzle in list(self.open.items()):
            decision = self.signoff.look(item_id).decision
            if decision is not None:
                del self.open[item_id]
                log.info(
                    "%s people: %s, model: %s, truth: %s",
                    item_id, decision.outcome, puzzle.prediction.choice, puzzle.truth,
                )  # fmt: skip

"""Scripted people for the demo: they look at cards, think, and click, as people would.

`python -m handlers.demo.reviewers FOLDER CHAT_URL PERSON...`: they use the page's own API, and know
no more of Signoff than its buttons. A PERSON is `ID:CHANNELS:CHANNELS`, a comma between channels:
those where they review, and those where they decide as a senior.
"""

import http.client
import json
import logging
import random
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from handlers.demo.answers import look_up
from handlers.demo.logs import set_up_log

Json = dict[str, Any]
THINKS_FOR = (3.0, 15.0)  # seconds before a click
RESTS_FOR = (4.0, 12.0)  # seconds between two cards
RIGHT, WRONG = 0.86, 0.07  # how often; the rest is "not sure"
VOTE = "vote:"
FOR_SENIORS = "seniors decide by"  # what a card says once the seniors are asked
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Card:
    """A message with buttons to vote, as one person sees it."""

    channel: str
    ts: str
    item_id: str
    buttons: dict[str, str]  # label -> action id
    is_for_seniors: bool


def main() -> None:
    """Lets everybody who is named work until they are stopped."""
    set_up_log()
    folder, chat_url, *people = sys.argv[1:]
    reviewers = []
    for person in people:
        person_id, reviews, decides = person.split(":")
        reviewers.append(Reviewer(Path(folder), chat_url, person_id, reviews, decides))
    workers = [threading.Thread(target=reviewer.work, daemon=True) for reviewer in reviewers]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


@dataclass(slots=True)
class Reviewer:
    """One person at their desk."""

    folder: Path
    chat_url: str
    person: str
    reviews: str  # channels, a comma between
    decides: str  # channels where they are a senior
    answered: set[tuple[str, bool]] = field(default_factory=set)  # item, for seniors
    dice: random.Random = field(default_factory=random.Random)

    def work(self) -> None:
        """Answers one card after the other, the oldest first."""
        while True:
            time.sleep(self.dice.uniform(*RESTS_FOR))
            try:
                self._answer_one()
            except (OSError, http.client.HTTPException, ValueError):
                log.debug("%s cannot reach the chat; trying again", self.person)

    def _answer_one(self) -> None:
        new = (card for card in self._cards() if self._is_new(card))
        card = min(new, key=lambda card: float(card.ts), default=None)
        if card is None:
            return
        self.answered.add((card.item_id, card.is_for_seniors))
        label = self._choose(card)
        if label is None:
            return
        time.sleep(self.dice.uniform(*THINKS_FOR))
        container = {"type": "message", "channel": card.channel, "ts": card.ts}
        action = {"as": self.person, "container": container, "action_id": card.buttons[label]}
        self._call("POST", "/page/action", action)
        log.info("%s pressed %s on %s", self.person, label, card.item_id)

    def _is_new(self, card: Card) -> bool:
        return (card.item_id, card.is_for_seniors) not in self.answered

    def _choose(self, card: Card) -> str | None:
        """The label of the button to press; None to leave the card to somebody else."""
        answer = look_up(self.folder, card.item_id)
        *votes, not_sure = card.buttons
        if answer not in votes:
            return None
        chance = self.dice.random()
        if chance < RIGHT:
            return answer
        return self.dice.choice(votes) if chance < RIGHT + WRONG else not_sure

    def _cards(self) -> Iterator[Card]:
        """What waits for this person."""
        reviews, decides = self.reviews.split(","), self.decides.split(",")
        for channel in filter(None, dict.fromkeys([*reviews, *decides])):
            query = f"channel={quote(channel)}&as={quote(self.person)}"
            for message in self._call("GET", f"/page/messages?{query}")["messages"]:
                card = _card(channel, message)
                if card and channel in (decides if card.is_for_seniors else reviews):
                    yield card

    def _call(self, method: str, path: str, body: Json | None = None) -> Json:
        connection = http.client.HTTPConnection(urlsplit(self.chat_url).netloc, timeout=15)
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, path, payload, {"Content-Type": "application/json"})
            answer: Json = json.loads(connection.getresponse().read())
            return answer
        finally:
            connection.close()


def _card(channel: str, message: Json) -> Card | None:
    """The message as a card; None when nobody can vote on it."""
    blocks = message.get("blocks") or []
    elements = [e for b in blocks if b["type"] == "actions" for e in b["elements"]]
    buttons = {
        element["text"]["text"]: element["action_id"]
        for element in elements
        if element.get("action_id", "").startswith(VOTE)
    }
    if not buttons:
        return None
    item_id = next(iter(buttons.values())).rpartition(":")[2]
    return Card(channel, message["ts"], item_id, buttons, FOR_SENIORS in _words(blocks))


def _words(blocks: list[Json]) -> str:
    """What the card says, its buttons left out."""
    return json.dumps([block for block in blocks if block["type"] != "actions"]).lower()


if __name__ == "__main__":
    main()

"""A small house for flow tests: six people, four queues, a real database, a clock that stands."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from bot.content import SUBMISSION
from bot.facts import Identity, Item
from bot.flows import delivering, letters, loading, opening, ticking, voting
from bot.flows.delivering import Notice, RetryAt, Sent
from bot.flows.opening import Producer
from bot.flows.voting import Ballot, Receipt
from bot.letters import Letter
from config.policies import Person, Policy, Queue, QueueKind, Rulebook
from storage import ledger
from storage.engine import open_engine
from storage.unit import Memory, Unit

P = ParamSpec("P")
T = TypeVar("T")

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KINDS: dict[str, tuple[QueueKind, ...]] = {  # by how a queue's name begins
    "labe": ("label",),
    "audi": ("audit", "label"),
    "pair": ("preference",),
}
AGENT = Producer("cleanup-agent", owners=("olga",))


def a_policy(**stated: Any) -> Policy:
    """Half an hour, three reviewers, one senior."""
    given = {
        "due_in": timedelta(minutes=30),
        "cost_per_review_usd": Decimal("0.40"),
        "reviewers": ("ann", "ben", "@crew", "olga"),
        "seniors": ("sue",),
    }
    return Policy.model_validate({**given, **stated})


def a_rulebook(**policies: Policy) -> Rulebook:
    """The people, and a queue for each policy: its name tells what it takes."""
    named = {"approvals": a_policy(), "labels": a_policy()} | policies
    people = {
        "ann": Person(id="ann", name="Ann", slack="U0ANN", discord="11"),
        "ben": Person(id="ben", name="Ben", slack="U0BEN"),
        "cat": Person(id="cat", name="Cat", slack="U0CAT"),
        "olga": Person(id="olga", name="Olga", slack="U0OLGA"),
        "sue": Person(id="sue", name="Sue", slack="U0SUE", roles=frozenset({"senior"})),
        "out": Person(id="out", name="Otto", slack="U0OUT"),
    }
    queues = {
        name: Queue(
            name=name,
            title=name.capitalize(),
            kinds=KINDS.get(name[:4], ("approval",)),
            policy=policy,
            slack="C0QUEUE",
        )
        for name, policy in named.items()
    }
    return Rulebook(queues=queues, people=people, groups={"crew": ("cat",)})


class Told(NamedTuple):
    """One notice that was sent, and its letter; without one it was let go."""

    key: str
    template: str
    platform: str
    channel_ref: str
    thread_ref: str | None
    message_ref: str
    letter: Letter | None

    @property
    def words(self) -> str:
        """What it says; "" when it was let go."""
        return self.letter.reply.text if self.letter else ""


class Scene:
    """Flows, called like a door calls them; the clock moves only when it is told to."""

    def __init__(self, url: str, **policies: Policy) -> None:
        self.memory = Memory(open_engine(url))
        self.rulebook = a_rulebook(**policies)
        self.now = NOON
        self._keys = count()

    def do(self, flow: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The flow's result, durable."""
        return self.memory.write(flow, *args, **kwargs).result(10)

    def wait(self, **lapse: float) -> None:
        """Lets time pass; nobody looks at the clock yet."""
        self.now += timedelta(**lapse)

    def tick(self, **lapse: float) -> int:
        """Lets time pass, and the clock tick."""
        self.wait(**lapse)
        return self.do(ticking.tick, self.rulebook, self.now)

    def approval(self, queue: str = "approvals", **stated: Any) -> str:
        """The id of a fresh approval."""
        action = {"name": "delete_files", "args": {"paths": ["a.log"]}, "environment": "production"}
        return self.open(kind="approval", queue=queue, action=action, **stated)

    def label(self, queue: str = "labels", **stated: Any) -> str:
        """The id of a fresh label item."""
        given = {"kind": "label", "queue": queue, "body": "You won!", "choices": ["spam", "ham"]}
        return self.open(**{**given, **stated})

    def open(self, **stated: Any) -> str:
        """The id of what this submission opened."""
        content = SUBMISSION.validate_python({"key": f"key-{next(self._keys)}", **stated})
        return self.do(opening.open_item, self.rulebook, AGENT, content, self.now).item.id

    def vote(self, person: str, choice: str, item_id: str, **stated: Any) -> Receipt:
        """What became of one person's click."""
        ballot = Ballot(item_id, choice, who(person), **stated)
        return self.do(voting.cast, self.rulebook, ballot, self.now)

    def outbox(self, platform: str = "slack") -> list[Told]:
        """Sends what is due, like a courier: what goes into a thread after what is above it."""
        told: list[Told] = []
        while notices := self.do(delivering.claim_notices, platform, self.now, 100):
            ready = [notice for notice in notices if not notice.awaits_thread] or notices
            for notice in notices:
                if notice in ready:
                    told.append(self._send(notice, f"1.{len(told)}"))
                else:
                    self.do(delivering.notice_sent, notice, RetryAt(self.now, "later"), self.now)
        return told

    def item(self, item_id: str) -> Item:
        """The item as it is kept."""
        return self.memory.read(loading.load, item_id).result(10)

    def events(self, item_id: str) -> list[str]:
        """The item's history, in short."""
        return self.memory.read(
            lambda unit: [row.event for row in ledger.of_item(unit.connection, item_id)]
        ).result(10)

    def lines(self, item_id: str) -> list[tuple[str, dict[str, Any]]]:
        """The item's history: each event and what it says."""
        return self.memory.read(
            lambda unit: [
                (row.event, json.loads(row.body))
                for row in ledger.of_item(unit.connection, item_id)
            ]
        ).result(10)

    def _send(self, notice: Notice, message_ref: str) -> Told:
        letter = self.do(letters.write, self.rulebook, notice, self.now)
        sent = Sent(notice.channel_ref, message_ref)
        self.do(delivering.notice_sent, notice, sent, self.now)
        where = (notice.platform, notice.channel_ref, notice.thread_ref, message_ref)
        return Told(notice.key, notice.template, *where, letter)


def who(person: str, **stated: Any) -> Identity:
    """A person's Slack account."""
    return Identity("slack", f"U0{person.upper()}", "T0TEAM", **stated)

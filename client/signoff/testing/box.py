"""The real server in a thread of the test's own process, with its real database in a file."""

import asyncio
import atexit
import os
import shutil
import tempfile
import threading
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import uvloop

from bot.flows import aap_instances, keeping, pausing
from config.policies import Person, Policy, Queue, Rulebook
from config.settings import Settings
from handlers.aap.app import MOUNT as AAP
from handlers.app import House, read_clock
from handlers.clock import run_clock, tick
from handlers.http.serving import serve
from signoff.access import API_KEY, URL
from signoff.answers import Item
from signoff.client import Signoff, SignoffSync
from signoff.testing.people import People
from signoff.testing.scripts import Answer, Asked, Reviewer, leave
from storage.engine import open_engine
from storage.migrating import migrate
from storage.unit import Memory

PEOPLE = ("ann", "ben", "carla")
SCOPES = ("submit", "read", "redeem")
TICKS_EVERY = 0.25  # seconds
READY_WITHIN = 60.0  # seconds; loaded machines are slow
HOST = "127.0.0.1"
T = TypeVar("T")

QueueRules = Mapping[str, Any]  # a policy's fields, such as `approvals_needed`


class Box:
    """A running server, and the people of the test."""

    def __init__(self, rulebook: Rulebook, reviewer: Reviewer, folder: Path) -> None:
        self._ahead = timedelta(0)
        database = folder / "signoff.db"
        shutil.copyfile(_empty_database(), database)
        settings = Settings.read(
            {"SIGNOFF_DATABASE_URL": f"sqlite:///{database}", "SIGNOFF_RATE": "1000000"}
        )
        memory = Memory(open_engine(settings.database_url))
        self._house = House(settings, rulebook, memory, now=self._now)
        self.api_key = self.new_key("agent")
        self._people = People(self._house, reviewer)
        self._loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._run_loop, name="signoff-testing", daemon=True)
        self._serving: list[asyncio.Task[None]] = []
        self._clients: list[SignoffSync] = []
        self.url = ""

    @property
    def asked(self) -> Sequence[Asked]:
        """What was put before people so far, in the order of its opening."""
        return tuple(self._people.asked)

    @property
    def reviewer(self) -> Reviewer:
        """Who says what people do about an item; may be changed."""
        return self._people.reviewer

    @reviewer.setter
    def reviewer(self, reviewer: Reviewer) -> None:
        self._people.reviewer = reviewer

    def client(self, api_key: str | None = None) -> Signoff:
        """A client that awaits."""
        return Signoff(self.url, api_key or self.api_key)

    def client_sync(self, api_key: str | None = None) -> SignoffSync:
        """A client that blocks; it is closed with the box."""
        self._clients.append(SignoffSync(self.url, api_key or self.api_key))
        return self._clients[-1]

    def new_key(self, name: str, scopes: Sequence[str] = SCOPES, **more: Any) -> str:
        """A further program's key."""
        return self._house.do_now(keeping.add_key, name, list(scopes), (), self._now(), **more)

    def aap(self, name: str = "agent", queue: str = "agent-actions") -> tuple[str, str]:
        """The address and the credential of a further agent that speaks the AAP."""
        _, credential = self._house.do_now(
            aap_instances.add_instance, self._house.rulebook, name, queue, (), None, self._now()
        )
        return self.url + AAP, credential

    def answer(self, item: Item | str, answer: Answer) -> None:
        """Has people say this about an item, now, whatever the reviewer says."""
        item_id = item if isinstance(item, str) else item.id
        self._wait_for(self._people.say(item_id, answer))

    def forward(self, by: timedelta) -> None:
        """Moves the server's clock on; what is due by then has happened when this returns."""
        self._ahead += by
        self._wait_for(tick(self._house))

    def pause(self, reason: str | None = None) -> None:
        """Pauses Signoff: nothing that was approved may run."""
        self._switch(reason, on=True)

    def resume(self) -> None:
        """Ends the pause."""
        self._switch(None, on=False)

    def stop(self) -> None:
        """Takes the server away from its address, as a restart would; `start` brings it back."""
        self._wait_for(self._stop())

    def start(self) -> None:
        """Brings the server to its address."""
        if not self._thread.is_alive():
            self._thread.start()
        self._wait_for(self._start())

    def check(self) -> None:
        """Has people look at all that was asked, and raises what went wrong with their answers.

        Raises:
            AssertionError: a script was too short, or nobody may do what it says.
        """
        self._wait_for(self._people.catch_up())
        self._people.raise_problem()

    def close(self) -> None:
        """Ends everything.

        Raises:
            AssertionError: as by `check`.
        """
        for client in self._clients:
            client.close()
        self._wait_for(self._people.catch_up())
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._house.close()
        self._people.raise_problem()

    def _now(self) -> datetime:
        return read_clock() + self._ahead

    def _switch(self, reason: str | None, *, on: bool) -> None:
        self._wait_for(self._house.do(pausing.switch, "ann", "cli", reason, self._now(), on=on))

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _start(self) -> None:
        ready: asyncio.Future[str] = self._loop.create_future()
        port = int(self.url.rpartition(":")[2]) if self.url else 0
        door = serve(self._house, HOST, port, on_ready=ready.set_result)
        serving = asyncio.create_task(door)
        serving.add_done_callback(lambda ended: _tell(ended, ready))
        self.url = await ready
        clock, people = run_clock(self._house, every=TICKS_EVERY), self._people.look()
        self._serving = [serving, asyncio.create_task(clock), asyncio.create_task(people)]

    async def _stop(self) -> None:
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(READY_WITHIN)


def _tell(ended: asyncio.Task[None], ready: asyncio.Future[str]) -> None:
    """Whoever waits for a door that could not open hears why."""
    if not ready.done() and not ended.cancelled():
        ready.set_exception(ended.exception() or RuntimeError("the server closed"))


@contextmanager
def server(
    *queues: str,
    rules: Mapping[str, QueueRules] | None = None,
    reviewer: Reviewer = lambda _asked: leave(),
    people: Sequence[str] = PEOPLE,
    environment: bool = True,
) -> Iterator[Box]:
    """A Signoff of one's own.

    Args:
        queues: their names; each takes approvals and labels.
        rules: further queues, with what their policies say besides the defaults.
        reviewer: says what people do about an item; None and `leave()` keep it open.
        people: who reviews; all of them answer in turn, until an item is settled.
        environment: whether SIGNOFF_URL and SIGNOFF_API_KEY name it meanwhile.

    Raises:
        AssertionError: at the end, when a script had too few answers.
    """
    rulebook = _rulebook({name: {} for name in queues} | dict(rules or {}), people)
    with tempfile.TemporaryDirectory(prefix="signoff-testing-") as folder:
        box = Box(rulebook, reviewer, Path(folder))
        box.start()
        settings = {URL: box.url, API_KEY: box.api_key} if environment else {}
        try:
            with patch.dict(os.environ, settings):
                yield box
        finally:
            box.close()


def _rulebook(queues: Mapping[str, QueueRules], people: Sequence[str]) -> Rulebook:
    names = tuple(people)
    basic = Policy(
        due_in=timedelta(minutes=30),
        cost_per_review_usd=Decimal(0),
        reviewers=names,
        editors=names,
        responders=names,
        votes_needed=1,
        cards_at_most=1_000,  # nothing waits behind what other tests have left open
        open_at_most=1_000_000,
    )
    return Rulebook(
        queues={
            name: Queue(
                name=name,
                title=name,
                kinds=("approval", "label"),
                policy=Policy.model_validate(basic.model_dump() | dict(rules)),
                slack="C0TESTING",
            )
            for name, rules in queues.items()
        },
        people={name: Person(id=name, name=name.title(), slack=f"U-{name}") for name in names},
    )


@cache
def _empty_database() -> Path:
    """A database with the newest schema, made once in a process: that takes half a second."""
    folder = tempfile.mkdtemp(prefix="signoff-testing-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "empty.db"
    migrate(f"sqlite:///{path}")
    return path

"""A year of work on one database: flows are called as doors call them, by a clock of its own.

The clock stops for hours, jumps and goes back; people work, pause, sleep, go on holiday and leave;
programs ask in waves. After each step the laws of `year_watch` are checked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import text

from bot.content import SUBMISSION
from bot.errors import FloodError, SignoffError
from bot.facts import UNSURE, Item
from bot.flows import (
    delivering,
    escalating,
    letters,
    opening,
    pulling,
    reporting,
    resting,
    settings,
    shifting,
    ticking,
    voting,
)
from bot.flows.delivering import Sent
from bot.flows.loading import load
from bot.flows.opening import Producer
from storage import claims, watching
from storage.engine import open_engine
from storage.migrating import migrate
from storage.unit import Unit
from tests.story.year_town import (
    EVERYBODY,
    START,
    a_rulebook,
    account,
    has_quiet_hours,
    holidays,
    is_at_work,
    leavers,
)
from tests.story.year_watch import Watch

LONGEST = timedelta(minutes=5)  # between two looks at the clock
NIGHT = timedelta(minutes=30)  # the same, while nothing is open
UP = timedelta(seconds=20)  # by which a clock that runs is late at most
HOUR = timedelta(hours=1)
WAVE_MAX = 120  # requests
AGENTS = [Producer(f"agent-{number}", owners=()) for number in range(3)]


def count_held(unit: Unit, person: str, now: datetime) -> int:
    """How many items somebody holds."""
    return claims.count_held(unit.connection, (person,), now)


@dataclass
class Year:
    """The town, its bot, and how far the year has come."""

    folder: Path
    days: int
    seed: int = 1
    waves_per_hour: float = 0.12
    time: datetime = START  # what a good clock would say
    skew: timedelta = timedelta(0)  # what the machine's clock is wrong by
    stopped_until: datetime = START
    watch: Watch = field(default_factory=Watch)

    def __post_init__(self) -> None:
        self.random, self.last_look = Random(self.seed), self.time  # noqa: S311  a throw of dice
        url = f"sqlite:///{self.folder / 'year.db'}"
        migrate(url)
        self.connection = open_engine(url).connect()
        raw: Any = self.connection.connection.dbapi_connection
        raw.execute("PRAGMA synchronous = OFF")  # no power fails in this town
        self.rulebook = a_rulebook()
        self.leaving = leavers(self.random, self.days)
        self.holidays = holidays(self.random, self.days)
        self.keys = 0
        for person in filter(has_quiet_hours, EVERYBODY):
            stated = settings.Stated("channel", "20:00", "08:00", "")
            self.do(settings.prefer, self.rulebook, account(person), stated)

    @property
    def now(self) -> datetime:
        """What the machine's clock says."""
        return self.time + self.skew

    def do(self, flow: Callable[..., Any], *args: Any) -> Any:
        """One unit; a refusal takes nothing back, since nothing was done."""
        with self.connection.begin():
            return flow(Unit(self.connection), *args)

    def run(self) -> None:
        """All of it, and then a week in which nobody works, so that everything ends."""
        end = START + timedelta(days=self.days)
        while self.time < end:
            self._step()
            self._weather()
            self._programs()
            self._people()
        self.skew, self.stopped_until = timedelta(0), self.time
        rest = self.time + timedelta(days=7)
        while self.time < rest and self._count_open():
            self._step()
        self._expect_the_end()

    def _step(self) -> None:
        """Time passes until something is due, and a little more: then the clock ticks."""
        with self.connection.begin():
            due = watching.oldest(self.connection)
        soonest = [at for kind, at in due.items() if at and kind in ("deadlines", "escalations")]
        longest = LONGEST if due["deadlines"] else NIGHT
        wait = min([longest, *(at - self.now for at in soonest)])
        self.last_look = self.time
        self.time += max(wait, timedelta(seconds=1)) + self.random.random() * UP
        self._hold_calendar()
        is_up = self.time >= self.stopped_until
        if is_up:
            while self.do(ticking.tick, self.rulebook, self.now) >= ticking.BATCH:
                pass
            self.do(self.watch.after_a_tick, self.rulebook, self.now)
        self._check_history(ticked=is_up)
        if is_up:
            self._courier()

    def _check_history(self, *, ticked: bool) -> None:
        with self.connection.begin():
            self.watch.history(Unit(self.connection), self.rulebook, self.now, ticked=ticked)

    def _hold_calendar(self) -> None:
        """Who leaves, leaves; who goes on holiday says so."""
        while self.leaving and self.leaving[0][0] <= self.time:
            self.rulebook = a_rulebook(self.leaving.pop(0)[1])
        while self.holidays and self.holidays[0][0] <= self.time:
            _, person, until = self.holidays.pop(0)
            there = self.rulebook.people.get(person)
            if there is not None and there.active:
                span = (self.now, until)
                self.watch.away[person].append(span)
                self.do(shifting.away, self.rulebook, account(person), person, span, self.now)

    def _weather(self) -> None:
        """Now and then the clock stops for a while, or is wrong by hours until somebody sees it."""
        chance = self.random.random()
        if chance < 0.0005:
            hours = self.random.choice([0.3, 2, 6])
            self.stopped_until = self.time + timedelta(hours=hours)
            self.watch.seen["clock stopped"] += 1
        elif chance < 0.001:
            wrong = self.random.choice([-2, 2, 0.5])
            self.skew = timedelta(0) if self.skew else timedelta(hours=wrong)
            self.watch.seen["clock jumped"] += 1
        elif chance < 0.02:
            self.skew = timedelta(0)

    def _programs(self) -> None:
        """Requests come in waves, more of them on weekdays."""
        rate = self.waves_per_hour * (1 if self.time.weekday() < 5 else 0.3)
        if self.random.random() > rate * (self.time - self.last_look) / HOUR:
            return
        agent = self.random.choice(AGENTS)
        for _ in range(min(WAVE_MAX, int(2 * self.random.paretovariate(0.8)))):
            self.keys += 1
            self._ask(agent)

    def _ask(self, agent: Producer) -> None:
        requester = self.random.choice([*EVERYBODY, None, None])
        stated: dict[str, Any] = {"key": f"k{self.keys}", "requester": requester}
        if self.random.random() < 0.4:
            action = {"name": "delete", "args": {"path": f"{self.keys}.log"}}
            stated |= {"kind": "approval", "queue": "agent-actions", "action": action}
        else:
            sure = {"choice": "spam", "confidence": round(self.random.random(), 2), "model": "m"}
            stated |= {"kind": "label", "queue": "moderation", "body": "You won!",
                       "choices": ["spam", "ham"], "prediction": sure}  # fmt: skip
        content = SUBMISSION.validate_python(stated)
        try:
            self.do(opening.open_item, self.rulebook, agent, content, self.now)
            self.watch.seen["opened by a program"] += 1
        except FloodError:
            self.watch.seen["flood refused"] += 1

    def _people(self) -> None:
        eagerness = 0.15 if self._open_ids() else 0.02
        for person in EVERYBODY:
            if not self._is_here(person):
                continue
            chance = self.random.random()
            if chance < eagerness:
                self._pull(person)
            elif chance > 0.995:
                self._pause(person)
            elif chance > 0.98:
                self._click_somewhere(person)

    def _is_here(self, person: str) -> bool:
        there = self.rulebook.people.get(person)
        is_away = any(start <= self.now < end for start, end in self.watch.away[person])
        return there is not None and there.active and is_at_work(person, self.time) and not is_away

    def _pause(self, person: str) -> None:
        length = timedelta(minutes=self.random.choice([5, 15, 60]))
        until = self.do(resting.take_break, self.rulebook, account(person), length, self.now)
        self.watch.on_break[person] = until

    def _pull(self, person: str) -> None:
        who, now = account(person), self.now
        held = self.do(count_held, person, now)
        pull = self.do(pulling.next_for, self.rulebook, who, None, now)
        if pull.item is None:
            ids = self._open_ids() if pull.lack and self.random.random() < 0.2 else []
            self.do(self.watch.not_handed, self.rulebook, person, pull.lack, ids)
            return
        self.do(self.watch.nobody_is_overbooked)
        self.watch.handed(person, held, now)
        chance = self.random.random()
        if chance < 0.85:
            self._vote(person, pull.item)
        elif chance < 0.9:
            self.do(pulling.skip, self.rulebook, who, pull.item.id, now)
            self.watch.skipped.add((pull.item.id, person))
        elif chance < 0.95:
            self.do(pulling.release, self.rulebook, who, pull.item.id, now)

    def _click_somewhere(self, person: str) -> None:
        ids = self._open_ids()
        if ids:
            self._vote(person, self.do(load, self.random.choice(ids)))

    def _vote(self, person: str, item: Item) -> None:
        choice = self.random.choices([*item.choices, UNSURE], [0.6, 0.3, 0.1])[0]
        ballot = voting.Ballot(item.id, choice, account(person))
        receipt = self.do(voting.cast, self.rulebook, ballot, self.now)
        self._check_history(ticked=False)
        if receipt.is_new and receipt.vote is not None:
            if receipt.previous is not None:
                self.watch.reviews[person].remove(receipt.previous.cast_at)
            self.watch.reviews[person].append(receipt.vote.cast_at)

    def _courier(self) -> None:
        """Letters go out; some of those who are called say that they are on it, some vote."""
        while notices := self.do(delivering.claim_notices, "slack", self.now, 100):
            for notice in notices:
                if not notice.template.startswith("digest"):
                    letter = self.do(letters.write, self.rulebook, notice, self.now)
                    self.watch.letter(notice.template, notice.channel_ref, letter, self.now)
                    if letter and notice.template == "ping-direct":
                        self._answer(notice.channel_ref[1:].lower(), str(notice.item_id))
                sent = Sent(notice.channel_ref, "1.0")
                self.do(delivering.notice_sent, notice, sent, self.now)

    def _answer(self, person: str, item_id: str) -> None:
        chance = self.random.random()
        if chance < 0.3:
            args = (self.rulebook, item_id, account(person), self.now)
            noted = self.do(escalating.attend, *args)
            self.watch.seen["on it" if noted.until else "not on it"] += 1
        elif chance < 0.5 and is_at_work(person, self.time):
            self._vote(person, self.do(load, item_id))

    def _open_ids(self) -> list[str]:
        with self.connection.begin():
            found = self.connection.execute(text("SELECT id FROM item WHERE wake_at IS NOT NULL"))
            return list(found.scalars())

    def _count_open(self) -> int:
        return len(self._open_ids())

    def _expect_the_end(self) -> None:
        """Everything has ended, silence has denied, and the history holds."""
        assert self._open_ids() == []
        with self.connection.begin():
            silent = self.connection.execute(
                text("SELECT DISTINCT outcome_choice FROM item WHERE kind = 'approval' "
                     "AND outcome_rule = 'timeout'")
            ).scalars()  # fmt: skip
            assert set(silent) <= {"reject"}
            late = self.connection.execute(
                text("SELECT count(*) FROM ledger WHERE event = 'settled'")
            ).scalar_one()
        assert late == self.watch.seen["opened by a program"]
        _, broken = self.do(reporting.verify_ledger)
        assert broken is None
        try:
            self.do(pulling.next_for, self.rulebook, account("r01"), None, self.now)
        except SignoffError:
            self.watch.seen["r01 has left"] += 1

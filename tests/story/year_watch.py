"""What must hold at each instant of a simulated year, reckoned without the code under test."""

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot.facts import Item
from bot.flows import watching
from bot.flows.loading import load
from bot.letters import Letter
from bot.rules.authority import bar_for, eligible
from bot.rules.claims import Lack, votes_wanted
from config.policies import Rulebook
from storage import claims
from storage.unit import Unit
from tests.story.year_town import LIMITS, is_quiet

APART = timedelta(minutes=15)
HOUR = timedelta(hours=1)
OVERBOOKED = """
    SELECT item.id FROM item WHERE wake_at IS NOT NULL AND (
        claim_count > votes_wanted
        OR claim_count <> (SELECT count(*) FROM claim WHERE claim.item_id = item.id))
"""
FORGOTTEN = """
    SELECT item.id, escalation.item_id, escalation.asked FROM item
    LEFT JOIN escalation ON escalation.item_id = item.id
    WHERE item.wake_at IS NOT NULL AND item.status = 'escalated' AND escalation.next_at IS NULL
"""


class Watch:
    """Follows a year, and stops it where a law is broken."""

    def __init__(self) -> None:
        self.reviews: dict[str, list[datetime]] = defaultdict(list)
        self.on_break: dict[str, datetime] = {}
        self.away: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        self.reminded: dict[str, datetime] = {}
        self.skipped: set[tuple[str, str]] = set()
        self.seen = Counter[str]()  # events of the history, and what was checked
        self._seq = 0

    def after_a_tick(self, unit: Unit, rulebook: Rulebook, now: datetime) -> None:
        """Every item ends in time, and no step of an escalation is forgotten."""
        late = [each for each in watching.overdue(unit, now) if each.kind != "cards"]
        late = [each for each in late if each.kind != "notices"]
        assert late == [], late
        for item_id, row, asked in unit.connection.execute(text(FORGOTTEN)):
            assert row is not None, f"nobody follows {item_id}"
            was_asked = asked != "[]" or not eligible(load(unit, item_id), rulebook)
            assert was_asked, f"nobody was ever asked about {item_id}"

    def history(self, unit: Unit, rulebook: Rulebook, now: datetime, *, ticked: bool) -> None:
        """Whoever was asked just now could be; one call an item and tick, one name a call."""
        rows = unit.connection.execute(
            text("SELECT seq, event, item_id, body FROM ledger WHERE seq > :seq ORDER BY seq"),
            {"seq": self._seq},
        ).all()
        asked = Counter[str]()
        for seq, event, item_id, body in rows:
            self._seq = seq
            self.seen[event] += 1
            if event == "asked":
                said = json.loads(body)
                asked[f"{item_id} {said['target']}"] += 1
                self._may_be_asked(unit, rulebook, item_id, said, now)
        if ticked:
            assert all(count == 1 for count in asked.values()), asked

    def _may_be_asked(
        self, unit: Unit, rulebook: Rulebook, item_id: str, said: dict[str, Any], now: datetime
    ) -> None:
        person = said["person"]
        if person is None:
            assert said["target"] == "channel"
            return
        assert rulebook.people[person].active
        assert person != load(unit, item_id).requester, f"{person} is asked about their own item"
        assert not self._rests(person, now), f"{person} rests"
        assert not self._is_away(person, now), f"{person} is away"
        if not said["target"].startswith("schedule:"):
            assert not is_quiet(person, now), f"{person} sleeps"

    def letter(self, template: str, account: str, letter: Letter | None, now: datetime) -> None:
        """A letter names one person at most; two reminders are fifteen minutes apart."""
        if letter is None:
            return
        self.seen[template] += 1
        assert repr(letter).count("ping=True") <= 1
        if template == "reminder":
            person = account.removeprefix("U").lower()
            last = self.reminded.get(person)
            assert last is None or abs(now - last) >= APART, f"{person} is reminded again"
            assert not self._rests(person, now)
            assert not is_quiet(person, now)
            self.reminded[person] = now

    def handed(self, person: str, held_count: int, now: datetime) -> None:
        """Nobody who should rest is handed anything."""
        past = [review for review in self.reviews[person] if review <= now]
        in_hour = sum(review > now - HOUR for review in past)
        assert in_hour + held_count < LIMITS.max_per_hour, f"{person} has done {in_hour}"
        assert not self._has_worked_long(past, now), f"{person} has worked for long"
        assert not self.on_break.get(person, now) > now
        self.seen["handed"] += 1

    def not_handed(
        self, unit: Unit, rulebook: Rulebook, person: str, lack: Lack | None, open_ids: list[str]
    ) -> None:
        """Nobody hears that nothing waits while something does."""
        if lack not in (Lack.EMPTY, Lack.DONE):
            return
        self.seen["nothing waits"] += 1
        held = {row.item_id for row in claims.of_person(unit.connection, person)}
        for item_id in set(open_ids) - held:
            item = load(unit, item_id)
            assert not self._waits_for(rulebook, person, item), f"{item_id} waits for {person}"

    def nobody_is_overbooked(self, unit: Unit) -> None:
        """No item is in more hands than it has votes to come."""
        assert unit.connection.execute(text(OVERBOOKED)).all() == []

    def _waits_for(self, rulebook: Rulebook, person: str, item: Item) -> bool:
        if item.is_settled or (item.id, person) in self.skipped:
            return False
        vote = item.vote_of(person)
        if vote is not None and vote.as_senior == (item.escalated_at is not None):
            return False
        is_free = votes_wanted(item) > item.claim_count
        return is_free and bar_for(item, rulebook.people[person], rulebook) is None

    def _rests(self, person: str, now: datetime) -> bool:
        if self.on_break.get(person, now) > now:
            return True
        past = [review for review in self.reviews[person] if review <= now]
        in_hour = sum(review > now - HOUR for review in past)
        return in_hour >= LIMITS.max_per_hour or self._has_worked_long(past, now)

    def _is_away(self, person: str, now: datetime) -> bool:
        return any(start <= now < end for start, end in self.away[person])

    @staticmethod
    def _has_worked_long(past: list[datetime], now: datetime) -> bool:
        """Minute by minute, back to the last pause."""
        recent = sorted(each for each in past if each > now - timedelta(hours=8))
        began = last = now
        for review in reversed(recent):
            if last - review >= LIMITS.break_for:
                break
            began = last = review
        return began < now and now - began >= LIMITS.break_after

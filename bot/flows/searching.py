"""Finding the most urgent item that one person has not seen, however many they have."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from bot.facts import Item, Status
from bot.flows.loading import item_from
from bot.rules.authority import bar_for
from config.policies import Person, Rulebook
from storage import pulls
from storage.pulls import ANEW_MAX, END, PASSED, START, Bookmark, Place
from storage.unit import Unit

LOOK = 4  # items of a first look; the next looks are larger
LOOK_MAX = 256
REFRESHED_FROM = 32  # newcomers from which on a bookmark is brought up to date
UNSETTLED = timedelta(seconds=10)  # what began this long ago has been committed, by every clock

Found = tuple[Place, Item]


@dataclass(frozen=True, slots=True)
class Round:
    """One round of one queue, in which a person may judge."""

    queue: str
    status: Status


def rounds_of(person: Person, rulebook: Rulebook) -> list[Round]:
    """Where this person may judge, by today's rules; each item's own rules have the last word."""
    if not person.active:
        return []
    found = []
    for name, queue in rulebook.queues.items():
        policy = queue.policy
        if set(policy.qualifications) - person.qualifications:
            continue
        may_review = person.roles & {"reviewer", "senior"}
        if may_review and person.id in rulebook.members(policy.reviewers):
            found.append(Round(name, Status.OPEN))
        if "senior" in person.roles and person.id in rulebook.members(policy.seniors):
            found.append(Round(name, Status.ESCALATED))
    return found


class Search:
    """One person's look through their rounds; it moves their bookmarks when it may write."""

    def __init__(
        self, unit: Unit, rulebook: Rulebook, person: Person, now: datetime, *, writes: bool = True
    ) -> None:
        self._unit = unit
        self._rulebook = rulebook
        self.person = person
        self._now = now
        self._writes = writes
        self._bookmarks = pulls.bookmarks_of(unit.connection, person.id)

    @cached_property
    def _standing(self) -> str:
        return _standing_of(self.person, self._rulebook)

    def first_in(self, each: Round, limit: int = LOOK) -> list[Found]:
        """Up to so many items of a round that this person may judge, the most urgent first."""
        bookmark, count = self._usable(each)
        behind = self._behind(each, bookmark, limit) if bookmark and count else []
        if bookmark and count >= REFRESHED_FROM and not behind:
            bookmark = self._refreshed(each, bookmark)
        return [*behind, *self._ahead(each, bookmark, limit)][:limit]

    def forget(self, rounds: Sequence[Round]) -> None:
        """Gives up the bookmarks in these rounds, so that everything is looked at once more."""
        for each in rounds:
            if self._bookmarks.pop((each.queue, each.status), None):
                pulls.drop_bookmark(self._unit.connection, self.person.id, each.queue, each.status)

    def _usable(self, each: Round) -> tuple[Bookmark | None, int]:
        """The bookmark, where it still says something, and how many items came since."""
        bookmark = self._bookmarks.get((each.queue, each.status))
        if bookmark is None or bookmark.standing != self._standing or bookmark.since > self._now:
            return None, 0
        since = bookmark.since
        count = pulls.count_newcomers(self._unit.connection, each.queue, each.status, since)
        return (bookmark, count) if count < ANEW_MAX else (None, 0)

    def _behind(self, each: Round, bookmark: Bookmark, limit: int) -> list[Found]:
        """What came, or came back, in front of the bookmark."""
        found: list[Found] = []
        for size in (limit, ANEW_MAX):
            rows = pulls.behind(
                self._unit.connection, self.person.id, each.queue, each.status, bookmark, size
            )
            found = self._theirs(rows)
            if found or len(rows) < size:
                break
        return found

    def _refreshed(self, each: Round, bookmark: Bookmark) -> Bookmark:
        """The bookmark that nothing lies behind, which says so of a later instant."""
        fresh = bookmark._replace(since=max(bookmark.since, self._now - UNSETTLED))
        self._set(each, fresh)
        return fresh

    def _ahead(self, each: Round, bookmark: Bookmark | None, limit: int) -> list[Found]:
        """What lies from the bookmark on; a bookmark is set where much was passed before it."""
        begin, size, found = bookmark.place if bookmark else START, limit, list[Found]()
        passed_count = 0
        while True:
            rows = pulls.ahead(
                self._unit.connection, self.person.id, each.queue, each.status, begin, size
            )
            found = self._theirs(rows)
            if rows:
                first = found[0][0] if found else END
                passed_count += rows[0].passed + sum(place_of(row) < first for row in rows)
            if found or len(rows) < size:
                break
            begin, size = place_of(rows[-1]), min(size * 4, LOOK_MAX)
        if not found and pulls.passes_many(self._unit.connection, each.queue, each.status, begin):
            passed_count += PASSED
        if passed_count >= PASSED:
            since = bookmark.since if bookmark else self._now - UNSETTLED
            self._set(each, Bookmark(found[0][0] if found else END, since, self._standing))
        return found

    def _theirs(self, rows: Sequence[Any]) -> list[Found]:
        """Those that this person may judge, by the items' own rules."""
        items = ((place_of(row), item_from(row)) for row in rows)
        return [
            (place, item)
            for place, item in items
            if bar_for(item, self.person, self._rulebook) is None
        ]

    def _set(self, each: Round, bookmark: Bookmark) -> None:
        if self._writes:
            pulls.set_bookmark(
                self._unit.connection, self.person.id, each.queue, each.status, bookmark
            )


def place_of(row: Any) -> Place:
    """Where the item in a row stands."""
    return Place(row.urgency, row.due_at, row.id)


def _standing_of(person: Person, rulebook: Rulebook) -> str:
    """A digest of all that decides which items a person may judge, besides the items."""
    groups = sorted(name for name, members in rulebook.groups.items() if person.id in members)
    told = person.model_dump(mode="json")
    stated = {
        **told,
        "roles": sorted(person.roles),
        "qualifications": sorted(person.qualifications),
    }
    text = json.dumps([stated, groups], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

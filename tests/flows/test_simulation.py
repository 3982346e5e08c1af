"""Anything may happen in any order: clicks, crashes, lost posts, jumps of the clock, two replicas.

After every step the laws hold; when the faults end, every item settles and every card converges.
"""

import os
import shutil
import tempfile
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bot.content import Action, action_digest
from bot.errors import SignoffError
from bot.facts import APPROVE, UNSURE, Execution, Item, Rule, Standing
from bot.flows import (
    cancelling,
    delivering,
    editing,
    granting,
    pausing,
    reporting,
    voting,
)
from bot.flows.delivering import Gone, Missing, PlacedCard, RetryAt, Sent
from bot.rules.editing import base_of
from storage import cards
from storage.engine import open_engine
from storage.migrating import migrate
from storage.unit import Memory, Unit
from tests.flows.scene import AGENT, Scene, a_policy, who

PEOPLE = ("ann", "ben", "cat", "olga", "sue", "out")
people = st.sampled_from(PEOPLE)


class Crash(BaseException):
    """The process dies in the middle of a unit."""


class House(RuleBasedStateMachine):
    """Two replicas on one database, a chat that forgets and refuses, and a clock that jumps."""

    items = Bundle("items")

    @initialize()
    def move_in(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        url = f"sqlite:///{self.folder / 'signoff.db'}"
        migrate(url)
        policies = {
            "approvals": a_policy(
                approvals_needed=2, grace_for=timedelta(seconds=30), editors=("ann", "ben")
            ),
            "labels": a_policy(
                votes_needed=3, majority_share=0.8, escalate_after=timedelta(minutes=9)
            ),
        }
        self.scene = Scene(url, **policies)
        self.replica = Memory(open_engine(url))
        self.chat: dict[str, int] = {}  # message -> the revision that it shows
        self.held: list[PlacedCard] = []  # claimed by a courier that has not answered yet
        self.opened: list[str] = []
        self.outcomes: dict[str, object] = {}
        self.paths: dict[str, str] = {}  # item -> what its action would delete, as it stands
        self.began: dict[str, set[str]] = defaultdict(set)  # item -> attempts that may run
        self.paused = False

    @rule(target=items, queue=st.sampled_from(["approvals", "labels"]), by=st.none() | people)
    def open(self, queue: str, by: str | None) -> str:
        if queue == "labels":
            self.opened.append(self.scene.label(requester=by))
            return self.opened[-1]
        action = {"name": "delete", "args": {"path": "a"}, "args_schema": {"type": "object"}}
        asked = {"kind": "approval", "queue": queue, "action": action, "allow": ["edit"]}
        self.opened.append(self.scene.open(requester=by, **asked))
        self.paths[self.opened[-1]] = "a"
        return self.opened[-1]

    @rule(item=items, person=people, path=st.sampled_from("abc"), stale=st.booleans())
    def edit(self, item: str, person: str, path: str, stale: bool) -> None:
        base = "0" * 16 if stale else base_of(self.scene.item(item))
        change = editing.Change(item, base, f'{{"path": "{path}"}}', who(person))
        receipt = self.scene.do(editing.edit, self.scene.rulebook, change, self.scene.now)
        if receipt.refusal is None:
            assert person in ("ann", "ben")
            assert not stale
            self.paths[item] = path

    @rule(
        item=items,
        attempt=st.sampled_from(["attempt-1", "attempt-2"]),
        path=st.sampled_from(["as it stands", "a", "b"]),
        dies=st.booleans(),
        elsewhere=st.booleans(),
    )
    def redeem(self, item: str, attempt: str, path: str, dies: bool, elsewhere: bool) -> None:
        self._switch(elsewhere)
        args = {"path": self.paths.get(item, "a") if path == "as it stands" else path}
        digest = action_digest(Action(name="delete", args=args))

        def redeem(unit: Unit) -> None:
            granting.redeem(unit, AGENT, item, digest, attempt, self.scene.now)
            if dies:
                raise Crash

        try:
            self.scene.do(redeem)
        except (SignoffError, Crash):
            return
        self.began[item].add(attempt)
        self._expect_permitted(item, args["path"])

    def _expect_permitted(self, item_id: str, path: str) -> None:
        """Nothing runs without a live, exact, unconsumed approval, reckoned without the code."""
        item = self.scene.item(item_id)
        assert not self.paused
        assert item.outcome is not None
        assert_approved_by_right(item)
        assert item.outcome.choice == APPROVE
        assert item.grant is not None
        assert self.scene.now < item.grant.expires_at
        assert item.grant.expires_at <= item.outcome.decided_at + timedelta(minutes=15)
        assert path == self.paths[item_id]
        assert item.report is None

    @rule(item=items, attempt=st.sampled_from(["attempt-1", "attempt-2", None]))
    def report(self, item: str, attempt: str | None) -> None:
        said = (Execution.EXECUTED, "", self.scene.now, attempt)
        try:
            self.scene.do(granting.report, AGENT, item, *said)
        except SignoffError:
            return
        assert attempt in {None, *self.began[item]}

    @rule(item=items)
    def cancel(self, item: str) -> None:
        book = self.scene.rulebook
        with suppress(SignoffError):
            self.scene.do(cancelling.cancel, book, AGENT, item, None, self.scene.now)

    @rule(on=st.booleans(), elsewhere=st.booleans())
    def pause_or_resume(self, on: bool, elsewhere: bool) -> None:
        self._switch(elsewhere)
        self.scene.do(pausing.switch, "ops", "cli", None, self.scene.now, on=on)
        self.paused = on

    @rule(item=items, person=people, pick=st.integers(0, 2), elsewhere=st.booleans())
    def vote(self, item: str, person: str, pick: int, elsewhere: bool) -> None:
        choice = (*self.scene.item(item).choices, UNSURE)[pick]
        self._switch(elsewhere)
        self.scene.vote(person, choice, item)

    @rule(item=items, person=people)
    def withdraw(self, item: str, person: str) -> None:
        self.scene.do(voting.withdraw, self.scene.rulebook, item, who(person), self.scene.now)

    @rule(item=items, person=people)
    def crash_before_the_commit(self, item: str, person: str) -> None:
        def vote_and_die(unit: Unit) -> None:
            ballot = voting.Ballot(item, self.scene.item(item).choices[0], who(person))
            voting.cast(unit, self.scene.rulebook, ballot, self.scene.now)
            raise Crash

        before = self.scene.item(item)
        with pytest.raises(Crash):
            self.scene.do(vote_and_die)
        assert self.scene.item(item) == before

    @rule(seconds=st.sampled_from([-7_200, 1, 29, 61, 600, 1_900]), elsewhere=st.booleans())
    def tick(self, seconds: int, elsewhere: bool) -> None:
        self._switch(elsewhere)
        self.scene.tick(seconds=seconds)

    @rule(elsewhere=st.booleans())
    def claim(self, elsewhere: bool) -> None:
        self._switch(elsewhere)
        claimed = self.scene.do(delivering.claim_cards, "slack", self.scene.now, 3)
        self.held.extend(claimed)

    @rule(fate=st.sampled_from(["sent", "sent", "late", "lost", "refused", "missing", "gone"]))
    def answer(self, fate: str) -> None:
        if not self.held:
            return
        card = self.held.pop(0)
        if fate == "late":  # the courier died, or its answer takes its time
            self.held.append(card)
        elif fate == "lost":  # posted, and nobody ever hears of it
            self._show(card)
        else:
            self._finish(card, fate)

    def _finish(self, card: PlacedCard, fate: str) -> None:
        revision = self.scene.item(card.item_id).revision
        if fate == "sent":
            result: delivering.Result = Sent(card.channel_ref, self._show(card))
        elif fate == "refused":
            result = RetryAt(self.scene.now + timedelta(seconds=30), "ratelimited")
        elif fate == "missing" and card.message_ref:
            self.chat.pop(card.message_ref, None)
            result = Missing()
        else:
            result = Gone("channel_not_found") if card.channel_ref == "C0QUEUE" else Missing()
        book = self.scene.rulebook
        self.scene.do(delivering.card_sent, book, card, revision, result, self.scene.now)

    def _show(self, card: PlacedCard) -> str:
        """The chat shows the newest state, in the message it has or in a new one."""
        message = card.message_ref or f"{len(self.chat)}.{card.tries}"
        self.chat[message] = self.scene.item(card.item_id).revision
        return message

    def _switch(self, elsewhere: bool) -> None:
        if elsewhere:
            self.scene.memory, self.replica = self.replica, self.scene.memory

    @invariant()
    def every_item_has_at_most_one_outcome_and_keeps_it(self) -> None:
        for item_id in self.opened:
            item = self.scene.item(item_id)
            assert Counter(self.scene.events(item_id))["settled"] == item.is_settled
            if item.is_settled:
                assert self.outcomes.setdefault(item_id, item.outcome) == item.outcome

    @invariant()
    def nothing_is_approved_without_the_people_it_needs(self) -> None:
        for item_id in self.opened:
            item = self.scene.item(item_id)
            if item.outcome and item.outcome.choice == APPROVE:
                assert_approved_by_right(item)

    @invariant()
    def one_attempt_at_most_runs_an_action(self) -> None:
        assert all(len(attempts) <= 1 for attempts in self.began.values())

    @invariant()
    def the_ledger_verifies(self) -> None:
        _, broken = self.scene.memory.read(reporting.verify_ledger).result(10)
        assert broken is None

    def teardown(self) -> None:
        self._heal()
        for item_id in self.opened:
            item = self.scene.item(item_id)
            assert item.is_settled
            self._expect_shown(item)
            if item.grant is not None:
                ran = bool(self.began[item_id])
                assert item.grant.standing is (Standing.USED if ran else Standing.EXPIRED)
        self.scene.memory.close()
        self.replica.close()
        shutil.rmtree(self.folder)

    def _heal(self) -> None:
        """The faults end: time passes, couriers answer."""
        for _ in range(2):  # what settles in the first half may be used, or not, in the second
            self.scene.wait(hours=12)
            while self.scene.tick():
                pass
        for _ in range(100):
            self.scene.wait(seconds=61)
            claimed = self.scene.do(delivering.claim_cards, "slack", self.scene.now, 50)
            if not claimed:
                return
            for card in claimed:
                self._finish(card, "sent")
        raise AssertionError("the couriers never come to rest")

    def _expect_shown(self, item: Item) -> None:
        view = self.scene.memory.read(delivering.view, item.id, "slack").result(10)
        placed = self.scene.memory.read(placed_messages, item.id).result(10)
        assert placed
        assert {self.chat[message] for message in placed} == {view.item.revision}


def placed_messages(unit: Unit, item_id: str) -> list[str]:
    """The messages that show an item, those given up left out."""
    rows = cards.of_item(unit.connection, item_id)
    return [row.message_ref for row in rows if row.message_ref and not row.gone]


def assert_approved_by_right(item: Item) -> None:
    """Reckons again, without the code under test, who could have approved."""
    assert item.outcome is not None
    approvers = {vote.person_id for vote in item.votes if vote.choice == APPROVE}
    allowed = {"ann", "ben", "cat"} - {item.requester}
    if item.outcome.rule is Rule.SENIOR:
        assert "sue" in approvers
        assert item.requester != "sue"
    else:
        assert len(approvers & allowed) >= 2
        assert not any(vote.choice != APPROVE for vote in item.votes)


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        House,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_happens_the_laws_hold() -> None:
    run(examples=12, steps=25)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_whatever_happens_for_long_the_laws_hold() -> None:
    run(examples=int(os.environ.get("SIGNOFF_SOAK", "400")), steps=60)

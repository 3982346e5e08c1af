"""Pulling: the most urgent item that a person has not seen, held for a while for them alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.errors import NotAllowedError, SignoffError, UnknownItemError
from bot.flows import pulling, resting, searching, voting
from bot.flows.pulling import Pull
from bot.rules.claims import Lack
from bot.rules.fatigue import RestReason
from config.policies import Limits, Rulebook
from storage import claims, pulls
from storage.tables import BOOKMARK, ITEM
from storage.unit import Unit
from tests.flows.scene import Scene, a_policy, who

Build = Callable[..., Scene]

TEN = timedelta(minutes=10)


def pull(scene: Scene, person: str, queue: str | None = None) -> Pull:
    """What this person is handed."""
    return scene.do(pulling.next_for, scene.rulebook, who(person), queue, scene.now)


def pulled(scene: Scene, person: str, queue: str | None = None) -> str | None:
    """The id of what this person is handed."""
    item = pull(scene, person, queue).item
    return item.id if item else None


def held(scene: Scene, person: str) -> list[str]:
    """What this person holds."""
    found = scene.do(pulling.mine, scene.rulebook, who(person), scene.now)
    return [each.item.id for each in found]


def slots(scene: Scene, item_id: str) -> tuple[int, int]:
    """How many votes an item wants, and how many claims it counts."""

    def look(unit: Unit) -> tuple[int, int]:
        row = unit.connection.execute(
            select(ITEM.c.votes_wanted, ITEM.c.claim_count).where(ITEM.c.id == item_id)
        ).one()
        kept = len(claims.of_item(unit.connection, item_id))
        assert row.claim_count == kept
        return row.votes_wanted, row.claim_count

    return scene.do(look)


def doubtful(scene: Scene, confidence: float) -> str:
    """A label that a machine is so sure of."""
    return scene.label(prediction={"choice": "spam", "confidence": confidence})


def with_rules(scene: Scene, **rules: object) -> Rulebook:
    """The scene's rules with others for labels, which concern only items that open later."""
    queue = scene.rulebook.queues["labels"]
    policy = queue.policy.model_copy(update=rules)
    queues = {**scene.rulebook.queues, "labels": queue.model_copy(update={"policy": policy})}
    return scene.rulebook.model_copy(update={"queues": queues})


class TestTheMostUrgent:
    def test_comes_first_and_nothing_twice(self, set_scene: Build) -> None:
        scene = set_scene(labels=a_policy(votes_needed=2))
        sure, doubted = doubtful(scene, 0.8), doubtful(scene, 0.2)
        action = scene.approval()

        found = [pulled(scene, "ann") for _ in range(4)]

        assert found == [action, doubted, sure, None]
        assert sorted(held(scene, "ann")) == sorted([action, doubted, sure])

    def test_of_equals_is_the_one_that_expires_first(self, set_scene: Build) -> None:
        scene = set_scene()
        later = scene.approval(due_in=900)
        sooner = scene.approval(due_in=300)

        found = [pulled(scene, "ann"), pulled(scene, "ann")]

        assert found == [sooner, later]

    def test_can_be_asked_for_by_queue(self, set_scene: Build) -> None:
        scene = set_scene()
        scene.approval()
        label = scene.label()

        assert pulled(scene, "ann", "labels") == label
        assert pull(scene, "ann", "nowhere").lack is Lack.UNLISTED

    def test_is_never_ones_own(self, set_scene: Build) -> None:
        scene = set_scene()
        scene.approval(requester="<@U0ANN>")
        scene.approval()  # the cleanup agent is Olga's

        assert pulled(scene, "olga") is None
        assert pull(scene, "olga").lack is Lack.DONE
        assert pulled(scene, "ann") is not None
        assert pulled(scene, "ann") is None

    def test_goes_to_seniors_once_it_is_theirs(self, set_scene: Build) -> None:
        scene = set_scene()
        item_id = scene.approval()
        assert pull(scene, "sue").lack is Lack.DONE

        scene.vote("ann", "unsure", item_id)

        assert pulled(scene, "sue") == item_id
        assert pulled(scene, "ben") is None

    def test_comes_to_a_senior_who_had_voted_as_a_reviewer(self, set_scene: Build) -> None:
        policy = a_policy(reviewers=("ann", "sue"), approvals_needed=2)
        scene = set_scene(approvals=policy)
        item_id = scene.approval()
        scene.vote("sue", "approve", item_id)
        assert pulled(scene, "sue") is None

        scene.vote("ann", "unsure", item_id)

        assert pulled(scene, "sue") == item_id


class TestOverlap:
    def test_is_never_handed_out_twice_over(self, set_scene: Build) -> None:
        scene = set_scene(labels=a_policy(votes_needed=2))
        item_id = scene.label()

        found = [pulled(scene, person) for person in ("ann", "ben", "cat")]

        assert found == [item_id, item_id, None]
        assert slots(scene, item_id) == (2, 2)

    def test_is_used_up_by_votes_on_the_card(self, set_scene: Build) -> None:
        scene = set_scene(labels=a_policy(votes_needed=2))
        item_id = scene.label()
        pulled(scene, "ann")
        scene.wait(seconds=1)
        pulled(scene, "ben")

        scene.vote("cat", "spam", item_id)

        assert slots(scene, item_id) == (1, 1)
        assert held(scene, "ann") == [item_id]
        assert held(scene, "ben") == []
        assert scene.vote("ben", "spam", item_id).is_new

    def test_a_vote_uses_up_its_voters_claim_and_an_outcome_all(self, set_scene: Build) -> None:
        scene = set_scene(labels=a_policy(votes_needed=3))
        item_id = scene.label()
        for person in ("ann", "ben", "cat"):
            pulled(scene, person)

        scene.vote("ann", "spam", item_id)
        after_one = slots(scene, item_id)
        scene.vote("ben", "spam", item_id)

        assert after_one == (2, 2)
        assert slots(scene, item_id) == (0, 0)
        assert held(scene, "cat") == []

    def test_of_an_approval_is_what_a_yes_lacks(self, set_scene: Build) -> None:
        scene = set_scene(approvals=a_policy(approvals_needed=2, denials_needed=2))
        item_id = scene.approval()

        scene.vote("ann", "reject", item_id)

        assert slots(scene, item_id) == (2, 0)
        assert pulled(scene, "ben") == pulled(scene, "cat") == item_id

    def test_is_free_again_when_a_vote_is_taken_back(self, set_scene: Build) -> None:
        scene = set_scene(approvals=a_policy(grace_for=timedelta(seconds=30)))
        item_id = scene.approval()
        scene.vote("ann", "approve", item_id)
        assert pulled(scene, "ben") is None

        scene.do(voting.withdraw, scene.rulebook, item_id, who("ann"), scene.now)

        assert pulled(scene, "ben") == item_id

    def test_another_round_ends_the_claims_of_the_one_before(self, set_scene: Build) -> None:
        scene = set_scene(approvals=a_policy(approvals_needed=2))
        item_id = scene.approval()
        pulled(scene, "ann")

        scene.vote("ben", "unsure", item_id)

        assert held(scene, "ann") == []
        assert pulled(scene, "sue") == item_id


class TestClaims:
    def test_lapse_and_the_item_comes_back(self, set_scene: Build) -> None:
        scene = set_scene()
        item_id = scene.approval()
        pulled(scene, "ann")
        scene.wait(minutes=9, seconds=59)
        assert pulled(scene, "ben") is None

        scene.wait(seconds=1)

        assert held(scene, "ann") == []
        assert pulled(scene, "ben") == item_id
        assert scene.events(item_id) == ["opened", "claimed", "claim-lapsed", "claimed"]

    def test_last_as_long_as_the_policy_says_and_no_longer_than_the_item(
        self, set_scene: Build
    ) -> None:
        scene = set_scene(approvals=a_policy(claim_for=timedelta(minutes=20)))
        scene.approval()
        scene.approval(due_in=60)

        first, second = pull(scene, "ann"), pull(scene, "ann")

        assert first.claim
        assert first.claim.until == scene.now + timedelta(minutes=1)
        assert second.claim
        assert second.claim.until == scene.now + timedelta(minutes=20)

    def test_are_five_at_most(self, set_scene: Build) -> None:
        scene = set_scene()
        for _ in range(6):
            scene.approval()

        found = [pull(scene, "ann") for _ in range(6)]

        assert [each.lack for each in found] == [None] * 5 + [Lack.HOLDING]
        assert found[-1].held_count == 5

    def test_are_no_condition_for_a_vote(self, set_scene: Build) -> None:
        scene = set_scene()
        item_id = scene.approval()
        pulled(scene, "ann")

        receipt = scene.vote("ben", "approve", item_id)

        assert receipt.is_new
        assert held(scene, "ann") == []

    def test_are_given_back_at_once(self, set_scene: Build) -> None:
        scene = set_scene()
        item_id = scene.approval()
        pulled(scene, "ann")

        scene.do(pulling.release, scene.rulebook, who("ann"), item_id, scene.now)

        assert pulled(scene, "ben") == item_id
        with pytest.raises(SignoffError, match="do not hold"):
            scene.do(pulling.release, scene.rulebook, who("ann"), item_id, scene.now)

    def test_what_was_given_back_may_come_again(self, set_scene: Build) -> None:
        scene = set_scene()
        item_id = scene.approval()
        pulled(scene, "ann")

        scene.do(pulling.release, scene.rulebook, who("ann"), item_id, scene.now)

        assert pulled(scene, "ann") == item_id

    def test_what_was_skipped_goes_to_others_only(self, set_scene: Build) -> None:
        scene = set_scene()
        item_id = scene.approval()
        pulled(scene, "ann")

        scene.do(pulling.skip, scene.rulebook, who("ann"), item_id, scene.now)
        scene.do(pulling.skip, scene.rulebook, who("ann"), item_id, scene.now)

        assert pull(scene, "ann").lack is Lack.DONE
        assert pulled(scene, "ben") == item_id
        assert scene.events(item_id) == ["opened", "claimed", "skipped", "claimed"]

    def test_only_what_could_come_can_be_skipped(self, set_scene: Build) -> None:
        scene = set_scene()
        item_id = scene.approval()

        for person, error in (("out", UnknownItemError), ("nobody", NotAllowedError)):
            with pytest.raises(error):
                scene.do(pulling.skip, scene.rulebook, who(person), item_id, scene.now)


class TestNothing:
    def test_is_never_said_while_others_hold_what_waits(self, set_scene: Build) -> None:
        scene = set_scene()
        scene.approval()
        pulled(scene, "ann")
        scene.wait(minutes=4)

        found = pull(scene, "ben")

        assert (found.lack, found.held_count) == (Lack.HELD, 1)
        assert found.returns_at == scene.now + timedelta(minutes=6)

    def test_has_a_reason(self, set_scene: Build) -> None:
        scene = set_scene()
        assert pull(scene, "out").lack is Lack.UNLISTED
        assert pull(scene, "ann").lack is Lack.EMPTY

        scene.vote("ann", "spam", scene.label())

        assert pull(scene, "ann").lack is Lack.DONE

    def test_is_for_nobody_without_an_account(self, set_scene: Build) -> None:
        scene = set_scene()

        with pytest.raises(NotAllowedError):
            pull(scene, "stranger")


class TestManySeen:
    """Reviewers who have passed much get a bookmark, and miss nothing for it."""

    def seen(self, scene: Scene, count: int) -> list[str]:
        """So many items that Ann has voted on and that still want votes."""
        found = [doubtful(scene, 0.3 + n / 10_000) for n in range(count)]
        for item_id in found:
            scene.vote("ann", "spam", item_id)
        return found

    def bookmark(self, scene: Scene) -> object:
        return scene.do(lambda unit: unit.connection.execute(select(BOOKMARK)).one_or_none())

    def scene(self, set_scene: Build) -> Scene:
        scene = set_scene(labels=a_policy(votes_needed=3, due_in=timedelta(days=2)))
        limits = Limits(max_per_hour=3600, break_after=timedelta(days=1))
        scene.rulebook = scene.rulebook.model_copy(update={"limits": limits})
        return scene

    def test_a_bookmark_saves_the_second_look(self, set_scene: Build) -> None:
        scene = self.scene(set_scene)
        self.seen(scene, pulls.PASSED + 1)
        last = [doubtful(scene, 0.9), doubtful(scene, 0.95)]

        found = [pulled(scene, "ann"), pulled(scene, "ann")]

        assert found == last
        assert self.bookmark(scene) is not None

    @pytest.mark.parametrize("how", ["opened", "withdrawn", "released", "lapsed"])
    def test_what_comes_before_a_bookmark_is_not_missed(self, how: str, set_scene: Build) -> None:
        scene = self.scene(set_scene)
        seen = self.seen(scene, pulls.PASSED + 1)
        scene.wait(minutes=1)
        early = doubtful(scene, 0.1)
        assert pulled(scene, "ann") == early
        later = [doubtful(scene, 0.9), doubtful(scene, 0.95)]
        assert pulled(scene, "ann") == later[0]
        assert self.bookmark(scene) is not None
        scene.wait(minutes=8)

        match how:
            case "opened":
                expected = doubtful(scene, 0.2)
            case "withdrawn":
                expected = seen[3]
                scene.do(voting.withdraw, scene.rulebook, expected, who("ann"), scene.now)
            case "released":
                expected = early
                scene.do(pulling.release, scene.rulebook, who("ann"), early, scene.now)
            case _:
                expected = early
                scene.wait(minutes=2)

        assert pulled(scene, "ann") == expected

    def test_another_standing_gives_the_bookmark_up(self, set_scene: Build) -> None:
        policy = a_policy(reviewers=("@crew",), due_in=timedelta(days=2))
        scene = set_scene(labels=policy)
        theirs = [doubtful(scene, 0.1 + n / 10_000) for n in range(pulls.PASSED + 1)]
        scene.rulebook = with_rules(scene, reviewers=("@crew", "ann"))
        scene.wait(minutes=1)
        last = [doubtful(scene, 0.9), doubtful(scene, 0.95)]
        assert pulled(scene, "ann") == last[0]
        assert self.bookmark(scene) is not None

        scene.rulebook = scene.rulebook.model_copy(update={"groups": {"crew": ("cat", "ann")}})
        scene.rulebook = type(scene.rulebook).model_validate(scene.rulebook.model_dump())

        assert pulled(scene, "ann") == theirs[0]

    def test_too_many_newcomers_give_the_bookmark_up(
        self, set_scene: Build, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (pulls, searching):
            monkeypatch.setattr(module, "ANEW_MAX", 4)
        scene = self.scene(set_scene)
        self.seen(scene, pulls.PASSED + 1)
        scene.wait(minutes=1)
        last = [doubtful(scene, 0.9), doubtful(scene, 0.95)]
        assert pulled(scene, "ann") == last[0]
        scene.wait(minutes=1)

        found = [doubtful(scene, 0.2 - n / 100) for n in range(6)]

        assert pulled(scene, "ann") == found[-1]

    def test_a_clock_that_was_wrong_hides_nothing_for_good(self, set_scene: Build) -> None:
        scene = self.scene(set_scene)
        self.seen(scene, pulls.PASSED + 1)
        assert pulled(scene, "ann") is None
        scene.wait(hours=-3)
        item_id = doubtful(scene, 0.1)
        scene.wait(hours=3)

        assert pulled(scene, "ann") == item_id


class TestFatigue:
    def test_an_hours_worth_is_enough(self, set_scene: Build) -> None:
        scene = set_scene()
        limits = Limits(max_per_hour=3, break_after=timedelta(days=1))
        scene.rulebook = scene.rulebook.model_copy(update={"limits": limits})
        start = scene.now
        for _ in range(5):
            scene.approval(due_in=7200)
        for _ in range(3):
            scene.vote("ann", "approve", str(pulled(scene, "ann")))
            scene.wait(minutes=1)

        found = pull(scene, "ann")
        scene.wait(minutes=57)

        assert found.rest
        assert found.rest.why is RestReason.HOUR
        assert found.rest.until == start + timedelta(hours=1)
        assert pulled(scene, "ann") is not None

    def test_what_is_held_counts_for_the_hour(self, set_scene: Build) -> None:
        scene = set_scene()
        limits = Limits(max_per_hour=2, break_after=timedelta(days=1))
        scene.rulebook = scene.rulebook.model_copy(update={"limits": limits})
        for _ in range(5):
            scene.approval()
        scene.vote("ann", "approve", str(pulled(scene, "ann")))

        assert pulled(scene, "ann") is not None
        assert pull(scene, "ann").lack is Lack.RESTING

    def test_an_announced_break_is_kept(self, set_scene: Build) -> None:

        scene = set_scene()
        item_id = scene.approval()
        until = scene.do(resting.take_break, scene.rulebook, who("ann"), TEN, scene.now)

        found = pull(scene, "ann")
        scene.do(resting.come_back, scene.rulebook, who("ann"), scene.now)

        assert found.rest
        assert (found.rest.until, found.rest.why) == (until, RestReason.BREAK)
        assert pulled(scene, "ann") == item_id

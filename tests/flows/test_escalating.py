"""An item with the seniors reaches one of them: in turn, kindly, and never three calls at once."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.facts import Identity, Status, Trigger
from bot.flows import escalating, resting, settings, ticking
from config.policies import Policy, Step
from storage import escalations
from storage.engine import open_engine
from storage.unit import Memory
from tests.flows.scene import Scene, a_policy

Build = Callable[..., Scene]
SENIORS = {"seniors": ("sue", "ann", "ben"), "reviewers": ("cat",)}


def seniors_policy(**stated: Any) -> Policy:
    return a_policy(**{**SENIORS, **stated})


@pytest.fixture
def house(set_scene: Build) -> Callable[..., Scene]:
    """A scene in which Ann, Ben and Sue are seniors, asked in this order: Sue, Ann, Ben."""

    def build(**stated: Any) -> Scene:
        scene = set_scene(approvals=seniors_policy(**stated))
        people = {
            name: person.model_copy(update={"roles": frozenset({"reviewer", "senior"})})
            if name in ("ann", "ben")
            else person
            for name, person in scene.rulebook.people.items()
        }
        scene.rulebook = scene.rulebook.model_copy(update={"people": people})
        return scene

    return build


def asked(scene: Scene, item_id: str) -> list[str]:
    """Who was asked so far, in order."""
    return [str(body["person"]) for event, body in scene.lines(item_id) if event == "asked"]


def an_escalated(scene: Scene) -> str:
    """An item that somebody was not sure about."""
    item_id = scene.approval()
    scene.vote("cat", "unsure", item_id)
    return item_id


def test_the_first_senior_is_asked_at_once_in_the_thread_and_directly(house: Build) -> None:
    scene = house()

    item_id = an_escalated(scene)

    assert asked(scene, item_id) == ["sue"]
    sent = {told.template: told for told in scene.outbox()}
    assert set(sent) == {"ping", "ping-direct"}
    assert sent["ping"].channel_ref == "C0QUEUE"
    assert sent["ping-direct"].channel_ref == "U0SUE"
    assert "Sue" in sent["ping"].words
    assert repr(sent["ping"].letter).count("ping=True") == 1


def test_the_next_senior_is_asked_when_the_first_is_silent(house: Build) -> None:
    scene = house()
    item_id = an_escalated(scene)

    for _ in range(4):
        scene.tick(minutes=7, seconds=30)

    assert asked(scene, item_id) == ["sue", "ann", "ben"]


def test_a_clock_that_stood_still_makes_one_call_and_not_three(house: Build) -> None:
    steps = tuple(Step(after=timedelta(minutes=5), to=("seniors",)) for _ in range(3))
    scene = house(escalation=steps, due_in=timedelta(hours=12))
    item_id = an_escalated(scene)

    scene.tick(hours=6)

    assert asked(scene, item_id) == ["sue"]
    assert {told.template for told in scene.outbox()} == {"ping", "ping-direct"}
    scene.tick(minutes=5)
    assert asked(scene, item_id) == ["sue", "ann"]


def test_whoever_is_on_it_holds_the_next_step_back_until_that_lapses(house: Build) -> None:
    scene = house(acknowledge_for=timedelta(minutes=9))
    item_id = an_escalated(scene)

    noted = scene.do(
        escalating.attend, scene.rulebook, item_id, Identity("slack", "U0SUE"), scene.now
    )
    scene.tick(minutes=8)

    assert noted.until is not None
    assert scene.item(item_id).attended_by == "sue"
    assert asked(scene, item_id) == ["sue"]
    scene.tick(minutes=1)
    assert scene.item(item_id).attended_by is None
    assert asked(scene, item_id) == ["sue", "ann"]


@pytest.mark.parametrize(("account", "why"), [("U0CAT", "seniors now"), ("U0WHO", "not on the")])
def test_only_who_may_decide_can_be_on_it(house: Build, account: str, why: str) -> None:
    scene = house()
    item_id = an_escalated(scene)

    noted = scene.do(
        escalating.attend, scene.rulebook, item_id, Identity("slack", account), scene.now
    )

    assert noted.until is None
    assert why in str(noted.refusal)


def test_nobody_is_on_it_before_the_hand_over_nor_after_the_end(house: Build) -> None:
    scene = house()
    item_id = scene.approval()
    sue = Identity("slack", "U0SUE")

    early = scene.do(escalating.attend, scene.rulebook, item_id, sue, scene.now)
    scene.vote("cat", "unsure", item_id)
    scene.vote("sue", "reject", item_id)
    late = scene.do(escalating.attend, scene.rulebook, item_id, sue, scene.now)

    assert "still being asked" in str(early.refusal)
    assert "is decided" in str(late.refusal)


def test_the_requester_and_those_who_rest_or_are_away_are_passed_over(house: Build) -> None:
    scene = house(seniors=("olga", "sue", "ann"))  # Olga owns the agent that asks
    scene.do(
        resting.take_break,
        scene.rulebook,
        Identity("slack", "U0SUE"),
        timedelta(minutes=30),
        scene.now,
    )

    item_id = an_escalated(scene)

    assert asked(scene, item_id) == ["ann"]


def test_when_nobody_can_be_asked_the_thread_says_so_and_the_deadline_denies(
    house: Build,
) -> None:
    scene = house(seniors=("olga",))

    item_id = an_escalated(scene)
    told = [each for each in scene.outbox() if each.template == "ping-nobody"]
    scene.tick(hours=1)

    assert "Nobody could be asked" in told[0].words
    outcome = scene.item(item_id).outcome
    assert outcome is not None
    assert outcome.choice == "reject"


def test_a_step_for_the_channel_names_nobody(house: Build) -> None:
    scene = house(escalation=(Step(to=("channel",)),))

    an_escalated(scene)

    (told,) = scene.outbox()
    assert (told.template, told.channel_ref) == ("ping", "C0QUEUE")
    assert "still waits for a senior" in told.words
    assert "ping=True" not in repr(told.letter)


def test_a_letter_that_comes_too_late_is_not_sent(house: Build) -> None:
    scene = house()
    item_id = an_escalated(scene)

    scene.vote("sue", "reject", item_id)

    assert [told.letter for told in scene.outbox()] == [None, None]


def test_the_end_of_an_item_ends_its_escalation(house: Build) -> None:
    scene = house()
    item_id = an_escalated(scene)
    scene.vote("sue", "reject", item_id)

    scene.tick(seconds=1)

    assert scene.do(lambda unit: escalations.find(unit.connection, item_id)) is None


def test_two_clocks_ask_one_senior(house: Build, database_url: str) -> None:
    scene = house(escalation=(Step(after=timedelta(minutes=1), to=("seniors",)),) * 3)
    item_ids = [an_escalated(scene) for _ in range(12)]
    other = Memory(open_engine(database_url))
    scene.wait(minutes=1)

    futures = [
        memory.write(ticking.tick, scene.rulebook, scene.now)
        for _ in range(3)
        for memory in (scene.memory, other)
    ]
    for future in futures:
        future.result(20)

    assert [asked(scene, item_id) for item_id in item_ids] == [["sue"]] * 12
    other.close()


def test_reminders_come_once_at_half_time_and_one_a_person(set_scene: Build) -> None:
    scene = set_scene(labels=a_policy(reviewers=("ann", "ben")))
    first, second = scene.label(), scene.label()
    scene.vote("ben", "spam", first)

    scene.tick(minutes=15)
    sent = scene.outbox()
    scene.tick(minutes=10)

    assert Counter(told.channel_ref for told in sent) == {"U0ANN": 1, "U0BEN": 1}
    texts = {told.channel_ref: told.words for told in sent if told.letter}
    assert texts["U0ANN"].startswith("2 requests wait for you, the oldest for 15 min.")
    assert texts["U0BEN"].startswith("1 request waits for you, for 15 min.")
    assert second in texts["U0BEN"]
    assert scene.outbox() == []


def test_no_reminder_of_what_is_decided_nor_when_the_policy_says_so(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(), labels=a_policy(remind=False))
    done, _ = scene.approval(), scene.label()
    scene.vote("ann", "reject", done)

    scene.tick(minutes=20)

    assert scene.outbox() == []


def test_a_trigger_is_told_with_the_call(house: Build) -> None:
    scene = house(escalate_after=timedelta(minutes=10))
    item_id = scene.approval()

    scene.tick(minutes=10)

    item = scene.item(item_id)
    assert (item.status, item.trigger) == (Status.ESCALATED, Trigger.LATE)
    said = [told.letter for told in scene.outbox() if told.template == "ping" and told.letter]
    assert "there was no decision in time" in said[0].reply.text


def sleep(scene: Scene, person: str, hours: float) -> None:
    """A person rests for so long."""
    account, length = Identity("slack", f"U0{person.upper()}"), timedelta(hours=hours)
    scene.do(resting.take_break, scene.rulebook, account, length, scene.now)


def test_while_everybody_sleeps_the_steps_are_not_spent(house: Build) -> None:
    scene = house(due_in=timedelta(hours=12))
    for person in ("sue", "ann", "ben"):
        sleep(scene, person, hours=2)

    item_id = an_escalated(scene)
    for _ in range(12):
        scene.tick(minutes=15)

    assert asked(scene, item_id)[0] == "sue"
    assert scene.events(item_id).count("asked-nobody") == 1


def test_who_was_on_it_and_let_it_lie_does_not_end_the_asking(house: Build) -> None:
    scene = house(seniors=("sue",), due_in=timedelta(hours=2))
    item_id = an_escalated(scene)
    sue = Identity("slack", "U0SUE")

    scene.do(escalating.attend, scene.rulebook, item_id, sue, scene.now)
    scene.outbox()
    scene.tick(minutes=10)

    assert asked(scene, item_id) == ["sue", "sue"]
    assert {told.template for told in scene.outbox()} == {"ping", "ping-direct"}


def test_being_on_it_never_brings_the_next_step_sooner(house: Build) -> None:
    hour = timedelta(hours=1)
    scene = house(
        escalation=(Step(to=("sue",)), Step(after=hour, to=("ann",))), due_in=timedelta(hours=9)
    )
    item_id = an_escalated(scene)
    scene.do(
        escalating.attend, scene.rulebook, item_id, Identity("slack", "U0SUE"), scene.now
    )  # for ten minutes, says the policy

    scene.tick(minutes=59)
    before = asked(scene, item_id)
    scene.tick(minutes=1)

    assert (before, asked(scene, item_id)) == (["sue"], ["sue", "ann"])


def test_a_senior_who_has_voted_is_not_asked_again(house: Build) -> None:
    minute = timedelta(minutes=1)
    scene = house(seniors_needed=2, escalation=(Step(after=minute, to=("sue", "@crew", "ann")),))
    item_id = an_escalated(scene)

    scene.vote("sue", "approve", item_id)
    scene.tick(minutes=1)

    assert asked(scene, item_id) == ["ann"]


def test_whom_many_calls_await_gets_three_and_one_letter_about_all(house: Build) -> None:
    scene = house(seniors=("sue",))
    for _ in range(8):
        an_escalated(scene)

    sent = [told for told in scene.outbox() if told.channel_ref == "U0SUE"]

    assert [told.template for told in sent].count("ping-direct") == 3
    (reminder,) = (told for told in sent if told.template == "reminder")
    assert reminder.words.startswith("8 requests wait for you")


def test_reminders_of_one_person_are_fifteen_minutes_apart(set_scene: Build) -> None:
    scene = set_scene(labels=a_policy(reviewers=("ann",)))
    times = list[timedelta]()
    began = scene.now
    for _ in range(40):
        scene.label()
        scene.tick(minutes=1)
        times += [scene.now - began for told in scene.outbox() if told.template == "reminder"]

    assert len(times) == 2
    assert times[1] - times[0] >= timedelta(minutes=15)


def test_who_wants_to_be_told_directly_is_named_in_the_thread_without_a_ping(house: Build) -> None:
    scene = house()
    stated = settings.Stated(ping_by="dm", quiet_from="", quiet_until="", zone="")
    scene.do(settings.prefer, scene.rulebook, Identity("slack", "U0SUE"), stated)

    an_escalated(scene)

    said = {told.template: told.letter for told in scene.outbox() if told.letter}
    assert "ping=True" not in repr(said["ping"])
    assert "Sue" in said["ping"].reply.text
    assert "ping-direct" in said

"""A digest: once a period, also late, also with two clocks; five lines first, honest when empty."""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from bot.csv_text import is_formula
from bot.errors import SignoffError
from bot.flows import delivering, digesting, ticking
from bot.letters import Letter
from config.policies import DigestRule
from handlers.discord import pictures
from handlers.slack import render as slack_render
from storage.engine import open_engine
from storage.tables import ITEM
from storage.unit import Memory
from tests.flows.scene import Scene, Told, a_policy

Build = Callable[..., Scene]
DAILY = DigestRule(every="day", at=time(12, 30))
SECOND = timedelta(seconds=1)


@pytest.fixture
def daily(set_scene: Build) -> Callable[..., Scene]:
    """A scene whose labels have a digest each day at 12:30 UTC, half an hour after the start."""

    def build(rule: DigestRule = DAILY, **policy: Any) -> Scene:
        stated = {"votes_needed": 2, "remind": False, "due_in": timedelta(days=9), **policy}
        scene = set_scene(labels=a_policy(**stated))
        queues = {**scene.rulebook.queues}
        queues["labels"] = queues["labels"].model_copy(update={"digest": rule})
        scene.rulebook = scene.rulebook.model_copy(update={"queues": queues})
        scene.tick()
        return scene

    return build


def sent(scene: Scene) -> list[Told]:
    """The digests that are due, each head before its parts."""
    return [told for told in scene.outbox() if told.letter and told.template.startswith("digest")]


def letter_in(told: Told) -> Letter:
    """What is sent."""
    assert told.letter is not None
    return told.letter


def table_of(told: list[Told]) -> str:
    """The table below a digest."""
    (table,) = (each for part in told for each in letter_in(part).enclosures)
    return table.data.decode()


def work(scene: Scene, count: int, *, apart: int = 0) -> None:
    """So many decided items, on the last of which people disagree."""
    for number in range(count):
        item_id = scene.label()
        scene.vote("ann", "spam", item_id)
        scene.vote("ben", "ham" if number < apart else "spam", item_id)


def test_a_digest_is_made_once_a_period_with_its_thread_below(daily: Any) -> None:
    scene = daily()
    work(scene, 12, apart=2)

    scene.tick(minutes=30)
    scene.tick(seconds=1)
    parts = sent(scene)
    scene.tick(minutes=30)

    assert [part.template for part in parts] == ["digest"] + ["digest-rest"] * 3
    assert {part.thread_ref for part in parts[1:]} == {parts[0].message_ref}
    assert sent(scene) == []


def test_the_five_lines_say_what_matters(daily: Any) -> None:
    scene = daily(first_vote_within=timedelta(minutes=5))
    work(scene, 12, apart=2)
    scene.label()

    scene.tick(minutes=30)
    head, *rest = sent(scene)
    lines = head.words.splitlines()

    assert lines[0].startswith("Digest: Labels, 2026-03-01 12:30 UTC to 2026-03-02 12:30 UTC")
    assert [line.split(":")[0] for line in lines[1:6]] == [
        "Needs you", "Accuracy", "Agreement", "Cost", "Changed",
    ]  # fmt: skip
    assert lines[1].startswith(
        "Needs you: 3 open, 2 of them for the seniors, the oldest for 30 min"
    )
    assert lines[4].startswith("Cost: $8.00, $0.80 for each of 10")
    assert "Late" not in lines[0]
    assert lines[6].startswith("In brackets: ")
    assert lines[7].startswith("Ledger, ")
    told = "\n".join(part.words for part in rest)
    for words in (
        "Most disputed",
        "Wrong answers",
        "Five checks",
        "✓ Measured agreement",
        "First vote",
    ):
        assert words in told
    (table,) = [each for part in rest if part.letter for each in part.letter.enclosures]
    assert table.name == "labels-2026-03-02.csv"
    assert table.data.startswith(b'"section","figure"')


def test_nothing_happened_is_one_line(daily: Any) -> None:
    scene = daily()

    scene.tick(minutes=30)

    (told,) = sent(scene)
    lines = told.words.splitlines()
    assert lines[0].startswith("Labels: nothing happened, ")
    assert told.letter is not None
    assert told.letter.pictures == ()


def test_after_downtime_one_digest_comes_and_says_that_it_is_late(daily: Any) -> None:
    scene = daily()
    work(scene, 2)

    scene.tick(days=3, hours=2)
    parts = sent(scene)

    heads = [part.words for part in parts if part.template == "digest"]
    assert len(heads) == 1
    scene.tick(hours=1)
    assert sent(scene) == []


def test_a_late_digest_says_so(daily: Any) -> None:
    scene = daily()
    scene.wait(minutes=5)
    work(scene, 2)

    scene.tick(hours=2)

    assert "Late by 1 h 35 min" in sent(scene)[0].words


def test_two_clocks_make_one_digest(daily: Any, database_url: str) -> None:
    scene = daily()
    work(scene, 2)
    other = Memory(open_engine(database_url))
    scene.wait(minutes=30)

    futures = [
        memory.write(ticking.tick, scene.rulebook, scene.now)
        for _ in range(3)
        for memory in (scene.memory, other)
    ]
    for future in futures:
        future.result(20)

    assert [told.template for told in sent(scene)].count("digest") == 1
    other.close()


def test_a_restart_at_the_minute_it_is_due_loses_and_doubles_nothing(
    daily: Any, database_url: str
) -> None:
    scene = daily()
    work(scene, 2)
    scene.tick(minutes=30)
    again = Memory(open_engine(database_url))

    again.write(ticking.tick, scene.rulebook, scene.now).result(20)

    assert [told.template for told in sent(scene)].count("digest") == 1
    again.close()


@pytest.mark.parametrize(
    ("noon", "ends"),
    [
        ("2026-03-27T12:00", ["28T01:30", "29T01:00", "30T00:30", "31T00:30"]),
        ("2026-10-23T12:00", ["24T00:30", "25T00:30", "26T01:30", "27T01:30"]),
    ],
    ids=["clocks forward", "clocks back"],
)
def test_clocks_that_change_neither_lose_nor_double_a_digest(
    daily: Any, noon: str, ends: list[str]
) -> None:
    scene = daily(DigestRule(every="day", at=time(2, 30), zone="Europe/Berlin"))
    scene.now = datetime.fromisoformat(f"{noon}:00+00:00")
    scene.tick()
    sent(scene)

    for _ in range(4 * 24 * 2):
        scene.tick(minutes=30)
    heads = [part for part in sent(scene) if part.template == "digest"]

    assert [part.key[len("digest:labels:2026-03-") :][:8] for part in heads] == ends


def test_the_first_look_tells_nothing_of_the_time_before(set_scene: Build, daily: Any) -> None:
    scene = daily(DigestRule(every="day", at=time(9)))

    assert sent(scene) == []


def test_on_demand_it_looks_back_as_far_as_asked(daily: Any) -> None:
    scene = daily()
    work(scene, 3)

    digest = scene.do(
        digesting.ask_for, scene.rulebook, "labels", timedelta(days=7), scene.now + SECOND
    )

    assert digest.figures.counts.items == 3


@pytest.mark.parametrize(
    ("queue", "length", "why"),
    [("lables", timedelta(days=7), "no queue 'lables'"), ("labels", timedelta(0), "92 days")],
)
def test_a_wrong_wish_is_explained(daily: Any, queue: str, length: timedelta, why: str) -> None:
    scene = daily()

    with pytest.raises(SignoffError, match=why):
        scene.do(digesting.ask_for, scene.rulebook, queue, length, scene.now)


HOSTILE = ("*spam* <@U0ANN> @here", "\u202eevil", "[x](http://x.y)", "=1+1", "\u0645\u0631\u062d")


def test_hostile_classes_and_titles_neither_ping_nor_turn_what_is_written(daily: Any) -> None:
    scene = daily()
    queue = scene.rulebook.queues["labels"]
    title = "Labels\n@here <!channel> *b* " + "long " * 40
    queues = {**scene.rulebook.queues, "labels": queue.model_copy(update={"title": title})}
    scene.rulebook = scene.rulebook.model_copy(update={"queues": queues})
    many = [*HOSTILE, *(f"{number} {'and' * 15}" for number in range(15))]
    for number in range(24):
        item_id = scene.label(choices=many)
        scene.vote("ann", many[number % 20], item_id)
        scene.vote("ben", many[(number + (number > 19)) % 20], item_id)

    scene.tick(minutes=30)
    told = sent(scene)

    for part in told:
        letter = letter_in(part)
        slack = slack_render.letter_of(letter, ["F1"] * len(letter.pictures))
        on_discord, _ = pictures.letter_of(letter)
        assert len(json.dumps(slack["blocks"])) < slack_render.CHARACTERS_MAX
        assert "<!channel>" not in slack["text"]
        assert on_discord["allowed_mentions"] == {"parse": [], "users": []}
        assert "\u202e" not in part.words
    assert "and 12 more classes, in the table" in told[-1].words
    assert any("\u2068\u0645\u0631\u062d\u2069" in part.words for part in told)
    table = csv.reader(io.StringIO(table_of(told), newline=""))
    assert not [cell for row in table for cell in row if is_formula(cell)]
    (picture,) = letter_in(told[0]).pictures
    assert len(picture.alt) < 1000
    assert "\n" not in picture.alt


def test_the_parts_come_in_the_order_in_which_they_are_read(daily: Any) -> None:
    scene = daily()
    work(scene, 12, apart=2)
    scene.tick(minutes=30)

    first = scene.do(delivering.claim_notices, "slack", scene.now, 50)
    waits = {each.body["part"]: each.awaits_thread for each in first if "part" in each.body}
    head = next(each for each in first if each.template == "digest")
    scene.do(delivering.notice_sent, head, delivering.Sent("C0QUEUE", "1.1"), scene.now)
    for each in first:
        if each is not head:
            later = delivering.RetryAt(scene.now, "later")
            scene.do(delivering.notice_sent, each, later, scene.now)
    again = scene.do(delivering.claim_notices, "slack", scene.now, 50)

    assert waits == {-1: False, 0: True, 1: True, 2: True}
    assert {each.body["part"]: each.awaits_thread for each in again if "part" in each.body} == {
        0: False, 1: True, 2: True,
    }  # fmt: skip


def test_the_table_names_what_the_figures_come_from(daily: Any) -> None:
    scene = daily()
    work(scene, 12)
    item_id = scene.label()
    for person, choice in (("ann", "spam"), ("ben", "ham"), ("sue", "spam")):
        scene.vote(person, choice, item_id)

    scene.tick(minutes=30)
    told = sent(scene)

    named = [line for line in table_of(told).splitlines() if line.startswith('"Most disputed"')]
    (button,) = (button for part in told for button in letter_in(part).reply.buttons)
    assert len(named) == 1
    assert f'"{item_id}"' in named[0]
    assert named[0].endswith('"spam 2, ham 1"')
    assert button.label == f"Show {item_id}"
    assert f"{item_id}: “spam” 2, “ham” 1; decided as “spam”" in told[1].words


def head_lines(scene: Scene) -> dict[str, str]:
    """The five lines of the digest that is due."""
    scene.tick(minutes=30)
    head = next(part for part in sent(scene) if part.template == "digest")
    return dict(line.split(": ", 1) for line in head.words.splitlines()[1:6])


def test_what_the_machine_settles_alone_costs_no_review(daily: Any) -> None:
    scene = daily(auto_above=0.8, audit_share=0.0)
    scene.label(prediction={"choice": "spam", "confidence": 0.9})

    told = head_lines(scene)

    assert told["Cost"] == "$0.00; people were not asked."
    assert told["Accuracy"] == "not known, nobody audits the machine (audit_share in queues.toml)."


def test_unpriced_reviews_and_few_audits_are_told_apart_from_none(daily: Any) -> None:
    scene = daily(cost_per_review_usd=Decimal(0), auto_above=0.8, audit_share=0.05)
    work(scene, 2)

    told = head_lines(scene)

    assert told["Cost"].startswith("not known: no price is set")
    assert told["Accuracy"] == "not known, too few: 0 audited items, 10 needed."
    assert "Prices" in told["Needs you"]


def test_what_is_spent_on_looking_again_is_told_beside_the_rest(daily: Any) -> None:
    scene = daily()
    work(scene, 3)
    again = scene.label()
    scene.do(lambda unit: unit.connection.execute(
        update(ITEM).where(ITEM.c.id == again).values(purpose="audit")))  # fmt: skip
    for person in ("ann", "ben"):
        scene.vote(person, "spam", again)

    assert "Looking again, to check: $0.80 more." in head_lines(scene)["Cost"]

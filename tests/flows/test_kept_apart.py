"""What looks again is in no figure of the work itself; what it costs has a line of its own."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot.flows import digesting, metering, pulling, stats
from bot.flows.figures import checks, figures, spending
from bot.report_json import to_json
from storage.tables import ITEM, KNOWN_ANSWER, VOTE
from storage.unit import Unit
from tests.flows.scene import NOON, Scene, a_policy, who

Build = Callable[..., Scene]
LATER = NOON + timedelta(days=1)
PURPOSES = ("audit", "gold", "probe", "repeat", "reopened")


@pytest.fixture
def busy(set_scene: Build) -> Scene:
    """Twelve items with two votes each, an hour's work at 36 dollars, and a budget."""
    scene = set_scene(
        labels=a_policy(
            votes_needed=2,
            majority_share=1.0,
            rate_per_hour_usd="36",
            cost_per_model_call_usd="0.01",
            budget_per_month_usd="100",
            first_vote_within=timedelta(hours=1),
        )
    )
    for number in range(12):
        judged(scene, "spam" if number % 2 else "ham", "ham" if number < 3 else None)
    return scene


def judged(scene: Scene, choice: str, other: str | None = None) -> str:
    """An item that the machine knows, on which Ann and Ben vote, 20 seconds each."""
    item_id = scene.label(prediction={"choice": "spam", "confidence": 0.6})
    scene.vote("ann", choice, item_id)
    scene.vote("ben", other or choice, item_id)
    scene.do(lambda unit: unit.connection.execute(
        update(VOTE).where(VOTE.c.item_id == item_id).values(seconds=20.0)))  # fmt: skip
    return item_id


def every_figure(scene: Scene) -> dict[str, Any]:
    """All that is told about the queue: its report, its digest, its stats, its meters."""
    now = scene.now + timedelta(minutes=1)

    def look(unit: Unit) -> dict[str, Any]:
        book = scene.rulebook
        report = to_json(figures(unit, book, "labels", since=None, until=now))
        del report["cost"]["checks"], report["cost"]["month"]
        digest = digesting.ask_for(unit, book, "labels", timedelta(days=1), now)
        queue, _ = stats.of_queue(unit, book, who("ann"), "labels", now)
        meters = metering.meters(unit, book, now)
        labels = next(each for each in meters.queues if each.name == "labels")
        told = {"waiting": digest.waiting, "sla": digest.sla, "disputes": digest.disputes}
        own = stats.of_me(unit, book, who("ann"), now).votes
        work = spending(unit, "labels", None, now).work
        meter = {name: getattr(labels, name) for name in labels.__dataclass_fields__}
        del meter["month_usd"]
        return {**report, **told, "stats": queue, "own": own, "work": work, "meter": meter}

    return scene.memory.read(look).result(20)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_figure_moves_by_what_looks_again(busy: Scene, purpose: str) -> None:
    before = every_figure(busy)

    for item_id in (judged(busy, "ham", "spam"), judged(busy, "spam"), judged(busy, "ham")):

        def mark(unit: Unit, item_id: str = item_id) -> None:
            row = update(ITEM).where(ITEM.c.id == item_id).values(purpose=purpose)
            unit.connection.execute(row)
            known = {"item_id": item_id, "choice": "spam"}
            unit.connection.execute(insert(KNOWN_ANSWER).values(**known))

        busy.do(mark)

    after = every_figure(busy)
    for name, figure in before.items():
        assert after[name] == figure, name


def test_looking_again_has_a_price_beside_all_of_it_and_within_the_budget(busy: Scene) -> None:
    item_id = judged(busy, "spam")
    before = busy.memory.read(spending, "labels", None, LATER).result(10)

    busy.do(lambda unit: unit.connection.execute(
        update(ITEM).where(ITEM.c.id == item_id).values(purpose="audit")))  # fmt: skip
    after = busy.memory.read(spending, "labels", None, LATER).result(10)
    made = busy.memory.read(
        figures, busy.rulebook, "labels", since=None, until=LATER
    ).result(10)  # fmt: skip

    apart = busy.memory.read(checks, "labels", None, LATER).result(10)
    assert apart.work.review_count == 2
    assert apart.cost.total_usd == Decimal("0.40")  # 40 seconds, and no call of the model
    assert made.cost.checks == apart
    assert made.cost.all.cost.total_usd == after.cost.total_usd
    assert before.cost.total_usd - after.cost.total_usd == Decimal("0.41")
    assert made.cost.month is not None
    assert made.cost.month.spent_usd == after.total_usd == after.cost.total_usd + Decimal("0.40")


def test_a_review_that_was_handed_out_takes_from_then_to_the_vote(set_scene: Build) -> None:
    scene = set_scene(labels=a_policy(votes_needed=1, rate_per_hour_usd="36"))
    first, second, unheld = (scene.label(due_in=600.0 + number) for number in range(3))

    def pull() -> None:
        scene.do(pulling.next_for, scene.rulebook, who("ann"), None, scene.now)

    pull()
    scene.wait(seconds=10)
    pull()
    scene.wait(seconds=30)
    scene.vote("ann", "spam", second)
    scene.wait(seconds=5)
    scene.vote("ann", "spam", first)
    scene.wait(seconds=50)
    scene.vote("ben", "spam", unheld)

    cast = scene.do(lambda unit: unit.connection.execute(VOTE.select()).all())
    kept = {row.item_id: row.seconds for row in cast}
    assert kept == {first: 5.0, second: 30.0, unheld: None}
    work = scene.memory.read(spending, "labels", None, LATER).result(10)
    assert (work.work.timed_count, work.cost.total_usd) == (2, 3 * Decimal("0.175"))


def test_a_changed_mind_keeps_the_time_that_is_known(set_scene: Build) -> None:
    scene = set_scene(labels=a_policy(votes_needed=2))
    item_id = scene.label()
    scene.do(pulling.next_for, scene.rulebook, who("ann"), None, scene.now)
    scene.wait(seconds=12)
    scene.vote("ann", "spam", item_id)
    scene.wait(minutes=3)

    scene.vote("ann", "ham", item_id)

    kept = scene.do(lambda unit: unit.connection.execute(VOTE.select()).one())
    assert (kept.choice, kept.seconds) == ("ham", 12.0)

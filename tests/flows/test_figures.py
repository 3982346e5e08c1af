"""Figures of what is in the memory: the right items, the right votes, the right money."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot.errors import SignoffError
from bot.facts import UNSURE
from bot.flows.figures import figures, queues_known, spending, what_if_above
from bot.flows.importing import import_items
from bot.flows.recording import record
from bot.measures.agreement import Scale
from bot.measures.cost import Budget
from bot.measures.queue_figures import QueueFigures, headline_estimates
from handlers.cli.recorded import Wishes, read_recorded
from storage.tables import AUDIT, ITEM, VOTE
from storage.unit import Unit
from tests.flows.scene import NOON, Scene, a_policy
from tests.flows.test_importing import an_item, take

LATER = NOON + timedelta(days=1)


def figures_of(scene: Scene, queue: str = "labels", **asked: Any) -> QueueFigures:
    """The queue's figures until the next noon."""
    given: dict[str, Any] = {"since": None, "until": LATER, **asked}
    return scene.memory.read(figures, scene.rulebook, queue, **given).result(30)


def judge(scene: Scene, *choices: str, queue: str = "labels", **stated: Any) -> str:
    """An item on which Ann, Ben and Cat vote in turn."""
    item_id = scene.label(queue, **stated)
    for person, choice in zip(("ann", "ben", "cat"), choices, strict=False):
        scene.vote(person, choice, item_id)
    return item_id


@pytest.fixture
def busy(set_scene: Callable[..., Scene]) -> Scene:
    """Twelve items with two votes each, on two of which people differ."""
    scene = set_scene(labels=a_policy(votes_needed=2, majority_share=1.0))
    for number in range(12):
        judge(scene, "spam" if number % 2 else "ham", "spam" if number % 2 or number < 3 else "ham")
    return scene


def test_votes_from_clicks_become_figures(busy: Scene) -> None:
    busy.tick(hours=2)

    made = figures_of(busy)

    assert (made.counts.items, made.counts.votes, made.counts.reviewers) == (12, 24, 2)
    assert made.counts.by_rule == {"unanimous": 10, "timeout": 2}
    assert made.counts.by_outcome == {"spam": 6, "ham": 4, "nobody decided": 2}
    assert made.counts.escalated == 2
    assert made.agreement.all.raw.value == pytest.approx(10 / 12)
    assert len(made.contested) == 2
    assert made.service.on_time.value == pytest.approx(10 / 12)
    assert made.service.expired_count == 2


def test_what_is_open_waits_to_be_counted(busy: Scene) -> None:
    made = figures_of(busy)

    assert (made.counts.items, made.counts.open) == (10, 2)


def test_abstentions_are_work_and_no_opinion(scene: Scene) -> None:
    judge(scene, UNSURE)
    scene.tick(hours=1)

    made = figures_of(scene)

    assert (made.counts.votes, made.counts.abstentions) == (0, 1)
    assert made.cost.all.work.review_count == 1


def test_an_item_is_in_the_period_in_which_it_settled(busy: Scene) -> None:
    noon = figures_of(busy, until=NOON)
    after = figures_of(busy, since=NOON, until=NOON + timedelta(seconds=1))

    assert noon.counts.items == 0
    assert after.counts.items == 10
    assert figures_of(busy, since=NOON + timedelta(seconds=1)).counts.items == 0


def test_other_queues_do_not_count(set_scene: Callable[..., Scene]) -> None:
    policy = a_policy(votes_needed=1)
    scene = set_scene(labels=policy, labels_too=policy)
    judge(scene, "spam")
    judge(scene, "spam", queue="labels_too")

    assert figures_of(scene).counts.items == 1


@pytest.mark.parametrize("purpose", ["gold", "probe", "audit", "repeat", "reopened"])
def test_what_signoff_asks_for_its_own_ends_is_in_no_other_figure(
    busy: Scene, purpose: str
) -> None:
    planted = judge(busy, "spam", "spam")
    before = figures_of(busy).counts.items

    def mark(unit: Unit) -> None:
        unit.connection.execute(update(ITEM).where(ITEM.c.id == planted).values(purpose=purpose))

    busy.do(mark)

    after = figures_of(busy)
    assert before - after.counts.items == 1
    assert after.cost.all.work.review_count == 20
    assert busy.memory.read(spending, "labels", None, LATER).result(10).work.review_count == 20


def test_a_queue_without_items_has_no_figures_and_says_why(scene: Scene) -> None:
    made = figures_of(scene)

    assert made.counts.items == 0
    assert all(not estimate.is_known for _, estimate in headline_estimates(made))
    assert "too few" in made.agreement.all.raw.note
    assert made.cost.all.per_item_usd is None


def test_an_unknown_queue_is_named_with_those_that_exist(scene: Scene) -> None:
    with pytest.raises(SignoffError, match="approvals, labels"):
        figures_of(scene, "lables")


def test_a_queue_that_left_the_rules_keeps_its_figures(busy: Scene) -> None:
    queues = {name: queue for name, queue in busy.rulebook.queues.items() if name != "labels"}
    busy.rulebook = busy.rulebook.model_copy(update={"queues": queues})

    assert figures_of(busy).counts.items == 10
    known = busy.memory.read(queues_known, busy.rulebook).result(10)
    assert known == ["approvals", "labels"]


def test_people_are_named_only_where_the_policy_lets_leads_see_them(
    set_scene: Callable[..., Scene],
) -> None:
    scene = set_scene(
        labels=a_policy(votes_needed=1), labels_open=a_policy(individual_figures="leads")
    )
    judge(scene, "spam")

    with pytest.raises(SignoffError, match="individual_figures"):
        figures_of(scene, individuals=True)
    assert figures_of(scene).reviewers.each == ()
    assert figures_of(scene, "labels_open", individuals=True).reviewers.each == ()


# Money


def test_each_item_costs_what_its_own_policy_says(set_scene: Callable[..., Scene]) -> None:
    cheap = a_policy(votes_needed=1, cost_per_review_usd=Decimal("0.10"))
    scene = set_scene(labels=cheap)
    judge(scene, "spam")
    dear = cheap.model_copy(update={"cost_per_review_usd": Decimal("0.333333")})
    queue = scene.rulebook.queues["labels"].model_copy(update={"policy": dear})
    queues = {**scene.rulebook.queues, "labels": queue}
    scene.rulebook = scene.rulebook.model_copy(update={"queues": queues})
    judge(scene, "ham")

    made = figures_of(scene)

    assert made.cost.all.cost.total_usd == Decimal("0.433333")
    assert made.cost.by_outcome["ham"].cost.total_usd == Decimal("0.333333")
    counted = scene.memory.read(spending, "labels", None, LATER).result(10)
    assert counted.cost == made.cost.all.cost
    assert counted.work == made.cost.all.work


def test_calls_and_escalations_have_their_price(set_scene: Callable[..., Scene]) -> None:
    policy = a_policy(
        votes_needed=2,
        majority_share=1.0,
        cost_per_model_call_usd=Decimal("0.01"),
        cost_per_escalation_usd=Decimal(3),
    )
    scene = set_scene(labels=policy)
    judge(scene, "spam", "ham", prediction={"choice": "spam", "confidence": 0.5})
    scene.tick(hours=1)

    made = figures_of(scene).cost

    assert made.all.cost.calls_usd == Decimal("0.01")
    assert made.all.cost.escalations_usd == Decimal(3)
    assert made.all.cost.total_usd == Decimal("3.81")
    assert made.alternatives.by_people_usd == Decimal("0.80")
    assert made.alternatives.by_machine_usd == Decimal("0.01")


def test_time_is_paid_by_the_hour_and_no_longer_than_the_cap(
    set_scene: Callable[..., Scene],
) -> None:
    scene = set_scene(
        labels=a_policy(rate_per_hour_usd=Decimal(36), active_for_at_most=timedelta(seconds=100))
    )
    one = an_item("1", "spam", "spam", "spam")
    times = (20.0, 5000.0, None)
    votes = (replace(vote, seconds=each) for vote, each in zip(one.votes, times, strict=True))
    take(scene, replace(one, votes=tuple(votes)))

    made = figures_of(scene).cost.all

    assert (made.work.timed_count, made.work.active_for) == (2, timedelta(seconds=120))
    assert made.cost.reviews_usd == Decimal("1.80")  # the third costs what the two do on average
    counted = scene.memory.read(spending, "labels", None, LATER).result(10)
    assert counted.work == made.work


def test_a_month_stands_against_its_budget(set_scene: Callable[..., Scene]) -> None:
    scene = set_scene(labels=a_policy(votes_needed=1, budget_per_month_usd=Decimal("1.00")))
    scene.wait(days=-10)
    judge(scene, "spam")  # in February
    scene.wait(days=10)
    for _ in range(3):
        judge(scene, "spam")

    month = figures_of(scene).cost.month

    assert month is not None
    assert (month.spent_usd, month.state) == (Decimal("1.20"), Budget.OVER)


# The machine


def test_audits_judge_the_machine_by_their_chances(set_scene: Callable[..., Scene]) -> None:
    scene = set_scene(labels=a_policy(auto_above=0.9))
    sure = {"choice": "ham", "confidence": 0.95}
    drawn = [scene.label(prediction=sure) for _ in range(20)]

    def keep(unit: Unit) -> None:
        for place, item_id in enumerate(drawn):
            chance, is_right = (1.0, False) if place < 10 else (0.1, True)
            unit.connection.execute(
                insert(AUDIT).values(
                    item_id=item_id, audited_id=item_id, queue="labels", label="ham",
                    confidence=0.95, confidence_bin=1, chance=chance, is_right=is_right,
                    drawn_at=NOON, found_at=NOON,
                )
            )  # fmt: skip

    scene.do(keep)

    audited = figures_of(scene).accuracy.audited
    assert audited.n == 20
    assert audited.value == pytest.approx(100 / 110)


def test_another_threshold_is_priced_from_what_happened(
    set_scene: Callable[..., Scene],
) -> None:
    scene = set_scene(labels=a_policy(votes_needed=1))
    for number in range(40):
        said = "spam" if number % 4 else "ham"
        confidence = 0.6 if number < 20 else 0.9
        judge(scene, "spam", prediction={"choice": said, "confidence": confidence})

    low, high = scene.memory.read(
        what_if_above, scene.rulebook, "labels", [0.5, 0.8], since=None, until=LATER
    ).result(10)

    assert (low.auto_count, high.auto_count) == (40, 20)
    assert low.cost.total_usd == 0
    assert high.cost.total_usd == Decimal("8.00")
    assert high.human_share.value == 0.5
    assert high.accuracy.value == pytest.approx(0.75)


def test_people_and_the_machine_are_compared(busy: Scene) -> None:
    for _ in range(10):
        judge(busy, "spam", "spam", prediction={"choice": "spam", "confidence": 0.5})

    made = figures_of(busy)

    assert made.accuracy.machine_people.value == 1
    assert made.accuracy.machine_people.n == 10
    assert made.agreement.people_machine.pair_count == 20


# Public votes, through the import


CLOSE, NEAR = 0.0005, 0.006
SETS = ["barzan", "bluebird", "cf_amt", "pandalm", "sp_amt", "zencrowd_in"]


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "data/EXPECTED.json").read_text())
    return found


@pytest.mark.parametrize("name", SETS)
def test_imported_votes_give_the_figures_of_independent_libraries(
    name: str, shared: Path, expected: dict[str, Any], sqlite_url: str
) -> None:
    wanted, folder = expected[name], shared / "data" / name
    scene = Scene(sqlite_url, labels=a_policy(votes_needed=1, individual_figures="leads"))
    wishes = Wishes("labels", keep_first=True)
    recorded = read_recorded(folder / "items.jsonl", folder / "votes.csv", wishes, NOON)
    scene.do(import_items, scene.rulebook.queues["labels"], recorded.items, NOON)

    made = figures_of(scene, individuals=True)
    scene.memory.close()

    assert recorded.bad == []
    assert (made.counts.items, made.counts.votes) == (wanted["items"], wanted["votes"])
    assert made.counts.reviewers == wanted["raters"]
    whole, cohen = made.agreement.all, made.agreement.cohen
    assert cohen is not None
    assert whole.raw.value == pytest.approx(wanted["po"], abs=CLOSE)
    assert whole.krippendorff_alpha.value == pytest.approx(wanted["alpha"], abs=CLOSE)
    assert whole.fleiss_kappa.value == pytest.approx(wanted["fleiss_gen"], abs=CLOSE)
    assert cohen.pair_count == wanted["pairs"]
    assert cohen.mean.value == pytest.approx(wanted["cohen_mean"], abs=CLOSE)
    assert cohen.weighted_mean.value == pytest.approx(wanted["cohen_w"], abs=CLOSE)
    if "MV" in wanted:
        assert made.accuracy.majority_known.value == pytest.approx(wanted["MV"], abs=CLOSE)
        assert made.accuracy.dawid_skene_known.value == pytest.approx(wanted["DS"], abs=NEAR)
    else:
        found = {(pair.first[-1], pair.second[-1]): pair.kappa.value for pair in cohen.pairs}
        for pair, kappa in expected["pandalm_extra"]["cohen"].items():
            assert found[pair[0], pair[2]] == pytest.approx(kappa, abs=CLOSE)


def test_labels_that_are_numbers_have_distances(scene: Scene) -> None:
    numbers: dict[str, Any] = {"choices": ("0", "1", "2", "10")}
    cast = [("0", "0"), ("1", "2"), ("10", "10"), ("2", "1"), ("0", "1")] * 3
    take(scene, *(an_item(str(key), *pair, **numbers) for key, pair in enumerate(cast)))

    nominal = figures_of(scene).agreement.all.krippendorff_alpha.value
    interval = figures_of(scene, scale=Scale.INTERVAL).agreement.all.krippendorff_alpha.value

    assert nominal is not None
    assert interval is not None
    assert interval > 0.9 > nominal


def test_columns_are_those_of_the_rows(busy: Scene) -> None:
    found = busy.memory.read(record, "labels", None, LATER).result(10)

    def rows(unit: Unit) -> set[tuple[str, str, str]]:
        query = VOTE.select().join(ITEM, ITEM.c.id == VOTE.c.item_id)
        settled = query.where(ITEM.c.wake_at.is_(None))
        return {
            (row.item_id, row.person_id, row.choice) for row in unit.connection.execute(settled)
        }

    votes = found.votes
    assert busy.memory.read(rows).result(10) == {
        (votes.items[item], votes.raters[rater], votes.labels[label])
        for item, rater, label in zip(
            votes.item_index, votes.rater_index, votes.label_index, strict=True
        )
    }
    assert {datetime.fromtimestamp(at / 1e6, UTC) for at in found.decided_at} == {NOON}

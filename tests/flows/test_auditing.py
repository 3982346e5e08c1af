"""People look blind at what machines settled: who is drawn, what they see, what it leads to."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.errors import UnknownItemError
from bot.facts import SELF, Item, Kind, Purpose, Rule, Status
from bot.flows import auditing, correcting, delivering, errands, explaining, listing, reporting
from bot.flows.auditing import Finding
from bot.flows.opening import Producer
from bot.measures.audit import Audited, audited_accuracy
from bot.measures.audit_sample import Settled, chance_of, is_drawn
from bot.rules.sampling import audit_seed
from storage import audits
from storage.unit import News, Unit
from tests.flows.scene import AGENT, Scene, a_policy, who

MACHINE = {"choice": "spam", "confidence": 0.93, "model": "owl-7b"}
EVERY = a_policy(auto_above=0.85, audit_share=1.0, votes_needed=1)

SetScene = Callable[..., Scene]


def settled_by_machine(scene: Scene, **machine: Any) -> str:
    return scene.label(prediction={**MACHINE, **machine})


def audits_of(scene: Scene) -> list[Item]:
    """The audits, in the order in which their items came."""
    ids = scene.memory.read(_ids_of_ours).result(10)
    return [scene.item(item_id) for item_id in ids]


def _ids_of_ours(unit: Unit) -> list[str]:
    query = "SELECT id FROM item WHERE producer = 'signoff' ORDER BY opened_at, id"
    return [row[0] for row in unit.connection.exec_driver_sql(query)]


def findings(scene: Scene) -> tuple[Finding, ...]:
    return scene.memory.read(auditing.audited).result(10)


def corrections(scene: Scene) -> tuple[correcting.Correction, ...]:
    return scene.memory.read(correcting.corrections).result(10)


def one_audit(scene: Scene) -> tuple[str, Item]:
    """What a machine settled, and its audit."""
    audited = settled_by_machine(scene)
    scene.tick(seconds=1)
    (audit,) = audits_of(scene)
    return audited, audit


def test_a_share_is_drawn_by_the_hash_of_id_and_seed(set_scene: SetScene) -> None:
    policy = a_policy(auto_above=0.85, audit_share=0.4, audit_minimum=0, seed="ours")
    scene = set_scene(labels=policy)
    settled = [settled_by_machine(scene) for _ in range(24)]

    scene.tick(seconds=1)

    drawn = {item.about_id for item in audits_of(scene)}
    assert drawn == {one for one in settled if is_drawn(one, audit_seed(policy), 0.4)}
    assert 0 < len(drawn) < 24


def test_the_first_of_each_class_and_confidence_are_all_looked_at(set_scene: SetScene) -> None:
    scene = set_scene(labels=a_policy(auto_above=0.5, audit_share=0.0001, audit_minimum=2))
    kinds: list[dict[str, Any]] = [{}, {"confidence": 0.55}, {"choice": "ham"}]

    for kind in kinds * 4:
        settled_by_machine(scene, **kind)
        scene.tick(seconds=1)

    drawn = [scene.item(str(audit.about_id)) for audit in audits_of(scene)]
    strata = [Settled(one.id, str(one.predicted), one.confidence).stratum() for one in drawn]
    assert {stratum: strata.count(stratum) for stratum in strata} == dict.fromkeys(strata, 2)
    assert len(set(strata)) == 3


def test_the_chance_is_kept_as_it_was_when_the_lot_fell(set_scene: SetScene) -> None:
    scene = set_scene(labels=a_policy(auto_above=0.85, audit_share=0.5, audit_minimum=2))
    settled = [settled_by_machine(scene) for _ in range(12)]
    scene.tick(seconds=1)

    chances = {
        row.audited_id: row.chance
        for audit in audits_of(scene)
        if (row := scene.memory.read(lambda unit, i: audits.find(unit.connection, i), audit.id)
            .result(10))
    }  # fmt: skip

    # in one tick the lots fall by the time and then by the id
    order = sorted(settled)
    assert chances.keys() == {
        one for place, one in enumerate(order)
        if is_drawn(one, audit_seed(EVERY), chance_of(place, 0.5, 2))
    }  # fmt: skip
    assert all(
        chances[one] == chance_of(place, 0.5, 2)
        for place, one in enumerate(order)
        if one in chances
    )
    (stratum,) = scene.memory.read(
        lambda unit: audits.strata(unit.connection, "labels", "2026-W10")
    ).result(10)
    assert (stratum.seen, stratum.drawn) == (12, len(chances))


def test_an_item_is_audited_once_however_many_clocks_tick(set_scene: SetScene) -> None:
    scene = set_scene(labels=EVERY)
    one_audit(scene)

    again = scene.do(errands.run_due, scene.rulebook, scene.now, 100)

    assert again == 0
    assert len(audits_of(scene)) == 1


def test_nothing_is_drawn_where_no_share_is_stated(set_scene: SetScene) -> None:
    scene = set_scene(labels=a_policy(auto_above=0.85))
    settled_by_machine(scene)

    assert scene.tick(seconds=1) == 0
    assert audits_of(scene) == []


def test_an_audit_is_a_question_like_any_other_and_knows_no_answer(set_scene: SetScene) -> None:
    scene = set_scene(labels=a_policy(auto_above=0.85, audit_share=1.0, votes_needed=3))
    plain = scene.item(scene.label(prediction={**MACHINE, "confidence": 0.5}))
    _, audit = one_audit(scene)

    view = scene.memory.read(delivering.view, audit.id, "slack").result(10)

    assert (audit.kind, audit.purpose, audit.status) == (Kind.AUDIT, Purpose.AUDIT, Status.OPEN)
    assert (audit.predicted, audit.confidence) == (None, None)
    assert (audit.producer, audit.posed_by) == (SELF, AGENT.name)
    assert (audit.choices, audit.owners) == (plain.choices, plain.owners)
    assert audit.policy.votes_needed == plain.policy.votes_needed
    stated = view.content.model_dump_json()
    assert not any(secret in stated for secret in ("owl-7b", "0.93"))
    assert json.loads(stated)["body"] == "You won!"
    told = [body for _, body in scene.lines(audit.id)]
    assert "spam" not in json.dumps(told)
    assert scene.events(str(audit.about_id)) == ["opened", "settled"]


def test_the_owners_of_the_program_do_not_audit_it(set_scene: SetScene) -> None:
    scene = set_scene(labels=EVERY)
    _, audit = one_audit(scene)

    refused = scene.vote("olga", "spam", audit.id)

    assert refused.vote is None
    assert "own the agent" in str(refused.refusal)


def test_the_producer_does_not_see_the_audit_of_its_item(set_scene: SetScene) -> None:
    scene = set_scene(labels=EVERY)
    _, audit = one_audit(scene)

    with pytest.raises(UnknownItemError):
        scene.memory.read(reporting.fetch, AGENT, audit.id).result(10)


def test_agreeing_people_make_the_machine_right(set_scene: SetScene) -> None:
    scene = set_scene(labels=EVERY)
    audited, audit = one_audit(scene)

    scene.vote("ann", "spam", audit.id)
    scene.tick(seconds=1)

    (found,) = findings(scene)
    assert (found.audited_id, found.is_right, found.people) == (audited, True, "spam")
    assert (found.label, found.chance) == ("spam", 1.0)
    assert scene.item(audited).correction is None
    assert scene.item(audit.id).predicted == "spam"
    assert scene.events(audited)[-1] == "audited"


def test_a_wrong_answer_is_corrected_and_the_outcome_stays(set_scene: SetScene) -> None:
    scene = set_scene(labels=EVERY)
    audited, audit = one_audit(scene)
    before = scene.item(audited)
    news: list[str] = []
    scene.memory.on_commit(lambda told: news.extend(_settled(told)))

    scene.vote("ann", "ham", audit.id)
    scene.tick(seconds=1)

    after = scene.item(audited)
    assert after.outcome == before.outcome
    assert after.outcome is not None
    assert (after.outcome.choice, after.outcome.rule) == ("spam", Rule.AUTO)
    assert after.correction == "ham"
    assert after.revision > before.revision
    assert news.count(audited) == 1
    (correction,) = corrections(scene)
    assert (correction.machine, correction.people, correction.answer) == ("spam", "ham", "ham")
    assert (correction.found_by, correction.audit_id) == (("ann",), audit.id)
    assert scene.events(audited)[-2:] == ["audited", "corrected"]
    scene.tick(seconds=1)
    assert scene.events(audited)[-2:] == ["audited", "corrected"]


def _settled(news: News) -> list[str]:
    return news.settled


def test_an_audit_that_nobody_answers_says_nothing_about_the_machine(set_scene: SetScene) -> None:
    silent = a_policy(auto_above=0.85, audit_share=1.0, expiry="prediction")
    scene = set_scene(labels=silent)
    audited, audit = one_audit(scene)

    scene.tick(minutes=31)
    scene.tick(seconds=1)

    settled = scene.item(audit.id)
    assert settled.outcome is not None
    assert (settled.outcome.choice, settled.outcome.rule) == (None, Rule.TIMEOUT)
    assert findings(scene) == ()
    assert scene.item(audited).correction is None


def test_a_policy_may_have_everybody_asked_before_a_correction(set_scene: SetScene) -> None:
    policy = a_policy(auto_above=0.85, audit_share=1.0, votes_needed=1, reopen_on_correction=True)
    scene = set_scene(labels=policy)
    audited, audit = one_audit(scene)
    scene.vote("ann", "ham", audit.id)
    scene.tick(seconds=1)
    assert scene.item(audited).correction is None

    reopened = next(item for item in audits_of(scene) if item.purpose is Purpose.REOPENED)
    for person in ("ann", "ben", "cat"):
        scene.vote(person, "ham", reopened.id)
    scene.tick(seconds=1)

    assert reopened.policy.votes_needed == 3
    assert reopened.predicted is None
    assert scene.item(audited).correction == "ham"
    (correction,) = corrections(scene)
    assert (correction.reopened_id, correction.answer) == (reopened.id, "ham")


def test_everybody_may_find_the_machine_right_after_all(set_scene: SetScene) -> None:
    policy = a_policy(auto_above=0.85, audit_share=1.0, votes_needed=1, reopen_on_correction=True)
    scene = set_scene(labels=policy)
    audited, audit = one_audit(scene)
    scene.vote("ann", "ham", audit.id)
    scene.tick(seconds=1)
    reopened = next(item for item in audits_of(scene) if item.purpose is Purpose.REOPENED)

    for person in ("ann", "ben", "cat"):
        scene.vote(person, "spam", reopened.id)
    scene.tick(seconds=1)

    assert scene.item(audited).correction is None
    (correction,) = corrections(scene)
    assert (correction.answer, correction.closed_at) == ("spam", scene.now)
    assert [found.is_right for found in findings(scene)] == [True]
    assert scene.events(audited)[-1] == "not-corrected"


def test_a_producers_own_audit_is_always_put_before_people(set_scene: SetScene) -> None:
    scene = set_scene(audits=a_policy(auto_above=0.0, audit_share=0.05, votes_needed=1))
    stated = {"body": "You won!", "choices": ["spam", "ham"], "prediction": MACHINE}

    asked = scene.open(kind="audit", queue="audits", **stated)
    assert scene.item(asked).status is Status.OPEN
    scene.vote("ann", "ham", asked)
    scene.tick(seconds=1)

    (found,) = findings(scene)
    assert (found.item_id, found.audited_id) == (asked, None)
    assert (found.is_right, found.chance, found.label) == (False, 1.0, "spam")
    assert corrections(scene) == ()


def test_a_producers_own_audit_never_ends_as_the_machine_said(set_scene: SetScene) -> None:
    scene = set_scene(audits=a_policy(expiry="prediction"))
    stated = {"body": "You won!", "choices": ["spam", "ham"], "prediction": MACHINE}
    asked = scene.open(kind="audit", queue="audits", **stated)

    scene.tick(minutes=31)

    outcome = scene.item(asked).outcome
    assert outcome is not None
    assert outcome.choice is None


def test_what_is_found_is_weighted_back_to_everything_that_was_settled(
    set_scene: SetScene,
) -> None:
    """Three rare classes are looked at whole, one common class by a share of it."""
    scene = set_scene(
        labels=a_policy(auto_above=0.5, audit_share=0.5, audit_minimum=3, votes_needed=1)
    )
    for _ in range(18):
        settled_by_machine(scene)
    for _ in range(3):
        settled_by_machine(scene, choice="ham")
    scene.tick(seconds=1)

    for audit in audits_of(scene):
        scene.vote("ann", "spam", audit.id)  # so the machine was right about spam alone
    scene.tick(seconds=1)

    found = findings(scene)
    weights = {one.label: 0.0 for one in found}
    for one in found:
        weights[one.label] += 1 / one.chance
    looked_at = [Audited(one.chance, one.is_right) for one in found]
    estimate = audited_accuracy(looked_at, minimum=1)
    assert weights["ham"] == 3
    assert estimate.value == pytest.approx(weights["spam"] / sum(weights.values()))
    assert {one.chance for one in found} == {0.5, 1.0}


def test_a_queue_that_is_gone_loses_its_audits_and_nothing_else(set_scene: SetScene) -> None:
    scene = set_scene(labels=EVERY)
    settled_by_machine(scene)
    queues = {name: queue for name, queue in scene.rulebook.queues.items() if name != "labels"}
    scene.rulebook = scene.rulebook.model_copy(update={"queues": queues})

    assert scene.tick(seconds=1) == 1
    assert audits_of(scene) == []
    assert scene.tick(seconds=1) == 0


def test_what_waits_for_the_clock_is_found_without_reading_every_item(scene: Scene) -> None:
    def plan(unit: Unit) -> str:
        query = "SELECT id FROM item WHERE errand_at <= 1 ORDER BY errand_at, id"
        prefix = "EXPLAIN QUERY PLAN" if unit.connection.dialect.name == "sqlite" else "EXPLAIN"
        if unit.connection.dialect.name == "postgresql":
            unit.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return str(unit.connection.exec_driver_sql(f"{prefix} {query}").all())

    assert "item_with_errand" in scene.memory.read(plan).result(10)


def test_who_observes_everything_does_not_see_what_signoff_asks(set_scene: SetScene) -> None:
    scene = set_scene(labels=EVERY)
    audited, audit = one_audit(scene)
    observer = Producer("dashboard", frozenset({"observe"}))

    page = scene.memory.read(listing.list_items, observer, {}, None, 10).result(10)
    news = scene.memory.read(listing.news_since, 0).result(10)

    assert [known.item.id for known in page.known] == [audited]
    assert {told.item_id for told in news.told} == {audited}
    with pytest.raises(UnknownItemError):
        scene.memory.read(listing.find, observer, audit.id).result(10)


def test_many_clocks_at_once_draw_each_item_once(set_scene: SetScene) -> None:
    scene = set_scene(labels=a_policy(auto_above=0.5, audit_share=0.5, audit_minimum=3))
    settled = [settled_by_machine(scene, choice=("spam", "ham")[n % 2]) for n in range(40)]
    scene.wait(seconds=1)

    clocks = [scene.memory.write(errands.run_due, scene.rulebook, scene.now, 7) for _ in range(10)]
    done = sum(clock.result(20) for clock in clocks)
    done += sum(scene.tick() for _ in range(2))

    looked_at = [audit.about_id for audit in audits_of(scene)]
    rows = scene.memory.read(
        lambda unit: audits.strata(unit.connection, "labels", "2026-W10")
    ).result(10)
    assert done == len(settled)
    assert len(set(looked_at)) == len(looked_at)
    assert sum(row.seen for row in rows) == len(settled)
    assert sum(row.drawn for row in rows) == len(looked_at)


def test_the_story_of_an_audit_passes_it_off_as_the_programs_own(set_scene: SetScene) -> None:
    scene = set_scene(labels=EVERY)
    _, audit = one_audit(scene)

    story = scene.memory.read(explaining.story_for, scene.rulebook, audit.id, who("ann")).result(10)

    assert [event.actor for event in story.events] == [AGENT.name]
    whole = scene.memory.read(explaining.whole_story, scene.rulebook, audit.id).result(10)
    assert [event.actor for event in whole.events] == [SELF]

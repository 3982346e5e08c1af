"""Recorded votes come in by the rules of clicks, and open no way to vote."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.content import Label
from bot.errors import NotAllowedError, SettledError, SignoffError
from bot.facts import UNSURE, Identity, Item, Rule, Status, Trigger
from bot.flows.importing import (
    RATERS,
    Raters,
    RecordedItem,
    RecordedVote,
    Taken,
    import_items,
    rater_id,
)
from bot.flows.reporting import verify_ledger
from bot.rules.authority import authorise, eligible
from config.checking import check
from storage import items, ledger
from storage.tables import ITEM, KNOWN_ANSWER, NOTICE, PLACED_CARD, VOTE
from storage.unit import Unit
from tests.builders import a_person
from tests.flows.scene import NOON, Scene, a_policy

RECORDED = NOON - timedelta(days=400)


def an_item(key: str, *choices: str, known: str | None = None, **stated: Any) -> RecordedItem:
    """An item with a vote of rater r1, r2 … for each choice, a minute apart."""
    given = {"kind": "label", "queue": "labels", "key": key, "choices": ("spam", "ham")}
    content = Label.model_validate({**given, "body": "Buy!", **stated})
    cast = tuple(
        RecordedVote(place + 2, f"r{place + 1}", choice, RECORDED + timedelta(minutes=place))
        for place, choice in enumerate(choices)
    )
    return RecordedItem(content, RECORDED, cast, known)


def take(scene: Scene, *recorded: RecordedItem, queue: str = "labels") -> Taken:
    """What became of an import."""
    return scene.do(import_items, scene.rulebook.queues[queue], recorded, scene.now)


def imported(scene: Scene, key: str, queue: str = "labels") -> Item:
    """An imported item as it is kept."""

    def of_key(unit: Unit) -> str:
        row = items.find_by_key(unit.connection, rater_id(queue), key)
        assert row is not None
        found: str = row.id
        return found

    return scene.item(scene.memory.read(of_key).result(10))


def count(scene: Scene, table: Any) -> int:
    def counted(unit: Unit) -> int:
        return unit.connection.execute(select(func.count()).select_from(table)).scalar_one()

    return scene.memory.read(counted).result(10)


@pytest.mark.parametrize(
    ("choices", "rule", "outcome"),
    [
        (("spam", "spam", "spam"), Rule.UNANIMOUS, "spam"),
        (("spam", "ham", "spam"), Rule.MAJORITY, "spam"),
        (("spam", "ham", "spam", "ham"), Rule.TIMEOUT, None),
        (("spam", "spam"), Rule.MAJORITY, "spam"),
        (("spam",), Rule.TIMEOUT, None),
        (("spam", UNSURE, "spam"), Rule.TIMEOUT, None),
        ((), Rule.TIMEOUT, None),
    ],
)
def test_votes_settle_by_the_rules_of_the_queue(
    scene: Scene, choices: tuple[str, ...], rule: Rule, outcome: str | None
) -> None:
    taken = take(scene, an_item("1", *choices))

    item = imported(scene, "1")
    assert (taken.item_count, taken.vote_count) == (1, len(choices))
    assert item.status is Status.SETTLED
    assert item.outcome is not None
    assert (item.outcome.rule, item.outcome.choice) == (rule, outcome)


def test_what_seniors_would_have_been_asked_says_so(scene: Scene) -> None:
    take(scene, an_item("1", "spam", "ham", "spam", "ham"), an_item("2", UNSURE))

    assert imported(scene, "1").trigger is Trigger.DISAGREEMENT
    assert imported(scene, "2").trigger is Trigger.UNSURE


def test_recorded_times_are_kept_and_the_import_has_its_own(scene: Scene) -> None:
    take(scene, an_item("1", "spam", "spam"))

    item = imported(scene, "1")
    assert item.opened_at == RECORDED
    assert [vote.cast_at for vote in item.votes] == [RECORDED, RECORDED + timedelta(minutes=1)]
    assert item.outcome is not None
    assert item.outcome.decided_at == RECORDED + timedelta(minutes=1)

    def instants(unit: Unit) -> dict[str, datetime]:
        return {row.event: row.at for row in ledger.of_item(unit.connection, item.id)}

    assert scene.memory.read(instants).result(10)["imported"] == scene.now


def test_nothing_is_posted_and_nothing_waits(scene: Scene) -> None:
    take(scene, an_item("1", "spam", "ham", "spam", "ham"), an_item("2", "spam"), an_item("3"))

    scene.tick(days=30)

    assert count(scene, PLACED_CARD) == 0
    assert count(scene, NOTICE) == 0
    assert count(scene, ITEM) == 3
    assert imported(scene, "1").revision <= 3  # time has changed nothing


def test_an_import_may_be_repeated(scene: Scene) -> None:
    recorded = [an_item("1", "spam", "spam", "spam"), an_item("2", "ham", "spam")]
    take(scene, *recorded)
    before = scene.memory.read(verify_ledger).result(10)

    again = take(scene, *recorded)

    assert (again.item_count, again.vote_count, again.there_count) == (0, 0, 2)
    assert again.refused == ()
    assert scene.memory.read(verify_ledger).result(10) == before
    assert before[1] is None


def test_an_import_that_was_cut_off_goes_on(scene: Scene) -> None:
    recorded = [an_item(str(number), "spam", "spam", "ham") for number in range(6)]
    take(scene, *recorded[:4])

    rest = take(scene, *recorded)

    assert (rest.item_count, rest.there_count) == (2, 4)
    assert count(scene, VOTE) == 18


def test_nobody_may_vote_on_what_was_imported(scene: Scene) -> None:
    take(scene, an_item("1", "spam", "spam"))
    item = imported(scene, "1")

    receipt = scene.vote("ann", "ham", item.id)

    assert isinstance(receipt.refusal, SettledError)
    assert item.policy.reviewers == (f"@{RATERS}",)
    assert item.policy.seniors == ()
    assert eligible(item, scene.rulebook) == frozenset()


def test_a_rater_is_nobody_outside_the_import(scene: Scene) -> None:
    take(scene, an_item("1", "spam", "spam"))
    label = scene.label()

    for platform in ("import", "slack", "discord"):
        for name in (rater_id("r1"), "r1"):
            with pytest.raises(NotAllowedError):
                authorise(scene.item(label), Identity(platform, name, "T0TEAM"), scene.rulebook)


def test_no_account_of_a_chat_is_a_rater() -> None:
    rater = a_person(rater_id("r1"))
    book = Raters(queues={}, people={rater.id: rater})

    assert book.person_at("import", rater.id) == rater
    assert book.person_at("slack", rater.id) is None
    assert book.person_at("discord", rater.id) is None


@pytest.mark.parametrize(
    "table", ['[people."import:r1"]\nname = "Ann"', '[groups]\n"{}" = ["ann"]']
)
def test_no_configuration_can_name_a_rater(table: str, tmp_path: Path) -> None:
    (tmp_path / "queues.toml").write_text("")
    (tmp_path / "people.toml").write_text(table.format(RATERS))

    assert not check(tmp_path).is_usable


def test_a_second_vote_of_a_rater_replaces_the_first(scene: Scene) -> None:
    one = an_item("1", "spam", "spam")
    again = RecordedVote(9, "r1", "ham", RECORDED + timedelta(hours=1))

    taken = take(scene, RecordedItem(one.content, one.opened_at, (*one.votes, again)))

    item = imported(scene, "1")
    assert taken.vote_count == 2
    assert {vote.person_id: vote.choice for vote in item.votes} == {
        rater_id("r1"): "ham",
        rater_id("r2"): "spam",
    }
    assert scene.events(item.id).count("vote-changed") == 1


def test_a_vote_for_a_decided_item_is_refused_by_its_line(scene: Scene) -> None:
    take(scene, an_item("1", "spam", "spam"))

    taken = take(scene, an_item("1", "spam", "spam", "ham"))

    assert [(one.line, one.key) for one in taken.refused] == [(4, "1")]
    assert len(imported(scene, "1").votes) == 2


def test_an_id_that_names_another_item_is_refused(scene: Scene) -> None:
    take(scene, an_item("1", "spam", "spam"))

    taken = take(scene, an_item("1", "spam", "spam", body="Sell!"), an_item("2", "ham"))

    assert [(one.line, one.key) for one in taken.refused] == [(None, "1")]
    assert taken.item_count == 1


def test_true_answers_are_kept_apart_from_outcomes(scene: Scene) -> None:
    take(scene, an_item("1", "spam", "spam", known="ham"))

    assert count(scene, KNOWN_ANSWER) == 1
    outcome = imported(scene, "1").outcome
    assert outcome is not None
    assert outcome.choice == "spam"


def test_the_machine_settles_nothing_in_an_import(set_scene: Callable[..., Scene]) -> None:
    scene = set_scene(labels=a_policy(auto_above=0.5, audit_share=1.0, gold_share=0.5))
    sure = {"choice": "ham", "confidence": 0.99}

    take(scene, an_item("1", "spam", "spam", prediction=sure), an_item("2", prediction=sure))
    scene.tick(days=30)

    assert [imported(scene, key).outcome.rule for key in "12"] == [Rule.MAJORITY, Rule.TIMEOUT]  # type: ignore[union-attr]  # settled, as tested above
    for key in "12":
        item = imported(scene, key)
        assert item.predicted == "ham"
        assert item.policy.auto_above is None
        assert (item.policy.audit_share, item.policy.gold_share) == (0, 0)
        assert scene.events(item.id).count("settled") == 1
    assert count(scene, ITEM) == 2  # no audit, no gold item


def test_a_queue_of_approvals_takes_no_recorded_votes(scene: Scene) -> None:
    with pytest.raises(SignoffError, match="approval only"):
        take(scene, an_item("1", "spam"), queue="approvals")

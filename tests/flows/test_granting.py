"""Grants in the memory: one run, whatever races, crashes and restores there are."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.errors import (
    GrantExpiredError,
    GrantUsedError,
    NotApprovedError,
    NotRedeemedError,
    PausedError,
    SettledError,
    UnknownItemError,
)
from bot.facts import Execution, Item, Rule, Standing
from bot.flows import cancelling, granting, loading, pausing, reporting, ticking
from bot.flows.opening import Producer
from storage import items
from storage.engine import open_engine
from storage.tables import NOTICE
from storage.unit import Memory, Unit
from tests.flows.scene import AGENT, Scene, a_policy
from tests.patience import PATIENCE

Build = Callable[..., Scene]
OTHER = Producer("other-agent")
ROOT = Path(__file__).parents[2]
RACER = "tests.flows.racing"


def approved(scene: Scene) -> Item:
    item_id = scene.approval()
    scene.vote("ann", "approve", item_id)
    return scene.item(item_id)


def redeem(scene: Scene, item: Item, attempt: str = "attempt-1", by: Producer = AGENT) -> Item:
    digest = item.action_digest or ""
    return scene.do(granting.redeem, by, item.id, digest, attempt, scene.now)


def report(scene: Scene, item: Item, execution: Execution = Execution.EXECUTED) -> Item:
    return scene.do(granting.report, AGENT, item.id, execution, "", scene.now)


def test_an_approval_is_redeemed_once_and_reported(scene: Scene) -> None:
    item = approved(scene)

    redeemed = redeem(scene, item)
    done = report(scene, item)

    assert redeemed.grant is not None
    assert redeemed.grant.standing is Standing.REDEEMED
    assert done.grant is not None
    assert done.grant.standing is Standing.USED
    assert scene.item(item.id) == done
    assert scene.events(item.id) == ["opened", "voted", "settled", "redeemed", "reported"]


def test_a_repeated_attempt_writes_nothing_new(scene: Scene) -> None:
    item = approved(scene)

    first, again = redeem(scene, item), redeem(scene, item)

    assert first == again
    assert scene.events(item.id).count("redeemed") == 1


def test_another_program_can_neither_redeem_nor_report(scene: Scene) -> None:
    item = approved(scene)

    with pytest.raises(UnknownItemError):
        redeem(scene, item, by=OTHER)
    with pytest.raises(UnknownItemError):
        scene.do(granting.report, OTHER, item.id, Execution.EXECUTED, "", scene.now)
    assert scene.item(item.id).grant == item.grant


def test_an_agent_that_dies_before_it_redeems_has_not_acted(scene: Scene) -> None:
    item = approved(scene)

    scene.tick(minutes=15)

    kept = scene.item(item.id)
    assert kept.grant is not None
    assert kept.grant.standing is Standing.EXPIRED
    assert scene.events(item.id)[-1] == "grant-expired"
    with pytest.raises(GrantExpiredError):
        redeem(scene, item)


def test_an_agent_that_dies_before_it_reports_leaves_it_unknown(scene: Scene) -> None:
    item = approved(scene)
    redeem(scene, item)

    scene.tick(minutes=9, seconds=59)
    assert scene.item(item.id).report is None
    scene.tick(seconds=1)

    kept = scene.item(item.id).report
    assert kept is not None
    assert kept.execution is Execution.UNKNOWN
    with pytest.raises(GrantUsedError):
        redeem(scene, item)
    assert report(scene, item).report is not None


def test_the_policy_says_how_long_both_may_take(set_scene: Build) -> None:
    times = {"grant_for": timedelta(seconds=30), "report_within": timedelta(seconds=20)}
    scene = set_scene(approvals=a_policy(**times))
    unused, silent = approved(scene), approved(scene)
    redeem(scene, silent)

    scene.tick(seconds=20)
    assert scene.item(silent.id).report is not None
    assert scene.item(unused.id).grant == unused.grant
    scene.tick(seconds=10)

    assert scene.item(unused.id).grant != unused.grant


def test_what_was_approved_before_an_outage_is_not_permitted_anew_after_it(
    set_scene: Build,
) -> None:
    scene = set_scene(approvals=a_policy(grace_for=timedelta(seconds=30)))
    item = approved(scene)

    scene.tick(hours=1)

    kept = scene.item(item.id)
    assert kept.outcome is not None
    assert kept.outcome.choice == "approve"
    with pytest.raises(GrantExpiredError):
        redeem(scene, kept)


def test_a_unit_that_rolls_back_has_redeemed_nothing(scene: Scene) -> None:
    item = approved(scene)

    def redeem_and_die(unit: Unit) -> None:
        granting.redeem(unit, AGENT, item.id, item.action_digest or "", "attempt-1", scene.now)
        raise SystemError

    with pytest.raises(SystemError):
        scene.do(redeem_and_die)

    assert scene.item(item.id) == item
    assert redeem(scene, item, "attempt-2").grant != item.grant


def test_nothing_can_be_redeemed_while_paused(scene: Scene) -> None:
    item = approved(scene)
    scene.do(pausing.switch, "ops", "cli", None, scene.now, on=True)

    with pytest.raises(PausedError):
        redeem(scene, item)
    scene.do(pausing.switch, "ops", "cli", None, scene.now, on=False)

    assert redeem(scene, item).grant != item.grant


def test_a_probe_that_people_approve_can_never_be_redeemed(scene: Scene) -> None:
    item_id = scene.approval()
    scene.do(mark_as_probe, item_id)
    scene.vote("ann", "approve", item_id)

    with pytest.raises(NotApprovedError):
        redeem(scene, scene.item(item_id))


def mark_as_probe(unit: Unit, item_id: str) -> None:
    items.change(unit.connection, item_id, purpose="probe")


def test_two_processes_and_two_hundred_attempts_one_success(
    scene: Scene, database_url: str
) -> None:
    item = approved(scene)
    command = [sys.executable, "-m", RACER, database_url, item.id, item.action_digest or ""]

    racers = [
        subprocess.Popen(
            [*command, f"racer{number}"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
            stdin=subprocess.PIPE,
        )
        for number in (1, 2)
    ]  # fmt: skip
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    told = [json.loads(racer.communicate(timeout=PATIENCE)[0]) for racer in racers]

    counted = sum((Counter(each) for each in told), Counter[str]())
    assert counted == {"redeemed": 1, "GrantUsedError": 199}
    assert scene.events(item.id).count("redeemed") == 1


def test_a_backup_from_an_hour_ago_permits_nothing_that_was_permitted_then(
    sqlite_url: str, tmp_path: Path
) -> None:
    scene = Scene(sqlite_url)
    item = approved(scene)
    backup = tmp_path / "backup.db"
    live, copy = sqlite3.connect(tmp_path / "signoff.db"), sqlite3.connect(backup)
    with closing(live), closing(copy):
        live.backup(copy)
    redeem(scene, item)
    report(scene, item)
    witness = scene.memory.read(reporting.verify_ledger).result(10)[0]
    scene.memory.close()

    scene.wait(hours=1)
    shutil.copy(backup, tmp_path / "restored.db")
    scene.memory = Memory(open_engine(f"sqlite:///{tmp_path / 'restored.db'}"))

    with pytest.raises(GrantExpiredError):
        redeem(scene, item, "attempt-2")
    _, broken = scene.memory.read(reporting.verify_ledger, witness).result(10)
    assert broken is not None
    assert "cut off" in broken.what
    scene.memory.close()


def test_a_producer_withdraws_its_question(scene: Scene) -> None:
    item_id = scene.approval()

    def cancel(by: Producer = AGENT) -> Item:
        return scene.do(cancelling.cancel, scene.rulebook, by, item_id, "the user left", scene.now)

    with pytest.raises(UnknownItemError):
        cancel(OTHER)
    item, again = cancel(), cancel()

    assert item.outcome is not None
    assert (item.outcome.choice, item.outcome.rule) == (None, Rule.CANCELLED)
    assert item.outcome.words == "the user left"
    assert again == item
    assert item.grant is None
    assert scene.events(item_id) == ["opened", "cancelled", "settled"]
    with pytest.raises(NotApprovedError):
        redeem(scene, item)


def test_what_is_decided_cannot_be_withdrawn(scene: Scene) -> None:
    item = approved(scene)

    with pytest.raises(SettledError):
        scene.do(cancelling.cancel, scene.rulebook, AGENT, item.id, None, scene.now)
    assert scene.item(item.id) == item


def test_nobody_is_called_about_a_question_that_was_withdrawn(set_scene: Build) -> None:
    scene = set_scene()
    item_id = scene.approval()
    scene.vote("ann", "unsure", item_id)
    assert scene.do(waiting_notices, item_id) > 0

    scene.do(cancelling.cancel, scene.rulebook, AGENT, item_id, None, scene.now)

    assert scene.do(waiting_notices, item_id) == 0


def waiting_notices(unit: Unit, item_id: str) -> int:
    """Notices to people about an item that are still to be sent."""
    query = (
        select(func.count())
        .select_from(NOTICE)
        .where(NOTICE.c.item_id == item_id, NOTICE.c.platform.in_(["slack", "discord"]))
        .where(NOTICE.c.sent_at.is_(None), NOTICE.c.gone.is_(None))
    )
    return unit.connection.execute(query).scalar_one()


def test_what_a_producer_is_told_of_many_items_is_what_it_is_told_of_each(scene: Scene) -> None:
    used, ready, open_id = approved(scene), approved(scene), scene.approval()
    redeem(scene, used)
    ids = [used.id, ready.id, open_id]

    def many(unit: Unit) -> list[reporting.Known]:
        return reporting.known_of(unit, [loading.load(unit, item_id) for item_id in ids])

    each = [scene.do(reporting.fetch_known, AGENT, item_id) for item_id in ids]
    assert scene.do(many) == each


def test_the_clock_leaves_alone_what_another_clock_holds(scene: Scene) -> None:
    approved(scene)

    assert scene.do(ticking.tick, scene.rulebook, scene.now) == 0
    assert scene.do(granting.follow_due, scene.now + timedelta(minutes=15), 10) == 1
    assert scene.do(granting.follow_due, scene.now + timedelta(minutes=15), 10) == 0


def test_a_report_before_the_grant_was_redeemed_is_refused(scene: Scene) -> None:
    item = approved(scene)

    with pytest.raises(NotRedeemedError):
        report(scene, item)

"""The kill switch: nothing can be redeemed, every card that matters says so, and it is a row."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from bot.errors import PausedError
from bot.facts import Identity
from bot.flows import delivering, granting, pausing, reporting
from bot.flows.pausing import Switched
from config.policies import Person, Rulebook
from storage import pauses
from storage.engine import open_engine
from storage.tables import LEDGER, PLACED_CARD
from storage.unit import Memory, Unit
from tests.flows.scene import AGENT, Scene, who

Build = Callable[..., Scene]


def switch(scene: Scene, *, on: bool, reason: str | None = None) -> Switched:
    return scene.do(pausing.switch, "cli:root", "cli", reason, scene.now, on=on)


def approved(scene: Scene) -> str:
    item_id = scene.approval()
    scene.vote("ann", "approve", item_id)
    return item_id


def history(scene: Scene) -> list[str]:
    query = select(LEDGER.c.event).where(LEDGER.c.item_id.is_(None)).order_by(LEDGER.c.seq)
    return list(
        scene.memory.read(lambda unit: unit.connection.execute(query).scalars().all()).result(10)
    )


def is_behind(unit: Unit, item_id: str) -> bool:
    """Whether a card of the item is still to be shown anew."""
    query = select(PLACED_CARD.c.wanted, PLACED_CARD.c.shown).where(
        PLACED_CARD.c.item_id == item_id
    )
    return any(row.wanted > row.shown for row in unit.connection.execute(query))


def show_all(scene: Scene) -> None:
    """A courier shows whatever is wanted."""
    for card in scene.do(delivering.claim_cards, "slack", scene.now, 50):
        sent = delivering.Sent("C0QUEUE", f"m{card.id}")
        revision = scene.item(card.item_id).revision
        scene.do(delivering.card_sent, scene.rulebook, card, revision, sent, scene.now)


def test_every_card_that_matters_says_that_it_is_paused_and_no_other(scene: Scene) -> None:
    waiting, ready, used, label = (
        scene.approval(),
        approved(scene),
        approved(scene),
        scene.label(),
    )
    denied = scene.approval()
    scene.vote("ann", "reject", denied)
    digest = scene.item(used).action_digest or ""
    scene.do(granting.redeem, AGENT, used, digest, "attempt-1", scene.now)
    show_all(scene)

    switch(scene, on=True)

    told = [item for item in (waiting, ready, used, label, denied) if scene.item(item).paused]
    assert told == [waiting, ready]
    assert [item for item in told if scene.do(is_behind, item)] == told
    assert not scene.do(is_behind, used)
    show_all(scene)
    switch(scene, on=False)
    assert not any(scene.item(item).paused for item in told)
    assert all(scene.do(is_behind, item) for item in told)


def test_what_opens_or_is_approved_while_paused_says_so_within_a_tick(scene: Scene) -> None:
    switch(scene, on=True)
    opened, decided = scene.approval(), approved(scene)

    scene.tick()

    assert [scene.item(item).paused for item in (opened, decided)] == [True, True]


def test_a_pause_survives_a_restart(scene: Scene, database_url: str) -> None:
    item_id = approved(scene)
    switch(scene, on=True, reason="odd deletions")
    scene.memory.close()

    scene.memory = Memory(open_engine(database_url))

    digest = scene.item(item_id).action_digest or ""
    with pytest.raises(PausedError):
        scene.do(granting.redeem, AGENT, item_id, digest, "attempt-1", scene.now)
    health = scene.memory.read(reporting.health, scene.now).result(10)
    assert health.pause is not None
    assert health.pause.reason == "odd deletions"


def test_votes_count_while_paused(scene: Scene) -> None:
    item_id = scene.approval()
    switch(scene, on=True)

    receipt = scene.vote("ann", "approve", item_id)

    assert receipt.refusal is None
    assert scene.item(item_id).is_settled


def test_pausing_twice_changes_and_writes_nothing_new(scene: Scene) -> None:
    first, again = switch(scene, on=True, reason="a"), switch(scene, on=True, reason="b")
    ended, not_there = switch(scene, on=False), switch(scene, on=False)

    assert [each.is_new for each in (first, again, ended, not_there)] == [True, False, True, False]
    assert again.pause is not None
    assert again.pause.reason == "a"
    assert history(scene) == ["paused", "resumed"]


def with_an_admin(rulebook: Rulebook, *, active: bool = True) -> Rulebook:
    roles = frozenset({"reviewer", "admin"})
    people = {
        **rulebook.people,
        "eve": Person(id="eve", name="Eve", slack="U0EVE", roles=roles, active=active),
    }
    return rulebook.model_copy(update={"people": people})


@pytest.mark.parametrize(
    ("account", "active", "may"),
    [
        (who("eve"), True, True),
        (who("eve"), False, False),
        (who("ann"), True, False),
        (who("sue"), True, False),
        (who("stranger"), True, False),
        (who("eve", barred="Guests may not."), True, False),
    ],
)
def test_only_an_admin_may_pause_in_a_chat_and_who_else_tries_is_in_the_history(
    scene: Scene, account: Identity, active: bool, may: bool
) -> None:
    rulebook = Rulebook(**dict(with_an_admin(scene.rulebook, active=active)))

    switched = scene.do(pausing.switch_by, rulebook, account, "odd", scene.now, on=True)

    assert (switched.refusal is None) is may
    assert (scene.do(pausing.current) is not None) is may
    assert history(scene) == (["paused"] if may else ["switch-refused"])


def test_many_cards_are_raised_in_several_units(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pausing, "FLAGGED_AT_ONCE", 2)
    items = [scene.approval() for _ in range(5)]

    switch(scene, on=True)
    while scene.tick():
        pass

    assert all(scene.item(item).paused for item in items)
    assert scene.do(lambda unit: pauses.behind(unit.connection, is_paused=True, limit=9)) == []


def test_what_no_card_says_yet_cannot_be_redeemed_either(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pausing, "FLAGGED_AT_ONCE", 1)
    items = [approved(scene) for _ in range(3)]

    switch(scene, on=True)

    assert [scene.item(item).paused for item in items].count(False) == 2
    for item in items:
        digest = scene.item(item).action_digest or ""
        with pytest.raises(PausedError):
            scene.do(granting.redeem, AGENT, item, digest, "attempt-1", scene.now)


def test_nobody_can_pause_between_the_look_at_the_switch_and_the_redeem(postgres_url: str) -> None:
    scene = Scene(postgres_url)
    beside = open_engine(postgres_url)
    item_id = approved(scene)
    digest = scene.item(item_id).action_digest or ""

    def redeem_while_somebody_pauses(unit: Unit) -> None:
        granting.redeem(unit, AGENT, item_id, digest, "attempt-1", scene.now)
        with beside.connect() as other:
            other.execute(text("SET lock_timeout = '50ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                pauses.start(other, scene.now, "cli:root", "cli", None)

    scene.do(redeem_while_somebody_pauses)

    assert switch(scene, on=True).is_new
    beside.dispose()
    scene.memory.close()

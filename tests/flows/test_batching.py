"""Several approvals on one card: each has its own decision, and the card shows the newest."""

from collections.abc import Callable, Sequence
from concurrent.futures import wait
from typing import Any

import pytest

from bot.content import SUBMISSION
from bot.errors import BadSubmissionError, FloodError, KeyTakenError
from bot.facts import UNSURE
from bot.flows import batching, delivering, pausing, voting
from bot.flows.delivering import Gone, PlacedCard, Sent, View
from bot.flows.opening import Opened
from bot.flows.voting import Ballot
from storage import cards
from tests.flows.scene import AGENT, Scene, a_policy, who

Build = Callable[..., Scene]


def ask(scene: Scene, count: int = 3, **stated: Any) -> list[str]:
    """The ids of a batch's items."""
    return [each.item.id for each in ask_for(scene, numbered(count, **stated))]


def numbered(count: int, **stated: Any) -> list[dict[str, Any]]:
    action = {"name": "delete_files", "reversible": True, "environment": "production"}
    return [
        {"kind": "approval", "queue": "approvals", "key": f"k{n}",
         "action": {**action, "args": {"path": f"{n}.log"}}, **stated}
        for n in range(count)
    ]  # fmt: skip


def ask_for(scene: Scene, bodies: Sequence[dict[str, Any]]) -> list[Opened]:
    answers = together(scene, bodies)
    assert all(isinstance(each, Opened) for each in answers)
    return [each for each in answers if isinstance(each, Opened)]


def together(scene: Scene, bodies: Sequence[dict[str, Any]]) -> tuple[Any, ...]:
    contents = [SUBMISSION.validate_python(body) for body in bodies]
    return scene.do(batching.open_together, scene.rulebook, AGENT, contents, scene.now)


def claim(scene: Scene) -> list[PlacedCard]:
    return list(scene.do(delivering.claim_cards, "slack", scene.now, 50))


def send(scene: Scene, card: PlacedCard, message_ref: str = "1.1") -> View:
    """The card is shown as it stands."""
    view: View = scene.memory.read(delivering.view_for, card).result(10)
    sent = Sent("C0QUEUE", message_ref)
    scene.do(delivering.card_sent, scene.rulebook, card, view.revision, sent, scene.now)
    return view


def members(view: View) -> list[str]:
    return [each.item.id for each in view.batch]


def test_requests_that_are_alike_have_one_card_and_each_its_own_item(scene: Scene) -> None:
    ids = ask(scene, 4)

    (card,) = claim(scene)
    view = send(scene, card)

    assert members(view) == ids
    assert len({each.item.digest for each in view.batch}) == 4
    assert len({each.item.action_digest for each in view.batch}) == 4
    assert claim(scene) == []


def test_a_decision_about_one_decides_no_other(scene: Scene) -> None:
    ids = ask(scene)

    scene.vote("ann", "approve", ids[1])

    outcomes = [scene.item(item_id).outcome for item_id in ids]
    assert [outcome and outcome.choice for outcome in outcomes] == [None, "approve", None]
    grants = [scene.item(item_id).grant for item_id in ids]
    assert [grant is not None for grant in grants] == [False, True, False]


def test_the_card_is_shown_anew_whichever_item_changes(scene: Scene) -> None:
    ids = ask(scene)
    send(scene, claim(scene)[0])

    for item_id in ids:
        scene.vote("ann", "reject", item_id)
        (edit,) = claim(scene)
        view = send(scene, edit)

        assert view.item.id == ids[0]
        assert {each.item.id: each.item for each in view.batch}[item_id].is_settled

    assert view.is_settled
    assert claim(scene) == []


def test_a_change_during_the_call_makes_another_edit(scene: Scene) -> None:
    ids = ask(scene)
    (card,) = claim(scene)
    seen = scene.memory.read(delivering.view_for, card).result(10)
    scene.vote("ann", "reject", ids[2])

    sent = Sent("C0QUEUE", "1.1")
    scene.do(delivering.card_sent, scene.rulebook, card, seen.revision, sent, scene.now)

    assert [edit.message_ref for edit in claim(scene)] == ["1.1"]


def test_ten_votes_at_once_are_all_on_the_card_in_the_end(set_scene: Build) -> None:
    scene = set_scene(approvals=a_policy(approvals_needed=2))
    ids = ask(scene, 10)
    send(scene, claim(scene)[0])

    ballots = [Ballot(item_id, "approve", who("ann")) for item_id in ids]
    write = scene.memory.write
    wait([write(voting.cast, scene.rulebook, ballot, scene.now) for ballot in ballots], 20)
    view = send(scene, claim(scene)[0])

    assert [len(each.item.votes) for each in view.batch] == [1] * 10
    assert claim(scene) == []


def test_what_was_asked_before_stays_where_it_is(scene: Scene) -> None:
    ids = ask(scene)
    send(scene, claim(scene)[0])

    again = ask_for(scene, numbered(3))
    more = ask_for(scene, numbered(4))

    assert [each.item.id for each in again] == ids
    assert [each.is_new for each in (*again, *more)] == [False] * 6 + [True]
    (alone,) = claim(scene)
    assert (alone.item_id, alone.batch_id) == (more[3].item.id, None)


def test_one_that_is_refused_holds_up_no_other(scene: Scene) -> None:
    scene.open(**numbered(1)[0] | {"reason": "another"})
    claim(scene)

    taken, *others = together(scene, numbered(3))

    assert isinstance(taken, KeyTakenError)
    assert members(send(scene, claim(scene)[0])) == [each.item.id for each in others]


def test_a_queue_that_there_is_not_refuses_each(scene: Scene) -> None:
    answers = together(scene, numbered(2, queue="nowhere"))

    assert [type(each) for each in answers] == [BadSubmissionError] * 2
    assert claim(scene) == []


@pytest.mark.parametrize("change", [{"requester": "ann"}, {"due_in": 60}])
def test_what_is_not_alike_has_a_card_each(scene: Scene, change: dict[str, Any]) -> None:
    bodies = numbered(3)
    bodies[1] |= change

    ask_for(scene, bodies)

    assert [card.batch_id for card in claim(scene)] == [None] * 3


def test_a_batch_takes_as_many_places_as_it_has_items(set_scene: Build) -> None:
    """T22: cards that hold many requests are no way around the cap."""
    scene = set_scene(approvals=a_policy(cards_at_most=4, open_at_most=6))
    answers = together(scene, numbered(8))

    (card,) = claim(scene)
    view = send(scene, card)

    ids = [each.item.id for each in answers if isinstance(each, Opened)]
    assert [type(each) for each in answers[6:]] == [FloodError] * 2
    assert members(view) == ids[:4]
    scene.vote("ann", "reject", ids[0])
    scene.tick(seconds=1)
    came_up = [each for each in claim(scene) if each.batch_id is None]
    assert [each.item_id for each in came_up] == [ids[4]]


def test_a_pause_is_told_on_the_card(scene: Scene) -> None:
    ask(scene)
    send(scene, claim(scene)[0])

    scene.do(pausing.switch, "ann", "cli", None, scene.now, on=True)

    view = send(scene, claim(scene)[0])
    assert [each.item.paused for each in view.batch] == [True] * 3
    assert claim(scene) == []


def test_seniors_are_told_below_the_card_of_the_batch(scene: Scene) -> None:
    ids = ask(scene)
    send(scene, claim(scene)[0], "7.7")

    scene.vote("ann", UNSURE, ids[1])
    scene.tick(seconds=1)

    notices = scene.do(delivering.claim_notices, "slack", scene.now, 50)
    below = [notice for notice in notices if notice.channel_ref == "C0QUEUE"]
    assert {(notice.item_id, notice.thread_ref) for notice in below} == {(ids[1], "7.7")}


def test_when_the_channel_is_lost_people_get_the_same_card(scene: Scene) -> None:
    ids = ask(scene)
    (card,) = claim(scene)

    gone = Gone("channel_not_found")
    scene.do(delivering.card_sent, scene.rulebook, card, 0, gone, scene.now)

    sent = claim(scene)
    assert {each.channel_ref for each in sent} == {"U0ANN", "U0BEN", "U0CAT"}
    assert [members(send(scene, each)) for each in sent] == [ids] * 3


def test_a_card_that_was_posted_twice_is_kept_up_to_date_twice(scene: Scene) -> None:
    ids = ask(scene)
    (slow,) = claim(scene)
    scene.wait(seconds=61)
    (quick,) = claim(scene)

    send(scene, quick, "2.2")
    send(scene, slow, "1.1")
    scene.vote("ann", "reject", ids[2])

    edits = claim(scene)
    assert {each.message_ref for each in edits} == {"1.1", "2.2"}
    assert [members(send(scene, each, str(each.message_ref))) for each in edits] == [ids] * 2
    assert claim(scene) == []


def test_the_card_of_a_batch_is_a_card_of_each_of_its_items(scene: Scene) -> None:
    ids = ask(scene)

    found = scene.memory.read(
        lambda unit: [cards.of_item(unit.connection, item_id) for item_id in ids]
    ).result(10)

    assert [[row.item_id for row in rows] for rows in found] == [[ids[0]]] * 3

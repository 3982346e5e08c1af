"""Cards converge: the newest state is sent, by one courier at a time, and losses are repaired."""

from datetime import timedelta

from bot.flows import delivering
from bot.flows.delivering import Gone, Missing, PlacedCard, Result, RetryAt, Sent
from storage import cards
from storage.engine import open_engine
from storage.unit import Memory
from tests.flows.scene import Scene


def claim(scene: Scene) -> tuple[PlacedCard, ...]:
    return scene.do(delivering.claim_cards, "slack", scene.now, 10)


def finish(scene: Scene, card: PlacedCard, result: Result, revision: int = 1) -> None:
    scene.do(delivering.card_sent, scene.rulebook, card, revision, result, scene.now)


def test_a_fresh_item_wants_one_card_and_one_courier_gets_it(scene: Scene) -> None:
    item_id = scene.approval()

    first, second = claim(scene), claim(scene)

    assert [card.item_id for card in first] == [item_id]
    assert second == ()


def test_ten_changes_make_one_edit(scene: Scene) -> None:
    item_id = scene.label()
    (card,) = claim(scene)
    finish(scene, card, Sent("C0QUEUE", "1.1"))
    for choice in ("spam", "ham") * 5:
        scene.vote("ann", choice, item_id)

    (edit,) = claim(scene)
    finish(scene, edit, Sent("C0QUEUE", "1.1"), scene.item(item_id).revision)

    assert edit.message_ref == "1.1"
    assert claim(scene) == ()


def test_a_vote_during_the_call_makes_another_edit(scene: Scene) -> None:
    item_id = scene.label()
    (card,) = claim(scene)
    scene.vote("ann", "spam", item_id)

    finish(scene, card, Sent("C0QUEUE", "1.1"), revision=1)

    assert [edit.message_ref for edit in claim(scene)] == ["1.1"]


def test_a_claim_that_lapses_is_given_to_another_courier(scene: Scene) -> None:
    scene.approval()
    (lost,) = claim(scene)
    scene.wait(seconds=61)

    (repaired,) = claim(scene)

    assert repaired.id == lost.id
    assert repaired.tries == 2


def test_a_card_that_was_posted_twice_is_kept_up_to_date_twice(scene: Scene) -> None:
    item_id = scene.approval()
    (slow,) = claim(scene)
    scene.wait(seconds=61)
    (quick,) = claim(scene)

    finish(scene, quick, Sent("C0QUEUE", "2.2"))
    finish(scene, slow, Sent("C0QUEUE", "1.1"))
    scene.vote("ann", "reject", item_id)

    assert {card.message_ref for card in claim(scene)} == {"1.1", "2.2"}


def test_a_stale_edit_does_not_undo_what_a_newer_one_wrote(scene: Scene) -> None:
    item_id = scene.label()
    (card,) = claim(scene)
    finish(scene, card, Sent("C0QUEUE", "1.1"))
    scene.vote("ann", "spam", item_id)
    (slow,) = claim(scene)
    scene.wait(seconds=61)
    (quick,) = claim(scene)

    finish(scene, quick, Sent("C0QUEUE", "1.1"), revision=2)
    finish(scene, slow, Sent("C0QUEUE", "1.1"), revision=1)

    placed = scene.memory.read(lambda unit: cards.of_item(unit.connection, item_id)).result()
    assert [row.shown for row in placed] == [2]


def test_a_card_waits_as_long_as_the_platform_says(scene: Scene) -> None:
    scene.approval()
    (card,) = claim(scene)

    finish(scene, card, RetryAt(scene.now + timedelta(seconds=30), "ratelimited"))

    assert claim(scene) == ()
    scene.wait(seconds=30)
    assert len(claim(scene)) == 1


def test_a_deleted_message_is_posted_again(scene: Scene) -> None:
    item_id = scene.label()
    (card,) = claim(scene)
    finish(scene, card, Sent("C0QUEUE", "1.1"))
    scene.vote("ann", "spam", item_id)
    (edit,) = claim(scene)

    finish(scene, edit, Missing())

    assert [again.message_ref for again in claim(scene)] == [None]


def test_a_lost_channel_sends_the_card_to_the_people_who_may_judge(scene: Scene) -> None:
    scene.approval()
    (card,) = claim(scene)

    finish(scene, card, Gone("channel_not_found"))

    assert {again.channel_ref for again in claim(scene)} == {"U0ANN", "U0BEN", "U0CAT"}


def test_the_clicked_card_needs_no_edit_when_it_rode_on_the_answer(scene: Scene) -> None:
    item_id = scene.approval()
    (card,) = claim(scene)
    finish(scene, card, Sent("C0QUEUE", "1.1"))
    scene.vote("ann", "reject", item_id)
    revision = scene.item(item_id).revision

    scene.do(delivering.card_shown, "slack", "C0QUEUE", "1.1", revision)

    assert claim(scene) == ()


def test_first_posts_go_before_edits_and_approvals_before_labels(scene: Scene) -> None:
    label = scene.label()
    (card,) = claim(scene)
    finish(scene, card, Sent("C0QUEUE", "1.1"))
    scene.vote("ann", "spam", label)
    later_label, approval = scene.label(), scene.approval()

    claimed = claim(scene)

    assert [card.item_id for card in claimed] == [approval, later_label, label]


def test_an_outcome_does_not_wait_for_the_slot_that_progress_was_given(scene: Scene) -> None:
    item_id = scene.label()
    (card,) = claim(scene)
    finish(scene, card, Sent("C0QUEUE", "1.1"))
    scene.vote("ann", "spam", item_id)
    (progress,) = claim(scene)
    finish(scene, progress, RetryAt(scene.now + timedelta(seconds=50), "fifty edits a minute"))

    scene.vote("ben", "spam", item_id)

    assert [card.message_ref for card in claim(scene)] == ["1.1"]


def test_couriers_leave_the_clicked_card_to_the_answer_for_a_while(scene: Scene) -> None:
    item_id = scene.label()
    (card,) = claim(scene)
    finish(scene, card, Sent("C0QUEUE", "1.1"))

    scene.vote("ann", "spam", item_id, message_ref="1.1")
    at_once = claim(scene)
    scene.wait(seconds=2)

    assert at_once == ()
    assert [card.message_ref for card in claim(scene)] == ["1.1"]


def test_two_couriers_at_once_never_hold_the_same_card(scene: Scene, database_url: str) -> None:
    other = Memory(open_engine(database_url))
    for _ in range(40):
        scene.approval()

    futures = [
        memory.write(delivering.claim_cards, "slack", scene.now, 5)
        for _ in range(8)
        for memory in (scene.memory, other)
    ]

    held = [card.id for future in futures for card in future.result(20)]
    assert len(held) == len(set(held))
    assert held
    other.close()

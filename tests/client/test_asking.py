"""Both clients against the real server: ask, wait, list, follow, cancel, live through restarts."""

import asyncio
import threading
from datetime import timedelta

import pytest
from signoff import (
    Action,
    AlreadySettled,
    Cancelled,
    Changed,
    Denied,
    Expired,
    Invalid,
    Item,
    NotAdmitted,
    NotFound,
    Prediction,
    Question,
    Signoff,
    SignoffSync,
    Text,
)
from signoff.asking import WaitBy
from signoff.testing import Box, approve, approve_all, choose, leave, reject_all, script, server

from tests.patience import PATIENCE


async def test_a_label_comes_back_with_who_and_why(box: Box) -> None:
    box.reviewer = lambda _asked: choose("ham", "a friend wrote it")

    async with Signoff() as signoff:
        decision = await signoff.ask(
            "moderation",
            kind="label",
            body="You won!",
            choices=["spam", "ham"],
            question="What is it?",
            prediction=Prediction("spam", 0.62, "nb-3"),
            evidence=[Text("a text", "a title")],
            within=timedelta(minutes=5),
        )

    assert (decision.outcome, decision.reason) == ("ham", "a friend wrote it")
    assert [(one.id, one.name) for one in decision.who] == [("ann", "Ann")]
    assert (decision.votes, decision.edited, decision.response) == (1, None, None)


@pytest.mark.parametrize("by", ["poll", "stream"])
async def test_whoever_waits_lives_through_a_restart(by: WaitBy) -> None:
    with server("moderation", environment=False) as box:
        async with box.client() as signoff:
            item = await signoff.submit("moderation", body="x", choices=["a", "b"])
            waiting = asyncio.create_task(signoff.wait(item, by=by))
            await asyncio.sleep(0.2)
            await asyncio.to_thread(box.stop)
            await asyncio.sleep(0.2)
            await asyncio.to_thread(box.start)
            await asyncio.to_thread(box.answer, item, choose("b"))

            decision = await asyncio.wait_for(waiting, PATIENCE)

    assert decision.outcome == "b"


def test_a_blocking_wait_by_stream_hears_the_outcome(box: Box) -> None:
    with SignoffSync() as signoff:
        item = signoff.submit("moderation", body="x", choices=["a", "b"])
        threading.Timer(0.2, box.answer, (item, choose("a"))).start()

        assert signoff.wait(item, by="stream").outcome == "a"


async def test_a_question_that_is_taken_back_settles(box: Box) -> None:
    async with Signoff() as signoff:
        item = await signoff.submit("moderation", body="x", choices=["a", "b"])
        cancelled = await signoff.cancel(item.id, "found out by myself")

        assert cancelled.is_settled
        with pytest.raises(Cancelled):
            (await signoff.wait(item)).checked()


async def test_what_is_settled_cannot_be_taken_back(box: Box) -> None:
    box.reviewer = lambda _asked: choose("a")
    async with Signoff() as signoff:
        decision = await signoff.ask("moderation", body="x", choices=["a", "b"])

        with pytest.raises(AlreadySettled):
            await signoff.cancel(decision.item_id)


async def test_an_approval_that_is_denied_is_an_exception_and_a_waited_one_a_decision(
    box: Box,
) -> None:
    box.reviewer = reject_all
    async with Signoff() as signoff:
        with pytest.raises(Denied):
            await signoff.ask("agent-actions", action=Action("act"))
        item = await signoff.submit("agent-actions", action=Action("act"))

        assert (await signoff.wait(item)).outcome == "reject"


def test_a_batch_gives_each_question_its_own_answer(box: Box) -> None:
    box.reviewer = script([choose("a"), choose("b"), leave()])
    ours = [
        Question("moderation", body=f"{number}", choices=["a", "b"], within=within)
        for number, within in enumerate([None, None, timedelta(seconds=1)])
    ]
    nowhere = Question("nowhere", body="x", choices=["a", "b"])

    first, refused, second, late = box.client_sync().batch([ours[0], nowhere, *ours[1:]])

    assert isinstance(refused, Invalid)
    outcomes = [getattr(one, "outcome", "?") for one in (first, second, late)]
    assert sorted(map(str, outcomes)) == ["None", "a", "b"]


async def test_items_are_listed_newest_first_page_by_page(box: Box) -> None:
    async with Signoff() as signoff:
        sent = [Question("moderation", body="x", choices=["a", "b"]) for _ in range(205)]
        opened = await signoff.submit_batch(sent)
        found = [item.id async for item in signoff.items(queue="moderation", status="open")]
        one = [item.id async for item in signoff.items(key=sent[3].key)]

    ids = {item.id for item in opened if isinstance(item, Item)}
    assert len(ids) == 205
    assert ids <= set(found)
    assert len(found) == len(set(found))
    assert len(one) == 1


async def test_changes_are_followed_as_they_happen(box: Box) -> None:
    async with Signoff() as signoff:
        item = await signoff.submit("moderation", body="x", choices=["a", "b"])
        heard = asyncio.Event()
        told = asyncio.create_task(_settled_one(signoff, item.id, heard))
        while not heard.is_set():  # the stream is open once anything comes
            await signoff.submit("moderation", body="y", choices=["a", "b"])
            await asyncio.sleep(0.2)
        await asyncio.to_thread(box.answer, item, choose("a"))

        assert (await asyncio.wait_for(told, PATIENCE)).is_settled


async def _settled_one(signoff: Signoff, item_id: str, heard: asyncio.Event) -> Item:
    async for item in signoff.events(queue="moderation"):
        heard.set()
        if item.id == item_id and item.is_settled:
            return item
    raise AssertionError("the stream ended")


def test_another_action_than_the_approved_one_uses_nothing_up(box: Box) -> None:
    box.reviewer = approve_all
    client = box.client_sync()
    item = client.submit("agent-actions", action=Action("delete", {"path": "a.log"}))
    decision = client.wait(item)

    with pytest.raises(Changed, match="Nothing ran"):
        client.redeem(decision, Action("delete", {"path": "/etc"}))

    grant = client.look(item.id).grant
    assert grant
    assert grant.status == "ready"


async def test_another_programs_item_is_not_there(box: Box) -> None:
    async with box.client() as signoff, box.client(box.new_key("other")) as other:
        item = await signoff.submit("moderation", body="x", choices=["a", "b"])

        with pytest.raises(NotFound):
            await other.look(item.id)
        with pytest.raises(NotFound):
            await other.cancel(item.id)


async def test_a_wrong_key_is_told(box: Box) -> None:
    async with box.client("sgn_wrong") as signoff:
        with pytest.raises(NotAdmitted, match="not known"):
            await signoff.look("ABCDEFGH")


def test_patience_ends_before_the_deadline_when_the_caller_says_so(box: Box) -> None:
    item = box.client_sync().submit("moderation", body="x", choices=["a", "b"])

    with pytest.raises(Expired, match="still open"):
        box.client_sync().wait(item, within=timedelta(seconds=0.3))


def test_a_script_that_is_too_short_fails_the_test(box: Box) -> None:
    box.reviewer = script([choose("a")])
    client = box.client_sync()

    client.ask("moderation", body="1", choices=["a", "b"], within=timedelta(minutes=1))
    client.submit("moderation", body="2", choices=["a", "b"])

    with pytest.raises(AssertionError, match="no answer for one more item"):
        box.check()


def test_two_people_are_asked_where_two_are_needed() -> None:
    rules = {"careful": {"approvals_needed": 2}}
    with server(rules=rules, reviewer=lambda _asked: approve("yes"), environment=False) as box:
        decision = box.client_sync().ask("careful", action=Action("act"))

    assert [one.id for one in decision.who] == ["ann", "ben"]


def test_the_fixture_is_found_by_pytest(signoff_box: Box) -> None:
    signoff_box.reviewer = lambda _asked: choose("b")

    assert SignoffSync().ask("moderation", body="x", choices=["a", "b"]).outcome == "b"

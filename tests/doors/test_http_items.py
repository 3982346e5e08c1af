"""A program submits items, reads its own, and says what became of them."""

import re
from collections.abc import AsyncIterator

import pytest

from bot.content import SUBMISSION, Approval, action_digest
from bot.flows import reporting
from tests.doors.http_house import APPROVAL, LABEL, Door, open_door, vote


@pytest.fixture
async def door(database_url: str) -> AsyncIterator[Door]:
    async with open_door(database_url) as opened:
        yield opened


async def test_a_new_item_is_created_and_open(door: Door) -> None:
    reply = await door.submit(APPROVAL)

    assert reply.status == 201
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Location"] == f"/v1/items/{reply.body['id']}"
    assert re.fullmatch("[0-9a-f]{64}", reply.body.pop("digest"))
    assert re.fullmatch("[2-9A-Z]{8}", reply.body["id"])
    content = SUBMISSION.validate_python(APPROVAL)
    assert isinstance(content, Approval)
    stated = content.action
    assert reply.body["action_digest"] == action_digest(stated)
    assert reply.body["action"] == stated.model_dump(exclude={"args_schema"})
    assert reply.body | {"id": "", "digest": ""} == {
        "id": "",
        "status": "open",
        "queue": "agent-actions",
        "kind": "approval",
        "key": "run-7:call-3",
        "opened_at": "2026-03-02T12:00:00Z",
        "due_at": "2026-03-02T12:30:00Z",
        "digest": "",
        "action_digest": reply.body["action_digest"],
        "action": reply.body["action"],
    }


async def test_the_same_key_with_the_same_body_gives_the_stored_item(door: Door) -> None:
    first = await door.submit(LABEL)

    again = await door.submit(LABEL)

    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


async def test_the_same_key_with_another_body_is_a_conflict(door: Door) -> None:
    item_id = await door.item_id()

    reply = await door.submit(APPROVAL | {"reason": "because"})

    assert reply.status == 409
    assert reply.body["type"] == "/docs#key-taken"
    assert reply.body["item_id"] == item_id
    assert "Send the same body again, or use a new key." in reply.body["detail"]


async def test_two_producers_may_use_the_same_key_of_their_own(door: Door) -> None:
    theirs = await door.make_key("other")
    await door.submit(APPROVAL)

    reply = await door.submit(APPROVAL | {"reason": "another"}, key=theirs)

    assert reply.status == 201


async def test_an_item_of_another_key_is_not_found(door: Door) -> None:
    theirs = await door.make_key("other")
    item_id = await door.item_id()

    shown = await door.show(item_id, key=theirs)
    waited = await door.show(item_id, wait=30, key=theirs)
    reported = await door.call(
        "POST", f"/v1/items/{item_id}/report", {"execution": "executed"}, key=theirs
    )

    assert [reply.status for reply in (shown, waited, reported)] == [404, 404, 404]
    missing = await door.show("22222222", key=theirs)
    assert {**shown.body, "request_id": ""} == {**missing.body, "request_id": ""}


async def test_an_id_that_cannot_be_one_is_not_found(door: Door) -> None:
    nul = await door.call("GET", "/v1/items/%00%00%00%00%00%00%00%00")
    text = await door.call("GET", "/v1/items/%ED%A0%80?wait=30")

    assert (nul.status, text.status) == (404, 404)


async def test_an_open_item_tells_nothing_about_its_votes(door: Door) -> None:
    item_id = (await door.submit(LABEL)).body["id"]
    before = await door.show(item_id)

    await vote(door.house, item_id, "spam")

    assert (await door.show(item_id)).body == before.body


async def test_a_settled_item_carries_its_outcome(door: Door) -> None:
    item_id = (await door.submit(LABEL)).body["id"]

    await vote(door.house, item_id, "spam", "ann")
    await vote(door.house, item_id, "spam", "ben")
    shown = await door.show(item_id)

    assert shown.body["status"] == "settled"
    assert shown.body["outcome"] == {
        "choice": "spam",
        "rule": "unanimous",
        "votes": 2,
        "reasons": [],
        "decided_at": "2026-03-02T12:00:00Z",
        "by": [{"id": "ann", "name": "Ann"}, {"id": "ben", "name": "Ben"}],
        "response": None,
        "correction": None,
    }
    assert "Uann" not in shown.text


async def test_a_program_learns_why_from_those_who_carried_it(door: Door) -> None:
    item_id = (await door.submit(APPROVAL)).body["id"]
    await vote(door.house, item_id, "reject", "ann", "wrong host")
    shown = await door.show(item_id)

    assert shown.body["outcome"]["reasons"] == ["wrong host"]


async def test_what_the_machine_is_sure_of_is_settled_in_the_answer(door: Door) -> None:
    sure = LABEL | {"prediction": {"choice": "ham", "confidence": 0.97}}

    reply = await door.submit(sure)

    assert reply.status == 201
    assert reply.body["outcome"]["rule"] == "auto"
    assert reply.body["outcome"]["choice"] == "ham"


async def test_a_report_about_an_approved_action_is_kept(door: Door) -> None:
    item_id = await door.item_id()
    await vote(door.house, item_id, "approve")
    await door.redeem(item_id)

    reply = await door.call(
        "POST", f"/v1/items/{item_id}/report", {"execution": "failed", "note": "disk is gone"}
    )

    assert reply.status == 200
    assert reply.body["report"] == {
        "execution": "failed",
        "note": "disk is gone",
        "reported_at": "2026-03-02T12:00:00Z",
    }
    assert (await door.show(item_id)).body == reply.body


async def test_nothing_can_be_reported_about_what_is_not_approved(door: Door) -> None:
    item_id = await door.item_id()

    reply = await door.call("POST", f"/v1/items/{item_id}/report", {"execution": "executed"})

    assert reply.status == 409
    assert "not approved" in reply.body["detail"]


async def test_a_report_with_a_fault_is_told_the_field(door: Door) -> None:
    item_id = await door.item_id()
    await vote(door.house, item_id, "approve")
    bodies = [
        {},
        {"execution": "done"},
        {"execution": "executed", "note": "a\0b"},
        {"execution": "executed", "note": "\ud800"},
        {"execution": "executed", "note": "x" * 3_000},
        {"execution": "executed", "when": "now"},
    ]

    path = f"/v1/items/{item_id}/report"
    replies = [await door.call("POST", path, body) for body in bodies]

    assert [reply.status for reply in replies] == [422] * 6
    assert [reply.faults for reply in replies] == [
        {"execution": "is missing"},
        {"execution": "must be 'executed', 'failed' or 'unknown'"},
        {"note": "holds a NUL character"},
        {"note": "holds half of a surrogate pair, which is not text"},
        {"note": "is longer than 2,000 characters"},
        {"when": "is not a field here"},
    ]


async def test_no_address_but_one_takes_a_vote_and_no_agents_key_opens_it(door: Door) -> None:
    document = (await door.call("GET", "/openapi.json")).body
    item_id = await door.item_id()
    every = await door.make_key("everything", "submit,read,redeem,webhooks")

    replies = [
        await door.call("POST", f"/v1/items/{item_id}/votes", {"choice": "approve"}, key=key)
        for key in (door.key, every, await door.make_key("watcher", "observe"))
    ]

    assert [path for path in document["paths"] if "vote" in path] == ["/v1/items/{item_id}/votes"]
    assert [reply.status for reply in replies] == [403] * 3
    assert (await door.show(item_id)).body["status"] == "open"


async def test_health_says_that_all_is_well(door: Door) -> None:
    await door.submit(APPROVAL)

    reply = await door.call("GET", "/healthz", key="")

    head = await door.house.see(lambda unit: reporting.health(unit, door.house.now()).ledger)
    assert reply.status == 200
    assert reply.body == {
        "status": "ok",
        "database": "ok",
        "ledger": {"count": head.count},
        "oldest_overdue_seconds": 0.0,
    }

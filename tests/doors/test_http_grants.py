"""The door where approved actions are permitted: redeem, report, cancel, and what an item shows."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.facts import Identity
from bot.flows import editing, pausing
from bot.flows.editing import Change
from bot.flows.loading import load
from bot.rules.editing import base_of
from tests.doors.http_house import APPROVAL, LABEL, Door, Reply, open_door, vote


@pytest.fixture
async def door(sqlite_url: str) -> AsyncIterator[Door]:
    async with open_door(sqlite_url) as opened:
        yield opened


async def approved(door: Door, **stated: Any) -> str:
    item_id = await door.item_id(**stated)
    await vote(door.house, item_id, "approve")
    return item_id


async def report(door: Door, item_id: str, **said: Any) -> Reply:
    return await door.call("POST", f"/v1/items/{item_id}/report", {"execution": "executed", **said})


async def cancel(door: Door, item_id: str, **call: Any) -> Reply:
    body = call.pop("body", {"reason": "the user left"})
    return await door.call("POST", f"/v1/items/{item_id}/cancel", body, **call)


def problem(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.body["type"].removeprefix("/docs#")


async def test_an_approved_action_is_redeemed_run_and_reported(door: Door) -> None:
    item_id = await approved(door)
    ready = (await door.show(item_id)).body["grant"]

    redeemed = await door.redeem(item_id)
    done = await report(door, item_id, note="2 files", attempt="attempt-1")

    assert ready == {"status": "ready", "expires_at": "2026-03-02T12:15:00Z"}
    assert redeemed.status == 200
    assert redeemed.body["grant"] == ready | {
        "status": "redeemed",
        "redeemed_at": "2026-03-02T12:00:00Z",
    }
    assert redeemed.body["item"]["action"]["args"] == {"paths": ["a.log", "b.log"]}
    assert redeemed.body["item"]["outcome"]["by"] == [{"id": "ann", "name": "Ann"}]
    assert done.body["grant"]["status"] == "used"
    assert done.body["report"]["execution"] == "executed"


async def test_a_lost_answer_may_be_asked_for_again_and_nobody_else_gets_one(door: Door) -> None:
    item_id = await approved(door)

    first, again = await door.redeem(item_id), await door.redeem(item_id)
    other = await door.redeem(item_id, "attempt-2")

    assert first.body == again.body
    assert problem(other) == (409, "grant-used")


async def test_fifty_that_redeem_at_once_and_one_may_run(door: Door) -> None:
    item_id = await approved(door)

    replies = await asyncio.gather(*(door.redeem(item_id, f"attempt-{n}") for n in range(50)))

    assert sorted(reply.status for reply in replies) == [200] + [409] * 49


@pytest.mark.parametrize("choice", ["reject", None])
async def test_what_nobody_approved_may_not_run(door: Door, choice: str | None) -> None:
    item_id = await door.item_id()
    if choice:
        await vote(door.house, item_id, choice)

    assert problem(await door.redeem(item_id)) == (409, "not-approved")
    assert problem(await report(door, item_id)) == (409, "not-approved")


async def test_a_label_permits_nothing(door: Door) -> None:
    sure = LABEL | {"prediction": {"choice": "ham", "confidence": 0.97}}
    item_id = (await door.submit(sure)).body["id"]
    body = {"action_digest": "0" * 64, "attempt": "attempt-1"}

    reply = await door.call("POST", f"/v1/items/{item_id}/grant/redeem", body)

    assert problem(reply) == (409, "not-approved")


async def test_another_action_than_the_approved_one_may_not_run(door: Door) -> None:
    item_id = await approved(door)

    reply = await door.redeem(item_id, body={"action_digest": "0" * 64})

    assert problem(reply) == (409, "grant-mismatch")
    assert (await door.redeem(item_id)).status == 200


async def test_nothing_is_reported_that_was_not_redeemed(door: Door) -> None:
    item_id = await approved(door)

    before = await report(door, item_id)
    await door.redeem(item_id)
    other = await report(door, item_id, attempt="attempt-2")

    assert problem(before) == problem(other) == (409, "not-redeemed")


async def test_nothing_may_run_while_paused_and_the_item_says_so(door: Door) -> None:
    house = door.house
    item_id = await approved(door)
    await house.do(pausing.switch, "ops", "cli", "odd", house.now(), on=True)

    paused = await door.redeem(item_id)
    shown = (await door.show(item_id)).body
    health = (await door.call("GET", "/healthz")).body

    assert problem(paused) == (423, "paused")
    assert shown["paused"] is True
    assert health["paused"] == {"since": "2026-03-02T12:00:00+00:00"}
    await house.do(pausing.switch, "ops", "cli", None, house.now(), on=False)
    assert "paused" not in (await door.show(item_id)).body
    assert "paused" not in (await door.call("GET", "/healthz")).body
    assert (await door.redeem(item_id)).status == 200


async def test_another_programs_item_is_not_there_and_no_scope_does_for_another(
    door: Door,
) -> None:
    item_id = await approved(door)
    theirs = await door.make_key("other")
    reader = await door.make_key("reader", "read")
    submitter = await door.make_key("submitter", "submit")
    missing = await door.redeem(item_id, key=theirs)

    assert problem(missing) == (404, "not-found")
    assert problem(await cancel(door, item_id, key=theirs)) == (404, "not-found")
    assert problem(await door.redeem(item_id, key=reader)) == (403, "scope-missing")
    assert problem(await door.redeem(item_id, key=submitter)) == (403, "scope-missing")
    assert problem(await cancel(door, item_id, key=reader)) == (403, "scope-missing")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action_digest": "xyz"}, "action_digest"),
        ({"action_digest": "0" * 65}, "action_digest"),
        ({"attempt": "short"}, "attempt"),
        ({"attempt": "x" * 101}, "attempt"),
        ({"attempt": "attempt\n1"}, "attempt"),
        ({"more": 1}, "more"),
    ],
)
async def test_a_request_with_a_fault_is_told_the_field(
    door: Door, body: dict[str, Any], field: str
) -> None:
    item_id = await approved(door)

    reply = await door.redeem(item_id, body=body)

    assert problem(reply) == (422, "invalid")
    assert list(reply.faults) == [field]


async def test_a_request_with_a_fault_is_told_the_form_that_the_field_has(door: Door) -> None:
    item_id = await approved(door)

    odd = [{"action_digest": "A" * 64}, {"attempt": "short"}, {"attempt": "attempt/1"}]
    told = [(await door.redeem(item_id, body=body)).faults for body in odd]

    assert told == [
        {"action_digest": "must be 64 hexadecimal digits, in lower case"},
        {"attempt": "needs at least 8 characters"},
        {"attempt": "may hold letters, digits and . _ : - only"},
    ]


async def test_a_question_is_withdrawn_for_good(door: Door) -> None:
    item_id = await door.item_id()

    first, again = await cancel(door, item_id), await cancel(door, item_id, body={})

    assert first.status == again.status == 200
    assert first.body == again.body
    assert first.body["outcome"]["rule"] == "cancelled"
    assert first.body["outcome"]["choice"] is None
    assert problem(await door.redeem(item_id)) == (409, "not-approved")


async def test_who_waits_hears_that_it_was_withdrawn(door: Door) -> None:
    item_id = await door.item_id()
    waiting = asyncio.create_task(door.show(item_id, wait=30))

    await cancel(door, item_id)

    assert (await waiting).body["status"] == "settled"


async def test_what_is_decided_is_not_withdrawn(door: Door) -> None:
    item_id = await approved(door)

    assert problem(await cancel(door, item_id)) == (409, "already-settled")


async def test_an_edited_action_is_what_is_returned_and_redeemed(door: Door) -> None:
    house = door.house
    policy = house.rulebook.queues["agent-actions"].policy
    changed = policy.model_copy(update={"editors": ("ann",), "responders": ("ann",)})
    queue = house.rulebook.queues["agent-actions"].model_copy(update={"policy": changed})
    house.rulebook = house.rulebook.model_copy(
        update={"queues": {**house.rulebook.queues, "agent-actions": queue}}
    )
    action = APPROVAL["action"] | {"args_schema": {"type": "object"}}
    opened = (await door.submit(APPROVAL | {"action": action, "allow": ["edit"]})).body
    item_id = opened["id"]
    text = '{"paths": ["a.log"]}'
    base = base_of(await house.see(load, item_id))

    who = Identity("slack", "Uann")
    change = Change(item_id, base, text, who)
    receipt = await house.do(editing.edit, house.rulebook, change, house.now())

    assert receipt.refusal is None
    shown = (await door.show(item_id)).body
    assert shown["action"]["args"] == {"paths": ["a.log"]}
    assert shown["action"]["edited_by"] == "ann"
    assert shown["action"]["edited_at"] == "2026-03-02T12:00:00Z"
    assert shown["action_digest"] != opened["action_digest"]
    assert "args_schema" not in shown["action"]
    old = await door.redeem(item_id, body={"action_digest": opened["action_digest"]})
    assert problem(old) == (409, "grant-mismatch")
    assert (await door.redeem(item_id)).status == 200


@pytest.mark.parametrize(
    ("action", "field"),
    [
        ({"args_schema": {"type": "nothing"}}, "action.args_schema"),
        ({"args_schema": {"$ref": "https://example.com/s.json"}}, "action.args_schema"),
        ({"args_schema": {"$ref": "file:///etc/passwd"}}, "action.args_schema"),
        ({"args_schema": {"pattern": "(a+)+$"}}, "action.args_schema"),
        ({"args_schema": {"x": "y" * 30_000}}, "action.args_schema"),
        ({"name": " delete_files"}, "action.name"),
        ({"target": "host-1 "}, "action.target"),
        ({"version": "2", "args": {"n": 2**60}}, "action.args.n"),
    ],
)
async def test_what_cannot_be_bound_is_refused_before_anybody_is_asked(
    door: Door, action: dict[str, Any], field: str
) -> None:
    reply = await door.submit(APPROVAL | {"action": APPROVAL["action"] | action})

    assert problem(reply) == (422, "invalid")
    assert list(reply.faults) == [field]


async def test_an_edit_is_only_allowed_with_a_schema_that_says_what_fits(door: Door) -> None:
    reply = await door.submit(APPROVAL | {"allow": ["edit"]})

    assert problem(reply) == (422, "invalid")
    assert "action.args_schema" in reply.body["detail"]

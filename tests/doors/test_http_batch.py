"""Many submissions in one request: each stands or falls alone."""

from collections.abc import AsyncIterator

import pytest

from tests.doors.http_house import APPROVAL, LABEL, Door, open_door


@pytest.fixture
async def door(database_url: str) -> AsyncIterator[Door]:
    async with open_door(database_url) as opened:
        yield opened


async def test_each_submission_is_answered_as_if_it_came_alone(door: Door) -> None:
    await door.submit(APPROVAL | {"key": "old"})
    items = [
        APPROVAL | {"key": "new"},
        APPROVAL | {"key": "old"},
        APPROVAL | {"key": "old", "reason": "another"},
        APPROVAL | {"key": "bad", "due_in": 0, "action": {"name": "x", "zzz": 1}},
        LABEL | {"queue": "nowhere"},
        LABEL,
    ]

    reply = await door.call("POST", "/v1/items/batch", {"items": items})

    told = reply.body["items"]
    assert reply.status == 200
    assert [one["status"] for one in told] == [201, 200, 409, 422, 422, 201]
    assert told[0]["item"] == (await door.show(told[0]["item"]["id"])).body
    assert told[2]["problem"]["type"] == "/docs#key-taken"
    assert told[2]["problem"]["item_id"] == told[1]["item"]["id"]
    assert {fault["field"] for fault in told[3]["problem"]["errors"]} == {
        "items[3].action.zzz",
        "items[3].due_in",
    }
    assert told[3]["problem"]["request_id"] == reply.headers["X-Request-Id"]
    assert [set(one) for one in told[3:5]] == [{"status", "problem"}] * 2


async def test_a_batch_may_be_repeated(door: Door) -> None:
    batch = {"items": [APPROVAL | {"key": f"call-{number}"} for number in range(100)]}

    first = await door.call("POST", "/v1/items/batch", batch)
    again = await door.call("POST", "/v1/items/batch", batch)

    assert {one["status"] for one in first.body["items"]} == {201}
    assert {one["status"] for one in again.body["items"]} == {200}
    assert [one["item"] for one in first.body["items"]] == [
        one["item"] for one in again.body["items"]
    ]
    keys = [one["item"]["key"] for one in first.body["items"]]
    assert keys == [f"call-{number}" for number in range(100)]


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"items": []}, {"items": "needs at least 1 entries"}),
        ({"items": [{}] * 101}, {"items": "takes at most 100 entries"}),
        ({}, {"items": "is missing"}),
        ({"items": ["delete"]}, {"items[0]": "must be an object"}),
        ({"items": [LABEL], "x": 1}, {"x": "is not a field here"}),
    ],
)
async def test_what_is_no_batch_is_refused_whole(
    door: Door, body: object, faults: dict[str, str]
) -> None:
    reply = await door.call("POST", "/v1/items/batch", body)

    assert reply.status == 422
    assert reply.faults == faults


async def test_a_batch_counts_as_many_requests_as_it_has_items(door: Door) -> None:
    door.key = await door.make_key("slow", rate=60)
    batch = {"items": [APPROVAL | {"key": f"call-{number}"} for number in range(50)]}

    first = await door.call("POST", "/v1/items/batch", batch)
    second = await door.call("POST", "/v1/items/batch", batch)

    assert (first.status, second.status) == (200, 429)


async def test_only_who_may_submit_may_submit_many(door: Door) -> None:
    reader = await door.make_key("reader", "read")

    reply = await door.call("POST", "/v1/items/batch", {"items": [LABEL]}, key=reader)

    assert reply.status == 403

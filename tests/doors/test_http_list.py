"""A program finds its items: page by page, filtered, and never anybody else's."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.doors.http_house import APPROVAL, LABEL, NOON, Door, open_door, vote


@pytest.fixture
async def door(database_url: str) -> AsyncIterator[Door]:
    async with open_door(database_url) as opened:
        yield opened


async def many(door: Door, count: int, **call: Any) -> list[str]:
    """The keys of so many fresh approvals, in the order of their opening."""
    keys = [f"call-{number}" for number in range(count)]
    for key in keys:
        assert (await door.submit(APPROVAL | {"key": key}, **call)).status == 201
    return keys


async def pages(door: Door, query: str, **call: Any) -> list[list[str]]:
    """The keys on every page."""
    found, cursor = [], ""
    while True:
        reply = await door.call("GET", f"/v1/items?{query}{cursor}", **call)
        assert reply.status == 200, reply.text
        found.append([item["key"] for item in reply.body["items"]])
        if reply.body["next_cursor"] is None:
            return found
        cursor = f"&cursor={reply.body['next_cursor']}"


async def test_pages_hold_every_item_once(door: Door) -> None:
    keys = await many(door, 7)

    found = await pages(door, "limit=3")

    assert [len(page) for page in found] == [3, 3, 1]
    assert sorted(key for page in found for key in page) == keys


async def test_what_opens_meanwhile_moves_no_page(door: Door) -> None:
    keys = await many(door, 4)
    door.house.now = lambda: NOON + timedelta(seconds=1)
    first = (await door.call("GET", "/v1/items?limit=2")).body

    await door.submit(APPROVAL | {"key": "later"})
    second = (await door.call("GET", f"/v1/items?limit=2&cursor={first['next_cursor']}")).body

    found = [item["key"] for page in (first, second) for item in page["items"]]
    assert len(found) == 4
    assert set(found) == set(keys)


async def test_a_page_shows_an_item_as_it_is_shown_alone(door: Door) -> None:
    item_id = await door.item_id()
    await vote(door.house, item_id, "reject", reason="wrong host")

    listed = (await door.call("GET", "/v1/items")).body["items"]

    assert listed == [(await door.show(item_id)).body]
    assert listed[0]["outcome"]["reasons"] == ["wrong host"]


async def test_filters_keep_what_they_say(door: Door) -> None:
    await many(door, 2)
    await door.submit(LABEL)
    settled = await door.item_id(key="settled")
    await vote(door.house, settled, "approve")

    found = {
        query: sorted(key for page in await pages(door, query) for key in page)
        for query in (
            "queue=moderation", "kind=approval", "status=open&kind=approval", "status=settled",
            "key=call-1", "queue=moderation&status=settled", "queue=nowhere", "key=%00",
        )
    }  # fmt: skip

    assert found == {
        "queue=moderation": ["msg-991"],
        "kind=approval": ["call-0", "call-1", "settled"],
        "status=open&kind=approval": ["call-0", "call-1"],
        "status=settled": ["settled"],
        "key=call-1": ["call-1"],
        "queue=moderation&status=settled": [],
        "queue=nowhere": [],
        "key=%00": [],
    }


async def test_nobody_finds_what_another_program_asked(door: Door) -> None:
    theirs = await door.make_key("other")
    await many(door, 2)

    assert await pages(door, "limit=10", key=theirs) == [[]]


async def test_an_observer_finds_everything_and_changes_nothing(door: Door) -> None:
    watcher = await door.make_key("watcher", "observe")
    await many(door, 2)
    item_id = await door.item_id(key="third")

    found = await pages(door, "limit=2", key=watcher)
    shown = await door.show(item_id, key=watcher)
    refused = [
        await door.submit(APPROVAL | {"key": "mine"}, key=watcher),
        await door.call("POST", f"/v1/items/{item_id}/cancel", {}, key=watcher),
        await door.call("POST", f"/v1/items/{item_id}/grant/redeem", {}, key=watcher),
    ]

    assert sorted(key for page in found for key in page) == ["call-0", "call-1", "third"]
    assert shown.status == 200
    assert [reply.status for reply in refused] == [403] * 3


@pytest.mark.parametrize(
    "cursor", ["nonsense", "é", "AAAA", "LjIyMjIyMjIy", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5LjIyMjIyMjIy"]
)
async def test_a_cursor_that_was_never_given_out_is_refused(door: Door, cursor: str) -> None:
    reply = await door.call("GET", f"/v1/items?cursor={cursor}")

    assert reply.status == 422
    assert reply.faults == {"cursor": "is none that was given out here"}


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=many", "kind=poll", "status=x"])
async def test_a_filter_that_makes_no_sense_is_refused(door: Door, query: str) -> None:
    reply = await door.call("GET", f"/v1/items?{query}")

    assert reply.status == 422
    assert set(reply.faults) == {query.partition("=")[0]}


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/v1/items?statsu=open", "There is no parameter 'statsu' here; there is: queue, kind, "),
        ("/v1/items?queue=a&queue=b", "The parameter 'queue' stands there twice."),
        ("/v1/items/22222222?wiat=30", "There is no parameter 'wiat' here; there is: wait."),
        ("/v1/queues?x=1", "There is no parameter 'x' here; there is: none."),
    ],
)
async def test_a_parameter_that_nobody_knows_is_refused(door: Door, path: str, detail: str) -> None:
    reply = await door.call("GET", path)

    assert reply.status == 400
    assert reply.body["type"] == "/docs#unknown-parameter"
    assert reply.body["detail"].startswith(detail)


async def test_the_queues_are_told_with_their_rules_and_without_their_people(door: Door) -> None:
    reply = await door.call("GET", "/v1/queues")
    one = await door.call("GET", "/v1/queues/moderation")
    none = await door.call("GET", "/v1/queues/nowhere")

    assert [queue["name"] for queue in reply.body["queues"]] == ["agent-actions", "moderation"]
    assert one.body == reply.body["queues"][1]
    assert one.body["kinds"] == ["label"]
    assert one.body["policy"]["due_in"] == 1800
    assert one.body["policy"]["votes_needed"] == 2
    assert none.status == 404
    assert "ann" not in reply.text


async def test_only_observers_learn_who_reviews(door: Door) -> None:
    watcher = await door.make_key("watcher", "observe")

    told = await door.call("GET", "/v1/reviewers", key=watcher)
    refused = await door.call("GET", "/v1/reviewers")

    assert refused.status == 403
    assert told.body["reviewers"][0] == {
        "id": "ann", "name": "Ann", "roles": ["reviewer"], "groups": [], "active": True,
    }  # fmt: skip
    assert "Uann" not in told.text

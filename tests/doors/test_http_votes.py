"""A person votes by HTTP: with a key that is theirs alone, under the rules of every click."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from config.policies import Rulebook
from tests.doors.http_house import APPROVAL, LABEL, Door, open_door, vote


@pytest.fixture
async def door(database_url: str) -> AsyncIterator[Door]:
    async with open_door(database_url) as opened:
        opened.house.rulebook = a_rulebook_with(opened.house.rulebook)
        yield opened


def a_rulebook_with(book: Rulebook) -> Rulebook:
    """The same, and Otto, whom no queue lists."""
    otto = book.people["ann"].model_copy(update={"id": "otto", "name": "Otto", "slack": "Uotto"})
    return book.model_copy(update={"people": {**book.people, "otto": otto}})


async def cast(door: Door, person: str, item_id: str, **said: Any) -> Any:
    """What the door says to one person's vote."""
    key = await door.make_key(f"{person}-{item_id}-{len(said)}", "vote", person=person)
    path = f"/v1/items/{item_id}/votes"
    return await door.call("POST", path, {"choice": "approve", **said}, key=key)


async def test_a_vote_counts_as_a_click_does(door: Door) -> None:
    item_id = await door.item_id()

    reply = await cast(door, "ann", item_id, reason="checked it")
    shown = await door.show(item_id)

    assert reply.status == 200
    assert reply.body == {
        "item_id": item_id,
        "status": "settled",
        "choice": "approve",
        "reason": "checked it",
        "cast_at": "2026-03-02T12:00:00Z",
    }
    assert shown.body["outcome"]["by"] == [{"id": "ann", "name": "Ann"}]
    assert shown.body["outcome"]["reasons"] == ["checked it"]


async def test_a_vote_by_key_and_a_click_are_one_persons_one_vote(door: Door) -> None:
    item_id = (await door.submit(LABEL)).body["id"]
    await vote(door.house, item_id, "ham", "ann")

    again = await cast(door, "ann", item_id, choice="spam")

    assert again.body["status"] == "open"
    assert (await door.show(item_id)).body["status"] == "open"


async def test_nothing_is_told_of_the_votes_of_others(door: Door) -> None:
    label = LABEL | {"choices": ["spam", "ham", "fish"]}
    one = (await door.submit(label | {"key": "one"})).body["id"]
    two = (await door.submit(label | {"key": "two"})).body["id"]
    await vote(door.house, two, "fish", "ben")

    alone = await cast(door, "ann", one, choice="unsure")
    beside = await cast(door, "ann", two, choice="unsure")

    assert alone.body | {"item_id": ""} == beside.body | {"item_id": ""}


async def test_who_may_not_click_may_not_vote_by_key(door: Door) -> None:
    item_id = await door.item_id()
    owned = await door.make_key("owned", "submit,read", "ann")
    theirs = (await door.submit(APPROVAL, key=owned)).body["id"]
    asked = await door.item_id(key="asked", requester="Ann")

    stranger = await cast(door, "otto", item_id)
    owner = await cast(door, "ann", theirs)
    requester = await cast(door, "ann", asked)
    gone = await cast(door, "nobody", item_id)

    assert [reply.status for reply in (stranger, owner, requester, gone)] == [403] * 4
    assert "You are not a reviewer of the queue" in stranger.body["detail"]
    assert "others must judge it" in owner.body["detail"]
    assert "does not stand in people.toml any more" in gone.body["detail"]
    for each in (item_id, asked):
        assert (await door.show(each)).body["status"] == "open"


async def test_an_item_that_does_not_fit_a_card_needs_its_digest(door: Door) -> None:
    action = {"name": "run", "args": {"script": "x" * 20_000}}
    item_id = await door.item_id(action=action)
    digest = (await door.show(item_id)).body["digest"]

    unread = await cast(door, "ann", item_id)
    wrong = await cast(door, "ann", item_id, digest="0" * 64)
    refused = (await door.show(item_id)).body["status"]
    read = await cast(door, "ann", item_id, digest=digest, reason="read it all")

    assert (unread.status, unread.body["type"]) == (409, "/docs#needs-reading")
    assert (wrong.status, wrong.body["type"]) == (409, "/docs#changed")
    assert refused == "open"
    assert read.body["status"] == "settled"


async def test_another_digest_is_refused_for_small_items_too(door: Door) -> None:
    item_id = await door.item_id()

    reply = await cast(door, "ann", item_id, digest="0" * 64)

    assert reply.status == 409
    assert (await door.show(item_id)).body["status"] == "open"


async def test_a_decided_item_takes_no_vote(door: Door) -> None:
    item_id = await door.item_id()
    await vote(door.house, item_id, "reject", "ben")

    reply = await cast(door, "ann", item_id)

    assert (reply.status, reply.body["type"]) == (409, "/docs#already-settled")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"choice": "yes"}, 422),
        ({"choice": 0}, 422),
        ({"choice": "approve", "digest": "short"}, 422),
        ({"choice": "approve", "reason": "a\0b"}, 422),
        ({"choice": "approve", "as": "ben"}, 422),
        ({}, 422),
    ],
)
async def test_a_vote_that_is_none_is_refused(
    door: Door, said: dict[str, object], status: int
) -> None:
    item_id = await door.item_id()
    key = await door.make_key("ann-votes", "vote", person="ann")

    reply = await door.call("POST", f"/v1/items/{item_id}/votes", said, key=key)

    assert reply.status == status
    assert (await door.show(item_id)).body["status"] == "open"


async def test_a_key_that_votes_can_do_nothing_else(door: Door) -> None:
    item_id = await door.item_id()
    key = await door.make_key("ann-votes", "vote", person="ann")

    replies = [
        await door.show(item_id, key=key),
        await door.call("GET", "/v1/items", key=key),
        await door.submit(APPROVAL | {"key": "mine"}, key=key),
        await door.call("GET", "/v1/events", key=key),
        await door.call("GET", "/v1/webhooks", key=key),
        await door.call("POST", f"/v1/items/{item_id}/cancel", {}, key=key),
        await door.call("GET", "/v1/reviewers", key=key),
    ]

    assert [reply.status for reply in replies] == [403] * len(replies)


async def test_there_is_nothing_to_vote_on_under_an_unknown_id(door: Door) -> None:
    reply = await cast(door, "ann", "22222222")

    assert reply.status == 404

"""A program that asks more than people can answer is told so at each door, and when to return."""

from dataclasses import dataclass
from typing import Any

import pytest

from config.policies import Rulebook
from handlers.app import House
from storage import cards
from storage.unit import Unit
from tests.doors.aap_house import CALL, Clock, open_agents
from tests.doors.http_house import APPROVAL, Door, open_door, vote

ACTION = {"name": "delete_file", "reversible": True}


def crowd(house: House, **policy: int) -> None:
    """From now on each program may have this many approvals open."""
    known = house.rulebook
    queue = known.queues["agent-actions"]
    changed = queue.model_copy(update={"policy": queue.policy.model_copy(update=policy)})
    house.rulebook = Rulebook(people=known.people, queues={**known.queues, queue.name: changed})


def many(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [
        APPROVAL | {"key": f"k{n}", "action": ACTION | {"args": {"path": f"{n}.log"}}}
        for n in range(start, start + count)
    ]


@dataclass(frozen=True, slots=True)
class OnCards:
    """How many cards there are, and how many items they show."""

    cards: int
    items: int


async def placed(door: Door, ids: list[str]) -> OnCards:
    def count(unit: Unit) -> OnCards:
        found = {each: [row.id for row in cards.of_item(unit.connection, each)] for each in ids}
        return OnCards(
            len({row for rows in found.values() for row in rows}), sum(map(bool, found.values()))
        )

    return await door.house.see(count)


async def test_too_many_open_requests_are_answered_with_429_and_when_to_ask(
    database_url: str,
) -> None:
    async with open_door(database_url) as door:
        crowd(door.house, open_at_most=3)
        ids = [(await door.submit(body)).body["id"] for body in many(3)]

        refused = await door.submit(many(1, 3)[0])
        again = await door.submit(many(1)[0])
        other = await door.submit(many(1, 3)[0], key=await door.make_key("other"))
        await vote(door.house, ids[0], "reject")
        later = await door.submit(many(1, 3)[0])

        assert (refused.status, refused.headers["Retry-After"]) == (429, "30")
        assert refused.body["type"] == "/docs#too-many-open"
        assert "Nothing was recorded" in refused.body["detail"]
        assert (again.status, again.body["id"]) == (200, ids[0])
        assert (other.status, later.status) == (201, 201)


@pytest.mark.parametrize("card", ["each", "one"])
async def test_a_batch_is_taken_as_far_as_there_is_room(database_url: str, card: str) -> None:
    async with open_door(database_url) as door:
        crowd(door.house, open_at_most=3)

        reply = await door.call("POST", "/v1/items/batch", {"items": many(5), "card": card})

        told = reply.body["items"]
        assert sorted(one["status"] for one in told) == [201, 201, 201, 429, 429]
        refused = [one["problem"]["type"] for one in told if "problem" in one]
        assert refused == ["/docs#too-many-open"] * 2


async def test_a_batch_asks_for_one_card_and_gets_it(database_url: str) -> None:
    async with open_door(database_url) as door:
        batch = {"items": many(4), "card": "one"}

        reply = await door.call("POST", "/v1/items/batch", batch)
        again = await door.call("POST", "/v1/items/batch", batch)

        ids = [one["item"]["id"] for one in reply.body["items"]]
        assert [one["item"]["id"] for one in again.body["items"]] == ids
        assert {one["status"] for one in again.body["items"]} == {200}
        assert len({one["item"]["digest"] for one in reply.body["items"]}) == 4
        assert await placed(door, ids) == OnCards(cards=1, items=4)


async def test_one_card_is_a_wish_and_never_more(database_url: str) -> None:
    async with open_door(database_url) as door:
        bodies = many(4)
        bodies[2]["action"] = {**bodies[2]["action"], "reversible": False}
        bodies.append({"kind": "approval"})

        reply = await door.call("POST", "/v1/items/batch", {"items": bodies, "card": "one"})
        wrong = await door.call("POST", "/v1/items/batch", {"items": bodies, "card": "all"})

        told = reply.body["items"]
        assert [one["status"] for one in told] == [201] * 4 + [422]
        ids = [one["item"]["id"] for one in told[:4]]
        assert await placed(door, ids) == OnCards(cards=4, items=4)
        assert (wrong.status, list(wrong.faults)) == (422, ["card"])


async def test_the_cap_on_cards_holds_for_batches_too(database_url: str) -> None:
    """T22: what shares a card still takes a place each."""
    async with open_door(database_url) as door:
        crowd(door.house, cards_at_most=2)

        reply = await door.call("POST", "/v1/items/batch", {"items": many(5), "card": "one"})

        ids = [one["item"]["id"] for one in reply.body["items"]]
        assert await placed(door, ids) == OnCards(cards=1, items=2)


async def test_the_protocols_door_says_the_same(database_url: str) -> None:
    async with open_agents(database_url, Clock()) as agents:
        crowd(agents.house, open_at_most=2)
        token = await agents.credential()

        replies = [
            await agents.call("POST", "/v1/requests", token, CALL, key=f"k{n}") for n in range(3)
        ]

        assert [reply.status_code for reply in replies] == [201, 201, 429]
        assert replies[2].headers["Retry-After"] == "30"
        assert "Nothing was recorded" in replies[2].json()["error"]["message"]

"""A program waits: it hears of the outcome at once, and nothing is polled idly."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from time import perf_counter

import aiohttp
import pytest

from bot.flows import listing, reporting
from handlers.http.app import create_app
from handlers.http.waiting import Waiters
from tests.doors.http_house import APPROVAL, Door, a_house, open_door, started, stopped, vote
from tests.patience import PATIENCE

ELSEWHERE = """
import sys
from bot.facts import Identity
from bot.flows import voting
from tests.doors.http_house import a_house
house = a_house(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
ballot = voting.Ballot(sys.argv[2], "approve", Identity("slack", "Uann"))
receipt = house.do_now(voting.cast, house.rulebook, ballot, house.now())
print(receipt.item.status, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
async def door(database_url: str) -> AsyncIterator[Door]:
    async with open_door(database_url) as opened:
        yield opened


async def until_waiting(waiters: Waiters, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(waiters) != count:  # noqa: ASYNC110  the door has no event for tests
            await asyncio.sleep(0.005)


async def until_idle(waiters: Waiters) -> None:
    async with asyncio.timeout(PATIENCE):
        while waiters.is_looking:  # noqa: ASYNC110  likewise
            await asyncio.sleep(0.02)


@pytest.fixture
def waiters(monkeypatch: pytest.MonkeyPatch) -> list[Waiters]:
    """The waiters of every door that opens from now on."""
    made: list[Waiters] = []

    def create(*arguments: object) -> object:
        app = create_app(*arguments)  # type: ignore[arg-type]
        made.append(app.state.waiters)
        return app

    monkeypatch.setattr("handlers.http.serving.create_app", create)
    return made


async def test_who_waits_hears_of_the_outcome_at_once(
    waiters: list[Waiters], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.http.waiting.LOOKS_EVERY", 60)  # the poll cannot be it
    async with open_door(database_url) as door:
        item_id = await door.item_id()
        waiting = asyncio.create_task(door.show(item_id, wait=30))
        await until_waiting(waiters[0], 1)

        await vote(door.house, item_id, "approve")
        async with asyncio.timeout(20):
            reply = await waiting

    assert reply.body["outcome"]["choice"] == "approve"


async def test_who_waits_hears_of_what_another_process_settled(
    waiters: list[Waiters], database_url: str
) -> None:
    async with open_door(database_url) as door:
        item_id = await door.item_id()
        other = await asyncio.create_subprocess_exec(
            sys.executable, "-c", ELSEWHERE, database_url, item_id,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert other.stdin
        assert other.stdout
        await other.stdout.readline()
        waiting = asyncio.create_task(door.show(item_id, wait=30))
        await until_waiting(waiters[0], 1)

        other.stdin.write(b"\n")
        said = await other.stdout.readline()
        async with asyncio.timeout(20):
            reply = await waiting
        await other.communicate(b"\n")

    assert said == b"settled\n"
    assert reply.body["status"] == "settled"


async def test_when_the_time_is_over_the_answer_is_the_item_as_it_stands(door: Door) -> None:
    item_id = await door.item_id()

    reply = await door.show(item_id, wait=0.2)

    assert reply.status == 200
    assert reply.body["status"] == "open"
    assert "outcome" not in reply.body


async def test_what_is_settled_already_is_not_waited_for(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.http.waiting.LOOKS_EVERY", 60)
    item_id = await door.item_id()
    await vote(door.house, item_id, "reject")

    async with asyncio.timeout(20):
        reply = await door.show(item_id, wait=30)

    assert reply.body["outcome"]["choice"] == "reject"


async def test_a_client_that_leaves_is_forgotten(waiters: list[Waiters], sqlite_url: str) -> None:
    async with open_door(sqlite_url) as door:
        item_id = await door.item_id()
        waiting = asyncio.create_task(door.show(item_id, wait=30))
        await until_waiting(waiters[0], 1)

        waiting.cancel()
        await until_waiting(waiters[0], 0)
        await until_idle(waiters[0])


async def test_closing_the_door_answers_who_waits_with_what_there_is(
    waiters: list[Waiters], sqlite_url: str
) -> None:
    house = a_house(sqlite_url)
    task, address = await started(house)
    async with aiohttp.ClientSession() as session:
        door = Door(house, address, session)
        door.key = await door.make_key()
        item_id = await door.item_id()
        waiting = asyncio.create_task(door.show(item_id, wait=30))
        await until_waiting(waiters[0], 1)

        closing = perf_counter()
        await stopped(task)
        reply = await waiting
    house.close()

    assert reply.status == 200
    assert reply.body["status"] == "open"
    assert perf_counter() - closing < 20


async def test_a_thousand_who_wait_share_one_query_a_look(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    honest = reporting.settled_among

    async def find(item_ids: list[str]) -> list[str]:
        looks.append(len(item_ids))
        return list(await door.house.see(honest, item_ids))

    item_id = await door.item_id()
    many = Waiters(find)  # type: ignore[arg-type]
    watched = [many.watch(f"{number:08}") for number in range(999)] + [many.watch(item_id)]
    events = [watch.__enter__() for watch in watched]

    async with asyncio.timeout(PATIENCE):
        while not looks:  # noqa: ASYNC110  the poll has no event for tests
            await asyncio.sleep(0.02)
    before = len(looks)
    await vote(door.house, item_id, "approve")
    async with asyncio.timeout(20):
        await events[-1].wait()

    assert set(looks[:before]) == {1_000}
    assert not any(event.is_set() for event in events[:-1])
    for watch in watched:
        watch.__exit__(None, None, None)
    await until_idle(many)


async def test_nobody_looks_while_nobody_waits(waiters: list[Waiters], sqlite_url: str) -> None:
    async with open_door(sqlite_url) as door:
        await door.show(await door.item_id(), wait=0)

        assert not waiters[0].is_looking


async def test_a_failed_look_does_not_end_the_looking(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.http.waiting.AFTER_FAILURE", 0.01)
    outcomes: list[object] = [OSError("the network is down"), [], ["22222222"]]

    async def find(_item_ids: object) -> list[str]:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome  # type: ignore[return-value]

    waiters = Waiters(find)
    with waiters.watch("22222222") as news:
        async with asyncio.timeout(20):
            await news.wait()

    assert outcomes == []


async def test_what_settles_between_reading_and_waiting_is_not_missed(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The item is voted on right after the door has read it as open."""
    item_id = await door.item_id()
    see = door.house.see
    reads: list[object] = []

    async def see_then_settle(query: object, *arguments: object) -> object:
        found: object = await see(query, *arguments)  # type: ignore[arg-type]
        if query is listing.find and not reads:
            reads.append(query)
            await vote(door.house, item_id, "approve")
        return found

    monkeypatch.setattr(door.house, "see", see_then_settle)
    monkeypatch.setattr("handlers.http.waiting.LOOKS_EVERY", 60)

    async with asyncio.timeout(20):
        reply = await door.show(item_id, wait=30)

    assert reply.body["status"] == "settled"


async def test_many_programs_wait_for_one_item(waiters: list[Waiters], sqlite_url: str) -> None:
    async with open_door(sqlite_url) as door:
        item_id = await door.item_id()
        waiting = [asyncio.create_task(door.show(item_id, wait=30)) for _ in range(50)]
        await until_waiting(waiters[0], 50)

        await vote(door.house, item_id, "approve")
        replies = await asyncio.gather(*waiting)

    assert {reply.body["outcome"]["choice"] for reply in replies} == {"approve"}
    assert len(waiters[0]) == 0


async def test_waiting_is_no_way_around_the_key(door: Door) -> None:
    item_id = (await door.submit(APPROVAL)).body["id"]

    reply = await door.show(item_id, wait=30, key="sgn_no")

    assert reply.status == 401

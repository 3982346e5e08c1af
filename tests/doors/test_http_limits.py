"""How often a key may ask: evenly, told beforehand, and without touching other keys."""

from collections.abc import AsyncIterator

import pytest

from bot.errors import FloodError
from handlers.http.limits import Bucket
from handlers.http.problems import answer, of_flow
from tests.doors.http_house import Door, open_door


@pytest.fixture
async def door(sqlite_url: str) -> AsyncIterator[Door]:
    async with open_door(sqlite_url) as opened:
        yield opened


async def test_a_key_that_asks_too_often_is_told_when_to_come_back(door: Door) -> None:
    slow = await door.make_key("slow", rate=2)

    replies = [await door.show("22222222", key=slow) for _ in range(3)]

    assert [reply.status for reply in replies] == [404, 404, 429]
    assert replies[2].body["type"] == "/docs#too-many-requests"
    assert 1 <= int(replies[2].headers["Retry-After"]) <= 30
    assert (await door.show("22222222")).status == 404


async def test_every_answer_says_how_the_key_stands(door: Door) -> None:
    slow = await door.make_key("slow", rate=60)

    first = await door.show("22222222", key=slow)
    second = await door.show("22222222", key=slow)

    assert first.headers["RateLimit-Policy"] == '"key";q=60;w=60'
    assert first.headers["RateLimit"] == '"key";r=59;t=1'
    assert second.headers["RateLimit"].startswith('"key";r=58;')


async def test_the_installation_states_the_rate_of_all_others(sqlite_url: str) -> None:
    async with open_door(sqlite_url, SIGNOFF_RATE="1") as door:
        replies = [await door.show("22222222") for _ in range(2)]

    assert [reply.status for reply in replies] == [404, 429]


def test_a_bucket_fills_evenly_and_never_over() -> None:
    bucket = Bucket(rate=60, level=60.0, at=0.0)

    assert [bucket.take(1, 0.0) for _ in range(61)] == [0.0] * 60 + [1.0]
    assert bucket.take(1, 1.0) == 0.0
    assert bucket.take(2, 1.5) == 1.5
    assert bucket.take(60, 3600.0) == 0.0
    assert bucket.take(1, 3600.0) == 1.0


def test_what_costs_more_than_a_minutes_worth_goes_when_the_bucket_is_full() -> None:
    bucket = Bucket(rate=60, level=60.0, at=0.0)

    assert bucket.take(100, 0.0) == 0.0
    assert bucket.take(1, 40.0) == 1.0
    assert bucket.take(100, 50.0) > 0


def test_a_flood_is_a_problem_that_says_when_to_come_back() -> None:
    refused = answer(of_flow(FloodError("1,000 items of yours wait already.", 12.2)), "one")

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "13"
    assert b"/docs#too-many-open" in refused.body

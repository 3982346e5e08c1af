"""Programs listen: each item as it stands, again when that changes, and nothing between voters."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from bot.flows import keeping, listing
from bot.flows.listing import News, Told
from handlers.http.app import create_app
from handlers.http.feed import Feed, Listener
from tests.doors.http_house import APPROVAL, LABEL, NOON, Door, a_house, open_door, vote
from tests.patience import PATIENCE

Event = tuple[str, dict[str, Any]]  # id, item


@pytest.fixture
async def door(database_url: str) -> AsyncIterator[Door]:
    async with open_door(database_url) as opened:
        yield opened


@pytest.fixture
def feeds(monkeypatch: pytest.MonkeyPatch) -> list[Feed]:
    """The feeds of every door that opens from now on."""
    made: list[Feed] = []

    def create(*arguments: object) -> object:
        app = create_app(*arguments)  # type: ignore[arg-type]
        made.append(app.state.feed)
        return app

    monkeypatch.setattr("handlers.http.serving.create_app", create)
    return made


class Ear:
    """One client that listens."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer

    async def block(self) -> dict[str, str] | None:
        """The next block of lines, a comment under ""; None when the stream has ended."""
        found: dict[str, str] = {}
        while line := (await self.answer.content.readline()).decode():
            if line == "\n":
                return found
            name, _, value = line.rstrip("\n").partition(":")
            found[name] = value.strip()
        return None

    async def event(self) -> Event | None:
        """The next event, or None at the end."""
        async with asyncio.timeout(PATIENCE):
            while (block := await self.block()) is not None:
                if "data" in block:
                    assert block["event"] == "item"
                    return block["id"], json.loads(block["data"])
        return None

    async def item(self) -> dict[str, Any]:
        """The next event's item."""
        event = await self.event()
        assert event
        return event[1]


@asynccontextmanager
async def listening(
    door: Door, path: str = "/v1/events", since: str | None = None, key: str | None = None
) -> AsyncIterator[Ear]:
    """A stream that is open, and already follows what happens."""
    headers = {"Authorization": f"Bearer {key or door.key}"}
    if since is not None:
        headers["Last-Event-ID"] = since
    async with door.session.get(door.address + path, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        yield Ear(answer)


async def until_listening(feed: Feed, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(feed) != count or (count and not feed.is_looking):  # noqa: ASYNC110  no event for tests
            await asyncio.sleep(0.005)


async def test_one_item_is_told_as_it_stands_and_when_it_is_settled(door: Door) -> None:
    item_id = await door.item_id()

    async with listening(door, f"/v1/items/{item_id}/events") as ear:
        assert ear.answer.headers["Content-Type"].startswith("text/event-stream")
        opened = await ear.item()
        await vote(door.house, item_id, "approve")
        settled = await ear.item()
        after = await ear.event()

    assert opened["status"] == "open"
    assert settled == (await door.show(item_id)).body
    assert settled["outcome"]["choice"] == "approve"
    assert after is None


async def test_a_settled_item_is_told_once_and_then_no_content(door: Door) -> None:
    item_id = await door.item_id()
    await vote(door.house, item_id, "approve")
    path = f"/v1/items/{item_id}/events"

    async with listening(door, path) as ear:
        event = await ear.event()
        assert event
        end = await ear.event()
    again = await door.call("GET", path, headers={"Last-Event-ID": event[0]})

    assert event[1]["status"] == "settled"
    assert end is None
    assert again.status == 204


async def test_who_was_away_is_told_of_one_item_what_was_missed(door: Door) -> None:
    item_id = await door.item_id()
    path = f"/v1/items/{item_id}/events"
    async with listening(door, path) as ear:
        first = await ear.event()
        assert first

    await vote(door.house, item_id, "reject")
    async with listening(door, path, since=first[0]) as ear:
        missed = await ear.item()

    assert missed["outcome"]["choice"] == "reject"


async def test_all_items_of_a_key_are_told_and_no_others(door: Door, feeds: list[Feed]) -> None:
    theirs = await door.make_key("other")

    async with listening(door) as ear:
        await ear.block()
        await door.submit(APPROVAL | {"key": "not mine"}, key=theirs)
        item_id = await door.item_id(key="mine")
        opened = await ear.item()
        await vote(door.house, item_id, "approve")
        settled = await ear.item()

    assert (opened["id"], opened["status"]) == (item_id, "open")
    assert (settled["id"], settled["status"]) == (item_id, "settled")


async def test_an_observer_hears_of_everybody_and_a_queue_can_be_chosen(door: Door) -> None:
    watcher = await door.make_key("watcher", "observe")

    async with listening(door, "/v1/events?queue=moderation", key=watcher) as ear:
        await ear.block()
        await door.submit(APPROVAL)
        labelled = (await door.submit(LABEL)).body
        heard = await ear.item()

    assert heard["id"] == labelled["id"]


async def test_votes_are_no_news(door: Door) -> None:
    labelled = (await door.submit(LABEL)).body["id"]

    async with listening(door) as ear:
        await ear.block()
        await vote(door.house, labelled, "spam", "ann")
        await vote(door.house, labelled, "ham", "ann")
        other = await door.item_id()
        heard = await ear.item()

    assert heard["id"] == other


async def test_whoever_has_read_the_first_lines_misses_nothing(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    see = door.house.see

    async def see_late(query: object, *arguments: object) -> object:
        if query is listing.news_since:
            await asyncio.sleep(0.2)
        found: object = await see(query, *arguments)  # type: ignore[arg-type]
        return found

    monkeypatch.setattr(door.house, "see", see_late)

    async with listening(door) as ear:
        await ear.block()
        item_id = await door.item_id()
        heard = await ear.item()

    assert heard["id"] == item_id


async def test_who_was_away_is_told_what_was_missed_each_item_once(door: Door) -> None:
    async with listening(door) as ear:
        await ear.block()
        await door.item_id(key="first")
        event = await ear.event()
        assert event
    settled = await door.item_id(key="second")
    await vote(door.house, settled, "approve")
    third = await door.item_id(key="third")

    async with listening(door, since=event[0]) as ear:
        missed = [await ear.event(), await ear.event()]
        live = await door.item_id(key="fourth")
        missed.append(await ear.event())

    told = [each[1] for each in missed if each]
    assert [item["id"] for item in told] == [settled, third, live]
    assert told[0]["status"] == "settled"
    assert [int(each[0]) for each in missed if each] == sorted(
        int(each[0]) for each in missed if each
    )


async def test_a_place_beyond_the_end_of_the_history_starts_at_the_end(door: Door) -> None:
    async with listening(door, since="999999") as ear:
        await ear.block()
        item_id = await door.item_id()
        heard = await ear.item()

    assert heard["id"] == item_id


@pytest.mark.parametrize("since", ["x", "-1", "1.5", "9" * 30])
async def test_a_place_that_was_never_given_out_is_refused(door: Door, since: str) -> None:
    reply = await door.call("GET", "/v1/events", headers={"Last-Event-ID": since})

    assert reply.status == 422
    assert set(reply.faults) == {"Last-Event-ID"}


async def test_another_keys_item_cannot_be_listened_to(door: Door) -> None:
    item_id = await door.item_id()
    theirs = await door.make_key("other")

    reply = await door.call("GET", f"/v1/items/{item_id}/events", key=theirs)

    assert reply.status == 404


async def test_silence_is_filled_so_that_nothing_in_between_hangs_up(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.http.streams.ALIVE_EVERY", 0.05)

    async with listening(door) as ear:
        first, second = await ear.block(), await ear.block()

    assert first == {"retry": "2000"}
    assert second == {"": "keep-alive"}


async def test_a_client_that_leaves_is_forgotten_and_nobody_looks_any_more(
    feeds: list[Feed], sqlite_url: str
) -> None:
    async with open_door(sqlite_url) as door:
        async with listening(door) as ear:
            await ear.block()
            await until_listening(feeds[0], 1)
            ear.answer.close()

        await until_listening(feeds[0], 0)
        async with asyncio.timeout(PATIENCE):
            while feeds[0].is_looking:  # noqa: ASYNC110  it ends by itself
                await asyncio.sleep(0.02)


async def test_closing_the_door_ends_every_stream(feeds: list[Feed], sqlite_url: str) -> None:
    async with open_door(sqlite_url) as door, listening(door) as ear:
        await ear.block()
        await until_listening(feeds[0], 1)

        feeds[0].close()

        assert await ear.event() is None


async def test_a_revoked_key_hears_no_more(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.http.keys.FRESH_FOR", 0.01)
    monkeypatch.setattr("handlers.http.streams.ALIVE_EVERY", 0.05)

    async with listening(door) as ear:
        await ear.block()
        await door.house.do(keeping.revoke_key, "agent", door.house.now())

        assert await ear.event() is None


async def test_news_of_a_revoked_key_are_kept_from_it(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.http.keys.FRESH_FOR", 0.0)
    theirs = await door.make_key("watcher", "observe")

    async with listening(door, key=theirs) as ear:
        await ear.block()
        await door.house.do(keeping.revoke_key, "watcher", door.house.now())
        await door.item_id()

        assert await ear.event() is None


async def test_a_key_has_only_so_many_streams(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.http.streams.STREAMS_MAX", 1)

    async with listening(door) as ear:
        await ear.block()
        refused = await door.call("GET", "/v1/events")

    assert refused.status == 429
    assert refused.headers["Retry-After"] == "5"


async def test_what_another_process_records_is_told_too(door: Door, database_url: str) -> None:
    elsewhere = a_house(database_url)
    item_id = await door.item_id()

    async with listening(door, f"/v1/items/{item_id}/events") as ear:
        await ear.item()
        await vote(elsewhere, item_id, "approve")
        heard = await ear.item()
    elsewhere.close()

    assert heard["status"] == "settled"


async def test_a_failed_look_does_not_end_the_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.http.feed.AFTER_FAILURE", 0.01)
    told = Told(1, "opened", NOON, "22222222", "agent", "agent-actions")
    looks: list[News | Exception] = [News(0), OSError("down"), News(1, [told])]

    async def read(_since: int) -> News:
        found = looks.pop(0) if looks else News(1)
        if isinstance(found, Exception):
            raise found
        return found

    feed, listener = Feed(read), Listener("agent")
    async with feed.listen(listener), asyncio.timeout(PATIENCE):
        await listener.news.wait()

    assert listener.take() == ("22222222", 1)


def test_a_listener_that_lags_keeps_each_item_once_the_newest_line_last() -> None:
    listener = Listener("agent")

    for seq, item_id in enumerate(["a", "b", "a", "c"], start=1):
        listener.offer(Told(seq, "opened", NOON, item_id, "agent", "q"))
    listener.offer(Told(9, "opened", NOON, "d", "another", "q"))

    assert [listener.take() for _ in range(4)] == [("b", 2), ("a", 3), ("c", 4), None]


def test_a_listener_that_lags_too_far_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.http.feed.LAGS_MAX", 2)
    listener = Listener(None)

    for seq in range(3):
        listener.offer(Told(seq, "opened", NOON, str(seq), "agent", "q"))

    assert listener.is_over

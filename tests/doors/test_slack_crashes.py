"""kill -9 between any two steps, two processes on one database, restarts: it converges."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from bot.content import SUBMISSION
from bot.facts import Item, Status
from bot.flows import opening
from bot.flows.delivering import CLAIMED_FOR
from storage.engine import open_engine
from tests.doors.locks import a_lock_from
from tests.doors.slack_house import (
    AGENT,
    AMARA,
    APPROVALS,
    JONAS,
    LABEL,
    LABELS,
    Card,
    Scene,
    a_house,
    a_rulebook,
    a_scene,
    a_workspace,
)
from tests.doors.slack_process import a_process

LAPSED = CLAIMED_FOR.total_seconds() + 1


def _is_post(method: str, *_: object) -> bool:
    return method == "chat.postMessage"


@asynccontextmanager
async def a_workspace_without_a_bot(url: str) -> AsyncIterator[Scene]:
    """A workspace, and a house whose door stays shut: other processes serve it."""
    async with a_workspace() as chat:
        house = a_house(url, chat, a_rulebook())
        try:
            yield Scene(chat, house, None)  # type: ignore[arg-type]  # no door of its own
        finally:
            house.close()


async def the_card(scene: Scene, item: Item, channel: str = APPROVALS) -> Card:
    """The item's one card."""
    return Card(scene, item, channel, await scene.posted(item, channel))


async def test_a_crash_between_the_commit_and_the_post_loses_nothing(sqlite_url: str) -> None:
    """Fault 4."""
    async with a_workspace_without_a_bot(sqlite_url) as scene:
        async with a_process(scene, sqlite_url) as process:
            scene.chat.fault("lost_request", "chat.postMessage")
            item = await scene.submit()
            await scene.chat.until(lambda: scene.chat.requests("chat.postMessage"))
            process.kill()
            await process.wait()
        scene.chat.heal()
        assert scene.cards(item) == []

        async with a_process(scene, sqlite_url, LAPSED):
            card = await the_card(scene, item)
            await card.click(AMARA, "approve")
            await card.shows("Approved")

        assert len(scene.cards(item)) == 1


async def test_a_crash_between_the_post_and_its_bookkeeping_posts_no_second_card(
    sqlite_url: str,
) -> None:
    """Fault 5: the next process finds the message by its metadata."""
    async with a_workspace_without_a_bot(sqlite_url) as scene:
        async with a_process(scene, sqlite_url) as process:
            slack = scene.chat.slack.door
            with a_lock_from(slack, "answer", _is_post, sqlite_url):
                item = await scene.submit()
                await scene.posted(item)
                await asyncio.sleep(0.1)  # it has the answer
                process.kill()
                await process.wait()

        async with a_process(scene, sqlite_url, LAPSED):
            await scene.chat.until(lambda: scene.chat.requests("conversations.history"))
            card = await the_card(scene, item)
            await card.click(AMARA, "approve")
            await card.shows("Approved")

        assert len(scene.cards(item)) == 1


async def test_a_crash_after_the_vote_leaves_a_card_that_converges(sqlite_url: str) -> None:
    """Fault 4: committed, then killed before anybody was answered."""
    async with a_workspace_without_a_bot(sqlite_url) as scene:
        async with a_process(scene, sqlite_url) as process:
            card = await the_card(scene, await scene.submit())
            await asyncio.sleep(0.3)
            scene.deafen()
            scene.chat.fault("lost_request", "chat.*")
            clicking = asyncio.create_task(card.click(AMARA, "approve"))
            while (await scene.now(card.item)).status is Status.OPEN:  # noqa: ASYNC110  then killed
                await asyncio.sleep(0.005)
            process.kill()
            await process.wait()
            await clicking
        scene.chat.heal()

        async with a_process(scene, sqlite_url, LAPSED):
            await card.shows("Approved")
            await card.click(JONAS, "reject", times=1)
            item = await scene.now(card.item)

        assert item.outcome is not None
        assert item.outcome.choice == "approve"


async def test_two_processes_and_ten_deliveries_make_one_vote(database_url: str) -> None:
    """Fault 2, T11: one line of history, one outcome."""
    async with (
        a_workspace_without_a_bot(database_url) as scene,
        a_process(scene, database_url),
        a_process(scene, database_url),
    ):
        card = await the_card(scene, await scene.submit())

        await asyncio.gather(
            card.click(AMARA, "approve", times=10), card.click(JONAS, "reject", times=10)
        )
        await scene.answers(AMARA, 10)
        await scene.answers(JONAS, 10)

        lines = _events(database_url, card.item)
        assert lines.count("settled") == 1
        assert lines.count("voted") == 1
        await card.shows("ed: Delete files")
        assert len(scene.cards(card.item)) == 1


@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_a_restart_with_thousands_of_open_cards_posts_nothing(
    sqlite_url: str, count: int
) -> None:
    """Fault 37: no burst, and ready in less than a minute."""
    async with a_workspace() as chat:
        house = a_house(sqlite_url, chat, a_rulebook())
        contents = [SUBMISSION.validate_python({**LABEL, "key": f"k{n}"}) for n in range(count)]
        openings = [
            house.do(opening.open_item, house.rulebook, AGENT, content, house.now())
            for content in contents
        ]
        await asyncio.gather(*openings)
        house.close()
        _run(
            sqlite_url,
            "UPDATE placed_card SET shown = wanted, message_ref = '1.' || (1000000 + id)",
        )

        async with asyncio.timeout(60), a_scene(sqlite_url, chat=chat):
            await asyncio.sleep(1)

        assert [call.method for call in chat.requests() if call.method.startswith("chat.")] == []


async def test_a_click_the_day_after_a_restart_is_answered(sqlite_url: str) -> None:
    """Fault 38 in Slack's terms, T18: all that a button means is in its id."""
    async with a_workspace() as chat:
        async with a_scene(sqlite_url, chat=chat) as scene:
            card = await scene.submitted({**LABEL, "due_in": 7 * 24 * 3600})
            await scene.quiet()

        async with a_scene(sqlite_url, chat=chat) as scene:
            again = Card(scene, card.item, LABELS, card.ts)
            await again.click(AMARA, "ham")

            await again.told(AMARA, "Recorded")


def _events(url: str, item: Item) -> list[str]:
    engine = open_engine(url)
    with engine.connect() as connection:
        query = text("SELECT event FROM ledger WHERE item_id = :item ORDER BY seq")
        found = [str(row[0]) for row in connection.execute(query, {"item": item.id})]
    engine.dispose()
    return found


def _run(url: str, statement: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()

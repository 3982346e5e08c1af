"""Whole stories, readable aloud: a program asks, people answer in Slack, the program hears it."""

import asyncio
from datetime import timedelta

from bot.facts import UNSURE, Execution, Rule, Status, Trigger
from bot.flows import granting
from handlers.clock import run_clock, tick
from tests.doors.slack_house import (
    AGENT,
    AMARA,
    APPROVALS,
    JONAS,
    LABEL,
    MEI,
    RUTH,
    Card,
    a_house,
    a_rulebook,
    a_scene,
    a_workspace,
)


async def test_an_agent_asks_a_person_approves_and_the_card_tells_what_became_of_it(
    database_url: str,
) -> None:
    async with a_scene(database_url) as scene:
        heard: list[str] = []
        scene.house.on_settled(heard.extend)

        card = await scene.submitted()
        assert card.headline() == "Delete files a.log, b.log on host-1 in production?"
        assert "disk is 97 % full" in str(card.message())
        await card.click(AMARA, "approve")

        assert heard == [card.item.id]
        item = await scene.now(card.item)
        assert item.outcome is not None
        assert item.outcome.choice == "approve"
        await card.shows("Approved")
        assert "Amara" in str(card.message())
        digest = item.action_digest or ""
        now = scene.house.now()
        await scene.house.do(granting.redeem, AGENT, item.id, digest, "attempt-1", now)
        await scene.chat.until(lambda: "Running" in str(card.message()))
        await scene.house.do(granting.report, AGENT, item.id, Execution.EXECUTED, "2 files", now)
        await scene.chat.until(lambda: "Executed" in str(card.message()))


async def test_people_disagree_and_a_senior_decides(database_url: str) -> None:
    async with a_scene(database_url) as scene:
        card = await scene.submitted(LABEL)

        await card.click(AMARA, "spam")
        await card.click(JONAS, "ham")
        await card.shows("For seniors")
        await card.click(MEI, "spam")
        await card.told(MEI, "only they can decide")
        await card.click(RUTH, "ham")

        await card.shows("Decided")
        item = await scene.now(card.item)
        assert item.trigger is Trigger.DISAGREEMENT
        assert item.outcome is not None
        assert (item.outcome.choice, item.outcome.rule) == ("ham", Rule.SENIOR)


async def test_nobody_is_sure_and_nobody_answers_so_it_is_denied(sqlite_url: str) -> None:
    async with a_scene(sqlite_url) as scene:
        clock = asyncio.create_task(run_clock(scene.house, every=0.1))
        card = await scene.submitted(due_in=1.5)

        await card.click(AMARA, UNSURE)
        await card.shows("For seniors")

        await card.shows("Expired, so denied")
        assert card.votes() == []
        clock.cancel()
        await asyncio.gather(clock, return_exceptions=True)


async def test_the_deadline_passes_while_everything_is_down(sqlite_url: str) -> None:
    async with a_workspace() as chat:
        async with a_scene(sqlite_url, chat=chat) as scene:
            card = await scene.submitted()
            await scene.quiet()

        asleep = a_house(sqlite_url, chat, a_rulebook())
        awake_at = asleep.now() + timedelta(days=2)
        asleep.now = lambda: awake_at
        await tick(asleep)
        asleep.close()

        async with a_scene(sqlite_url, chat=chat) as scene:
            again = Card(scene, card.item, APPROVALS, card.ts)
            await again.shows("Expired, so denied")
            assert again.votes() == []
            item = await scene.now(card.item)
            assert item.status is Status.SETTLED
            assert len(scene.cards(item)) == 1


async def test_a_person_changes_their_mind_within_the_grace_window(sqlite_url: str) -> None:
    async with a_scene(sqlite_url, a_rulebook(grace_for=timedelta(seconds=30))) as scene:
        card = await scene.submitted()

        await card.click(AMARA, "approve")
        await card.shows("About to be approved")
        await card.click(AMARA, "reject")

        await card.shows("Rejected")

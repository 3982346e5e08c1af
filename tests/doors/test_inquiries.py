"""Stats, digests and stories by command, on both platforms."""

from bot.facts import Item
from tests.doors import discord_house, slack_house
from tests.doors.slack_house import AMARA, APPROVALS, LABEL, MEI


async def said(scene: slack_house.Scene, user: str, line: str) -> str:
    """What a person is told when they type something."""
    seen = len(scene.chat.ephemerals(user))
    await scene.chat.command(f"/review {line}", user=user, channel=APPROVALS)
    await scene.chat.until(lambda: len(scene.chat.ephemerals(user)) > seen)
    return str(scene.chat.ephemerals(user)[-1]["text"])


async def a_decided(scene: slack_house.Scene) -> Item:
    card = await scene.submitted(LABEL)
    await card.click(AMARA, "spam")
    await card.click(MEI, "spam")
    await card.shows("Decided")
    return card.item


async def test_stats_on_slack(sqlite_url: str) -> None:
    async with slack_house.a_scene(sqlite_url) as scene:
        await a_decided(scene)
        await scene.submitted()

        every = await said(scene, AMARA, "stats")
        one = await said(scene, AMARA, "stats moderation")
        own = await said(scene, AMARA, "stats me")
        wrong = await said(scene, AMARA, "stats nowhere")

        assert "Agent actions: 1 open, the oldest for" in every
        assert "Moderation: 0 open; 1 decided in the last 24 hours." in every
        assert "First vote: half within" in one
        assert "no target is set" in one
        assert "Amara" not in one
        assert "Reviews: 1, 1 of them in the last hour (200 are allowed)." in own
        assert "There is no queue 'nowhere' that lists you; there is: agent-actions" in wrong


async def test_a_digest_on_slack_comes_here_and_in_full_directly(sqlite_url: str) -> None:
    async with slack_house.a_scene(sqlite_url) as scene:
        await a_decided(scene)

        which = await said(scene, AMARA, "digest")
        told = await said(scene, AMARA, "digest moderation 7d")
        await scene.chat.until(lambda: len(scene.chat.direct_messages(AMARA)) >= 5, 30)

        assert which.startswith("Say of which queue")
        assert told.startswith("Digest: Moderation, ")
        assert "Needs you: checks that failed: Measured agreement, Time targets." in told
        direct = scene.chat.direct_messages(AMARA)
        head = next(m for m in direct if m["text"].startswith("Digest"))
        assert [b["type"] for b in head["blocks"]].count("image") == 1
        names = [file["name"] for m in direct for file in m.get("files", ())]
        assert [name[:11] for name in names] == ["moderation-"]
        assert all(m.get("thread_ts") == head["ts"] for m in direct if m is not head)


async def test_a_story_on_slack_keeps_votes_blind(sqlite_url: str) -> None:
    async with slack_house.a_scene(sqlite_url) as scene:
        card = await scene.submitted(LABEL)
        await card.click(AMARA, "spam")
        await card.told(AMARA, "Recorded")

        blind = await said(scene, MEI, f"why {card.item.id}")
        own = await said(scene, AMARA, f"why {card.item.id.lower()}")

        assert "Votes were cast; whose and which is shown once you voted." in blind
        assert "“spam”" not in blind
        assert "Amara voted “spam”" in own
        assert "What comes next" in blind


async def test_the_same_on_discord(sqlite_url: str) -> None:
    async with discord_house.a_scene(sqlite_url) as scene:
        card = await scene.submitted()
        amara, place = discord_house.AMARA, discord_house.GENERAL

        async def told(name: str, words: str, **options: str) -> str:
            await scene.discord.command(name, user=amara, channel=place, options=options)
            return discord_house.words_of(await scene.told(amara, words))

        await told("review why", "Rules in force", request=card.item.id)
        await told("review stats", "Agent actions: ")
        own = await told("review stats", "Your last seven days", queue="me")
        one = await told("review stats", "People: ", queue="agent-actions")
        digest = await told(
            "review digest", "Digest: Agent actions", queue="agent-actions", period="2d"
        )

        assert "Reviews: 0, 0 of them in the last hour (200 are allowed)." in own
        assert "First vote: none yet." in one
        assert "-# Ledger, " in digest
        await scene.chat.until(lambda: len(scene.discord.direct_messages(amara)) >= 4, 60)
        direct = scene.discord.direct_messages(amara)
        names = [each["filename"] for message in direct for each in message["attachments"]]
        assert names[0] == "picture-1.png"
        assert names[-1].startswith("agent-actions-")
        assert "Needs you" in digest

"""On both platforms: pairs judged side by side, audits and tests that nobody can tell apart."""

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.buttons import Act, button_id, vote_id
from bot.facts import FIRST, SECOND, Item, Purpose
from bot.flows import loading, probing, ticking
from bot.gold import read_known
from bot.rules import sampling
from bot.rules.sampling import left_of
from config.policies import QueueKind, Rulebook
from handlers.app import House
from tests.doors import discord_house, slack_house
from tests.doors.slack_house import LABEL, LABELS
from tests.doors.test_slack_modals import top

PAIR: dict[str, Any] = {
    "queue": "moderation",
    "kind": "preference",
    "body": "What is the capital of France?",
    "answers": [
        {"text": "Paris.", "model": "owl-7b"},
        {"text": "Surely Lyon?", "model": "lark-2"},
    ],
}
SURE: dict[str, Any] = {
    **LABEL,
    "prediction": {"choice": "ham", "confidence": 0.9321, "model": "owl-7b"},
}
SECRETS = ("owl-7b", "lark-2", "0.9321", "93%")
MACHINE = {"auto_above": 0.85, "audit_share": 1.0, "votes_needed": 1}
KINDS: tuple[QueueKind, ...] = ("label", "audit", "preference")


def taking_all(rulebook: Rulebook) -> Rulebook:
    """The rulebook, its labels' queue taking every kind that is voted on by choice."""
    moderation = rulebook.queues["moderation"].model_copy(update={"kinds": KINDS})
    return rulebook.model_copy(update={"queues": {**rulebook.queues, "moderation": moderation}})


def bare(message: dict[str, Any], item: Item) -> str:
    """A card without what is of its item alone: ids, times, how it was posted."""
    said = json.dumps(message["blocks"], sort_keys=True).replace(item.id, "ID")
    return re.sub(r"\b1[0-9]{9}\b|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}", "WHEN", said)


async def told(scene: slack_house.Scene, line: str) -> str:
    """What Mei gets for a command."""
    await scene.chat.command(f"/review {line}", user=slack_house.MEI, channel=LABELS)
    return json.dumps(scene.chat.ephemerals(slack_house.MEI)[-1], ensure_ascii=False)


async def until_orders_differ(scene: Any, *people: str) -> Any:
    """A pair's card, of a pair that these two see in different orders."""
    while True:
        card = await scene.submitted(PAIR)
        if len({left_of(card.item, person) for person in people}) == 2:
            return card


async def ours(house: House, purpose: Purpose) -> Sequence[Item]:
    """What Signoff itself asks."""

    def find(unit: Any) -> list[Item]:
        query = text("SELECT id FROM item WHERE purpose = :purpose")
        ids = unit.connection.execute(query, {"purpose": purpose}).scalars().all()
        return [loading.load(unit, item_id) for item_id in ids]

    return await house.see(find)


async def test_a_pair_is_judged_in_a_window_of_ones_own_on_slack(sqlite_url: str) -> None:
    rulebook = taking_all(slack_house.a_rulebook())
    async with slack_house.a_scene(sqlite_url, rulebook) as scene:
        card = await until_orders_differ(scene, "amara", "jonas")
        item = card.item
        assert card.votes() == [button_id(Act.READ, item.id), vote_id(item.id, "unsure", ())]
        assert not any(text in json.dumps(card.message()) for text in ("Paris.", "Lyon", *SECRETS))

        windows = {}
        for name, user in (("amara", slack_house.AMARA), ("jonas", slack_house.JONAS)):
            await card.read(user)
            view = windows[name] = await top(scene, user, "Left answer")
            said = json.dumps(view)
            is_first = left_of(item, name) == FIRST
            assert (said.index("Paris.") < said.index("Lyon")) is is_first
            assert not any(secret in said for secret in ("owl-7b", "lark-2", "character"))
            await scene.chat.click(
                user=user, view_id=view["id"], action_id=vote_id(item.id, FIRST, item.choices)
            )
            side = "Left" if is_first else "Right"
            await top(scene, user, f"Recorded: {side}")

        await card.shows("First answer better")
        settled = await scene.now(item)
        assert {vote.person_id: (vote.choice, vote.left) for vote in settled.votes} == {
            name: (FIRST, left_of(item, name)) for name in windows
        }
        assert "owl-7b" in json.dumps(card.message())


async def test_a_pair_is_judged_in_a_message_of_ones_own_on_discord(sqlite_url: str) -> None:
    rulebook = taking_all(discord_house.a_rulebook())
    async with discord_house.a_scene(sqlite_url, rulebook) as scene:
        card = await until_orders_differ(scene, "amara", "jonas")
        item = card.item
        assert not any(text in json.dumps(card.message()) for text in ("Paris.", "Lyon", *SECRETS))

        for name, user in (("amara", discord_house.AMARA), ("jonas", discord_house.JONAS)):
            await card.read(user)
            page = await scene.told(user, "Left answer")
            said = discord_house.words_of(page)
            is_first = left_of(item, name) == FIRST
            assert (said.index("Paris.") < said.index("Lyon")) is is_first
            assert not any(secret in json.dumps(page) for secret in ("owl-7b", "lark-2"))
            vote = vote_id(item.id, SECOND, item.choices)
            await scene.discord.click(vote, user=user, message=page["id"])
            await scene.told(user, f"Recorded: {'Right' if is_first else 'Left'}")

        await card.shows("Second answer better")
        assert "lark-2" in discord_house.words_of(card.message())


async def test_a_pair_cannot_be_voted_on_unread_whatever_is_pressed(sqlite_url: str) -> None:
    rulebook = taking_all(slack_house.a_rulebook())
    async with slack_house.a_scene(sqlite_url, rulebook) as scene:
        card = await scene.submitted(PAIR)
        vote = vote_id(card.item.id, FIRST, card.item.choices)
        button = {
            "type": "button",
            "action_id": vote,
            "text": {"type": "plain_text", "text": "First"},
        }
        blocks = [{"type": "actions", "block_id": "forged", "elements": [button]}]
        scene.chat.edit_message(card.channel, card.ts, blocks=blocks)

        await card.press(slack_house.AMARA, vote)

        await top(scene, slack_house.AMARA, "Left answer")
        assert (await scene.now(card.item)).votes == ()


async def test_an_audit_is_blind_on_every_surface_until_it_is_judged(sqlite_url: str) -> None:
    rulebook = taking_all(slack_house.a_rulebook(**MACHINE))
    async with slack_house.a_scene(sqlite_url, rulebook) as scene:
        house, chat = scene.house, scene.chat
        settled = await scene.submit(SURE)
        assert settled.is_settled

        await house.do(ticking.tick, rulebook, house.now())
        (audit,) = await ours(house, Purpose.AUDIT)
        card = slack_house.Card(scene, audit, LABELS, await scene.posted(audit, LABELS))
        plain = await scene.submitted({**LABEL, "body": "You won! Call now"})

        for line in ("next", f"show {audit.id}", f"why {audit.id}", "inbox"):
            said = await told(scene, line)
            assert settled.id not in said
            assert not any(secret in said for secret in (*SECRETS, "signoff", "audit")), line
        said = json.dumps(card.message())
        assert "You won! Call now" in said
        assert not any(secret in said for secret in SECRETS)
        assert bare(card.message(), audit) == bare(plain.message(), plain.item)

        await card.click(slack_house.JONAS, "spam")
        await card.shows("Decided “spam”")
        await house.do(ticking.tick, rulebook, house.now())
        await chat.until(lambda: "The model said “ham”" in str(card.message()))
        assert (await scene.now(settled)).correction == "spam"


async def test_whoever_judged_a_probe_is_told_in_private_on_discord(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "PLANT_WITHIN", timedelta(0))
    rulebook = discord_house.a_rulebook(probe_share=0.5)
    async with discord_house.a_scene(sqlite_url, rulebook) as scene:
        house = scene.house
        queue = rulebook.queues["agent-actions"]
        wipe = {"action": {"name": "wipe_disk", "args": {"host": "db-1"}}}
        known = read_known([json.dumps(wipe)], queue, "probe")
        await house.do(probing.add_known, queue, "probe", known, house.now())
        while not await ours(house, Purpose.PROBE):
            await scene.submit()
            await house.do(ticking.tick, rulebook, house.now())
        (probe,) = await ours(house, Purpose.PROBE)
        posted = await scene.chat.until(lambda: scene.cards(probe))
        card = discord_house.Card(scene, probe, str(posted[0]["id"]))
        words = discord_house.words_of(card.message())
        assert "cleanup-agent" in words
        assert not any(word in words.casefold() for word in ("probe", "test", "signoff"))

        await card.click(discord_house.AMARA, "approve")
        await card.shows("Approved")
        await house.do(ticking.tick, rulebook, house.now())

        letters = await scene.chat.until(
            lambda: [
                message
                for message in scene.discord.direct_messages(discord_house.AMARA)
                if "was a test" in discord_house.words_of(message)
            ]
        )
        assert "You let it pass." in discord_house.words_of(letters[0])
        assert "was a test" not in discord_house.words_of(card.message())


async def test_a_pair_that_was_read_can_be_judged_by_typing_a_side(sqlite_url: str) -> None:
    rulebook = taking_all(slack_house.a_rulebook())
    async with slack_house.a_scene(sqlite_url, rulebook) as scene:
        card = await scene.submitted(PAIR)
        item, amara = card.item, slack_house.AMARA

        await scene.chat.command(f"/review label {item.id} left", user=amara, channel=LABELS)
        assert "does not fit its card" in str(scene.chat.ephemerals(amara)[-1])
        await card.read(amara)
        await top(scene, amara, "Left answer")
        await scene.chat.command(f"/review label {item.id} first", user=amara, channel=LABELS)
        assert "takes left, right, tie, both bad" in str(scene.chat.ephemerals(amara)[-1])
        await scene.chat.command(f"/review label {item.id} Left", user=amara, channel=LABELS)

        (vote,) = (await scene.now(item)).votes
        assert vote.choice == vote.left == left_of(item, "amara")
        assert "Recorded: Left." in str(scene.chat.ephemerals(amara)[-1])

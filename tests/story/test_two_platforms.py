"""One queue on Slack and on Discord: a vote on either moves both cards; one person, one vote."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.buttons import vote_id
from bot.content import SUBMISSION
from bot.facts import Item
from bot.flows import loading, opening
from bot.flows.opening import Producer
from config.policies import Person, Policy, Queue, Rulebook
from config.settings import Settings
from handlers.app import House
from handlers.discord.door import run_discord
from handlers.slack.door import run_slack
from localchat.testing import LocalChat
from localchat.world import default_world
from storage.engine import open_engine
from storage.unit import Memory

PEOPLE = {  # name -> Slack and Discord account
    "amara": ("U0AMARA01", "1100000000000000101"),
    "jonas": ("U0JONAS01", "1100000000000000102"),
    "mei": (None, "1100000000000000103"),
}
SLACK_CHANNEL, DISCORD_CHANNEL = "C0MODERAT1", "1100000000000000203"


def the_rulebook() -> Rulebook:
    """Two agreeing labels decide; Amara and Jonas are on both platforms, Mei on Discord alone."""
    policy = Policy(
        due_in=timedelta(minutes=30),
        cost_per_review_usd=Decimal("0.50"),
        reviewers=tuple(PEOPLE),
        votes_needed=3,
    )
    people = {
        name: Person(id=name, name=name.title(), slack=slack, discord=discord)
        for name, (slack, discord) in PEOPLE.items()
    }
    queue = Queue(
        name="moderation",
        title="Moderation",
        kinds=("label",),
        policy=policy,
        slack=SLACK_CHANNEL,
        discord=DISCORD_CHANNEL,
    )
    return Rulebook(queues={"moderation": queue}, people=people)


@dataclass
class Twin:
    """One item with a card on each platform."""

    chat: LocalChat
    house: House
    item: Item

    def on_slack(self) -> str:
        """What the Slack card says."""
        return str(self.chat.messages(SLACK_CHANNEL)[-1])

    def on_discord(self) -> str:
        """What the Discord card says."""
        return str(self.chat.discord.messages(DISCORD_CHANNEL)[-1])

    async def both_show(self, words: str) -> None:
        """Returns once both cards say so."""
        await self.chat.until(lambda: words in self.on_slack() and words in self.on_discord())

    async def vote_on_slack(self, name: str, choice: str) -> Any:
        """Somebody clicks in Slack."""
        ts = self.chat.messages(SLACK_CHANNEL)[-1]["ts"]
        return await self.chat.click(
            user=str(PEOPLE[name][0]), channel=SLACK_CHANNEL, ts=ts, action_id=self._button(choice)
        )

    async def vote_on_discord(self, name: str, choice: str) -> Any:
        """Somebody clicks in Discord."""
        message = self.chat.discord.messages(DISCORD_CHANNEL)[-1]["id"]
        return await self.chat.discord.click(
            self._button(choice), user=PEOPLE[name][1], message=message
        )

    async def votes(self) -> dict[str, str]:
        """Who voted what."""
        item = await self.house.see(loading.load, self.item.id)
        return {vote.person_id: vote.choice for vote in item.votes}

    def _button(self, choice: str) -> str:
        return vote_id(self.item.id, choice, self.item.choices)


@asynccontextmanager
async def a_twin(url: str) -> AsyncIterator[Twin]:
    """A house with both doors open, and an item whose cards are posted on both."""
    async with LocalChat(default_world()) as chat:
        env = {
            "SIGNOFF_DATABASE_URL": url,
            "SIGNOFF_SLACK_API_URL": chat.api_url,
            "SLACK_BOT_TOKEN": chat.bot_token,
            "SLACK_APP_TOKEN": chat.app_token,
            "SIGNOFF_DISCORD_API_URL": chat.discord.api_url,
            "SIGNOFF_DISCORD_GATEWAY_URL": chat.discord.gateway_url,
            "DISCORD_BOT_TOKEN": chat.discord.bot_token,
        }
        house = House(Settings.read(env), the_rulebook(), Memory(open_engine(url)))
        try:
            async with (
                run_slack(house, poll_every=0.05) as slack,
                run_discord(house, poll_every=0.05) as discord,
            ):
                await slack.connected.wait()
                await discord.connected.wait()
                twin = Twin(chat, house, await _opened(house))
                await chat.until(lambda: chat.messages(SLACK_CHANNEL))
                await chat.until(lambda: chat.discord.messages(DISCORD_CHANNEL))
                yield twin
        finally:
            house.close()


async def _opened(house: House) -> Item:
    producer = Producer("filter", frozenset({"submit", "read"}))
    stated = {
        "queue": "moderation",
        "kind": "label",
        "key": "message-991",
        "body": "You won! Call now",
        "choices": ["spam", "ham"],
    }
    content = SUBMISSION.validate_python(stated)
    opened = await house.do(opening.open_item, house.rulebook, producer, content, house.now())
    return opened.item


async def test_a_vote_on_either_platform_moves_both_cards_until_it_is_decided(
    database_url: str,
) -> None:
    async with a_twin(database_url) as twin:
        await twin.vote_on_slack("amara", "spam")
        await twin.both_show("1 of 3 votes in")

        await twin.vote_on_discord("jonas", "spam")
        await twin.vote_on_discord("mei", "spam")

        await twin.both_show("Decided")


async def test_one_person_on_both_platforms_has_one_vote_and_may_change_it_on_the_other(
    sqlite_url: str,
) -> None:
    async with a_twin(sqlite_url) as twin:
        await twin.vote_on_slack("amara", "spam")
        await twin.vote_on_discord("amara", "ham")

        await twin.both_show("1 of 3 votes in")
        assert await twin.votes() == {"amara": "ham"}


async def test_what_discord_suffers_from_does_not_hold_up_slack(sqlite_url: str) -> None:
    async with a_twin(sqlite_url) as twin:
        twin.chat.discord.refuse_connections(30)
        await twin.chat.discord.drop("abort")
        twin.chat.discord.fault("http_error", status=503)

        outcome = await twin.vote_on_slack("amara", "spam")

        assert outcome.ok
        await twin.chat.until(lambda: "1 of 3 votes in" in twin.on_slack())
        twin.chat.discord.heal()
        twin.chat.discord.refuse_connections(0)
        await twin.chat.until(lambda: "1 of 3 votes in" in twin.on_discord(), 10)

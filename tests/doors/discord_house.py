"""A house whose Discord door is open to a server on loopback: what the tests of that door need."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.buttons import Act, button_id, parse_button, vote_id
from bot.content import SUBMISSION
from bot.facts import Item
from bot.flows import loading, opening
from config.policies import Rulebook
from config.settings import Settings
from handlers.app import House
from handlers.discord.door import DiscordDoor, run_discord
from localchat.discord.options import Options
from localchat.discord.outcomes import Outcome
from localchat.discord.testing import DiscordChat
from localchat.testing import LocalChat
from localchat.world import default_world
from storage.engine import open_engine
from storage.unit import Memory
from tests.doors import slack_house
from tests.doors.slack_house import AGENT, APPROVAL, LABEL
from tests.patience import PATIENCE

__all__ = ["APPROVAL", "LABEL"]  # as on Slack

GUILD = "1100000000000000001"
REVIEWER_ROLE = "1100000000000000302"
AMARA, JONAS, MEI = "1100000000000000101", "1100000000000000102", "1100000000000000103"
RUTH, LIAM, NADIA = "1100000000000000106", "1100000000000000107", "1100000000000000109"
APPROVALS, LABELS, GENERAL = "1100000000000000202", "1100000000000000203", "1100000000000000201"
ACCOUNTS = {"amara": AMARA, "jonas": JONAS, "mei": MEI, "nadia": NADIA, "ruth": RUTH}
CHANNELS = {"agent-actions": APPROVALS, "moderation": LABELS}


def a_rulebook(*, guild: str | None = None, role: str | None = None, **rules: Any) -> Rulebook:
    """The same people and queues as on Slack, by their other ids."""
    stated = slack_house.a_rulebook(**rules)
    people = {
        name: stated.people[name].model_copy(update={"slack": None, "discord": ref})
        for name, ref in ACCOUNTS.items()
    }
    queues = {
        name: stated.queues[name].model_copy(update={"slack": None, "discord": ref})
        for name, ref in CHANNELS.items()
    }
    return Rulebook(queues=queues, people=people, discord_guild=guild, discord_role=role)


def a_house(url: str, discord: DiscordChat, rulebook: Rulebook) -> House:
    """A house on this database, which knows the bot's token."""
    env = {
        "SIGNOFF_DATABASE_URL": url,
        "SIGNOFF_DISCORD_API_URL": discord.api_url,
        "SIGNOFF_DISCORD_GATEWAY_URL": discord.gateway_url,
        "DISCORD_BOT_TOKEN": discord.bot_token,
    }
    return House(Settings.read(env), rulebook, Memory(open_engine(url)))


@dataclass
class Scene:
    """A server, a house, and the door between them."""

    chat: LocalChat
    house: House
    door: DiscordDoor
    keys: int = field(default=0)

    @property
    def discord(self) -> DiscordChat:
        """The platform."""
        return self.chat.discord

    async def submit(self, body: dict[str, Any] | None = None, **changes: Any) -> Item:
        """An item opens; each one is another."""
        self.keys += 1
        stated = {**(body or APPROVAL), "key": f"key-{self.keys}", **changes}
        content = SUBMISSION.validate_python(stated)
        house = self.house
        opened = await house.do(opening.open_item, house.rulebook, AGENT, content, house.now())
        return opened.item

    async def submitted(self, body: dict[str, Any] | None = None, **changes: Any) -> "Card":
        """An item and its card, once it is posted and known to be."""
        item = await self.submit(body, **changes)
        channel = APPROVALS if item.queue == "agent-actions" else LABELS
        cards = await self.chat.until(lambda: self.cards(item, channel))
        return Card(self, item, str(cards[0]["id"]), channel)

    def cards(self, item: Item, channel: str = APPROVALS) -> list[dict[str, Any]]:
        """The messages that are this item's cards."""
        return [each for each in self.discord.messages(channel) if is_card(each, item.id)]

    async def now(self, item: Item) -> Item:
        """The item as it stands."""
        return await self.house.see(loading.load, item.id)

    async def quiet(self, for_seconds: float = 0.3) -> None:
        """Waits until no call has come in for a while."""
        seen = -1
        while seen != len(self.discord.requests()):
            seen = len(self.discord.requests())
            await asyncio.sleep(for_seconds)

    async def told(self, user: str, words: str, within: float = PATIENCE) -> dict[str, Any]:
        """The ephemeral answer with these words, once it is there."""
        found = await self.chat.until(
            lambda: [each for each in self.discord.ephemerals(user) if words in words_of(each)],
            within,
        )
        return found[-1]


@dataclass
class Card:
    """One posted card, and what people do with it."""

    scene: Scene
    item: Item
    id: str
    channel: str = APPROVALS

    async def click(self, user: str, choice: str, **details: Any) -> Outcome:
        """Votes."""
        return await self.press(user, vote_id(self.item.id, choice, self.item.choices), **details)

    async def press(self, user: str, custom_id: str, **details: Any) -> Outcome:
        """Presses any button of the card."""
        return await self.scene.discord.click(custom_id, user=user, message=self.id, **details)

    async def read(self, user: str) -> Outcome:
        """Asks for the full view."""
        return await self.press(user, button_id(Act.READ, self.item.id))

    def message(self) -> dict[str, Any]:
        """The card as it is shown now."""
        return self.scene.discord.message(self.id)

    def headline(self) -> str:
        """Its first line."""
        return str(self.message()["content"])

    async def shows(self, words: str, within: float = PATIENCE) -> str:
        """The card's text, once it holds these words."""
        await self.scene.chat.until(lambda: words in words_of(self.message()), within)
        return words_of(self.message())

    async def told(self, user: str, words: str, within: float = PATIENCE) -> dict[str, Any]:
        """The ephemeral answer with these words, once it is there."""
        return await self.scene.told(user, words, within)


def words_of(message: dict[str, Any]) -> str:
    """All that a message says."""
    embeds = [str(embed.get("description", "")) for embed in message["embeds"]]
    return "\n".join([message["content"], *embeds])


def buttons_of(message: dict[str, Any]) -> list[str]:
    """The ids of a message's buttons."""
    return [each["custom_id"] for row in message["components"] for each in row["components"]]


def is_card(message: dict[str, Any], item_id: str) -> bool:
    """Whether a message is the card of this item."""
    presses = [parse_button(each) for each in buttons_of(message)]
    return any(each and each.item_id == item_id for each in presses) or words_of(message).endswith(
        f"Request {item_id}"
    )


def a_server(options: Options | None = None) -> LocalChat:
    """The default world, which waits for answers as long as a loaded machine needs."""
    return LocalChat(default_world(), discord_options=options or Options(callback_within=10.0))


@asynccontextmanager
async def a_door(house: House) -> AsyncIterator[DiscordDoor]:
    """The house's Discord door, connected."""
    async with run_discord(house, poll_every=0.05) as door:
        async with asyncio.timeout(PATIENCE):
            await door.connected.wait()
        yield door


@asynccontextmanager
async def a_scene(
    url: str,
    rulebook: Rulebook | None = None,
    chat: LocalChat | None = None,
) -> AsyncIterator[Scene]:
    """A server and a house with an open door."""
    if chat is not None:
        house = a_house(url, chat.discord, rulebook or a_rulebook())
        try:
            async with a_door(house) as door:
                yield Scene(chat, house, door)
        finally:
            house.close()
        return
    async with a_server() as chat, a_scene(url, rulebook, chat) as scene:
        yield scene

"""A house whose Slack door is open to a workspace on loopback: what the tests of that door need."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.buttons import Act, button_id, vote_id
from bot.content import SUBMISSION
from bot.facts import Item
from bot.flows import loading, opening
from bot.flows.opening import Producer
from config.policies import Person, Policy, Queue, Rulebook
from config.settings import Settings
from handlers.app import House
from handlers.slack.door import SlackDoor, run_slack
from handlers.slack.http import serve_asgi
from localchat.slack.errors import SlackError
from localchat.slack.options import Options
from localchat.slack.outcomes import Outcome
from localchat.testing import LocalChat
from localchat.world import Command, an_app, default_world
from storage.engine import open_engine
from storage.unit import Memory
from tests.patience import PATIENCE
from tests.ports import free_port

AMARA, JONAS, MEI, RUTH = "U0AMARA01", "U0JONAS01", "U0MEI0001", "U0RUTH001"
LIAM, GUEST, GONE, VISITOR = "U0LIAM001", "U0GUEST01", "U0GONE001", "U0VISIT01"
APPROVALS, LABELS = "C0APPROVE1", "C0MODERAT1"
AGENT = Producer("cleanup-agent", frozenset({"submit", "read"}))
APPROVAL: dict[str, Any] = {
    "queue": "agent-actions",
    "kind": "approval",
    "key": "run-7:call-3",
    "action": {
        "name": "delete_files",
        "args": {"paths": ["a.log", "b.log"]},
        "environment": "production",
        "target": "host-1",
    },
    "reason": "disk is 97 % full",
    "requester": "cleanup-agent",
}
LABEL: dict[str, Any] = {
    "queue": "moderation",
    "kind": "label",
    "key": "msg-991",
    "body": "You won! Call now",
    "choices": ["spam", "ham"],
}


def a_rulebook(**rules: Any) -> Rulebook:
    """Approvals by Amara, Jonas and Mei, labels by the same; Ruth is the senior of both."""
    stated = {
        "due_in": timedelta(minutes=30),
        "cost_per_review_usd": Decimal("0.50"),
        "reviewers": ("amara", "jonas", "mei", "sofia", "tom", "nadia"),
        "seniors": ("ruth",),
        "votes_needed": 2,
        "cards_at_most": 1_000,
        "open_at_most": 100_000,
    }
    policy = Policy(**{**stated, **rules})
    people = {
        "amara": Person(id="amara", name="Amara", slack=AMARA),
        "jonas": Person(id="jonas", name="Jonas", slack=JONAS),
        "mei": Person(id="mei", name="Mei", slack=MEI),
        "sofia": Person(id="sofia", name="Sofia", slack=GUEST),
        "tom": Person(id="tom", name="Tom", slack=GONE),
        "nadia": Person(id="nadia", name="Nadia", slack=VISITOR),
        "ruth": Person(id="ruth", name="Ruth", slack=RUTH, roles=frozenset({"senior"})),
    }
    queues = {
        "agent-actions": Queue(
            name="agent-actions",
            title="Agent actions",
            kinds=("approval",),
            policy=policy,
            slack=APPROVALS,
        ),
        "moderation": Queue(
            name="moderation", title="Moderation", kinds=("label",), policy=policy, slack=LABELS
        ),
    }
    return Rulebook(queues=queues, people=people)


def a_house(url: str, chat: LocalChat, rulebook: Rulebook, *, by_socket: bool = True) -> House:
    """A house on this database, which knows the workspace's tokens."""
    env = {
        "SIGNOFF_DATABASE_URL": url,
        "SIGNOFF_SLACK_API_URL": chat.api_url,
        "SLACK_BOT_TOKEN": chat.bot_token,
        "SLACK_SIGNING_SECRET": chat.signing_secret,
    }
    if by_socket:
        env["SLACK_APP_TOKEN"] = chat.app_token
    return House(Settings.read(env), rulebook, Memory(open_engine(url)))


@dataclass
class Scene:
    """A workspace, a house, and the door between them."""

    chat: LocalChat
    house: House
    door: SlackDoor
    keys: int = field(default=0)

    async def submit(self, body: dict[str, Any] | None = None, **changes: Any) -> Item:
        """An item opens; each one is another."""
        self.keys += 1
        stated = {**(body or APPROVAL), "key": f"key-{self.keys}", **changes}
        content = SUBMISSION.validate_python(stated)
        house = self.house
        opened = await house.do(opening.open_item, house.rulebook, AGENT, content, house.now())
        return opened.item

    async def posted(self, item: Item, channel: str = APPROVALS) -> str:
        """The timestamp of the item's card, once it is posted and known to be."""
        cards = await self.chat.until(lambda: self.cards(item, channel))
        return str(cards[0]["ts"])

    async def submitted(self, body: dict[str, Any] | None = None, **changes: Any) -> "Card":
        """An item and its card."""
        item = await self.submit(body, **changes)
        channel = APPROVALS if item.queue == "agent-actions" else LABELS
        return Card(self, item, channel, await self.posted(item, channel))

    def cards(self, item: Item, channel: str = APPROVALS) -> list[dict[str, Any]]:
        """The messages that are this item's cards."""
        found = []
        for message in self.chat.messages(channel):
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("item") == item.id and "card" in payload:
                found.append(message)
        return found

    async def answers(self, user: str, count: int) -> list[str]:
        """The ephemeral answers that a person has got, once there are so many."""
        await self.chat.until(lambda: len(self.chat.ephemerals(user)) >= count)
        return [str(message["text"]) for message in self.chat.ephemerals(user)]

    def deafen(self) -> None:
        """Makes every response_url useless."""
        self.chat.slack.response_urls.respond = _refuse  # type: ignore[method-assign,assignment]

    async def now(self, item: Item) -> Item:
        """The item as it stands."""
        return await self.house.see(loading.load, item.id)

    async def quiet(self, for_seconds: float = 0.3) -> None:
        """Waits until no call has come in for a while."""
        seen = -1
        while seen != len(self.chat.requests()):
            seen = len(self.chat.requests())
            await asyncio.sleep(for_seconds)


@dataclass
class Card:
    """One posted card, and what people do with it."""

    scene: Scene
    item: Item
    channel: str
    ts: str

    async def click(self, user: str, choice: str, **details: Any) -> Outcome:
        """Votes."""
        return await self.press(user, vote_id(self.item.id, choice, self.item.choices), **details)

    async def press(self, user: str, action_id: str, **details: Any) -> Outcome:
        """Presses any button of the card."""
        return await self.scene.chat.click(
            user=user, channel=self.channel, ts=self.ts, action_id=action_id, **details
        )

    async def read(self, user: str) -> Outcome:
        """Asks for the full view."""
        return await self.press(user, button_id(Act.READ, self.item.id))

    def message(self) -> dict[str, Any]:
        """The card as it is shown now."""
        return self.scene.chat.message(self.channel, self.ts)

    def headline(self) -> str:
        """Its first line."""
        return str(self.message()["blocks"][0]["text"]["text"])

    def votes(self) -> list[str]:
        """The ids of its buttons."""
        return buttons_of(self.message())

    async def shows(self, words: str, within: float = PATIENCE) -> str:
        """The card's first line, once it holds these words."""
        await self.scene.chat.until(lambda: words in self.headline(), within)
        return self.headline()

    async def told(self, user: str, words: str, within: float = PATIENCE) -> dict[str, Any]:
        """The ephemeral answer with these words, once it is there."""
        chat = self.scene.chat
        told = await chat.until(
            lambda: [m for m in chat.ephemerals(user) if words in m["text"]], within
        )
        return told[0]


def _refuse(*_: object) -> None:
    raise SlackError("expired_url")


def buttons_of(message: dict[str, Any]) -> list[str]:
    """The ids of a message's or a view's buttons."""
    return [
        element["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def a_workspace(options: Options | None = None) -> LocalChat:
    """A workspace whose one app has the command `/review`; patient, as loaded machines are slow."""
    patient = Options(ack_within=10.0, trigger_lives_for=10.0)
    return LocalChat(default_world(an_app(commands=[Command("/review")])), options or patient)


@asynccontextmanager
async def a_door(house: House, chat: LocalChat) -> AsyncIterator[SlackDoor]:
    """The house's Slack door, connected; without an app token, where the workspace delivers to."""
    async with run_slack(house, poll_every=0.05) as door:
        if door.asgi is None:
            async with asyncio.timeout(PATIENCE):
                await door.connected.wait()
            yield door
            return
        port = free_port()
        serving = asyncio.create_task(serve_asgi(door.asgi, "127.0.0.1", port))
        url = f"http://127.0.0.1:{port}/slack/events"
        async with asyncio.timeout(PATIENCE):
            while not await chat.use_http(url):  # noqa: ASYNC110  it starts to listen
                await asyncio.sleep(0.01)
        try:
            yield door
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


@asynccontextmanager
async def a_scene(
    url: str, rulebook: Rulebook | None = None, chat: LocalChat | None = None, **options: Any
) -> AsyncIterator[Scene]:
    """A workspace and a house with an open door."""
    if chat is not None:
        house = a_house(url, chat, rulebook or a_rulebook(), **options)
        try:
            async with a_door(house, chat) as door:
                yield Scene(chat, house, door)
        finally:
            house.close()
        return
    async with a_workspace() as chat, a_scene(url, rulebook, chat, **options) as scene:
        yield scene

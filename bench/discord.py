"""What a click on Discord costs, beside its floors, in one run on this machine.

Click -> durable -> callback over the real discord.py, each bot in a process of its own before the
same Discord on loopback: Signoff, and beside it a bot whose `DynamicItem` only defers (the floor),
and one raw SQLite commit of the rows that a click writes. Then 200 clicks at once.
Run: python -m bench.discord
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from re import Match
from statistics import median, quantiles
from typing import Any

import aiohttp
import click
import discord
import uvloop
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bench.clicks import raw_commits_of_a_copy
from bot.buttons import PATTERN, vote_id
from bot.content import SUBMISSION
from bot.flows.opening import Producer, open_item
from config.policies import Person, Policy, Queue, Rulebook
from config.settings import Settings
from handlers.app import House, read_clock
from handlers.discord.door import run_discord
from localchat.discord.outcomes import Outcome
from localchat.testing import LocalChat
from localchat.world import default_world
from storage.engine import open_engine
from storage.migrating import migrate
from storage.unit import Memory

ROUNDS = 5
CLICKS = 60  # of one round, one after the other
STORM = 200
ITEMS = 300
CHANNEL = "1100000000000000203"
VOTERS = tuple(f"11000000000000001{n:02}" for n in range(1, 6))
CHOICES = ("spam", "ham")


class Contender:
    """A bot in a process of its own, and the Discord that it is in."""

    def __init__(self, name: str, chat: LocalChat, targets: Iterator[tuple[str, str, str]]) -> None:
        self.name = name
        self.delays: list[float] = []  # ms, one click at a time
        self.storm: list[float] = []
        self._chat = chat
        self._targets = targets

    async def measure(self) -> None:
        """One round of clicks, one after the other."""
        for _ in range(CLICKS):
            self.delays.append((await self._click()).ack_ms)
            await asyncio.sleep(0.01)  # answers to the person follow the callback

    async def rage(self) -> None:
        """All at once."""
        outcomes = await asyncio.gather(*(self._click() for _ in range(STORM)))
        self.storm = [outcome.ack_ms for outcome in outcomes]

    async def _click(self) -> Outcome:
        user, message, custom_id = next(self._targets)
        outcome = await self._chat.discord.click(custom_id, user=user, message=message)
        if not outcome.ok:
            raise RuntimeError(f"{self.name} did not answer: {outcome.message}")
        return outcome


def a_house(env: dict[str, str]) -> House:
    """One queue, five reviewers, whose votes never suffice."""
    people = {
        f"p{n}": Person(id=f"p{n}", name=f"P{n}", discord=ref) for n, ref in enumerate(VOTERS)
    }
    others = {f"q{n}": Person(id=f"q{n}", name=f"Q{n}") for n in range(20)}
    policy = Policy(
        due_in=timedelta(hours=5),
        cost_per_review_usd=Decimal("0.50"),
        reviewers=(*people, *others),
        votes_needed=20,
        cards_at_most=1_000,
    )
    queue = Queue(name="labels", title="Labels", kinds=("label",), policy=policy, discord=CHANNEL)
    rulebook = Rulebook(queues={queue.name: queue}, people={**people, **others})
    return House(Settings.read(env), rulebook, Memory(open_engine(env["SIGNOFF_DATABASE_URL"])))


def env_of(chat: LocalChat, folder: str) -> dict[str, str]:
    """How a bot reaches its Discord."""
    return {
        "SIGNOFF_DATABASE_URL": f"sqlite:///{Path(folder) / 'clicks.db'}",
        "SIGNOFF_DISCORD_API_URL": chat.discord.api_url,
        "SIGNOFF_DISCORD_GATEWAY_URL": chat.discord.gateway_url,
        "DISCORD_BOT_TOKEN": chat.discord.bot_token,
    }


@asynccontextmanager
async def a_bot(name: str, chat: LocalChat, folder: str) -> AsyncIterator[None]:
    """The bot, connected and at the end stopped."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.discord", name,
        stdin=asyncio.subprocess.PIPE, env={**os.environ, **env_of(chat, folder)},
    )  # fmt: skip
    try:
        await chat.until(lambda: chat.discord.connection_count() == 1, 20)
        yield
        await process.communicate(b"\n")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run_bot(name: str) -> None:
    """Serves one contender until its input ends."""
    env = {key: os.environ[key] for key in os.environ if key.startswith(("SIGNOFF_", "DISCORD_"))}
    asked = asyncio.get_running_loop().run_in_executor
    if name == "signoff":
        house = a_house(env)
        async with run_discord(house):
            await asked(None, sys.stdin.readline)
        house.close()
        return
    Route.BASE = env["SIGNOFF_DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(env["SIGNOFF_DISCORD_GATEWAY_URL"])
    client = discord.Client(intents=discord.Intents(guilds=True))
    client.add_dynamic_items(Deferring)
    serving = asyncio.create_task(client.start(env["DISCORD_BOT_TOKEN"]))
    await asked(None, sys.stdin.readline)
    await client.close()
    serving.cancel()


class Deferring(discord.ui.DynamicItem[discord.ui.Button[Any]], template=PATTERN):
    """The floor: a click is acknowledged, and nothing else happens."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],  # noqa: ARG003  the signature is discord.py's
        item: Any,
        match: Match[str],  # noqa: ARG003  as above
        /,
    ) -> "Deferring":
        """The button."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Clicked."""
        await interaction.response.defer()


async def fill(chat: LocalChat, folder: str) -> None:
    """Opens the items; their cards are posted by the bot, which so knows them."""
    env = env_of(chat, folder)
    house = a_house(env)
    for number in range(ITEMS):
        stated = {"queue": "labels", "kind": "label", "key": f"k{number}", "choices": CHOICES}
        content = SUBMISSION.validate_python({**stated, "body": "You won! Call now"})
        await house.do(open_item, house.rulebook, Producer("b"), content, read_clock())
    house.close()
    await chat.until(lambda: len(chat.discord.messages(CHANNEL)) == ITEMS, 60)


async def copy(source: LocalChat, target: LocalChat) -> None:
    """The same cards in the other bot's Discord."""
    url = f"{target.discord.api_url}/channels/{CHANNEL}/messages"
    headers = {"Authorization": f"Bot {target.discord.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for message in source.discord.messages(CHANNEL):
            body = {name: message[name] for name in ("content", "components")}
            async with session.post(url, json=body) as said:
                said.raise_for_status()


def cards_in(chat: LocalChat) -> list[tuple[str, str]]:
    """Message and item ids."""
    found = []
    for message in chat.discord.messages(CHANNEL):
        custom_id = message["components"][0]["components"][0]["custom_id"]
        found.append((message["id"], custom_id.rpartition(":")[2]))
    return found


def clicks_on(cards: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Every reviewer at every card."""
    for user in VOTERS:
        for message, item_id in cards:
            yield user, message, vote_id(item_id, "spam", CHOICES)


async def compare(folder: str) -> None:
    """Measures both in turn, and prints the table."""
    async with LocalChat(default_world()) as chat, LocalChat(default_world()) as other:
        migrate(env_of(chat, folder)["SIGNOFF_DATABASE_URL"])
        async with a_bot("signoff", chat, folder), a_bot("defer only", other, folder):
            await fill(chat, folder)
            await copy(chat, other)
            commits = raw_commits_of_a_copy(folder)
            ours = Contender("signoff", chat, clicks_on(cards_in(chat)))
            floor = Contender("defer only", other, clicks_on(cards_in(other)))
            for _ in range(ROUNDS):
                for one in (ours, floor):
                    await one.measure()
                await commits.measure(CLICKS)
            for one in (ours, floor):
                await asyncio.sleep(1)
                await one.rage()
    _print_table(ours, floor, median(commits.took) * 1000)


def _print_table(ours: Contender, floor: Contender, commit: float) -> None:
    click.echo("click -> callback      p50 ms   p99 ms   200 at once: p50 ms   p99 ms")
    for one in (ours, floor):
        late, latest = (quantiles(of, n=100)[98] for of in (one.delays, one.storm))
        click.echo(
            f"{one.name:<20}   {median(one.delays):>6.2f}   {late:>6.2f}"
            f"   {median(one.storm):>19.0f}   {latest:>6.0f}"
        )
    click.echo(f"one raw commit of the same rows: p50 {commit:.2f} ms")
    ratio = median(ours.delays) / (median(floor.delays) + commit)
    click.echo(f"G16 p50 / (defer floor + one commit)   {ratio:.2f}   aim 1.5")


def main() -> None:
    """Compares; or, called by itself with a name, serves one contender."""
    if len(sys.argv) == 2:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run_bot(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        runner.run(compare(folder))


if __name__ == "__main__":
    main()

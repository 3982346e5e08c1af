"""The demo: a simulated Slack, the real Signoff, and programs that ask it, on this machine."""

import asyncio
import contextlib
import errno
import importlib.util
import random
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import click

from bot.errors import SignoffError
from config.policies import Queue, Rulebook
from config.reading import read_rulebook
from handlers.cli.demo.programs import Program, Programs
from handlers.cli.demo.scratch import Scratch
from handlers.cli.demo.world import BOT, DISCORD_BOT, PEOPLE, demo_world
from handlers.running import until_stopped
from localchat.server import Server

PORTS_TRIED = 50
READY_WITHIN = 45  # seconds until the doors answer; loaded machines are slow
HOST = "127.0.0.1"
LENT_FROM = 32_768  # ports from here on are lent to outgoing connections; Linux's default
CLICKING = ("ben", "carla", "dev", "elin", "farid")  # never Ann: she is the visitor


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller of `signoff demo` asked for."""

    folder: Path
    port: int
    people: int


async def run(wishes: Wishes) -> None:
    """Runs the demo until it is told to end.

    Raises:
        SignoffError: it cannot start; says why.
    """
    with Scratch(wishes.folder) as scratch:
        chat = await _open_chat(wishes.port)
        programs = Programs(scratch.logs)
        try:
            await _start(scratch, programs, chat, wishes)
            click.echo(_welcome(chat.url, wishes.folder))
            await until_stopped()
            click.echo("Closing…")
        finally:
            await programs.stop()
            await chat.stop()


async def _open_chat(wanted: int) -> Server:
    """The simulated Slack, on the wanted port or the next free one."""
    for port in range(wanted, wanted + PORTS_TRIED):
        chat = Server(demo_world(), host=HOST, port=port)
        try:
            await chat.start()
        except OSError as problem:
            await chat.stop()
            if problem.errno != errno.EADDRINUSE:
                raise
        else:
            if port != wanted:
                click.echo(f"Port {wanted} is taken, so this is port {port}.")
            return chat
    raise SignoffError(f"No port from {wanted} to {wanted + PORTS_TRIED - 1} is free.")


async def _start(scratch: Scratch, programs: Programs, chat: Server, wishes: Wishes) -> None:
    """Starts the doors and the programs; returns when the doors answer."""
    await asyncio.to_thread(scratch.prepare)
    api_port = _free_port(chat_port=int(chat.url.rpartition(":")[2]))
    api_url = f"http://{HOST}:{api_port}"
    await programs.start(_house(scratch, chat, api_port))
    for program in _producers(scratch, api_url):
        await programs.start(program)
    people = _people(wishes.people, read_rulebook(scratch.rules))
    if people:
        where = [str(scratch.folder), chat.url]
        await programs.start(Program("people", ["handlers.demo.reviewers", *where, *people]))
    await _answers(api_url, programs)


def _house(scratch: Scratch, chat: Server, api_port: int) -> Program:
    """Signoff itself; nothing but these settings differs from one for real Slack and Discord."""
    settings = {
        "SIGNOFF_DATABASE_URL": scratch.database_url,
        "SIGNOFF_CONFIG": str(scratch.rules),
        "SIGNOFF_HTTP_HOST": HOST,
        "SIGNOFF_HTTP_PORT": str(api_port),
        "SIGNOFF_SLACK_API_URL": f"{chat.url}/api/",
        "SLACK_BOT_TOKEN": BOT.bot_token,
        "SLACK_APP_TOKEN": BOT.app_token,
        "SLACK_SIGNING_SECRET": BOT.signing_secret,
        "SIGNOFF_DISCORD_API_URL": f"{chat.url}/api/v10/",
        "SIGNOFF_DISCORD_GATEWAY_URL": f"{chat.url.replace('http', 'ws', 1)}/gateway",
        "DISCORD_BOT_TOKEN": DISCORD_BOT.bot_token,
    }
    return Program("signoff", ["handlers.cli", "run"], settings)


def _producers(scratch: Scratch, api_url: str) -> Iterator[Program]:
    """The programs that ask: strangers, who know an address and a key."""
    for name, module, needs in (
        ("agent", "handlers.demo.agent", ()),
        ("digits", "handlers.demo.digits", ("PIL", "sklearn")),
        ("moderation", "handlers.demo.moderation", ("sklearn",)),
    ):
        missing = [need for need in needs if importlib.util.find_spec(need) is None]
        if missing:
            click.echo(f"No {name}: {', '.join(missing)} is missing. Install the extra `demo`.")
            continue
        access = {"SIGNOFF_URL": api_url, "SIGNOFF_API_KEY": scratch.keys[name]}
        yield Program(name, [module, str(scratch.folder)], access)


def _people(wanted: int, rulebook: Rulebook) -> list[str]:
    """The simulated people, with the channels where each reviews and decides."""
    if wanted > len(CLICKING):
        click.echo(f"There are {len(CLICKING)} simulated people who click; all of them do.")
    people = []
    for person in (rulebook.people[name] for name in CLICKING[: max(0, wanted)]):
        reviews = _channels(rulebook, person.id, lambda queue: queue.policy.reviewers)
        decides = _channels(rulebook, person.id, lambda queue: queue.policy.seniors)
        people.append(f"{person.slack}:{reviews}:{decides}")
    return people


def _channels(
    rulebook: Rulebook, person_id: str, listed: Callable[[Queue], tuple[str, ...]]
) -> str:
    """The channels of the queues that list a person, a comma between."""
    queues = rulebook.queues.values()
    theirs = (queue for queue in queues if person_id in rulebook.members(listed(queue)))
    return ",".join(queue.slack for queue in theirs if queue.slack)


async def _answers(api_url: str, programs: Programs) -> None:
    """Waits until the doors answer."""
    async with aiohttp.ClientSession() as session:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READY_WITHIN):
                while not await _is_healthy(session, api_url):
                    if why := programs.why_ended("signoff"):
                        raise SignoffError(f"Signoff did not start: {why}")
                    await asyncio.sleep(0.1)
                return
    raise SignoffError(
        f"Signoff did not answer within {READY_WITHIN} s; see {programs.log_of('signoff')}."
    )


async def _is_healthy(session: aiohttp.ClientSession, api_url: str) -> bool:
    try:
        async with session.get(f"{api_url}/healthz") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


def _free_port(chat_port: int) -> int:
    """A port for the HTTP API: the one after the page's, or one that nobody is given by chance."""
    others = random.sample(range(20_000, LENT_FROM), PORTS_TRIED)
    for port in (chat_port + 1, *others):
        if port < LENT_FROM:
            with contextlib.suppress(OSError), socket.create_server((HOST, port)):
                return port
    raise SignoffError("No port is free for the HTTP API.")


def _welcome(url: str, folder: Path) -> str:
    return (
        f"\nThe demo is open:  {url}\n\n"
        f"Open it in a browser and answer the cards; you are {PEOPLE[0].real_name}, "
        "and may act as anybody.\n"
        f"Ctrl-C ends it. Everything is kept in {folder}, with logs; delete it to begin anew."
    )

"""Whether cards can be posted in the queues' channels, and decided there."""

from collections.abc import AsyncIterator

from config.policies import Queue, Rulebook
from handlers.calls import CallError
from handlers.cli.doctor.discord_line import Line, as_object
from handlers.cli.doctor.discord_servers import Servers
from handlers.cli.doctor.findings import Area, Finding
from handlers.discord.api import RefusedError
from handlers.discord.blocks import Json
from handlers.discord.codes import UNKNOWN_CHANNEL
from handlers.discord.manifest import PERMISSIONS, invitation

CHANNELS = Area("Discord channels")
TEXT = frozenset((0, 2, 5, 13))  # types that take messages; Discord's docs, resources/channel
THREADS = frozenset((10, 11, 12))
MISSING_ACCESS = 50001  # source: Discord's docs, topics/opcodes-and-status-codes
VIEW, SEND, SEND_IN_THREADS = "View Channels", "Send Messages", "Send Messages in Threads"


async def check_channels(servers: Servers, rulebook: Rulebook) -> AsyncIterator[Finding]:
    """Each queue's channel; the servers that they are in become known."""
    for queue in rulebook.queues.values():
        if queue.discord:
            for finding in await _channel(servers, queue, rulebook):
                yield finding


async def _channel(servers: Servers, queue: Queue, rulebook: Rulebook) -> list[Finding]:
    line = servers.line
    try:
        channel = await line.get("/channels/{channel_id}", channel_id=str(queue.discord))
    except CallError as problem:
        return [_unreadable(problem, queue, line.application_ref)]
    name = f"#{channel.get('name') or queue.discord} of the queue {queue.name}"
    guild_ref = str(channel.get("guild_id") or "")
    if wrong_place := _misplaced(name, guild_ref, rulebook):
        return [wrong_place]
    server = await servers.at(guild_ref)
    if closed := _closed(channel, name):
        return [closed]
    if isinstance(server, CallError):
        return [
            CHANNELS.warn(
                f"What the bot may do in {name} is unknown: {server}.",
                "See the line about its server.",
            )
        ]
    try:
        place = await _place_of(line, channel)
        bits = server.bits_in(
            [as_object(each) for each in place.get("permission_overwrites") or ()]
        )
    except (CallError, TypeError, ValueError) as problem:
        return [
            CHANNELS.warn(f"What the bot may do in {name} is unknown: {problem}.", "Look later.")
        ]
    return _lacks(channel, name, bits) or [
        CHANNELS.ok(f"{name}, in {server.name}: the bot may do there what it needs.")
    ]


def _unreadable(problem: CallError, queue: Queue, application_ref: str) -> Finding:
    name = f"The channel {queue.discord} of the queue {queue.name}"
    if isinstance(problem, RefusedError) and problem.code == MISSING_ACCESS:
        return CHANNELS.fail(
            f"{name} is hidden from the bot, or in a server without it.",
            "In the channel: Edit Channel, Permissions, add the bot's role and allow View Channel. "
            f"To invite it: {invitation(application_ref)}",
        )
    if isinstance(problem, RefusedError) and problem.code == UNKNOWN_CHANNEL:
        return CHANNELS.fail(
            f"{name} does not exist.",
            f"Correct queues.{queue.name}.discord: in Discord switch Developer Mode on (settings, "
            "Advanced), then right-click the channel: Copy Channel ID.",
        )
    return CHANNELS.warn(f"{name} could not be checked: {problem}.", "Look later.")


def _misplaced(name: str, guild_ref: str, rulebook: Rulebook) -> Finding | None:
    """Why nobody could vote there, whatever the channel is."""
    if not guild_ref:
        return CHANNELS.fail(
            f"{name} is a direct message.", "Name a channel of a server: nobody else sees this one."
        )
    if rulebook.discord_guild in (None, guild_ref):
        return None
    return CHANNELS.fail(
        f"{name} is in the server {guild_ref}, and people.toml says discord_guild = "
        f"{rulebook.discord_guild}: nobody could vote there.",
        "Name a channel of that server, or correct discord_guild.",
    )


def _closed(channel: Json, name: str) -> Finding | None:
    """Why it takes no cards, whatever the bot may do there."""
    if channel.get("type", 0) not in TEXT | THREADS:
        return CHANNELS.fail(
            f"{name} takes no messages: it is a category or a forum.", "Name a text channel."
        )
    thread = as_object(channel.get("thread_metadata"))
    state = "locked" if thread.get("locked") else "archived"
    if not thread.get(state):
        return None
    return CHANNELS.fail(
        f"{name} is a thread, and {state}: no card can be posted or kept up to date.",
        "Open it again, or better name a channel: threads archive themselves when it is quiet.",
    )


async def _place_of(line: Line, channel: Json) -> Json:
    """Where a channel's permissions stand: a thread's, in the channel that it belongs to."""
    if channel.get("type") not in THREADS or not channel.get("parent_id"):
        return channel
    return await line.get("/channels/{channel_id}", channel_id=str(channel["parent_id"]))


def _lacks(channel: Json, name: str, bits: int) -> list[Finding]:
    unneeded = SEND if channel.get("type") in THREADS else SEND_IN_THREADS
    missing = [
        each for each, (bit, _) in PERMISSIONS.items() if each != unneeded and not bits & bit
    ]
    if VIEW in missing:
        missing = [VIEW]  # without it, all others are gone as well
    return [
        CHANNELS.fail(
            f"The bot lacks {each} in {name}. It is for this: {PERMISSIONS[each][1]}",
            f"In the channel: Edit Channel, Permissions, the bot's role: allow {each}.",
        )
        for each in missing
    ]

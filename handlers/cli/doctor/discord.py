"""What only Discord can say: token, app, commands and gateway, then its servers."""

from collections.abc import AsyncIterator

import aiohttp
import yarl

from config.policies import Rulebook
from config.settings import Settings
from handlers.app import read_clock
from handlers.calls import CallError
from handlers.cli.doctor.discord_channels import check_channels
from handlers.cli.doctor.discord_line import Line, as_object, open_line
from handlers.cli.doctor.discord_people import check_people
from handlers.cli.doctor.discord_servers import Servers, check_servers
from handlers.cli.doctor.findings import Area, Finding
from handlers.cli.doctor.skew import check_clock
from handlers.discord.api import RefusedError
from handlers.discord.gateway import STARTS_KEPT
from handlers.discord.manifest import manifest
from handlers.discord.registering import is_known

DISCORD = Area("Discord")
HELLO = 10  # source: Discord's docs, topics/opcodes-and-status-codes
HELLO_WITHIN = 10.0  # seconds
STARTS_LOW = 100  # of Discord's 1,000 a day
PRIVILEGED = {  # source: Discord's docs, resources/application, flags; each with its limited form
    "Presence": 1 << 12 | 1 << 13,
    "Server Members": 1 << 14 | 1 << 15,
    "Message Content": 1 << 18 | 1 << 19,
}
APP_PAGE = "At discord.com/developers/applications, your application"


async def check_discord(settings: Settings, rulebook: Rulebook | None) -> AsyncIterator[Finding]:
    """Everything about Discord; stops early where nothing more can be learnt."""
    async with open_line(settings) as line:
        try:
            me = await line.sign_in(settings.discord_bot_token.get_secret_value())
        except CallError as problem:
            yield _unusable(problem, settings)
            return
        yield DISCORD.ok(f"The bot token is that of {me.get('username') or me['id']}.")
        yield check_clock(DISCORD, line.date, read_clock())
        for finding in await _application(line):
            yield finding
        yield await _commands(line)
        yield await _gateway(line, settings.discord_gateway_url)
        yield await _starts(line)
        if rulebook:
            async for finding in _rules(line, rulebook):
                yield finding


async def _rules(line: Line, rulebook: Rulebook) -> AsyncIterator[Finding]:
    """Whether the channels, servers and accounts that the rules name are there."""
    servers = Servers(line)
    if rulebook.discord_guild:
        await servers.at(rulebook.discord_guild)
    async for finding in check_channels(servers, rulebook):
        yield finding
    for finding in check_servers(servers, rulebook):
        yield finding
    async for finding in check_people(servers, rulebook):
        yield finding


def _unusable(problem: CallError, settings: Settings) -> Finding:
    if isinstance(problem, RefusedError) and problem.is_token:
        return DISCORD.fail(
            "Discord does not take the bot token.",
            f"{APP_PAGE}, Bot, Reset Token; copy the new one into DISCORD_BOT_TOKEN.",
        )
    return DISCORD.fail(
        f"Discord cannot be asked: {problem}.",
        f"Check the network, and SIGNOFF_DISCORD_API_URL ({settings.discord_api_url}).",
    )


async def _application(line: Line) -> list[Finding]:
    """What the app's own page says; Discord sends clicks only where that page lets it."""
    try:
        app = await line.get("/applications/@me")
    except CallError as problem:
        return [DISCORD.warn(f"The app's settings could not be read: {problem}.", "Look later.")]
    line.application_ref = str(app.get("id") or line.application_ref)
    findings = []
    if app.get("interactions_endpoint_url"):
        findings.append(
            DISCORD.fail(
                "The app has an interactions endpoint: Discord sends every click there, none here.",
                f"{APP_PAGE}, General Information: empty Interactions Endpoint URL.",
            )
        )
    flags = int(app.get("flags") or 0)
    if unneeded := [name for name, bits in PRIVILEGED.items() if flags & bits]:
        findings.append(
            DISCORD.warn(
                f"The app has privileged intents that it does not need: {', '.join(unneeded)}.",
                f"{APP_PAGE}, Bot: switch them off.",
            )
        )
    if app.get("bot_require_code_grant"):
        findings.append(
            DISCORD.warn(
                "The app requires a code grant, so nobody can invite it.",
                f"{APP_PAGE}, Bot: switch Requires OAuth2 Code Grant off.",
            )
        )
    if not findings:
        findings.append(DISCORD.ok("The app has no privileged intents, and needs none."))
    if app.get("bot_public"):
        findings.append(
            DISCORD.ok("Anybody may invite the bot (Public Bot is on); nobody could vote there.")
        )
    return findings


async def _commands(line: Line) -> Finding:
    try:
        theirs = await line.api.commands(line.application_ref)
    except CallError as problem:
        return DISCORD.warn(f"The commands could not be read: {problem}.", "Look later.")
    ours = manifest()
    if isinstance(theirs, list) and is_known(ours, theirs):
        return DISCORD.ok("The commands are registered as `signoff manifest discord` prints them.")
    known = "other commands than ours" if theirs else "none of our commands yet"
    return DISCORD.warn(
        f"Discord knows {known}.",
        "Start `signoff discord` or `signoff run`: a start registers what has changed.",
    )


async def _gateway(line: Line, url: str) -> Finding:
    """Whether it greets us; no session begins by that."""
    address = yarl.URL(url).update_query(v="10", encoding="json")
    try:
        async with line.session.ws_connect(address) as socket:
            said = as_object(await socket.receive_json(timeout=HELLO_WITHIN))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, TypeError) as problem:
        return DISCORD.fail(
            f"The gateway does not answer: {type(problem).__name__}: no click would arrive.",
            f"Check the network, and SIGNOFF_DISCORD_GATEWAY_URL ({url}).",
        )
    if said.get("op") != HELLO:
        return DISCORD.fail(
            "What answers as the gateway is none.",
            f"Check SIGNOFF_DISCORD_GATEWAY_URL ({url}).",
        )
    return DISCORD.ok("The gateway answers.")


async def _starts(line: Line) -> Finding:
    """How often the bot may still begin a session today."""
    try:
        limit = as_object((await line.get("/gateway/bot")).get("session_start_limit"))
        left, hours = int(limit["remaining"]), float(limit["reset_after"]) / 3_600_000
    except (CallError, KeyError, TypeError, ValueError) as problem:
        return DISCORD.warn(f"The sessions left today could not be read: {problem}.", "Look later.")
    if left <= STARTS_KEPT:
        return DISCORD.fail(
            f"The bot may begin {left} more sessions; the last {STARTS_KEPT} are kept back.",
            f"It connects by itself in {hours:.1f} h. Find out what restarts it so often.",
        )
    if left <= STARTS_LOW:
        return DISCORD.warn(
            f"The bot may begin only {left} more sessions in the next {hours:.1f} h.",
            "Find out what restarts it so often: at none, Discord resets the token.",
        )
    return DISCORD.ok(f"The bot may begin {left} more sessions today.")

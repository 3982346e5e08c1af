"""The servers of the queues' channels: what the bot may do there, and what it should not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import discord

from config.policies import Rulebook
from handlers.calls import CallError
from handlers.cli.doctor.discord_line import NONE_OF_DISCORDS, Line, as_object
from handlers.cli.doctor.findings import Area, Finding
from handlers.discord.api import RefusedError
from handlers.discord.blocks import Json
from handlers.discord.manifest import PERMISSIONS, invitation

SERVERS = Area("Discord servers")
ADMINISTRATOR = 1 << 3  # source: Discord's docs, topics/permissions
ABSENT_CODES = frozenset((10004, 50001))  # unknown guild, missing access


@dataclass(frozen=True, slots=True)
class Server:
    """One server, and what our roles allow us there."""

    ref: str
    name: str
    bot_ref: str
    role_bits: Mapping[str, int]  # every role -> its permissions; @everyone has the server's id
    own_refs: frozenset[str]  # our roles, without @everyone

    @property
    def own_bits(self) -> int:
        """What our roles allow, without what everyone may do."""
        return _union(self.role_bits.get(ref, 0) for ref in self.own_refs)

    def bits_in(self, overwrites: Sequence[Json]) -> int:
        """What we may do in a channel. Source: Discord's docs, topics/permissions, overwrites."""
        allowed = self.role_bits.get(self.ref, 0) | self.own_bits
        if allowed & ADMINISTRATOR:
            return discord.Permissions.all().value
        for refs in ({self.ref}, self.own_refs, {self.bot_ref}):
            ours = [each for each in overwrites if str(each.get("id")) in refs]
            denied = _union(int(each.get("deny") or 0) for each in ours)
            allowed = allowed & ~denied | _union(int(each.get("allow") or 0) for each in ours)
        return allowed


@dataclass(slots=True)
class Servers:
    """The servers as they become known."""

    line: Line
    known: dict[str, Server | CallError] = field(default_factory=dict)

    async def at(self, guild_ref: str) -> Server | CallError:
        """The server, or why it cannot be read."""
        if guild_ref not in self.known:
            try:
                self.known[guild_ref] = await self._read(guild_ref)
            except CallError as problem:
                self.known[guild_ref] = problem
            except (KeyError, TypeError, ValueError):
                self.known[guild_ref] = CallError(NONE_OF_DISCORDS)
        return self.known[guild_ref]

    async def _read(self, guild_ref: str) -> Server:
        guild = await self.line.get("/guilds/{guild_id}", guild_id=guild_ref)
        roles = guild.get("roles")
        if not isinstance(roles, list) or not roles:
            raise CallError("it does not say which roles there are")
        own = as_object(await self.line.api.member(guild_ref, self.line.bot_ref))
        return Server(
            guild_ref,
            str(guild.get("name") or guild_ref),
            self.line.bot_ref,
            {str(each["id"]): int(each.get("permissions") or 0) for each in roles},
            frozenset(map(str, own.get("roles") or ())),
        )


def check_servers(servers: Servers, rulebook: Rulebook) -> list[Finding]:
    """Whether the bot is in each server that has become known, with no more rights than needed."""
    findings = []
    for ref, server in servers.known.items():
        if isinstance(server, RefusedError) and server.code in ABSENT_CODES:
            findings.append(
                SERVERS.fail(
                    f"The bot is not in the server {ref}.",
                    f"Correct discord_guild, or let an admin open "
                    f"{invitation(servers.line.application_ref)}",
                )
            )
        elif isinstance(server, CallError):
            findings.append(SERVERS.warn(f"{ref} could not be read: {server}.", "Look later."))
        else:
            findings.append(_excess(server))
    return findings + _role(servers, rulebook)


def _excess(server: Server) -> Finding:
    """What our roles allow beyond our needs and beyond what everyone may do there."""
    reinvite = "Server Settings, Roles, the bot's role: switch it off."
    if server.own_bits & ADMINISTRATOR:
        return SERVERS.warn(
            f"The bot is an Administrator of {server.name}: it needs none of that.", reinvite
        )
    needed = _union(bit for bit, _ in PERMISSIONS.values())
    excess = server.own_bits & ~needed & ~server.role_bits.get(server.ref, 0)
    if not excess:
        return SERVERS.ok(f"{server.name}: the bot is there, and may do no more than it needs.")
    names = [name.replace("_", " ") for name, has in discord.Permissions(excess) if has]
    return SERVERS.warn(
        f"The bot may do more in {server.name} than it needs: {', '.join(names)}.", reinvite
    )


def _role(servers: Servers, rulebook: Rulebook) -> list[Finding]:
    role_ref = rulebook.discord_role
    read = [server for server in servers.known.values() if isinstance(server, Server)]
    if not role_ref or not read or any(role_ref in server.role_bits for server in read):
        return []
    return [
        SERVERS.fail(
            f"people.toml says discord_role = {role_ref}, and there is no such role: nobody could "
            "vote.",
            "Correct discord_role: Server Settings, Roles, ⋯, Copy Role ID; or take the line out.",
        )
    ]


def _union(each: Iterable[int]) -> int:
    bits = 0
    for one in each:
        bits |= one
    return bits

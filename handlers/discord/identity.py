"""Who is acting, as Discord's own record says: it comes with each interaction, or is asked for.

Ids only: a name or a role's name proves nothing, and neither does being a server's administrator.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import discord

from bot.errors import UncheckedError
from bot.facts import Identity
from config.policies import Rulebook
from handlers.calls import CallError
from handlers.discord.api import Api, RefusedError
from handlers.discord.client import Client, Interaction

FRESH_FOR = timedelta(minutes=1)  # a member that was asked for; roles may change any minute
REMEMBERED = 10_000

PROGRAM = "Programs cannot vote."
OTHER_SERVER = "This is another server than the one whose people decide, so you cannot vote here."
NO_SERVER = (
    "A direct message belongs to no server, so it cannot be seen here that you are one of its "
    "people. Vote on the card in its channel, or type /review in the server."
)
NO_MEMBER = "You are not a member of the server whose people decide, so you cannot vote."
PENDING = "You have not accepted the server's rules yet, so you cannot vote."
TIMED_OUT = "The server has put you on a time-out, so you cannot vote."
NO_ROLE = "You do not have the role that may vote in this server, or no longer."
UNCHECKED = (
    "Discord did not tell us who you are just now. Your click was not counted; try again in a "
    "minute."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Account:
    """What an interaction says about whoever acted."""

    user_ref: str
    guild_ref: str = ""  # "" in a direct message
    channel_ref: str = ""
    role_refs: frozenset[str] = frozenset()
    is_program: bool = False
    is_pending: bool = False
    timed_out_until: datetime | None = None


class Identities:
    """Tells who acts. A direct message holds no member, so that one is asked for."""

    def __init__(
        self, client: Client, api: Api, rulebook: Rulebook, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._api = api
        self._now = now
        self._guild_ref = rulebook.discord_guild or ""
        self._role_ref = rulebook.discord_role or ""
        self._channels = {queue.discord for queue in rulebook.queues.values() if queue.discord}
        self._learnt: set[str] = set()  # servers that a queue's channel turned out to be in
        self._known: dict[str, tuple[Account, datetime]] = {}

    async def of(self, account: Account) -> Identity:
        """Who this is.

        Raises:
            UncheckedError: Discord could not be asked; fail closed.
        """
        if not account.guild_ref and self._guild_ref and not account.is_program:
            asked = await self._member(self._guild_ref, account.user_ref)
            if asked is None:
                return Identity("discord", account.user_ref, barred=NO_MEMBER)
            account = asked
        barred = self._bar(account)
        return Identity(
            "discord", account.user_ref, account.guild_ref, account.role_refs, barred=barred
        )

    def _bar(self, account: Account) -> str:
        """Why this account may not vote, "" when it may."""
        role_ref = self._role_ref
        bars = (
            (account.is_program, PROGRAM),
            (not account.guild_ref, NO_SERVER),
            (account.guild_ref not in self._homes(account), OTHER_SERVER),
            (account.is_pending, PENDING),
            (_is_ahead(account.timed_out_until, self._now()), TIMED_OUT),
            (bool(role_ref) and role_ref not in account.role_refs, NO_ROLE),
        )
        return next((why for applies, why in bars if applies), "")

    def _homes(self, account: Account) -> set[str]:
        """The servers whose people may vote."""
        if self._guild_ref:
            return {self._guild_ref}
        if account.channel_ref in self._channels:
            self._learnt.add(account.guild_ref)
        for channel_ref in self._channels:
            channel = self._client.get_channel(int(channel_ref))
            guild = getattr(channel, "guild", None)
            if guild is not None:
                self._learnt.add(str(guild.id))
        return self._learnt

    async def _member(self, guild_ref: str, user_ref: str) -> Account | None:
        """The member; None when they are none."""
        known = self._known.get(user_ref)
        if known and known[1] > self._now():
            return known[0]
        try:
            said = await self._api.member(guild_ref, user_ref)
        except RefusedError as problem:
            if problem.status == 404:
                return None
            raise _unchecked(problem, user_ref) from problem
        except CallError as problem:
            raise _unchecked(problem, user_ref) from problem
        account = _account_of(said, guild_ref, user_ref)
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[user_ref] = (account, self._now() + FRESH_FOR)
        return account


def account_in(interaction: Interaction) -> Account:
    """Whoever acted, as the interaction says."""
    actor = interaction.user
    member = actor if isinstance(actor, discord.Member) else None
    return Account(
        user_ref=str(actor.id),
        guild_ref=str(interaction.guild_id or ""),
        channel_ref=str(interaction.channel_id or ""),
        # as the interaction says it: `roles` leaves out those that are not in the cache
        role_refs=frozenset(map(str, member._roles)) if member else frozenset(),
        is_program=actor.bot or actor.system,
        is_pending=bool(member and member.pending),
        timed_out_until=member.timed_out_until if member else None,
    )


def _account_of(said: Mapping[str, Any], guild_ref: str, user_ref: str) -> Account:
    """A member as the REST interface says it; what it leaves out is not so."""
    until = said.get("communication_disabled_until")
    return Account(
        user_ref=user_ref,
        guild_ref=guild_ref,
        role_refs=frozenset(map(str, said.get("roles") or ())),
        is_program=bool((said.get("user") or {}).get("bot")),
        is_pending=bool(said.get("pending")),
        timed_out_until=datetime.fromisoformat(until).astimezone(UTC) if until else None,
    )


def _is_ahead(instant: datetime | None, now: datetime) -> bool:
    return instant is not None and instant > now


def _unchecked(problem: CallError, user_ref: str) -> UncheckedError:
    log.warning("a member could not be looked up: %s", problem)
    return UncheckedError(UNCHECKED, "discord", user_ref)

"""discord.py, told what to hear: clicks, windows and commands, and nothing that people write."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from re import Match
from typing import Any, Self

import discord
from discord.utils import MISSING

from bot import buttons
from handlers.discord import gaps
from handlers.discord.api import Http
from handlers.discord.blocks import Json

NET_AFTER = 0.05  # seconds that a click has to find its button before it is taken without
GREETINGS = frozenset(("READY", "RESUMED"))  # a new session, or the old one going on
REMEMBERED = 10_000  # interactions; one that is dispatched twice is answered once

log = logging.getLogger(__name__)
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here

Interaction = discord.Interaction[Any]
Ear = Callable[[Interaction], Awaitable[None]]


def intents() -> discord.Intents:
    """What the gateway sends us: which servers, channels and roles there are. No message's text."""
    return discord.Intents(guilds=True)


class Client(discord.Client):
    """The bot. What it hears goes to one function; what it cannot read, to another."""

    def __init__(self, base: str, hear: Ear, give_up_on: Callable[[Json], None]) -> None:
        super().__init__(
            intents=intents(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.http: Http = Http(self.loop, base)
        self._connection.http = self.http
        self._hear = hear
        self._give_up_on = give_up_on
        self._taken: OrderedDict[int, None] = OrderedDict()
        self.greeted = asyncio.Event()  # once the gateway has taken us
        self.when_greeted: Callable[[], None] = lambda: None  # called at each READY and RESUMED
        self.application_ref = ""
        for event, parse in self._connection.parsers.items():
            self._connection.parsers[event] = self._contained(event, parse)
        self.add_dynamic_items(OurButton)

    async def sign_in(self, token: str) -> None:
        """Shows the token to the REST interface.

        Raises:
            discord.LoginFailure: it is not taken.
            discord.DiscordException: Discord does not say.
        """
        await self._async_setup_hook()
        me = await self.http.static_login(token)
        try:
            about: Json = dict(await self.http.application_info())
        except discord.HTTPException:
            about = dict(me)  # one and the same id for every newer application
        self.application_ref = str(about.get("id") or me["id"])

    async def sign_out(self) -> None:
        """Forgets a session that did not come to be."""
        await self.http.close()
        self.http.connector = MISSING

    async def take(self, interaction: Interaction) -> None:
        """Hears an interaction once, however often and by whichever way it comes."""
        if interaction.id in self._taken:
            return
        self._taken[interaction.id] = None
        if len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)
        await self._hear(interaction)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Everything but our buttons; and those too, when discord.py does not find them."""
        if interaction.type is discord.InteractionType.component:
            await asyncio.sleep(NET_AFTER)
        await self.take(interaction)

    async def on_connect(self) -> None:
        """A new session."""
        self.greeted.set()

    async def on_resumed(self) -> None:
        """The old session goes on."""
        self.greeted.set()

    def _contained(self, event: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """A parser whose failure costs one event, and not the connection."""

        def parsed(payload: Any) -> Any:
            try:
                if event == "INTERACTION_CREATE":
                    gaps.fill(payload)
                if event in GREETINGS:
                    self.when_greeted()
                return parse(payload)
            except Exception:
                log.exception("Discord: an event %s cannot be read", event)
                if event == "INTERACTION_CREATE" and isinstance(payload, dict):
                    self._give_up_on(payload)
                return None

        return parsed


class OurButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=buttons.PATTERN):
    """Any button of ours, of whatever age: what it means is in its id."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: Interaction,  # noqa: ARG003  the signature is discord.py's
        item: discord.ui.Item[Any],
        match: Match[str],  # noqa: ARG003  as above
        /,
    ) -> Self:
        """The button that was clicked."""
        assert isinstance(item, discord.ui.Button)  # noqa: S101  the template is one of buttons
        return cls(item)

    async def callback(self, interaction: Interaction) -> None:
        """It was clicked."""
        await interaction.client.take(interaction)

"""A Discord for tests: `chat.discord` of a `LocalChat`.

discord.http.Route.BASE = chat.discord.api_url
...  # start a bot with chat.discord.bot_token
outcome = await chat.discord.click("vote:yes", user=AMARA, message=message_id)
assert outcome.ok
"""

from collections.abc import Mapping
from typing import Any

from localchat.clock import Clock
from localchat.discord.faults import Fault
from localchat.discord.filling import WrongEntryError
from localchat.discord.gateway.door import DropHow
from localchat.discord.gateway.events import Event
from localchat.discord.options import Options
from localchat.discord.outcomes import Outcome, refusal
from localchat.discord.request_log import Request
from localchat.discord.service import Discord
from localchat.discord.staging import Staging
from localchat.discord.world import Application, DiscordWorld
from localchat.wire import Json


class DiscordChat(Staging):
    """Discord, and its control API as methods."""

    def __init__(self, world: DiscordWorld, options: Options, clock: Clock) -> None:
        self.service = Discord(world, options, clock)
        self.url = ""

    def listens_at(self, base_url: str) -> None:
        """Say under which address the server was started."""
        self.url = base_url
        self.service.listens_at(base_url)

    @property
    def application(self) -> Application:
        """The bot's application."""
        return self.service.workspace.application

    @property
    def application_id(self) -> str:
        """The application's id."""
        return self.application.id

    @property
    def bot_user_id(self) -> str:
        """The bot's user id."""
        return self.application.bot_user_id

    @property
    def bot_token(self) -> str:
        """The bot's token."""
        return self.application.bot_token

    @property
    def public_key(self) -> str:
        """The application's public key, in hexadecimal."""
        return self.application.public_key

    @property
    def api_url(self) -> str:
        """Where REST is, without a slash at the end: discord.py's `Route.BASE`."""
        return f"{self.url}/api/v10"

    @property
    def gateway_url(self) -> str:
        """Where the gateway is: discord.py's `DEFAULT_GATEWAY`."""
        return self.service.gateway_url

    async def click(
        self,
        custom_id: str,
        *,
        user: str,
        message: str,
        values: object = None,
        times: int = 1,
        late_by: float = 0.0,
    ) -> Outcome:
        """Use a button or menu of a message (its id), ephemeral or not.

        Args:
            custom_id: the component's id.
            user: who clicks.
            message: the message's id.
            values: for menus, what is chosen: a value, an id, or a list of them.
            times: how often the same interaction is dispatched.
            late_by: seconds it is held back.
        """
        acting = self.service.acting
        try:
            return await acting.click(
                user, message, custom_id, values, times=times, late_by=late_by
            )
        except WrongEntryError as error:
            return refusal("invalid_entry", str(error))

    async def command(
        self, name: str, *, user: str, channel: str, options: Mapping[str, object] | None = None
    ) -> Outcome:
        """Use a slash command: `chat.discord.command("review show", options={"item": "7"})`."""
        try:
            return await self.service.acting.command(user, channel, name, options or {})
        except WrongEntryError as error:
            return refusal("invalid_entry", str(error))

    async def autocomplete(
        self,
        name: str,
        *,
        user: str,
        channel: str,
        option: str,
        typed: object = "",
        options: Mapping[str, object] | None = None,
    ) -> list[Json]:
        """Type into an option of a slash command; the choices that the bot offers.

        Raises:
            TimeoutError: it offered none in time.
        """
        outcome = await self.service.acting.autocomplete(
            user, channel, name, option, typed, options or {}
        )
        if not outcome.ok:
            raise TimeoutError(outcome.message)
        return list((outcome.response or {}).get("choices") or ())

    async def context_menu(
        self, name: str, *, user: str, channel: str, message: str = "", target: str = ""
    ) -> Outcome:
        """Use a command from the menu of a message, or of a person (`target`)."""
        return await self.service.acting.context_menu(
            user, channel, name, message_id=message, target=target
        )

    async def submit_modal(
        self, values: Mapping[str, object] | None = None, *, user: str
    ) -> Outcome:
        """Fill in (by custom_id) and submit the form that a person has open."""
        try:
            return await self.service.acting.submit(user, values or {})
        except WrongEntryError as error:
            return refusal("invalid_entry", str(error))

    def close_modal(self, *, user: str) -> None:
        """Close the form that a person has open; nobody is told."""
        self.service.modals.close(user)

    async def say(self, text: str, *, user: str, channel: str, reply_to: str = "") -> Outcome:
        """Post a message; it is in `outcome.response`."""
        return self.service.talking.say(user, channel, text, reply_to)

    async def react(self, emoji: str, *, user: str, message: str) -> Outcome:
        """Add a reaction, or take it back."""
        return self.service.talking.react(user, message, emoji)

    def direct_channel(self, user: str) -> str:
        """The id of the direct messages between a person and the bot; opened if need be."""
        return self.service.workspace.open_direct_messages(user, self.bot_user_id).id

    def messages(self, channel: str) -> list[Json]:
        """A channel's messages, oldest first."""
        shown = self.service.workspace.places[channel].messages.values()
        return [self.service.posting.json(message) for message in shown]

    def message(self, message: str) -> Json:
        """One message, ephemeral or not."""
        return self.service.posting.json(self.find(message))

    def direct_messages(self, user: str) -> list[Json]:
        """What the bot and a person have written to each other."""
        place = self.service.workspace.direct_messages(user, self.bot_user_id)
        return self.messages(place.id) if place else []

    def ephemerals(self, user: str) -> list[Json]:
        """The ephemeral messages that a person sees, oldest first."""
        shown = self.service.posting.ephemerals.get(user, {}).values()
        return [self.service.posting.json(message) for message in shown]

    def modals(self, user: str) -> list[Json]:
        """The form that a person has open, if any."""
        modal = self.service.modals.of(user)
        return [modal.as_json()] if modal else []

    def commands(self, guild: str = "") -> list[Json]:
        """The registered commands: global ones, or a guild's own."""
        return self.service.commands.all(guild)

    def requests(self, pattern: str = "*") -> list[Request]:
        """REST requests so far: `chat.discord.requests("POST /channels/*/messages")`."""
        return self.service.requests.of(pattern)

    def connection_count(self) -> int:
        """How many gateway connections have a session."""
        sessions = self.service.dispatching.sessions.values()
        return sum(1 for session in sessions if session.connection)

    @property
    def invalid_request_count(self) -> int:
        """Answers of 401, 403 and 429 in these ten minutes."""
        return self.service.rate_limits.invalid_count

    def fault(self, kind: str, target: str = "*", **details: Any) -> Fault:
        """Make something go wrong: `fault("error", "PATCH /channels/*", code=30046, count=1)`."""
        return self.service.faults.add(Fault(kind, target, **details))  # type: ignore[arg-type]

    def heal(self) -> None:
        """End all faults."""
        self.service.faults.clear()

    async def drop(self, how: DropHow = "abort", count: int | None = None, code: int = 4000) -> int:
        """End gateway connections (or ask for it: op 7, op 9); how many."""
        return await self.service.gateway.drop(how, count, code)

    def refuse_connections(self, for_seconds: float) -> None:
        """Turn new gateway connections away for a while."""
        self.service.gateway.refuse_for(for_seconds)

    def dispatch(self, name: str, data: Json, guild: str = "") -> None:
        """Send an event of one's own making to every session."""
        self.service.dispatching.send(Event(name, data, guild))

    async def reset(self) -> None:
        """Begin again with the world that the server was started with."""
        await self.service.reset()

import asyncio
from collections.abc import Mapping

from localchat.discord import filling, permissions
from localchat.discord.commands import Commands
from localchat.discord.gateway.dispatching import Dispatching
from localchat.discord.guild import GuildState
from localchat.discord.interactions import Callback, Interaction, Interactions
from localchat.discord.messages import Message
from localchat.discord.modals import Modals
from localchat.discord.options import Options
from localchat.discord.outcomes import FAILED, SILENCE, TROUBLE, Outcome, refusal
from localchat.discord.payloads import Payloads
from localchat.discord.place import Place
from localchat.discord.posting import Posting
from localchat.discord.rules import parts
from localchat.discord.rules.callbacks import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    MODAL,
    SUBMISSION,
)
from localchat.discord.rules.commands import CHAT_INPUT, MESSAGE, USER
from localchat.discord.rules.components import find
from localchat.discord.workspace import Workspace
from localchat.wire import Json


class Acting:
    """What people do that the app must answer: clicks, commands, forms."""

    def __init__(
        self,
        workspace: Workspace,
        posting: Posting,
        commands: Commands,
        interactions: Interactions,
        modals: Modals,
        dispatching: Dispatching,
        options: Options,
    ) -> None:
        self._workspace = workspace
        self._posting = posting
        self._commands = commands
        self._interactions = interactions
        self._modals = modals
        self._dispatching = dispatching
        self._options = options
        self._payloads = Payloads(workspace, options)

    async def click(
        self,
        person_id: str,
        message_id: str,
        custom_id: str,
        values: object = None,
        *,
        times: int = 1,
        late_by: float = 0.0,
    ) -> Outcome:
        """Use a button or menu of a message.

        Args:
            person_id: who does.
            message_id: of the message, ephemeral or not.
            custom_id: of the component.
            values: for menus, what is chosen: a value, an id, or a list of them.
            times: how often the same interaction is dispatched.
            late_by: seconds that it is held back.
        """
        message = self._posting.find(person_id, message_id)
        if message is None:
            return refusal("message_not_found", f"{person_id} sees no message {message_id}.")
        component = find(message.components, custom_id)
        if component is None:
            return refusal("component_not_found", f"The message has nothing called {custom_id!r}.")
        if component.get("disabled"):
            return refusal("disabled", "It is disabled.")
        data: Json = {"custom_id": custom_id, "component_type": component["type"]}
        if component["type"] in parts.SELECTS:
            data["values"] = filling.menu_values(component, values)
            if component["type"] != parts.STRING_SELECT:
                data["resolved"] = self._payloads.resolved(data["values"], message.place)
        interaction = self._begin(COMPONENT, person_id, message.place, message)
        interaction.metadata["interacted_message_id"] = message.id
        payload = self._payloads.interaction(interaction, data)
        payload["message"] = self._posting.view.json(message)
        if late_by:
            await asyncio.sleep(late_by)
        return await self._ask(interaction, payload, FAILED, times)

    async def command(
        self, person_id: str, place_id: str, name: str, given: Mapping[str, object]
    ) -> Outcome:
        """Use a slash command: `review next`, with what was entered for its options."""
        words = name.removeprefix("/").split()
        place, found = self._usable(person_id, place_id, CHAT_INPUT, words[0])
        if place is None or found is None:
            return refusal("unknown_command", f"{person_id} has no command /{words[0]} here.")
        options = filling.options_of(found, words[1:], given)
        data = self._command_data(found, options, place)
        return await self._run(COMMAND, person_id, place, data)

    async def autocomplete(
        self,
        person_id: str,
        place_id: str,
        name: str,
        option: str,
        typed: object,
        given: Mapping[str, object],
    ) -> Outcome:
        """Type into an option of a slash command; the choices are in the outcome's response."""
        words = name.removeprefix("/").split()
        place, found = self._usable(person_id, place_id, CHAT_INPUT, words[0])
        if place is None or found is None:
            return refusal("unknown_command", f"{person_id} has no command /{words[0]} here.")
        options = filling.options_of(found, words[1:], {**given, option: typed}, option)
        data = self._command_data(found, options, place)
        return await self._run(AUTOCOMPLETE, person_id, place, data)

    async def context_menu(
        self, person_id: str, place_id: str, name: str, *, message_id: str = "", target: str = ""
    ) -> Outcome:
        """Use a command from the menu of a message, or of a person."""
        kind = MESSAGE if message_id else USER
        place, found = self._usable(person_id, place_id, kind, name)
        if place is None or found is None:
            return refusal("unknown_command", f"{person_id} has no command {name!r} here.")
        data: Json = {"id": found["id"], "name": found["name"], "type": kind}
        if message_id:
            message = self._posting.find(person_id, message_id)
            if message is None:
                return refusal("message_not_found", f"{person_id} sees no message {message_id}.")
            shown = self._posting.view.json(message)
            data |= {"target_id": message_id, "resolved": {"messages": {message_id: shown}}}
        else:
            data |= {"target_id": target, "resolved": self._payloads.resolved([target], place)}
        return await self._run(COMMAND, person_id, place, data)

    async def submit(self, person_id: str, values: Mapping[str, object]) -> Outcome:
        """Fill in and submit the form that a person has open; it stays open when that fails."""
        modal = self._modals.of(person_id)
        if modal is None:
            return refusal("modal_not_found", f"{person_id} has no form open.")
        components = filling.submitted(modal.components, values)
        origin = modal.origin
        interaction = self._begin(SUBMISSION, person_id, origin.place, origin.source)
        interaction.metadata["triggering_interaction_metadata"] = origin.metadata
        chosen = [v for c in components for v in (c.get("component") or {}).get("values") or ()]
        data: Json = {"custom_id": modal.custom_id, "components": components, "resolved": {}}
        data["resolved"] = self._payloads.resolved(chosen, origin.place)
        payload = self._payloads.interaction(interaction, data)
        if origin.source:
            payload["message"] = self._posting.view.json(origin.source)
        outcome = await self._ask(interaction, payload, TROUBLE)
        if outcome.ok and self._modals.of(person_id) is modal:
            self._modals.close(person_id)
        return outcome

    def commands_for(self, person_id: str, place: Place) -> list[Json]:
        """The commands that a person can choose from in a place."""
        known = self._commands.visible(place.guild_id)
        return [each for each in known if self._may_use(person_id, place, each)]

    def _command_data(self, found: Json, options: list[Json], place: Place) -> Json:
        data: Json = {"id": found["id"], "name": found["name"], "type": found["type"]}
        if options:
            data["options"] = options
        if "guild_id" in found:
            data["guild_id"] = found["guild_id"]
        if named := filling.references(options):
            data["resolved"] = self._payloads.resolved(named, place)
        return data

    def _usable(
        self, person_id: str, place_id: str, kind: int, name: str
    ) -> tuple[Place | None, Json | None]:
        place = self._workspace.places.get(place_id)
        if place is None or not self._workspace.may_read(person_id, place):
            return None, None
        found = self._commands.find(place.guild_id, kind, name)
        if found is None or not self._may_use(person_id, place, found):
            return place, None
        return place, found

    def _may_use(self, person_id: str, place: Place, command: Json) -> bool:
        if place.guild is None:
            in_dms = command.get("contexts") is None or 1 in command["contexts"]
            is_with_bot = self._workspace.bot_id in place.recipients
            return is_with_bot and in_dms and command.get("dm_permission", False)
        allowed = self._workspace.may(person_id, place)
        needed = command.get("default_member_permissions")
        if needed is None:
            return bool(allowed & permissions.USE_APPLICATION_COMMANDS)
        if int(needed) == 0:
            return allowed == permissions.ALL
        return allowed & int(needed) == int(needed)

    def _begin(
        self, kind: int, person_id: str, place: Place, source: Message | None = None
    ) -> Interaction:
        interaction = self._interactions.new(kind, person_id, place, source)
        interaction.metadata = self._payloads.metadata(interaction)
        return interaction

    async def _run(self, kind: int, person_id: str, place: Place, data: Json) -> Outcome:
        interaction = self._begin(kind, person_id, place)
        payload = self._payloads.interaction(interaction, data)
        return await self._ask(interaction, payload, SILENCE)

    async def _ask(
        self, interaction: Interaction, payload: Json, silence: str, times: int = 1
    ) -> Outcome:
        """Dispatch an interaction and wait for the app's callback."""
        for _ in range(times):
            self._dispatching.interact(payload, interaction.place.guild_id)
        try:
            async with asyncio.timeout(self._options.callback_within):
                callback = await asyncio.shield(interaction.answer)
        except TimeoutError:
            interaction.is_given_up = True
            return Outcome(False, "no_callback", silence)
        return Outcome(True, "", "", callback.ms, callback.type, self._response(callback))

    def _response(self, callback: Callback) -> Json | None:
        if callback.type in (CHOICES, MODAL):
            return callback.body
        return self._posting.json(callback.message) if callback.message else None


def member_guild(workspace: Workspace, person_id: str, guild_id: str = "") -> GuildState:
    """The guild that is meant: the named one, or the first that the person is in.

    Raises:
        KeyError: there is none.
    """
    if guild_id:
        return workspace.guilds[guild_id]
    for guild in workspace.guilds.values():
        if person_id in guild.members:
            return guild
    raise KeyError(f"{person_id} is in no guild.")

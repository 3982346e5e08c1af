"""The data of INTERACTION_CREATE, and what messages tell of the interaction they answer."""

from localchat.discord.interactions import Interaction
from localchat.discord.options import Options
from localchat.discord.place import Place
from localchat.discord.workspace import Workspace
from localchat.wire import Json

IN_GUILD, IN_BOT_DM, IN_PRIVATE = 0, 1, 2  # contexts
GUILD_INSTALL = "0"  # a key of authorizing_integration_owners


class Payloads:
    """Builds what the app receives."""

    def __init__(self, workspace: Workspace, options: Options) -> None:
        self._workspace = workspace
        self._options = options

    def interaction(self, interaction: Interaction, data: Json) -> Json:
        """An interaction with its data."""
        workspace, place = self._workspace, interaction.place
        person_id = interaction.person_id
        payload: Json = {
            "version": 1,
            "type": interaction.kind,
            "token": interaction.token,
            "id": interaction.id,
            "application_id": workspace.application.id,
            "data": data,
            "channel": self._workspace.place_json(place),
            "channel_id": place.id,
            "app_permissions": str(workspace.may(workspace.bot_id, place)),
            "attachment_size_limit": self._options.file_max,
            "authorizing_integration_owners": owners(place),
            "entitlements": [],
            "locale": workspace.people[person_id].locale,
            "context": context(place, workspace.bot_id),
        }
        if place.guild:
            member = workspace.member(place.guild, person_id)
            member["permissions"] = str(workspace.may(person_id, place))
            payload["member"] = member
            payload["guild_id"] = place.guild_id
            payload["guild_locale"] = "en-GB"
            payload["guild"] = {"id": place.guild_id, "locale": "en-GB", "features": []}
        else:
            payload["user"] = workspace.user(person_id)
        return payload

    def metadata(self, interaction: Interaction) -> Json:
        """What messages that answer it say about it."""
        return {
            "id": interaction.id,
            "type": interaction.kind,
            "user": self._workspace.user(interaction.person_id),
            "authorizing_integration_owners": owners(interaction.place),
        }

    def resolved(self, ids: list[str], place: Place) -> Json:
        """Users, members, roles and channels behind ids."""
        workspace, guild = self._workspace, place.guild
        found: Json = {}
        for each in ids:
            if each in workspace.people:
                found.setdefault("users", {})[each] = workspace.user(each)
                if guild and each in guild.members:
                    member = workspace.member(guild, each)
                    del member["user"], member["deaf"], member["mute"]
                    member["permissions"] = str(workspace.may(each, place))
                    found.setdefault("members", {})[each] = member
            elif guild and each in guild.roles:
                found.setdefault("roles", {})[each] = workspace.role(guild, each)
            elif each in workspace.places:
                found.setdefault("channels", {})[each] = self._resolved_channel(each)
        return found

    def _resolved_channel(self, place_id: str) -> Json:
        place = self._workspace.places[place_id]
        return {
            "id": place.id,
            "type": place.type,
            "name": place.name,
            "permissions": str(self._workspace.may(self._workspace.bot_id, place)),
        }


def owners(place: Place) -> Json:
    """On whose behalf the app was installed: the guild's, or nobody's in direct messages."""
    return {GUILD_INSTALL: place.guild_id or "0"}


def context(place: Place, bot_id: str) -> int:
    """Where an interaction happens."""
    if place.guild:
        return IN_GUILD
    return IN_BOT_DM if bot_id in place.recipients else IN_PRIVATE

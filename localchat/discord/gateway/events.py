"""What happens, as gateway events: names, intents and payloads."""

from collections.abc import Callable
from dataclasses import dataclass

from localchat.discord import permissions
from localchat.discord.changes import Change
from localchat.discord.gateway import intents
from localchat.discord.guild import GuildState, guild_json, role_json
from localchat.discord.messages import HIDDEN, MessageView
from localchat.discord.times import iso
from localchat.discord.workspace import Workspace
from localchat.wire import Json


@dataclass(slots=True)
class Event:
    """One dispatch, before each session gets its copy."""

    name: str
    data: Json
    guild_id: str
    intent: int = 0  # 0: everybody gets it
    without_content: Json | None = None  # for sessions without MESSAGE_CONTENT

    def for_session(self, session_intents: int) -> Json:
        """What a session with these intents may see of it."""
        if self.without_content and not session_intents & intents.MESSAGE_CONTENT:
            return self.without_content
        return self.data


class Events:
    """Turns changes into events."""

    def __init__(self, workspace: Workspace, view: MessageView) -> None:
        self._workspace = workspace
        self._view = view
        self._makers: dict[str, Callable[[Change], Event | None]] = {
            "message": self._message,
            "message_changed": self._message,
            "message_deleted": self._message_deleted,
            "reaction_added": self._reaction,
            "reaction_removed": self._reaction,
            "typing": self._typing,
            "channel_added": self._channel,
            "channel_changed": self._channel,
            "channel_deleted": self._channel,
            "thread_added": self._channel,
            "thread_changed": self._channel,
            "role_added": self._role,
            "role_changed": self._role,
            "role_deleted": self._role,
            "member_added": self._member,
            "member_changed": self._member,
            "member_removed": self._member,
        }

    def of(self, change: Change) -> Event | None:
        """The event that tells the bot of a change; None when it is not told."""
        make = self._makers.get(change.kind)
        if make is None or (change.place and not self._sees(change)):
            return None
        return make(change)

    def ready(self, session_id: str, gateway_url: str, shard: tuple[int, int]) -> Json:
        """The data of READY."""
        application = self._workspace.application
        return {
            "v": 10,
            "user": self.self_user(),
            "guilds": [{"id": guild.id, "unavailable": True} for guild in self.guilds_of_the_bot()],
            "session_id": session_id,
            "resume_gateway_url": gateway_url,
            "shard": list(shard),
            "application": {
                "id": application.id,
                "flags": application.flags,
                "flags_new": str(application.flags),
            },
        }

    def self_user(self) -> Json:
        """The bot's own user, with what only it sees."""
        more = {"bot": True, "mfa_enabled": True, "verified": True, "email": None}
        return self._workspace.user(self._workspace.bot_id) | more

    def guilds_of_the_bot(self) -> list[GuildState]:
        """The guilds it is a member of."""
        bot_id = self._workspace.bot_id
        return [guild for guild in self._workspace.guilds.values() if bot_id in guild.members]

    def guild_created(self, guild: GuildState, session_intents: int) -> Json:
        """The data of GUILD_CREATE; without presences only the bot itself is among the members."""
        workspace = self._workspace
        bot_id = workspace.bot_id
        everybody = session_intents & intents.GUILD_PRESENCES
        members = list(guild.members) if everybody else [bot_id]
        return guild_json(guild, bot_id) | {
            "joined_at": iso(guild.members[bot_id].joined_at),
            "large": False,
            "unavailable": False,
            "member_count": len(guild.members),
            "members": [workspace.member(guild, each) for each in members],
            "channels": [
                workspace.place_json(place)
                for place in guild.channels.values()
                if workspace.may(bot_id, place) & permissions.VIEW_CHANNEL
            ],
            "threads": [
                workspace.place_json(place)
                for place in guild.threads.values()
                if not place.is_archived and workspace.may_read(bot_id, place)
            ],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def _sees(self, change: Change) -> bool:
        place = change.place
        if place is None or change.kind == "channel_deleted":
            return True
        return self._workspace.may_read(self._workspace.bot_id, place)

    def _event(self, change: Change, name: str, data: Json, guild: int, direct: int = 0) -> Event:
        guild_id = change.guild.id if change.guild else ""
        if guild_id:
            data["guild_id"] = guild_id
        return Event(name, data, guild_id, guild if guild_id else direct)

    def _message(self, change: Change) -> Event | None:
        if change.message is None:
            return None
        name = "MESSAGE_CREATE" if change.kind == "message" else "MESSAGE_UPDATE"
        data = self._view.event(change.message)
        event = self._event(change, name, data, intents.GUILD_MESSAGES, intents.DIRECT_MESSAGES)
        if self._view.is_private(change.message):
            event.without_content = data | HIDDEN
        return event

    def _message_deleted(self, change: Change) -> Event | None:
        if change.message is None or change.place is None:
            return None
        data: Json = {"id": change.message.id, "channel_id": change.place.id}
        return self._event(
            change, "MESSAGE_DELETE", data, intents.GUILD_MESSAGES, intents.DIRECT_MESSAGES
        )

    def _reaction(self, change: Change) -> Event | None:
        if change.message is None or change.place is None:
            return None
        is_added = change.kind == "reaction_added"
        data: Json = {
            "user_id": change.person_id,
            "channel_id": change.place.id,
            "message_id": change.message.id,
            "emoji": {"id": None, "name": change.ref},
            "burst": False,
            "type": 0,
        }
        if is_added and change.guild and change.person_id in change.guild.members:
            data["member"] = self._workspace.member(change.guild, change.person_id)
        name = "MESSAGE_REACTION_ADD" if is_added else "MESSAGE_REACTION_REMOVE"
        wanted = (intents.GUILD_MESSAGE_REACTIONS, intents.DIRECT_MESSAGE_REACTIONS)
        return self._event(change, name, data, *wanted)

    def _typing(self, change: Change) -> Event | None:
        if change.place is None:
            return None
        data: Json = {
            "channel_id": change.place.id,
            "user_id": change.person_id,
            "timestamp": int(self._workspace.clock.now()),
        }
        wanted = (intents.GUILD_MESSAGE_TYPING, intents.DIRECT_MESSAGE_TYPING)
        return self._event(change, "TYPING_START", data, *wanted)

    def _channel(self, change: Change) -> Event | None:
        if change.place is None or change.guild is None:
            return None  # bots are not told of new direct messages
        what = "THREAD" if change.place.kind == "thread" else "CHANNEL"
        verb = {"added": "CREATE", "changed": "UPDATE", "deleted": "DELETE"}
        name = f"{what}_{verb[change.kind.split('_')[1]]}"
        data = self._workspace.place_json(change.place)
        if name == "THREAD_CREATE":
            data["newly_created"] = True
        return self._event(change, name, data, intents.GUILDS)

    def _role(self, change: Change) -> Event | None:
        if change.guild is None:
            return None
        if change.kind == "role_deleted":
            data: Json = {"role_id": change.ref}
            return self._event(change, "GUILD_ROLE_DELETE", data, intents.GUILDS)
        role = role_json(change.guild.roles[change.ref], self._workspace.application.id)
        name = "GUILD_ROLE_CREATE" if change.kind == "role_added" else "GUILD_ROLE_UPDATE"
        return self._event(change, name, {"role": role}, intents.GUILDS)

    def _member(self, change: Change) -> Event | None:
        if change.guild is None:
            return None
        is_bot = change.person_id == self._workspace.bot_id
        if change.kind == "member_removed":
            if is_bot:
                return Event("GUILD_DELETE", {"id": change.guild.id}, change.guild.id)
            data: Json = {"user": self._workspace.user(change.person_id)}
            return self._event(change, "GUILD_MEMBER_REMOVE", data, intents.GUILD_MEMBERS)
        if is_bot and change.kind == "member_added":
            created = self.guild_created(change.guild, 0)
            return Event("GUILD_CREATE", created, change.guild.id, intents.GUILDS)
        data = self._workspace.member(change.guild, change.person_id)
        if change.kind == "member_added":
            return self._event(change, "GUILD_MEMBER_ADD", data, intents.GUILD_MEMBERS)
        wanted = 0 if is_bot else intents.GUILD_MEMBERS
        return self._event(change, "GUILD_MEMBER_UPDATE", data, wanted)

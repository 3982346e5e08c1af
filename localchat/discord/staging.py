"""What tests change behind the bot's back: messages, people, roles, channels."""

from dataclasses import fields
from typing import Any

from localchat.discord.acting import member_guild
from localchat.discord.guild import GuildState
from localchat.discord.messages import Message
from localchat.discord.place import Place
from localchat.discord.service import Discord
from localchat.discord.world import Channel, Person, Role


class Staging:
    """The part of the harness that sets the scene."""

    service: Discord

    @property
    def guild(self) -> GuildState:
        """The first guild."""
        return next(iter(self.service.workspace.guilds.values()))

    def delete_message(self, message: str) -> None:
        """Delete a message behind the bot's back."""
        self.service.posting.remove(self.find(message))

    def edit_message(self, message: str, **changes: Any) -> None:
        """Change a message behind the bot's back: `content`, `embeds`, `components`."""
        self.service.posting.edit(self.find(message), **changes)

    def set_person(self, user: str, **flags: Any) -> None:
        """Change a person: `set_person(RUTH, takes_dms=False)` closes her direct messages."""
        person = self.service.workspace.people[user]
        for name, value in flags.items():
            if not hasattr(person, name):
                raise ValueError(f"A person has no {name}.")
            setattr(person, name, value)
        self.service.workspace.person_changed(person)

    def add_person(self, person: Person, roles: list[str] | None = None) -> None:
        """Let somebody new come to Discord, and with `roles` join the first guild."""
        self.service.workspace.people[person.id] = person
        if roles is not None:
            self.service.workspace.join(self.guild, person.id, roles)

    def set_roles(self, user: str, roles: list[str], *, guild: str = "") -> None:
        """Give a member these roles and no others."""
        workspace = self.service.workspace
        workspace.set_roles(member_guild(workspace, user, guild), user, roles)

    def set_role(self, role: str, *, guild: str = "", **changes: Any) -> None:
        """Change a role, such as its `name` or `permissions`, or add it."""
        found = self._guild(guild)
        known = found.roles.get(role) or Role(role, "new role")
        names = {field.name for field in fields(Role)}
        for name, value in changes.items():
            if name not in names:
                raise ValueError(f"A role has no {name}.")
            setattr(known, name, value)
        self.service.workspace.set_role(found, known)

    def delete_role(self, role: str, *, guild: str = "") -> None:
        """Delete a role; its members lose it."""
        self.service.workspace.delete_role(self._guild(guild), role)

    def join(self, user: str, roles: list[str] | None = None, *, guild: str = "") -> None:
        """Let somebody, or the bot, join a guild."""
        self.service.workspace.join(self._guild(guild), user, roles)

    def leave(self, user: str, *, guild: str = "") -> None:
        """Let somebody leave a guild, or be kicked; the bot too."""
        workspace = self.service.workspace
        workspace.leave(member_guild(workspace, user, guild), user)

    def set_channel_permissions(
        self, channel: str, target: str, *, allow: int = 0, deny: int = 0
    ) -> None:
        """Set what a channel allows and denies to a role or member; 0 and 0 remove it."""
        self.service.workspace.set_overwrite(self._place(channel), target, allow, deny)

    def add_channel(self, channel: Channel, *, guild: str = "") -> None:
        """Create a channel."""
        self.service.workspace.add_channel(self._guild(guild), channel)

    def delete_channel(self, channel: str) -> None:
        """Delete a channel with its messages."""
        self.service.workspace.delete_channel(self._place(channel))

    def set_channel(self, channel: str, **changes: Any) -> None:
        """Change a channel or thread: `name`, `topic`, `slowmode`, `is_archived`, `is_locked`."""
        place = self._place(channel)
        for name, value in changes.items():
            if name not in ("name", "topic", "slowmode", "is_archived", "is_locked"):
                raise ValueError(f"A channel's {name} cannot be changed.")
            setattr(place, name, value)
        self.service.workspace.channel_changed(place)

    def _guild(self, guild: str) -> GuildState:
        return self.service.workspace.guilds[guild] if guild else self.guild

    def _place(self, channel: str) -> Place:
        return self.service.workspace.places[channel]

    def find(self, message: str) -> Message:
        """A message as it is kept, ephemeral or not.

        Raises:
            KeyError: there is none.
        """
        found = self.service.posting.get(message)
        if found is None:
            raise KeyError(f"There is no message {message}.")
        return found

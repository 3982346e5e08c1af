import copy

from localchat.clock import Clock
from localchat.discord import permissions
from localchat.discord.changes import Change
from localchat.discord.guild import GuildState, Member, member_json, role_json
from localchat.discord.ids import Snowflakes
from localchat.discord.place import Place, channel_json, thread_json
from localchat.discord.world import Application, Channel, DiscordWorld, Overwrite, Person, Role
from localchat.watching import Changes
from localchat.wire import Json


class Workspace:
    """Who and what there is: people, guilds, channels, direct messages, and how to find them."""

    def __init__(self, world: DiscordWorld, clock: Clock, ids: Snowflakes) -> None:
        self.clock = clock
        self.ids = ids
        self.changes = Changes[Change]()
        self.load(world)

    def load(self, world: DiscordWorld) -> None:
        """Begin again with `world`, which stays untouched."""
        world = copy.deepcopy(world)
        self.application: Application = world.application
        self.people: dict[str, Person] = {person.id: person for person in world.people}
        app = self.application
        bot = Person(app.bot_user_id, app.name.lower().replace(" ", "-"), app.name, is_bot=True)
        self.people.setdefault(bot.id, bot)
        self.guilds: dict[str, GuildState] = {}
        self.places: dict[str, Place] = {}
        self._dm_ids: dict[frozenset[str], str] = {}
        for seed in world.guilds:
            guild = self.guilds[seed.id] = GuildState.of(seed, self.clock.now())
            for channel in seed.channels:
                self.add_channel(guild, channel)

    @property
    def bot_id(self) -> str:
        """The bot's user id."""
        return self.application.bot_user_id

    def add_channel(self, guild: GuildState, channel: Channel) -> Place:
        """Create a text channel."""
        made = Place(
            channel.id,
            channel.name,
            "text",
            guild,
            topic=channel.topic,
            overwrites=channel.overwrites,
            slowmode=channel.slowmode,
            position=len(guild.channels),
        )
        self.places[made.id] = guild.channels[made.id] = made
        self.changes.publish(Change("channel_added", made, guild=guild))
        return made

    def add_thread(self, parent: Place, thread_id: str, name: str, owner_id: str) -> Place:
        """Begin a thread."""
        made = Place(thread_id, name, "thread", parent.guild, parent, owner_id=owner_id)
        made.joined.add(owner_id)
        self.places[made.id] = made
        if parent.guild:
            parent.guild.threads[made.id] = made
        self.changes.publish(Change("thread_added", made, guild=parent.guild))
        return made

    def delete_channel(self, place: Place) -> None:
        """Take a channel away with its messages."""
        self.places.pop(place.id, None)
        if place.guild:
            place.guild.channels.pop(place.id, None)
            place.guild.threads.pop(place.id, None)
        self.changes.publish(Change("channel_deleted", place, guild=place.guild))

    def direct_messages(self, one: str, other: str) -> Place | None:
        """The direct messages of two people, if they were ever opened."""
        return self.places.get(self._dm_ids.get(frozenset((one, other)), ""))

    def open_direct_messages(self, one: str, other: str) -> Place:
        """The direct messages of two people, made when there are none."""
        if known := self.direct_messages(one, other):
            return known
        made = Place(self.ids.new(), "", "dm", recipients=(one, other))
        self.places[made.id] = made
        self._dm_ids[frozenset((one, other))] = made.id
        self.changes.publish(Change("channel_added", made))
        return made

    def may(self, person_id: str, place: Place) -> int:
        """What somebody may do in a place, as permission bits."""
        if place.guild is None:
            return permissions.DIRECT if person_id in place.recipients else 0
        return place.guild.may_in(person_id, place)

    def may_read(self, person_id: str, place: Place) -> bool:
        """True when somebody sees a place at all."""
        return bool(self.may(person_id, place) & permissions.VIEW_CHANNEL)

    def have_common_guild(self, one: str, other: str) -> bool:
        """True when both are members of some guild."""
        return any(one in g.members and other in g.members for g in self.guilds.values())

    def user(self, person_id: str) -> Json:
        """The user object."""
        person = self.people[person_id]
        shown: Json = {
            "id": person.id,
            "username": person.name,
            "global_name": None if person.is_bot else person.display_name,
            "discriminator": "0",
            "avatar": None,
            "avatar_decoration_data": None,
            "banner": None,
            "accent_color": None,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
            "collectibles": None,
        }
        return shown | {"bot": True} if person.is_bot else shown

    def member(self, guild: GuildState, person_id: str) -> Json:
        """The member object, with the user inside."""
        return member_json(guild.members[person_id], self.user(person_id))

    def place_json(self, place: Place) -> Json:
        """The channel object, as the bot sees it."""
        if place.kind == "text":
            return channel_json(place)
        if place.kind == "thread":
            return thread_json(place)
        return {
            "id": place.id,
            "type": place.type,
            "last_message_id": place.last_message_id,
            "recipients": [self.user(place.other_than(self.bot_id))],
            "flags": 0,
        }

    def role(self, guild: GuildState, role_id: str) -> Json:
        """The role object."""
        return role_json(guild.roles[role_id], self.bot_id)

    def person_changed(self, person: Person) -> None:
        """Say that a person's name or flags are new."""
        for guild in self.guilds.values():
            if person.id in guild.members:
                change = Change("member_changed", guild=guild, person_id=person.id)
                self.changes.publish(change)

    def join(self, guild: GuildState, person_id: str, roles: list[str] | None = None) -> None:
        """Make somebody a member."""
        guild.members[person_id] = Member(person_id, list(roles or []), "", self.clock.now())
        self.changes.publish(Change("member_added", guild=guild, person_id=person_id))

    def leave(self, guild: GuildState, person_id: str) -> None:
        """Take a member out."""
        if guild.members.pop(person_id, None):
            self.changes.publish(Change("member_removed", guild=guild, person_id=person_id))

    def set_roles(self, guild: GuildState, person_id: str, roles: list[str]) -> None:
        """Give a member these roles and no others."""
        guild.members[person_id].roles = list(roles)
        self.changes.publish(Change("member_changed", guild=guild, person_id=person_id))

    def set_role(self, guild: GuildState, role: Role) -> None:
        """Add a role, or say that it has changed."""
        kind = "role_changed" if role.id in guild.roles else "role_added"
        guild.roles[role.id] = role
        self.changes.publish(
            Change(kind, guild=guild, ref=role.id)  # type: ignore[arg-type]  # two literals
        )

    def delete_role(self, guild: GuildState, role_id: str) -> None:
        """Delete a role; its members lose it."""
        guild.roles.pop(role_id, None)
        for member in guild.members.values():
            if role_id in member.roles:
                member.roles.remove(role_id)
                who = member.person_id
                self.changes.publish(Change("member_changed", guild=guild, person_id=who))
        self.changes.publish(Change("role_deleted", guild=guild, ref=role_id))

    def set_overwrite(self, place: Place, target: str, allow: int, deny: int) -> None:
        """Set what a channel allows and denies to a role or member."""
        kept = [each for each in place.overwrites if each.id != target]
        if allow or deny:
            is_role = place.guild is not None and target in place.guild.roles
            kept.append(Overwrite(target, "role" if is_role else "member", allow, deny))
        place.overwrites = kept
        self.channel_changed(place)

    def channel_changed(self, place: Place) -> None:
        """Say that a channel's or thread's fields are new."""
        kind = "thread_changed" if place.kind == "thread" else "channel_changed"
        self.changes.publish(
            Change(kind, place, guild=place.guild)  # type: ignore[arg-type]  # two literals
        )

from dataclasses import dataclass, field

from localchat.discord import permissions
from localchat.discord.place import Place
from localchat.discord.times import iso
from localchat.discord.world import Guild, Role
from localchat.wire import Json


@dataclass(slots=True)
class Member:
    """A person in one guild."""

    person_id: str
    roles: list[str]
    nick: str = ""
    joined_at: float = 0.0


@dataclass(eq=False, slots=True)
class GuildState:
    """A guild with its roles, members and channels, and what each may do."""

    id: str
    name: str
    owner_id: str
    created: float
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    channels: dict[str, Place] = field(default_factory=dict)
    threads: dict[str, Place] = field(default_factory=dict)

    @classmethod
    def of(cls, seed: Guild, now: float) -> "GuildState":
        """A guild as the world describes it, still without messages."""
        made = cls(seed.id, seed.name, seed.owner_id, now)
        made.roles[seed.id] = Role(seed.id, "@everyone", seed.everyone, position=0)
        made.roles |= {role.id: role for role in seed.roles}
        for person_id, role_ids in seed.members.items():
            made.members[person_id] = Member(person_id, list(role_ids), joined_at=now)
        return made

    def may(self, person_id: str) -> int:
        """What a member may do in the guild as a whole; 0 for anybody else."""
        member = self.members.get(person_id)
        if member is None:
            return 0
        if person_id == self.owner_id:
            return permissions.ALL
        roles = [self.roles[each].permissions for each in member.roles if each in self.roles]
        return permissions.base(self.roles[self.id].permissions, roles)

    def may_in(self, person_id: str, place: Place) -> int:
        """What a member may do in one channel or thread."""
        allowed = self.may(person_id)
        channel = place.parent or place
        if not allowed or not channel.overwrites or person_id == self.owner_id:
            return allowed
        own = set(self.members[person_id].roles)
        by_id = [(o.id, o.kind, (o.allow, o.deny)) for o in channel.overwrites]
        return permissions.overwritten(
            allowed,
            [bits for ref, kind, bits in by_id if kind == "role" and ref == self.id],
            [bits for ref, kind, bits in by_id if kind == "role" and ref in own],
            [bits for ref, kind, bits in by_id if kind == "member" and ref == person_id],
        )


def role_json(role: Role, bot_id: str = "") -> Json:
    """A role as the API shows it."""
    shown: Json = {
        "id": role.id,
        "name": role.name,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": role.position,
        "permissions": str(role.permissions),
        "managed": role.is_managed,
        "mentionable": role.is_mentionable,
        "flags": 0,
    }
    if role.is_managed and bot_id:
        shown["tags"] = {"bot_id": bot_id}
    return shown


def member_json(member: Member, user: Json | None = None) -> Json:
    """A member as the API shows it; messages show it without `user`."""
    shown: Json = {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "deaf": False,
        "flags": 0,
        "joined_at": iso(member.joined_at),
        "mute": False,
        "nick": member.nick or None,
        "pending": False,
        "premium_since": None,
        "roles": list(member.roles),
    }
    return shown | {"user": user} if user else shown


def guild_json(guild: GuildState, application_id: str) -> Json:
    """A guild without its channels and members."""
    return {
        "id": guild.id,
        "name": guild.name,
        "owner_id": guild.owner_id,
        "roles": [role_json(role, application_id) for role in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "incidents_data": None,
        "afk_timeout": 300,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "mfa_level": 0,
        "nsfw": False,
        "nsfw_level": 0,
        "preferred_locale": "en-GB",
        "premium_progress_bar_enabled": False,
        "premium_subscription_count": 0,
        "premium_tier": 0,
        "system_channel_flags": 0,
        "verification_level": 0,
        "widget_enabled": False,
        "region": "deprecated",
        **dict.fromkeys(GUILD_NULLS),
    }


GUILD_NULLS = (
    "afk_channel_id",
    "application_id",
    "banner",
    "description",
    "discovery_splash",
    "home_header",
    "icon",
    "max_presences",
    "public_updates_channel_id",
    "rules_channel_id",
    "safety_alerts_channel_id",
    "splash",
    "system_channel_id",
    "vanity_url_code",
    "widget_channel_id",
)

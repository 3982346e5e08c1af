"""What a Discord holds when it opens: people, guilds with roles and channels, one application."""

from dataclasses import dataclass, field
from typing import Literal

from localchat.discord import permissions

LIMITED_PRESENCE, LIMITED_GUILD_MEMBERS, LIMITED_MESSAGE_CONTENT = 1 << 13, 1 << 15, 1 << 19
OverwriteKind = Literal["role", "member"]


@dataclass
class Person:
    """Somebody with an account."""

    id: str  # a snowflake, as text
    name: str  # the handle
    display_name: str
    title: str = ""  # shown by the page only
    tz: str = "Europe/Berlin"  # the page's dates are told in it
    color: str = "5865f2"
    locale: str = "en-GB"
    is_bot: bool = False
    takes_dms: bool = True  # false: 50007 for whoever writes to them


@dataclass
class Role:
    """A role of one guild. The one with the guild's own id is @everyone."""

    id: str
    name: str
    permissions: int = 0
    color: int = 0
    position: int = 1
    is_mentionable: bool = False
    is_managed: bool = False  # belongs to the bot


@dataclass
class Overwrite:
    """What a channel allows or denies to a role or member, on top of the roles."""

    id: str
    kind: OverwriteKind
    allow: int = 0
    deny: int = 0


@dataclass
class Channel:
    """A text channel of a guild."""

    id: str
    name: str
    topic: str = ""
    overwrites: list[Overwrite] = field(default_factory=list)
    slowmode: int = 0  # seconds between two messages of one person


@dataclass
class Guild:
    """What Discord's users call a server."""

    id: str
    name: str
    owner_id: str
    roles: list[Role] = field(default_factory=list)  # without @everyone it gets the usual one
    members: dict[str, list[str]] = field(default_factory=dict)  # people's ids to their role ids
    channels: list[Channel] = field(default_factory=list)
    everyone: int = permissions.EVERYONE  # what @everyone may do


@dataclass
class Application:
    """The bot: its ids, its token and what it may subscribe to."""

    id: str = "1100000000000000900"
    name: str = "Helper"
    bot_user_id: str = "1100000000000000900"  # the same as the application's for newer ones
    bot_token: str = "local-discord-bot-token"  # noqa: S105  # opens nothing but this server
    public_key: str = "6c6f63616c636861742d646973636f72642d7075626c69632d6b65792d303031"
    may_read_content: bool = True  # the privileged intent MESSAGE_CONTENT
    may_list_members: bool = True  # GUILD_MEMBERS
    may_see_presences: bool = False  # GUILD_PRESENCES

    @property
    def flags(self) -> int:
        """Which privileged intents it was granted, as bits for bots in few guilds."""
        granted = LIMITED_MESSAGE_CONTENT * self.may_read_content
        granted |= LIMITED_GUILD_MEMBERS * self.may_list_members
        return granted | LIMITED_PRESENCE * self.may_see_presences


@dataclass
class DiscordWorld:
    """Everything before the first message. Without people there is no Discord on the page."""

    people: list[Person] = field(default_factory=list)
    guilds: list[Guild] = field(default_factory=list)
    application: Application = field(default_factory=Application)


GUILD = "1100000000000000001"
BOT_ROLE = "1100000000000000390"


def default_people() -> list[Person]:
    """The people of the Slack workspace who are on Discord too, by their other ids."""
    return [
        Person("1100000000000000101", "amara", "Amara Okafor", "Head of Operations",
               "Africa/Lagos", "9f69e7"),
        Person("1100000000000000102", "jonas", "Jonas Weber", "Reliability engineer",
               "Europe/Berlin", "4bbe2e", "de"),
        Person("1100000000000000103", "mei", "Mei Tanaka", "Machine learning",
               "Asia/Tokyo", "e7392d", "ja"),
        Person("1100000000000000104", "diego", "Diego Ramírez", "Support lead",
               "America/Chicago", "3c989f", "es-419"),
        Person("1100000000000000105", "priya", "Priya Nair", "Trust and safety",
               "Asia/Kolkata", "674b1b"),
        Person("1100000000000000106", "ruth", "Ruth Cohen", "Finance",
               "America/New_York", "e96699", "en-US", takes_dms=False),
        Person("1100000000000000107", "liam", "Liam Walsh", "On-call engineer",
               "Australia/Lord_Howe", "5b89d5"),
        Person("1100000000000000108", "sofia", "Sofia Lind", "Contractor",
               "Europe/Stockholm", "bd9336", "sv-SE"),
        Person("1100000000000000109", "nadia", "Nadia Haddad", "In no common guild",
               "Asia/Dubai", "d55aef"),
    ]  # fmt: skip


def default_discord(application: Application | None = None) -> DiscordWorld:
    """The guild "Localchat": the bot writes everywhere but in #leads, which it cannot see."""
    application = application or Application()
    hidden = Overwrite(GUILD, "role", deny=permissions.VIEW_CHANNEL)
    leads = Overwrite("1100000000000000301", "role", allow=permissions.VIEW_CHANNEL)
    quiet = Overwrite(GUILD, "role", deny=permissions.SEND_MESSAGES)
    return DiscordWorld(
        people=default_people(),
        application=application,
        guilds=[
            Guild(
                GUILD,
                "Localchat",
                "1100000000000000101",
                roles=[
                    Role("1100000000000000301", "lead", permissions.ADMINISTRATOR, 0xE67E22, 4),
                    Role("1100000000000000302", "reviewer", 0, 0x3498DB, 3, is_mentionable=True),
                    Role("1100000000000000303", "on-call", 0, 0x2ECC71, 2, is_mentionable=True),
                    Role(BOT_ROLE, application.name, permissions.BOT, 0, 1, is_managed=True),
                ],
                members={
                    "1100000000000000101": ["1100000000000000301", "1100000000000000302"],
                    "1100000000000000102": ["1100000000000000302", "1100000000000000303"],
                    "1100000000000000103": ["1100000000000000302"],
                    "1100000000000000104": ["1100000000000000302"],
                    "1100000000000000105": ["1100000000000000302"],
                    "1100000000000000106": ["1100000000000000301"],
                    "1100000000000000107": ["1100000000000000302", "1100000000000000303"],
                    "1100000000000000108": [],
                    application.bot_user_id: [BOT_ROLE],
                },
                channels=[
                    Channel("1100000000000000201", "general", "Everything"),
                    Channel("1100000000000000202", "approvals", "May it run?"),
                    Channel("1100000000000000203", "moderation", "Labels"),
                    Channel("1100000000000000204", "leads", "Leads only", [hidden, leads]),
                    Channel("1100000000000000205", "announcements", "Read only", [quiet]),
                ],
            )
        ],
    )

"""What Slack's workspace and Discord hold when they open. Pass your own to `LocalChat`."""

from dataclasses import dataclass, field, replace
from typing import Literal

from localchat.discord.world import DiscordWorld, default_discord

Kind = Literal["channel", "private", "dm", "mpim"]

ALL_BOT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:manage",
        "channels:read",
        "chat:write",
        "chat:write.customize",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)
ALL_EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "channel_archive",
        "channel_unarchive",
        "member_joined_channel",
        "member_left_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "reaction_added",
        "user_change",
    }
)


@dataclass
class Person:
    """One member of the workspace, human or bot, with the flags that `users.info` shows."""

    id: str
    name: str  # the handle, without @
    real_name: str
    title: str = ""
    email: str = ""
    tz: str = "Europe/Berlin"
    color: str = "4bbe2e"
    team_id: str = ""  # empty: this workspace's own; another one: Slack Connect
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False  # a guest
    is_ultra_restricted: bool = False  # a guest of one channel
    is_bot: bool = False
    is_stranger: bool = False  # shares no channel with this workspace's members
    deleted: bool = False  # deactivated

    @property
    def is_guest(self) -> bool:
        """True for guests of one channel or of several."""
        return self.is_restricted or self.is_ultra_restricted


@dataclass
class Channel:
    """A place to talk: channel, private channel, direct message or group message."""

    id: str
    name: str
    kind: Kind = "channel"
    topic: str = ""
    members: list[str] = field(default_factory=list)  # people's ids, bots' too
    is_archived: bool = False
    is_ext_shared: bool = False  # shared with another workspace
    is_read_only: bool = False  # members may not post: restricted_action


@dataclass
class Command:
    """A slash command that an app has registered."""

    command: str  # with its slash
    description: str = ""
    usage_hint: str = ""


@dataclass
class App:
    """An installed app: its bot user, tokens, commands and what it is subscribed to."""

    id: str
    name: str
    bot_user_id: str
    bot_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    commands: list[Command] = field(default_factory=list)
    scopes: frozenset[str] = ALL_BOT_SCOPES
    events: frozenset[str] = ALL_EVENTS
    request_url: str = ""  # empty: Socket Mode; otherwise signed HTTP requests go there


@dataclass
class UserGroup:
    """A named set of people, as in @oncall."""

    id: str
    handle: str
    members: list[str] = field(default_factory=list)


@dataclass
class World:
    """One workspace and everything in it before the first message, and a Discord beside it."""

    name: str = "Localchat"
    team_id: str = "T0LOCAL001"
    domain: str = "localchat"
    people: list[Person] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    apps: list[App] = field(default_factory=list)
    user_groups: list[UserGroup] = field(default_factory=list)
    discord: DiscordWorld = field(default_factory=DiscordWorld)  # empty: no Discord on the page


def an_app(name: str = "Helper", number: int = 1, **changes: object) -> App:
    """An app with tokens and ids derived from `number`; `changes` override its fields."""
    tail = f"{number:03}"
    app = App(
        id=f"A0LOCAL{tail}",
        name=name,
        bot_user_id=f"U0BOT0{tail}",
        bot_id=f"B0LOCAL{tail}",
        bot_token=f"xoxb-local-{tail}-bot",
        app_token=f"xapp-1-A0LOCAL{tail}-local",
        signing_secret=f"local-signing-secret-{tail}",
    )
    return replace(app, **changes)  # type: ignore[arg-type]  # the caller names App's own fields


def default_people() -> list[Person]:
    """Seven colleagues, a guest, somebody who left, a bot, and a visitor from another company."""
    return [
        Person("U0AMARA01", "amara", "Amara Okafor", "Head of Operations", "amara@example.com",
               "Africa/Lagos", "9f69e7", is_admin=True, is_owner=True),
        Person("U0JONAS01", "jonas", "Jonas Weber", "Reliability engineer", "jonas@example.com",
               "Europe/Berlin", "4bbe2e"),
        Person("U0MEI0001", "mei", "Mei Tanaka", "Machine learning", "mei@example.com",
               "Asia/Tokyo", "e7392d"),
        Person("U0DIEGO01", "diego", "Diego Ramírez", "Support lead", "diego@example.com",
               "America/Chicago", "3c989f"),
        Person("U0PRIYA01", "priya", "Priya Nair", "Trust and safety", "priya@example.com",
               "Asia/Kolkata", "674b1b"),
        Person("U0RUTH001", "ruth", "Ruth Cohen", "Finance", "ruth@example.com",
               "America/New_York", "e96699"),
        Person("U0LIAM001", "liam", "Liam Walsh", "On-call engineer", "liam@example.com",
               "Australia/Lord_Howe", "5b89d5"),
        Person("U0GUEST01", "sofia", "Sofia Lind", "Contractor", "sofia@contractor.example",
               "Europe/Stockholm", "bd9336", is_restricted=True),
        Person("U0GONE001", "tom", "Tom Baker", "Left in spring", "tom@example.com",
               "Europe/London", "99a949", deleted=True),
        Person("U0BUILD01", "buildbot", "Build Bot", "", "", "Etc/UTC", "aba727", is_bot=True),
        Person("U0VISIT01", "nadia", "Nadia Haddad", "Partner company", "nadia@partner.example",
               "Asia/Dubai", "d55aef", team_id="T0PARTNER1", is_stranger=True),
    ]  # fmt: skip


def default_world(app: App | None = None) -> World:
    """The workspace "Localchat", with one app that is in every channel but #leads."""
    app = app or an_app()
    people = default_people()
    colleagues = [p.id for p in people if not (p.deleted or p.is_guest or p.team_id or p.is_bot)]
    bots = [app.bot_user_id]
    return World(
        people=people,
        apps=[app],
        channels=[
            Channel("C0GENERAL1", "general", "channel", "Everything", [*colleagues, *bots]),
            Channel("C0APPROVE1", "approvals", "channel", "May it run?", [*colleagues, *bots]),
            Channel("C0MODERAT1", "moderation", "channel", "Labels",
                    [*colleagues, "U0GUEST01", *bots]),
            Channel("C0PARTNER1", "partner-desk", "channel", "With our partner",
                    ["U0AMARA01", "U0DIEGO01", "U0VISIT01", *bots], is_ext_shared=True),
            Channel("G0LEADS001", "leads", "private", "Leads only", ["U0AMARA01", "U0RUTH001"]),
            Channel("C0ARCHIVE1", "old-launch", "channel", "Done", [*colleagues, *bots],
                    is_archived=True),
        ],
        user_groups=[UserGroup("S0ONCALL01", "oncall", ["U0JONAS01", "U0LIAM001"])],
        discord=default_discord(),
    )  # fmt: skip

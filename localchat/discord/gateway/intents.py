"""Which events a connection asked for. Source: Discord's docs, events/gateway, List of Intents."""

from localchat.discord.world import Application

GUILDS = 1 << 0
GUILD_MEMBERS = 1 << 1
GUILD_PRESENCES = 1 << 8
GUILD_MESSAGES = 1 << 9
GUILD_MESSAGE_REACTIONS = 1 << 10
GUILD_MESSAGE_TYPING = 1 << 11
DIRECT_MESSAGES = 1 << 12
DIRECT_MESSAGE_REACTIONS = 1 << 13
DIRECT_MESSAGE_TYPING = 1 << 14
MESSAGE_CONTENT = 1 << 15
KNOWN = (1 << 26) - 1  # the highest so far is DIRECT_MESSAGE_POLLS, bit 25


def are_allowed(intents: int, application: Application) -> bool:
    """False when a privileged one is asked for that the application was not granted: 4014."""
    privileged = {
        GUILD_MEMBERS: application.may_list_members,
        GUILD_PRESENCES: application.may_see_presences,
        MESSAGE_CONTENT: application.may_read_content,
    }
    return all(is_granted or not intents & bit for bit, is_granted in privileged.items())

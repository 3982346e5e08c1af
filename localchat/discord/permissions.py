"""Permission bits, and what somebody may do where. Source: Discord's docs, topics/permissions."""

from collections.abc import Iterable

CREATE_INVITE = 1 << 0
KICK_MEMBERS = 1 << 1
ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
MANAGE_GUILD = 1 << 5
ADD_REACTIONS = 1 << 6
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
MANAGE_ROLES = 1 << 28
USE_APPLICATION_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
SEND_MESSAGES_IN_THREADS = 1 << 38

ALL = (1 << 53) - 1
BOT = (
    VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | ADD_REACTIONS
    | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS
)
EVERYONE = BOT | USE_APPLICATION_COMMANDS | CREATE_INVITE
DIRECT = BOT | USE_APPLICATION_COMMANDS  # between two people there are no roles

Overwrites = Iterable[tuple[int, int]]  # allowed and denied bits


def base(everyone: int, roles: Iterable[int]) -> int:
    """What a member may do before a channel's overwrites."""
    allowed = everyone
    for each in roles:
        allowed |= each
    return ALL if allowed & ADMINISTRATOR else allowed


def overwritten(start: int, everyone: Overwrites, roles: Overwrites, own: Overwrites) -> int:
    """What is left in a channel: first @everyone's overwrite, then all roles', then their own."""
    if start & ADMINISTRATOR:
        return ALL
    allowed = start
    for overwrites in (everyone, roles, own):
        allow = deny = 0
        for more, less in overwrites:
            allow |= more
            deny |= less
        allowed = allowed & ~deny | allow
    return allowed if allowed & VIEW_CHANNEL else 0

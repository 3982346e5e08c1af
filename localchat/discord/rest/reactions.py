from urllib.parse import unquote

from localchat.discord import permissions
from localchat.discord.errors import DiscordError
from localchat.discord.messages import Message
from localchat.discord.rest.call import Call, route
from localchat.discord.rest.messages import need_open
from localchat.wire import Json

REACTION = "/channels/{channel}/messages/{message}/reactions/{emoji}"


@route("PUT", REACTION + "/@me", bucket="reactions", major="channel")
def add(call: Call) -> None:
    """React."""
    message, emoji = _of(call)
    need_open(message.place)
    call.need(message.place, permissions.ADD_REACTIONS)
    call.discord.posting.react(message, call.discord.workspace.bot_id, emoji)


@route("DELETE", REACTION + "/@me", bucket="reactions", major="channel")
def take_back(call: Call) -> None:
    """Take the bot's own reaction back."""
    message, emoji = _of(call)
    call.discord.posting.react(message, call.discord.workspace.bot_id, emoji, is_on=False)


@route("DELETE", REACTION + "/{user}", bucket="reactions", major="channel")
def remove(call: Call) -> None:
    """Remove somebody's."""
    message, emoji = _of(call)
    call.need(message.place, permissions.MANAGE_MESSAGES)
    call.discord.posting.react(message, call.params["user"], emoji, is_on=False)


@route("GET", REACTION)
def who(call: Call) -> list[Json]:
    """Who reacted so."""
    message, emoji = _of(call)
    people = message.reactions.get(emoji, [])
    return [call.discord.workspace.user(each) for each in people]


def _of(call: Call) -> tuple[Message, str]:
    message, emoji = call.message(call.place()), unquote(call.params["emoji"])
    if emoji.isascii() and ":" not in emoji:
        raise DiscordError(400, 10014, "Unknown Emoji")
    return message, emoji

from localchat.discord.errors import unknown
from localchat.discord.rest.call import Call, route
from localchat.wire import Json


@route("GET", "/users/@me")
def me(call: Call) -> Json:
    """The bot's own user."""
    return call.discord.events.self_user() | {"locale": "en-US"}


@route("GET", "/users/@me/guilds")
def my_guilds(call: Call) -> list[Json]:
    """The guilds that the bot is in."""
    bot_id = call.discord.workspace.bot_id
    return [
        {
            "id": guild.id,
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": guild.owner_id == bot_id,
            "permissions": str(guild.may(bot_id)),
            "features": [],
        }
        for guild in call.discord.events.guilds_of_the_bot()
    ]


@route("GET", "/users/{user}")
def show(call: Call) -> Json:
    """Anybody's user."""
    if call.params["user"] not in call.discord.workspace.people:
        raise unknown("User")
    return call.discord.workspace.user(call.params["user"])

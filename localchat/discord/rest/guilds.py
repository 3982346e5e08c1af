from localchat.discord import permissions
from localchat.discord.errors import unknown
from localchat.discord.guild import guild_json, role_json
from localchat.discord.rest.call import Call, route
from localchat.wire import Json

MEMBERS_MAX = 1000


@route("GET", "/guilds/{guild}")
def show(call: Call) -> Json:
    """A guild."""
    guild = call.guild()
    shown = guild_json(guild, call.discord.workspace.application.id)
    if call.query.get("with_counts") in ("1", "true"):
        count = len(guild.members)
        shown |= {"approximate_member_count": count, "approximate_presence_count": count}
    return shown


@route("GET", "/guilds/{guild}/channels")
def channels(call: Call) -> list[Json]:
    """Its channels, without those that the bot cannot see."""
    places = call.guild().channels.values()
    seen = [place for place in places if call.may(place, permissions.VIEW_CHANNEL)]
    return [call.discord.workspace.place_json(place) for place in seen]


@route("GET", "/guilds/{guild}/roles")
def roles(call: Call) -> list[Json]:
    """Its roles."""
    bot_id = call.discord.workspace.bot_id
    return [role_json(role, bot_id) for role in call.guild().roles.values()]


@route("GET", "/guilds/{guild}/roles/{role}")
def role(call: Call) -> Json:
    """One role."""
    found = call.guild().roles.get(call.params["role"])
    if found is None:
        raise unknown("Role")
    return role_json(found, call.discord.workspace.bot_id)


@route("GET", "/guilds/{guild}/members")
def members(call: Call) -> list[Json]:
    """Its members by id, page by page."""
    guild = call.guild()
    after = int(call.query.get("after") or 0)
    limit = call.number("limit", 1, MEMBERS_MAX)
    ids = sorted((each for each in guild.members if int(each) > after), key=int)
    return [call.discord.workspace.member(guild, each) for each in ids[:limit]]


@route("GET", "/guilds/{guild}/members/search")
def search_members(call: Call) -> list[Json]:
    """Members whose name begins so."""
    guild, workspace = call.guild(), call.discord.workspace
    wanted = call.query.get("query", "").lower()
    limit = call.number("limit", 1, MEMBERS_MAX)
    found = [each for each in guild.members if workspace.people[each].name.startswith(wanted)]
    return [workspace.member(guild, each) for each in found[:limit]]


@route("GET", "/guilds/{guild}/members/{user}")
def member(call: Call) -> Json:
    """One member."""
    guild, person_id = call.guild(), call.params["user"]
    if person_id not in guild.members:
        raise unknown("Member" if person_id in call.discord.workspace.people else "User")
    return call.discord.workspace.member(guild, person_id)

"""What /page/state tells of Discord: one workspace for each guild."""

from localchat.discord import typed
from localchat.discord.guild import GuildState
from localchat.discord.place import Place
from localchat.discord.rules.commands import CHAT_INPUT, MESSAGE
from localchat.discord.service import Discord
from localchat.wire import Json


def workspaces(discord: Discord) -> list[Json]:
    """One for each guild; none in a world without people."""
    if not discord.world.people:
        return []
    guilds = list(discord.workspace.guilds.values())
    return [_guild(discord, guild, has_dms=guild is guilds[0]) for guild in guilds]


def _guild(discord: Discord, guild: GuildState, *, has_dms: bool) -> Json:
    workspace = discord.workspace
    app = workspace.application
    places: list[Place] = [*guild.channels.values(), *guild.threads.values()]
    if has_dms:
        places += [place for place in workspace.places.values() if place.kind == "dm"]
    commands = discord.commands.visible(guild.id)
    return {
        "platform": "discord",
        "id": guild.id,
        "name": guild.name,
        "people": [_person(discord, guild, person_id) for person_id in workspace.people],
        "roles": [
            {"id": role.id, "name": role.name, "color": f"{role.color:06x}"}
            for role in sorted(guild.roles.values(), key=lambda role: -role.position)
        ],
        "channels": [_place(discord, place) for place in places],
        "commands": [
            {**usage, "id": command["id"]}
            for command in commands
            if command["type"] == CHAT_INPUT
            for usage in typed.usages(command)
        ],
        "context_menus": [
            {
                "id": command["id"],
                "name": command["name"],
                "type": "message" if command["type"] == MESSAGE else "user",
            }
            for command in commands
            if command["type"] != CHAT_INPUT
        ],
        "apps": [{"id": app.id, "name": app.name, "bot_user_id": app.bot_user_id}],
    }


def _person(discord: Discord, guild: GuildState, person_id: str) -> Json:
    person, member = discord.workspace.people[person_id], guild.members.get(person_id)
    return {
        "id": person.id,
        "name": person.name,
        "real_name": (member and member.nick) or person.display_name,
        "title": person.title,
        "tz": person.tz,
        "color": person.color,
        "is_bot": person.is_bot,
        "is_guest": member is None,
        "deleted": False,
        "roles": list(member.roles) if member else [],
        "is_member": member is not None,
    }


def _place(discord: Discord, place: Place) -> Json:
    workspace = discord.workspace
    if place.guild is None:
        members, kind = list(place.recipients), "dm"
    else:
        everybody = place.guild.members
        members = [each for each in everybody if workspace.may_read(each, place)]
        kind = "channel" if len(members) == len(everybody) else "private"
    return {
        "id": place.id,
        "name": place.name,
        "kind": kind,
        "topic": place.topic,
        "members": members,
        "archived": place.is_archived,
        "last_ts": place.last_message_id,
        "parent": place.parent.id if place.parent else None,
        "slowmode": place.slowmode,
    }

from localchat.discord.commands import GLOBAL
from localchat.discord.errors import DiscordError, refused
from localchat.discord.problems import Problems
from localchat.discord.rest.call import Call, Created, Handler, route
from localchat.discord.rules.commands import check_command, check_commands
from localchat.wire import Json

OF_ALL = "/applications/{application}/commands"
OF_GUILD = "/applications/{application}/guilds/{guild}/commands"
NO_PERMISSIONS = 10066


def scope(call: Call) -> str:
    """The guild whose commands are meant, or "" for the global ones.

    Raises:
        DiscordError: another application is named, or a guild that the bot is not in.
    """
    if call.params["application"] != call.discord.workspace.application.id:
        raise DiscordError(
            403, 20012, "You are not authorized to perform this action on this application"
        )
    if "guild" not in call.params:
        return GLOBAL
    guild = call.discord.workspace.guilds.get(call.params["guild"])
    if guild is None or call.discord.workspace.bot_id not in guild.members:
        raise refused(50001)
    return guild.id


def show_all(call: Call) -> list[Json]:
    """The commands of a scope."""
    return call.discord.commands.all(scope(call))


def show(call: Call) -> Json:
    """One command."""
    return call.discord.commands.get(scope(call), call.params["command"])


def create(call: Call) -> Created | Json:
    """Register a command; one of the same name is overwritten: D23."""
    guild_id = scope(call)
    problems = Problems()
    check_command(call.body, (), problems)
    problems.refuse()
    made, is_new = call.discord.commands.upsert(guild_id, call.json())
    return Created(made) if is_new else made


def replace_all(call: Call) -> list[Json]:
    """Register exactly these commands."""
    guild_id = scope(call)
    problems = Problems()
    check_commands(call.body, problems)
    problems.refuse()
    return call.discord.commands.replace_all(guild_id, call.body)


def change(call: Call) -> Json:
    """Edit a command."""
    guild_id, command_id = scope(call), call.params["command"]
    old = call.discord.commands.get(guild_id, command_id)
    problems = Problems()
    check_command(old | call.json(), (), problems)
    problems.refuse()
    return call.discord.commands.change(guild_id, command_id, call.json())


def delete(call: Call) -> None:
    """Delete a command."""
    call.discord.commands.delete(scope(call), call.params["command"])


def show_all_permissions(call: Call) -> list[Json]:
    """Permissions of all commands that have their own: none has."""
    scope(call)
    return []


def show_permissions(call: Call) -> Json:
    """Permissions of one command."""
    call.discord.commands.get(scope(call), call.params["command"])
    raise DiscordError(404, NO_PERMISSIONS, "Unknown application command permissions")


def _register(base: str) -> None:
    one = base + "/{command}"
    handlers: list[tuple[str, str, Handler]] = [
        ("GET", base, show_all),
        ("POST", base, create),
        ("PUT", base, replace_all),
        ("GET", one, show),
        ("PATCH", one, change),
        ("DELETE", one, delete),
    ]
    for method, path, handler in handlers:
        route(method, path, bucket="commands", major="guild")(handler)


_register(OF_ALL)
_register(OF_GUILD)
route("GET", OF_GUILD + "/permissions")(show_all_permissions)
route("GET", OF_GUILD + "/{command}/permissions")(show_permissions)

import copy
from collections import deque
from dataclasses import dataclass, field

from localchat.discord.changes import Change
from localchat.discord.errors import DiscordError, unknown
from localchat.discord.options import Options
from localchat.discord.rules.commands import CHAT_INPUT, GLOBAL_MAX
from localchat.discord.workspace import Workspace
from localchat.wire import Json

DAY = 86_400.0  # seconds
GLOBAL = ""  # the scope that is no guild's
Key = tuple[int, str]  # type and name


@dataclass(slots=True)
class Scope:
    """The commands of one guild, or the global ones."""

    by_id: dict[str, Json] = field(default_factory=dict)
    ids: dict[Key, str] = field(default_factory=dict)


class Commands:
    """The application commands that the bot has registered: D23."""

    def __init__(self, workspace: Workspace, options: Options) -> None:
        self._workspace = workspace
        self._options = options
        self.clear()

    def clear(self) -> None:
        """Forget all: until the next registration people have none."""
        self._scopes: dict[str, Scope] = {}
        self._made_at: dict[str, deque[float]] = {}  # by scope: when new ones were made

    def all(self, guild_id: str = GLOBAL) -> list[Json]:
        """The commands of a guild, or the global ones."""
        return list(self._scope(guild_id).by_id.values())

    def get(self, guild_id: str, command_id: str) -> Json:
        """One command.

        Raises:
            DiscordError: 10063: there is none.
        """
        known = self._scope(guild_id).by_id.get(command_id)
        if known is None:
            raise unknown("application command")
        return known

    def find(self, guild_id: str, kind: int, name: str) -> Json | None:
        """The command that a person means: the guild's own, or a global one."""
        for scope_id in dict.fromkeys((guild_id, GLOBAL)):
            scope = self._scope(scope_id)
            if command_id := scope.ids.get((kind, name)):
                return scope.by_id[command_id]
        return None

    def visible(self, guild_id: str) -> list[Json]:
        """What people can choose from in a guild, or in direct messages."""
        shown = {key_of(command): command for command in self.all()}
        if guild_id:
            shown |= {key_of(command): command for command in self.all(guild_id)}
        return list(shown.values())

    def upsert(self, guild_id: str, definition: Json) -> tuple[Json, bool]:
        """Register a command over one of the same name; it, and whether it is new.

        Raises:
            DiscordError: 30032: there are too many. 30034: too many were new today.
        """
        scope, key = self._scope(guild_id), key_of(definition)
        known_id = scope.ids.get(key)
        if known_id is None:
            same_kind = sum(1 for kind, _ in scope.ids if kind == key[0])
            if same_kind >= GLOBAL_MAX[key[0]]:
                words = f"Maximum number of application commands reached ({GLOBAL_MAX[key[0]]})."
                raise DiscordError(400, 30032, words)
            self._count_new(guild_id)
        made = self._made(guild_id, known_id or self._workspace.ids.new(), definition)
        scope.by_id[made["id"]] = made
        scope.ids[key] = made["id"]
        self._tell()
        return made, known_id is None

    def replace_all(self, guild_id: str, definitions: list[Json]) -> list[Json]:
        """Register exactly these; ids of those that stay by name are kept."""
        old = self._scope(guild_id)
        new = Scope()
        for definition in definitions:
            key = key_of(definition)
            made = self._made(guild_id, old.ids.get(key) or self._workspace.ids.new(), definition)
            new.by_id[made["id"]] = made
            new.ids[key] = made["id"]
        self._scopes[guild_id] = new
        self._tell()
        return self.all(guild_id)

    def change(self, guild_id: str, command_id: str, changes: Json) -> Json:
        """Edit one command."""
        old = self.get(guild_id, command_id)
        scope = self._scope(guild_id)
        del scope.ids[key_of(old)]
        made = self._made(guild_id, command_id, old | changes)
        scope.by_id[command_id] = made
        scope.ids[key_of(made)] = command_id
        self._tell()
        return made

    def delete(self, guild_id: str, command_id: str) -> None:
        """Take one command away."""
        gone = self.get(guild_id, command_id)
        scope = self._scope(guild_id)
        del scope.ids[key_of(gone)]
        del scope.by_id[command_id]
        self._tell()

    def _count_new(self, guild_id: str) -> None:
        now, most = self._workspace.clock.now(), self._options.commands_per_day
        times = self._made_at.setdefault(guild_id, deque())
        while times and times[0] <= now - DAY:
            times.popleft()
        if len(times) >= most:
            words = f"Maximum number of daily application command creates reached ({most})"
            raise DiscordError(400, 30034, words)
        times.append(now)

    def _scope(self, guild_id: str) -> Scope:
        return self._scopes.setdefault(guild_id, Scope())

    def _made(self, guild_id: str, command_id: str, definition: Json) -> Json:
        made: Json = {
            "description": "",
            "type": CHAT_INPUT,
            "default_member_permissions": None,
            "nsfw": False,
            "contexts": None,
            "integration_types": [0],
            **copy.deepcopy(definition),
            "id": command_id,
            "application_id": self._workspace.application.id,
            "version": self._workspace.ids.new(),
        }
        made["type"] = made["type"] or CHAT_INPUT
        if guild_id:
            made["guild_id"] = guild_id
        else:
            made["dm_permission"] = definition.get("dm_permission", True) is not False
        return made

    def _tell(self) -> None:
        self._workspace.changes.publish(Change("commands_changed"))


def key_of(command: Json) -> Key:
    """What must be unique in a scope."""
    return command.get("type") or CHAT_INPUT, command["name"]

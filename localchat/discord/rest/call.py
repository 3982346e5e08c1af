"""One REST request, and the registry of routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localchat.discord import permissions
from localchat.discord.errors import refused, unknown
from localchat.discord.files import Upload
from localchat.discord.guild import GuildState
from localchat.discord.messages import Message
from localchat.discord.place import Place
from localchat.wire import Json

if TYPE_CHECKING:
    from localchat.discord.service import Discord


@dataclass(slots=True)
class Call:
    """One request, read but not yet judged."""

    discord: "Discord"
    params: dict[str, str]
    query: Mapping[str, str]
    body: Any
    uploads: list[Upload] = field(default_factory=list)

    def place(self, name: str = "channel") -> Place:
        """The channel that the address names.

        Raises:
            DiscordError: 10003: there is none. 50001: the bot cannot see it.
        """
        workspace = self.discord.workspace
        place = workspace.places.get(self.params[name])
        if place is None:
            raise unknown("Channel")
        if not self.may(place, permissions.VIEW_CHANNEL):
            raise refused(50001)
        return place

    def may(self, place: Place, permission: int) -> bool:
        """Whether the bot has a permission there."""
        workspace = self.discord.workspace
        return bool(workspace.may(workspace.bot_id, place) & permission)

    def need(self, place: Place, permission: int) -> None:
        """Insist on a permission.

        Raises:
            DiscordError: 50013: the bot does not have it.
        """
        if not self.may(place, permission):
            raise refused(50013)

    def message(self, place: Place) -> Message:
        """The message that the address names; an ephemeral one is unknown here: D15.

        Raises:
            DiscordError: 10008: there is none.
        """
        message = place.messages.get(self.params["message"])
        if message is None:
            raise unknown("Message")
        return message

    def guild(self) -> GuildState:
        """The guild that the address names.

        Raises:
            DiscordError: 10004: there is none, or the bot is not in it.
        """
        workspace = self.discord.workspace
        guild = workspace.guilds.get(self.params["guild"])
        if guild is None or workspace.bot_id not in guild.members:
            raise unknown("Guild")
        return guild

    def json(self) -> Json:
        """The body as an object; nothing is an empty one."""
        return self.body if isinstance(self.body, dict) else {}

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number of the query, at most `most`."""
        text = self.query.get(name, "")
        return min(int(text), most) if text.isdigit() else default


@dataclass(frozen=True, slots=True)
class Created:
    """An answer with status 201."""

    body: Any


Handler = Callable[[Call], Any]  # None is answered with 204


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address."""

    handler: Handler
    bucket: str
    major: str  # the parameter that has a budget of its own
    needs_token: bool
    is_global: bool  # counts against the global limit


@dataclass(slots=True)
class Node:
    """One step of an address."""

    steps: "dict[str, Node]" = field(default_factory=dict)
    any_step: "tuple[str, Node] | None" = None  # the parameter's name, and what follows
    routes: dict[str, Route] = field(default_factory=dict)  # by HTTP method


ROOT = Node()


def route(
    method: str,
    path: str,
    *,
    bucket: str = "",
    major: str = "",
    needs_token: bool = True,
    is_global: bool = True,
) -> Callable[[Handler], Handler]:
    """Register a handler for an address such as `/channels/{channel}/messages`."""

    def register(handler: Handler) -> Handler:
        node = ROOT
        for step in path.strip("/").split("/"):
            node = _next(node, step)
        name = bucket or f"{method} {path}"
        node.routes[method] = Route(handler, name, major, needs_token, is_global)
        return handler

    return register


def resolve(path: str) -> tuple[Node, dict[str, str]] | None:
    """The node of an address, and its parameters; None when it is no address."""
    node, params = ROOT, {}
    for step in path.strip("/").split("/"):
        if step in node.steps:
            node = node.steps[step]
        elif node.any_step:
            name, node = node.any_step
            params[name] = step
        else:
            return None
    return node, params


def _next(node: Node, step: str) -> Node:
    if not step.startswith("{"):
        return node.steps.setdefault(step, Node())
    if node.any_step is None:
        node.any_step = (step[1:-1], Node())
    if node.any_step[0] != step[1:-1]:
        raise ValueError(f"{step} is called {{{node.any_step[0]}}} elsewhere")
    return node.any_step[1]

"""The control API of Discord: the harness's methods over HTTP, with the same arguments."""

import inspect
from collections.abc import Callable
from typing import Any

from aiohttp import web

from localchat.discord.outcomes import Outcome
from localchat.discord.testing import DiscordChat
from localchat.discord.world import Channel, Overwrite, Person
from localchat.reading import Handler, answering, body_of
from localchat.wire import Json

ACTIONS = (
    "click",
    "command",
    "context_menu",
    "submit_modal",
    "close_modal",
    "say",
    "react",
    "delete_message",
    "edit_message",
    "set_person",
    "set_roles",
    "set_role",
    "delete_role",
    "join",
    "leave",
    "set_channel",
    "set_channel_permissions",
    "delete_channel",
    "refuse_connections",
    "dispatch",
    "reset",
)
PREFIX = "/control/discord"


class DiscordControl:
    """Serves /control/discord/…."""

    def __init__(self, chat: DiscordChat) -> None:
        self._chat = chat

    def add_routes(self, routes: web.UrlDispatcher) -> None:
        """Serve what tests call."""
        for name in ACTIONS:
            routes.add_post(f"{PREFIX}/{name}", answering(_calling(getattr(self._chat, name))))
        for name, handler in {
            "autocomplete": self.autocomplete,
            "add_channel": self.add_channel,
            "add_person": self.add_person,
            "drop": self.drop,
            "faults": self.fault,
        }.items():
            routes.add_post(f"{PREFIX}/{name}", answering(handler))
        routes.add_get(f"{PREFIX}/state", answering(self.state))
        routes.add_get(f"{PREFIX}/requests", answering(self.requests))
        routes.add_get(f"{PREFIX}/faults", answering(self.faults))
        routes.add_delete(f"{PREFIX}/faults", answering(self.heal))

    async def state(self, _: web.Request) -> Json:
        """Everything there is."""
        service = self._chat.service
        workspace = service.workspace
        return {
            "application": {"id": workspace.application.id, "bot_user_id": workspace.bot_id},
            "guilds": {
                guild.id: {
                    "name": guild.name,
                    "roles": {role.id: role.name for role in guild.roles.values()},
                    "members": {each: member.roles for each, member in guild.members.items()},
                    "commands": service.commands.all(guild.id),
                }
                for guild in workspace.guilds.values()
            },
            "commands": service.commands.all(),
            "channels": {
                place.id: workspace.place_json(place) | {"messages": self._chat.messages(place.id)}
                for place in workspace.places.values()
            },
            "ephemerals": {who: self._chat.ephemerals(who) for who in service.posting.ephemerals},
            "modals": {who: shown for who in workspace.people if (shown := self._chat.modals(who))},
            "connections": self._chat.connection_count(),
            "invalid_requests": self._chat.invalid_request_count,
            "faults": [fault.as_json() for fault in service.faults],
        }

    async def requests(self, request: web.Request) -> Json:
        """REST requests so far; `?pattern=POST /channels/*` for some of them."""
        found = self._chat.requests(request.query.get("pattern", "*"))
        return {"requests": [each.as_json() for each in found]}

    async def autocomplete(self, request: web.Request) -> Json:
        """Type into an option of a slash command."""
        body = await body_of(request)
        inspect.signature(self._chat.autocomplete).bind(**body)
        try:
            return {"choices": await self._chat.autocomplete(**body)}
        except TimeoutError as error:
            return {"ok": False, "error": "no_callback", "message": str(error)}

    async def add_channel(self, request: web.Request) -> Json:
        """Create a channel: `{id, name, topic?, overwrites?, slowmode?, guild?}`."""
        body = await body_of(request)
        guild = body.pop("guild", "")
        overwrites = [Overwrite(**each) for each in body.pop("overwrites", [])]
        self._chat.add_channel(Channel(**body, overwrites=overwrites), guild=guild)
        return {}

    async def add_person(self, request: web.Request) -> Json:
        """Let somebody come: `{id, name, display_name, …, roles?}`."""
        body = await body_of(request)
        roles = body.pop("roles", None)
        self._chat.add_person(Person(**body), roles)
        return {}

    async def drop(self, request: web.Request) -> Json:
        """End gateway connections, or ask for it: `{how, count?, code?}`."""
        return {"dropped": await self._chat.drop(**await body_of(request))}

    async def fault(self, request: web.Request) -> Json:
        """Put a fault in force; see `localchat.discord.faults.Fault` for its fields."""
        return {"fault": self._chat.fault(**await body_of(request)).as_json()}

    async def faults(self, _: web.Request) -> Json:
        """The faults in force."""
        return {"faults": [fault.as_json() for fault in self._chat.service.faults]}

    async def heal(self, request: web.Request) -> Json:
        """End all faults, or the one with `?id=`."""
        if fault_id := request.query.get("id"):
            self._chat.service.faults.remove(int(fault_id))
        else:
            self._chat.heal()
        return {}


def _calling(method: Callable[..., Any]) -> Handler:
    """Call a method of the harness with the body's fields."""
    signature = inspect.signature(method)

    async def call(request: web.Request) -> Json:
        body = await body_of(request)
        signature.bind(**body)  # a TypeError that names what is missing
        result = method(**body)
        if inspect.isawaitable(result):
            result = await result
        return result.as_json() if isinstance(result, Outcome) else {}

    return call

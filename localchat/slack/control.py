"""The control API: drive the workspace as its people would, look inside, make things go wrong."""

from dataclasses import fields
from typing import Any, TypeVar

from aiohttp import web

from localchat.reading import answering, body_of, given
from localchat.slack.control_faults import ControlFaults
from localchat.slack.outcomes import refusal
from localchat.slack.page_api import acted
from localchat.slack.service import Slack
from localchat.wire import Json
from localchat.world import Channel, Command, Person

Row = TypeVar("Row")


class Control:
    """Serves /control/…, but for the faults."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._faults = ControlFaults(slack)

    def add_routes(self, routes: web.UrlDispatcher) -> None:
        """Serve what tests call."""
        routes.add_get("/control/state", answering(self.state))
        routes.add_get("/control/requests", answering(self.requests))
        for name, handler in {
            "click": self.click,
            "say": self.say,
            "command": self.command,
            "submit": self.submit,
            "close": self.close,
            "shortcut": self.shortcut,
            "react": self.react,
            "home": self.home,
            "people": self.people,
            "channels": self.channels,
            "membership": self.membership,
            "apps": self.apps,
        }.items():
            routes.add_post(f"/control/{name}", answering(handler))
        self._faults.add_routes(routes)

    async def state(self, _: web.Request) -> Json:
        """Everything there is."""
        return look(self._slack)

    async def requests(self, request: web.Request) -> Json:
        """The Web API calls so far; `?method=chat.update` for one method's."""
        found = self._slack.requests.of(request.query.get("method", ""))
        return {"requests": [each.as_json() for each in found]}

    async def click(self, request: web.Request) -> Json:
        """Use an element of a message (`channel`, `ts`) or of a view (`view_id`)."""
        body = await body_of(request)
        options: Json = {"block_id": body.get("block_id"), "chosen": body.get("chosen")}
        options["entered"] = body.get("entered")
        acting = self._slack.acting
        if view_id := body.get("view_id"):
            view = self._slack.views.get(view_id)
            if view is None:
                return acted(refusal("view_not_found", "This view is no longer open."))
            return acted(await acting.click_in_view(view, given(body, "action_id"), **options))
        options |= {"times": body.get("times", 1), "late_by": body.get("late_by", 0.0)}
        names = ("user", "channel", "ts", "action_id")
        return acted(await acting.click(*(given(body, name) for name in names), **options))

    async def say(self, request: web.Request) -> Json:
        """Post a message as `user`."""
        body = await body_of(request)
        user, channel, text = (given(body, name) for name in ("user", "channel", "text"))
        thread_ts = body.get("thread_ts") or ""
        return acted(await self._slack.talking.say(user, channel, text, thread_ts))

    async def command(self, request: web.Request) -> Json:
        """Run a slash command, such as `/review help`, as `user` in `channel`."""
        body = await body_of(request)
        names = ("user", "channel", "command")
        return acted(await self._slack.talking.command(*(given(body, name) for name in names)))

    async def submit(self, request: web.Request) -> Json:
        """Submit a modal, or `user`'s topmost one."""
        body = await body_of(request)
        return acted(await self._slack.submitting.submit(self._modal(body), body.get("values")))

    async def close(self, request: web.Request) -> Json:
        """Close a modal, or `user`'s topmost one."""
        return acted(await self._slack.submitting.close(self._modal(await body_of(request))))

    async def shortcut(self, request: web.Request) -> Json:
        """Use a global shortcut, or a message's when `channel` and `ts` name one."""
        body, slack = await body_of(request), self._slack
        user, app = given(body, "user"), self._app(body)
        message = None
        if body.get("ts"):
            message = slack.posting.find(user, given(body, "channel"), body["ts"])
        return acted(await slack.acting.shortcut(user, app, given(body, "callback_id"), message))

    async def react(self, request: web.Request) -> Json:
        """Add an emoji to a message as `user`."""
        body = await body_of(request)
        names = ("user", "channel", "ts", "name")
        return acted(self._slack.acting.react(*(given(body, name) for name in names)))

    async def home(self, request: web.Request) -> Json:
        """Look at an app's Home tab as `user`."""
        body = await body_of(request)
        return {"view": self._slack.acting.open_home(given(body, "user"), self._app(body))}

    async def people(self, request: web.Request) -> Json:
        """Add a person, or change the flags of the one with this `id`."""
        body, workspace = await body_of(request), self._slack.workspace
        known = workspace.people.get(given(body, "id"))
        if known is None:
            workspace.add_person(_row(Person, body))
        else:
            _check_names(Person, body)
            for name, value in body.items():
                setattr(known, name, value)
            workspace.person_changed(known)
        return {}

    async def channels(self, request: web.Request) -> Json:
        """Add a channel, or change the one with this `id`."""
        body, workspace = await body_of(request), self._slack.workspace
        known = workspace.channels.get(given(body, "id"))
        if known is None:
            workspace.add_channel(_row(Channel, body))
            return {}
        _check_names(Channel, body)
        if "is_archived" in body:
            workspace.archive(known, archived=body.pop("is_archived"))
        if "members" in body:
            known.members = dict.fromkeys(body.pop("members"))
        for name, value in body.items():
            setattr(known, name, value)
        return {}

    async def membership(self, request: web.Request) -> Json:
        """Let `user` join `channel`, or leave with `"is_member": false`: so is a bot kicked."""
        body, workspace = await body_of(request), self._slack.workspace
        channel, user = workspace.channels[given(body, "channel")], given(body, "user")
        if body.get("is_member", True):
            workspace.join(user, channel)
        else:
            workspace.leave(user, channel)
        return {}

    async def apps(self, request: web.Request) -> Json:
        """Configure an app: `request_url`, `commands`, `scopes`, `events`."""
        body = await body_of(request)
        app = self._app(body)
        if url := body.get("request_url"):
            if not await self._slack.http.verify_url(app, url):
                return {"ok": False, "error": "url_verification_failed"}
            app.request_url = url
        elif "request_url" in body:
            app.request_url = ""
        if "commands" in body:
            commands = [_row(Command, each) for each in body["commands"]]
            self._slack.workspace.set_commands(app, commands)
        for name in ("scopes", "events"):
            if name in body:
                setattr(app, name, frozenset(body[name]))
        return {}

    def _modal(self, body: Json) -> str:
        if view_id := body.get("view_id"):
            return str(view_id)
        stack = self._slack.views.stack(given(body, "user"))
        return stack[-1].id if stack else ""

    def _app(self, body: Json) -> Any:
        apps = self._slack.workspace.apps
        return apps[body["app"]] if body.get("app") else next(iter(apps.values()))


def look(slack: Slack) -> Json:
    """The whole workspace: people, conversations with messages, ephemerals, modals, Home tabs."""
    workspace, team_id = slack.workspace, slack.workspace.team_id
    as_json = slack.posting.json
    channels = {
        channel.id: {
            "name": channel.name,
            "kind": channel.kind,
            "members": list(channel.members),
            "is_archived": channel.is_archived,
            "messages": [as_json(m, with_metadata=True) for m in channel.messages.values()],
        }
        for channel in workspace.channels.values()
    }
    ephemerals = {
        person_id: [as_json(m) | {"channel": m.channel_id} for m in shown.values()]
        for person_id, shown in slack.posting.ephemerals.items()
    }
    return {
        "people": [workspace.user(person) for person in workspace.people.values()],
        "channels": channels,
        "ephemerals": ephemerals,
        "views": {
            person_id: [view.as_json(team_id) for view in stack]
            for person_id, stack in slack.views.stacks.items()
        },
        "homes": {who: view.as_json(team_id) for (_, who), view in slack.views.homes.items()},
        "sockets": {app_id: len(slack.sockets.sockets(app_id)) for app_id in workspace.apps},
        "faults": [fault.as_json() for fault in slack.faults],
    }


def _check_names(kind: type[Any], body: Json) -> None:
    known = {field.name for field in fields(kind)}
    if unknown := sorted(set(body) - known):
        raise ValueError(f"{kind.__name__} has no {', '.join(unknown)}.")


def _row(kind: type[Row], body: Json) -> Row:
    _check_names(kind, body)
    return kind(**body)

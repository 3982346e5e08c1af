"""What the browser page calls: everything as one person sees it."""

from collections.abc import Mapping

from aiohttp import web

from localchat.page_api import Call
from localchat.reading import Handler, body_of, given, given_or
from localchat.slack.outcomes import Outcome, refusal
from localchat.slack.page_feed import PageFeed, seen
from localchat.slack.service import Slack
from localchat.slack.values import FIELDS
from localchat.wire import Json


class PageApi:
    """Slack's side of the page: what there is, messages, actions, forms."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._feed = PageFeed(slack.workspace)

    @property
    def handlers(self) -> Mapping[Call, Handler]:
        """What it answers, by method and path."""
        return {
            ("GET", "/page/messages"): self.messages,
            ("GET", "/page/views"): self.views,
            ("POST", "/page/action"): self.act,
            ("POST", "/page/message"): self.say,
            ("POST", "/page/view/submit"): self.submit,
            ("POST", "/page/view/close"): self.close_view,
            ("POST", "/page/home"): self.home,
            ("POST", "/page/dm"): self.direct_messages,
            ("POST", "/page/react"): self.react,
        }

    def knows(self, person_id: str) -> bool:
        """Whether this is somebody in the workspace."""
        return person_id in self._slack.workspace.people

    def close(self) -> None:
        """Send every tab away."""
        self._feed.tabs.close()

    def workspaces(self) -> list[Json]:
        """The workspace: people, channels, commands, apps."""
        workspace = self._slack.workspace
        people = [
            {
                "id": person.id,
                "name": person.name,
                "real_name": person.real_name,
                "title": person.title,
                "tz": person.tz,
                "is_bot": person.is_bot,
                "is_guest": person.is_guest or person.team_id not in ("", workspace.team_id),
                "deleted": person.deleted,
                "color": person.color,
            }
            for person in workspace.people.values()
        ]
        channels = [
            {
                "id": channel.id,
                "name": channel.name,
                "kind": channel.kind,
                "topic": channel.topic,
                "members": list(channel.members),
                "archived": channel.is_archived,
                "last_ts": channel.last_ts,
            }
            for channel in workspace.channels.values()
        ]
        apps = workspace.apps.values()
        commands = [
            {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
            for app in apps
            for c in app.commands
        ]
        known_apps = [
            {"id": app.id, "name": app.name, "bot_user_id": app.bot_user_id} for app in apps
        ]
        shown: Json = {"platform": "slack", "id": workspace.team_id, "name": workspace.name}
        shown |= {"people": people, "channels": channels}
        shown |= {"commands": commands, "apps": known_apps}
        return [shown]

    async def messages(self, request: web.Request) -> Json:
        """A channel's messages and the person's own ephemerals in it, oldest first."""
        person_id, channel_id = request.query.get("as", ""), request.query.get("channel", "")
        workspace, posting = self._slack.workspace, self._slack.posting
        channel = workspace.channels.get(channel_id)
        if channel is None or not workspace.may_read(person_id, channel):
            return {"ok": False, "error": "channel_not_found"}
        own = [
            m for m in posting.ephemerals.get(person_id, {}).values() if m.channel_id == channel_id
        ]
        together = sorted([*channel.messages.values(), *own], key=lambda m: float(m.ts))
        return {"messages": [seen(message, workspace.team_id) for message in together]}

    async def views(self, request: web.Request) -> Json:
        """A person's open modals, bottom first."""
        stack = self._slack.views.stack(request.query.get("as", ""))
        return {"views": [view.as_json(self._slack.workspace.team_id) for view in stack]}

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What happens from now on, as server-sent events."""
        return await self._feed.tabs.serve(request)

    async def act(self, request: web.Request) -> Json:
        """Use an element of a message, modal or Home tab."""
        body = await body_of(request)
        person_id, container = given(body, "as"), given_or(body, "container", {})
        chosen = {name: body[name] for name in CHOICES if name in body} or None
        entered, action_id = body.get("state") or {}, given(body, "action_id")
        if container.get("type") == "message":
            outcome = await self._slack.acting.click(
                person_id,
                container.get("channel", ""),
                container.get("ts", ""),
                action_id,
                block_id=body.get("block_id"),
                chosen=chosen,
                entered=entered,
            )
            return acted(outcome)
        views = self._slack.views
        view = views.get(container.get("view_id", ""))
        if container.get("type") == "home" and view is None:
            view = next((v for (_, who), v in views.homes.items() if who == person_id), None)
        if view is None or view.person_id != person_id:
            return acted(refusal("view_not_found", "This form is no longer open."))
        return acted(
            await self._slack.acting.click_in_view(
                view, action_id, block_id=body.get("block_id"), chosen=chosen, entered=entered
            )
        )

    async def say(self, request: web.Request) -> Json:
        """Post a message, or run a slash command."""
        body = await body_of(request)
        return acted(
            await self._slack.talking.say(
                given(body, "as"),
                given(body, "channel"),
                given(body, "text"),
                body.get("thread_ts") or "",
            )
        )

    async def submit(self, request: web.Request) -> Json:
        """Submit a modal."""
        body = await body_of(request)
        return acted(
            await self._slack.submitting.submit(given(body, "view_id"), body.get("values"))
        )

    async def close_view(self, request: web.Request) -> Json:
        """Close a modal."""
        return acted(await self._slack.submitting.close(given(await body_of(request), "view_id")))

    async def home(self, request: web.Request) -> Json:
        """Look at an app's Home tab: the first app's, unless `app` names another."""
        body, apps = await body_of(request), self._slack.workspace.apps
        app = apps.get(body.get("app", "")) or next(iter(apps.values()))
        return {"view": self._slack.acting.open_home(given(body, "as"), app)}

    async def direct_messages(self, request: web.Request) -> Json:
        """Open the direct messages of two people, or of a person and an app."""
        body, workspace = await body_of(request), self._slack.workspace
        person_id = given(body, "as")
        channel = workspace.open_direct_messages(person_id, given(body, "with"))
        return {"channel": channel.as_seen_by(person_id, workspace.team_id)}

    async def react(self, request: web.Request) -> Json:
        """Add an emoji to a message."""
        body = await body_of(request)
        names = ("as", "channel", "ts", "name")
        return acted(self._slack.acting.react(*(given(body, name) for name in names)))


CHOICES = ("selected_option", *sorted({field for field, _ in FIELDS.values()}))


def acted(outcome: Outcome) -> Json:
    """An outcome as the page wants it."""
    shown = outcome.as_json()
    return shown | {"ack_ms": round(outcome.ack_ms, 3)}

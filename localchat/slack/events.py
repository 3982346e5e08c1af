from localchat.slack import payloads
from localchat.slack.changes import Change
from localchat.slack.conversation import Conversation
from localchat.slack.delivery import Delivery
from localchat.slack.messages import Message, as_json
from localchat.slack.workspace import Workspace
from localchat.wire import Json
from localchat.world import App

CHANNEL_TYPES = {"channel": "channel", "private": "group", "dm": "im", "mpim": "mpim"}
SUBSCRIPTIONS = {
    "channel": "message.channels",
    "private": "message.groups",
    "dm": "message.im",
    "mpim": "message.mpim",
}
MESSAGE_CHANGES = frozenset(("message", "message_changed", "message_deleted"))
CHANNEL_CHANGES = frozenset(
    ("member_joined_channel", "member_left_channel", "channel_archive", "channel_unarchive")
)


class Events:
    """Turns what happens in the workspace into Events API callbacks for subscribed apps."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self._workspace = workspace
        self._delivery = delivery
        workspace.changes.watch(self.on_change)

    def on_change(self, change: Change) -> None:
        """Announce a change to every app that asked for it and may see it."""
        if change.kind in MESSAGE_CHANGES:
            self._on_message(change)
        elif change.kind in CHANNEL_CHANGES:
            self._on_channel(change)
        elif change.kind == "reaction_added":
            self._on_reaction(change)
        elif change.kind == "user_change":
            person = self._workspace.people[change.person_id]
            for app in self._workspace.apps.values():
                self.announce(app, "user_change", {"user": self._workspace.user(person)})

    def home_opened(self, app: App, person_id: str, channel_id: str, view: Json | None) -> None:
        """Say that somebody looks at the app's Home tab."""
        inner: Json = {"user": person_id, "channel": channel_id, "tab": "home"}
        if view:
            inner["view"] = view
        self.announce(app, "app_home_opened", inner)

    def announce(
        self, app: App, kind: str, inner: Json, channel: Conversation | None = None
    ) -> None:
        """Deliver one event, if the app is subscribed to its type."""
        if kind in app.events:
            self._send(app, {"type": kind, **inner}, channel)

    def _on_message(self, change: Change) -> None:
        channel = self._workspace.channels[change.channel_id]
        message = change.message
        if message is None:
            return
        for app in self._workspace.apps.values():
            if app.bot_user_id not in channel.members:
                continue
            if SUBSCRIPTIONS[channel.kind] in app.events:
                self._send(app, self._message_event(change, message, channel), channel)
            mention = f"<@{app.bot_user_id}>"
            if change.kind == "message" and mention in message.text and not message.app:
                inner = as_json(message, self._workspace.team_id) | {"channel": channel.id}
                self._send(app, inner | {"type": "app_mention"}, channel)

    def _message_event(self, change: Change, message: Message, channel: Conversation) -> Json:
        team_id = self._workspace.team_id
        inner: Json = {"channel": channel.id, "channel_type": CHANNEL_TYPES[channel.kind]}
        if change.kind == "message":
            return as_json(message, team_id, with_metadata=True) | inner
        inner |= {"type": "message", "subtype": change.kind, "hidden": True}
        inner |= {"ts": self._workspace.ids.ts(), "previous_message": change.before}
        if change.kind == "message_changed":
            return inner | {"message": as_json(message, team_id, with_metadata=True)}
        return inner | {"deleted_ts": message.ts}

    def _on_channel(self, change: Change) -> None:
        channel = self._workspace.channels[change.channel_id]
        inner: Json = {"channel": channel.id}
        if change.person_id:
            inner |= {"user": change.person_id, "team": self._workspace.team_id}
            inner["channel_type"] = "C" if channel.is_public else "G"
        for app in self._workspace.apps.values():
            if app.bot_user_id in channel.members:
                self.announce(app, change.kind, inner, channel)

    def _on_reaction(self, change: Change) -> None:
        channel = self._workspace.channels[change.channel_id]
        inner = {
            "user": change.person_id,
            "reaction": change.name,
            "item": {"type": "message", "channel": channel.id, "ts": change.ts},
            "item_user": change.message.user_id if change.message else "",
        }
        for app in self._workspace.apps.values():
            if app.bot_user_id in channel.members:
                self.announce(app, "reaction_added", inner, channel)

    def _send(self, app: App, inner: Json, channel: Conversation | None) -> None:
        inner.setdefault("event_ts", inner.get("ts") or self._workspace.ids.ts())
        is_ext_shared = bool(channel and channel.is_ext_shared)
        envelope = payloads.event(self._workspace, app, inner, is_ext_shared=is_ext_shared)
        self._delivery.announce(app, envelope)

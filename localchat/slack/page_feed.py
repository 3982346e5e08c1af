from localchat.slack.changes import Change
from localchat.slack.messages import Message, as_json
from localchat.slack.workspace import Workspace
from localchat.tabs import Tabs
from localchat.wire import Json

FOR_ONE_PERSON = frozenset(
    ("ephemeral", "ephemeral_deleted", "view_opened", "view_updated", "view_closed", "home")
)
AS_MESSAGE_CHANGE = {"reaction_added": "message_changed"}
FOR_EVERYBODY = "state"
FOR_PAGES = FOR_ONE_PERSON | {"message", "message_changed", "message_deleted", "reaction_added"}


class PageFeed:
    """Tells each tab what its person may see, as it happens."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.tabs = Tabs()
        workspace.changes.watch(self.on_change)

    def on_change(self, change: Change) -> None:
        """Pass a change on."""
        if not self.tabs:
            return
        if change.kind == FOR_EVERYBODY:
            event: Json = {"type": "state"}
        elif change.kind in FOR_PAGES:
            event = self._event(change)
        else:
            return
        for tab in self.tabs:
            if self._may_see(tab.person_id, change):
                tab.put(event)

    def _may_see(self, person_id: str, change: Change) -> bool:
        if change.kind == FOR_EVERYBODY:
            return True
        if change.kind in FOR_ONE_PERSON:
            return change.person_id == person_id
        channel = self._workspace.channels[change.channel_id]
        return self._workspace.may_read(person_id, channel)

    def _event(self, change: Change) -> Json:
        event: Json = {"type": AS_MESSAGE_CHANGE.get(change.kind, change.kind)}
        if change.channel_id:
            event |= {"channel": change.channel_id, "ts": change.ts}
        if change.message and not change.kind.endswith("deleted"):
            event["message"] = seen(change.message, self._workspace.team_id)
        if change.view:
            event["view"] = change.view
        return event


def seen(message: Message, team_id: str) -> Json:
    """A message for the page: Slack's own JSON, and whether it is ephemeral."""
    shown = as_json(message, team_id)
    if message.ephemeral_to:
        shown |= {"ephemeral": True, "channel": message.channel_id}
    return shown

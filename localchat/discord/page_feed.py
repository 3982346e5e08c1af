from localchat.discord.changes import Change
from localchat.discord.messages import Message
from localchat.discord.posting import Posting
from localchat.discord.workspace import Workspace
from localchat.tabs import Tabs
from localchat.wire import Json

TYPES = {  # of changes, as the page names them; all others are "state"
    "message": "message",
    "message_changed": "message_changed",
    "message_deleted": "message_deleted",
    "reaction_added": "message_changed",
    "reaction_removed": "message_changed",
    "ephemeral": "ephemeral",
    "ephemeral_changed": "ephemeral",
    "ephemeral_deleted": "ephemeral_deleted",
    "modal_opened": "view_opened",
    "modal_closed": "view_closed",
    "typing": "typing",
}
FOR_ONE_PERSON = ("ephemeral", "ephemeral_deleted", "view_opened", "view_closed")


class PageFeed:
    """Tells each tab what its person may see, as it happens."""

    def __init__(self, workspace: Workspace, posting: Posting) -> None:
        self._workspace = workspace
        self._posting = posting
        self.tabs = Tabs()
        workspace.changes.watch(self.on_change)

    def on_change(self, change: Change) -> None:
        """Pass a change on."""
        if not self.tabs:
            return
        event = self._event(change)
        for tab in self.tabs:
            if self._may_see(tab.person_id, change, event["type"]):
                tab.put(event)

    def _may_see(self, person_id: str, change: Change, kind: str) -> bool:
        if kind == "state":
            return True
        if kind in FOR_ONE_PERSON:
            return change.person_id == person_id
        return change.place is None or self._workspace.may_read(person_id, change.place)

    def _event(self, change: Change) -> Json:
        event: Json = {"type": TYPES.get(change.kind, "state")}
        if event["type"] == "state":
            return event
        if change.place:
            event["channel"] = change.place.id
        if event["type"] == "typing":
            event["user"] = change.person_id
        if change.message:
            event["ts"] = change.message.id
            if not event["type"].endswith("deleted"):
                event["message"] = seen(change.message, self._posting)
        if change.modal:
            event["view"] = change.modal
        return event


def seen(message: Message, posting: Posting) -> Json:
    """A message for the page: Discord's own JSON, and what the page's frame goes by."""
    shown = posting.json(message) | {"ts": message.id, "user": message.author_id}
    return shown | {"ephemeral": True} if message.ephemeral_to else shown

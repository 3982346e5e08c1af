from dataclasses import dataclass, field

from localchat.wire import Json
from localchat.world import App


@dataclass(slots=True)
class Message:
    """One message as the workspace keeps it."""

    ts: str
    channel_id: str
    user_id: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    app: App | None = None  # the app that posted it
    username: str = ""  # when the app posted under another name
    icons: Json = field(default_factory=dict)
    thread_ts: str = ""
    is_broadcast: bool = False  # a reply that is shown in the channel too
    replies: list[str] = field(default_factory=list)  # timestamps of the thread below
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)  # emoji name to people's ids
    subtype: str = ""
    ephemeral_to: str = ""  # the one person who sees it
    client_msg_id: str = ""

    @property
    def is_reply(self) -> bool:
        """True inside a thread, except for the thread's first message."""
        return bool(self.thread_ts) and self.thread_ts != self.ts


OPTIONAL = ("client_msg_id", "blocks", "attachments", "files", "edited")


def as_json(message: Message, team_id: str, *, with_metadata: bool = False) -> Json:
    """The message as Slack's methods and events show it."""
    shown: Json = {"type": "message", "user": message.user_id, "ts": message.ts}
    if message.subtype:
        shown["subtype"] = message.subtype
    shown["text"] = message.text
    shown["team"] = team_id
    if message.app:
        shown |= _authorship(message, message.app, team_id)
    for name in OPTIONAL:
        if value := getattr(message, name):
            shown[name] = value
    if message.reactions:
        shown["reactions"] = _reactions(message)
    if with_metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown | _thread(message)


def _reactions(message: Message) -> list[Json]:
    return [
        {"name": name, "users": list(users), "count": len(users)}
        for name, users in message.reactions.items()
    ]


def _authorship(message: Message, app: App, team_id: str) -> Json:
    profile = {"id": app.bot_id, "app_id": app.id, "name": app.name, "deleted": False}
    author: Json = {
        "bot_id": app.bot_id,
        "app_id": app.id,
        "bot_profile": profile | {"icons": {}, "updated": 0, "team_id": team_id},
    }
    if message.username:
        author["username"] = message.username
    if message.icons:
        author["icons"] = message.icons
    return author


def _thread(message: Message) -> Json:
    if message.replies:
        return {
            "thread_ts": message.ts,
            "reply_count": len(message.replies),
            "latest_reply": message.replies[-1],
        }
    return {"thread_ts": message.thread_ts} if message.thread_ts else {}

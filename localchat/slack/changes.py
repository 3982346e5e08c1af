from dataclasses import dataclass
from typing import Literal

from localchat.slack.messages import Message
from localchat.wire import Json

Kind = Literal[
    "message",
    "message_changed",
    "message_deleted",
    "ephemeral",
    "ephemeral_deleted",
    "reaction_added",
    "view_opened",
    "view_updated",
    "view_closed",
    "home",
    "state",
    "member_joined_channel",
    "member_left_channel",
    "channel_archive",
    "channel_unarchive",
    "user_change",
]


@dataclass(slots=True)
class Change:
    """Something that just happened in the workspace, for whoever watches it."""

    kind: Kind
    channel_id: str = ""
    message: Message | None = None
    before: Json | None = None  # the message as it was, for edits and deletions
    ts: str = ""
    person_id: str = ""  # the actor; for views, homes and ephemerals the only one who sees it
    view: Json | None = None
    name: str = ""  # of a reaction

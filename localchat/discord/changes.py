from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from localchat.wire import Json

if TYPE_CHECKING:
    from localchat.discord.guild import GuildState
    from localchat.discord.messages import Message
    from localchat.discord.place import Place

Kind = Literal[
    "message",
    "message_changed",
    "message_deleted",
    "ephemeral",
    "ephemeral_changed",
    "ephemeral_deleted",
    "reaction_added",
    "reaction_removed",
    "modal_opened",
    "modal_closed",
    "typing",
    "channel_added",
    "channel_changed",
    "channel_deleted",
    "thread_added",
    "thread_changed",
    "role_added",
    "role_changed",
    "role_deleted",
    "member_added",
    "member_changed",
    "member_removed",
    "commands_changed",
]


@dataclass(slots=True)
class Change:
    """Something that just happened, for whoever watches."""

    kind: Kind
    place: "Place | None" = None
    message: "Message | None" = None
    guild: "GuildState | None" = None
    person_id: str = ""  # the actor; for ephemerals and modals the only one who sees it
    ref: str = ""  # a role's id, or a reaction's emoji
    modal: Json | None = None

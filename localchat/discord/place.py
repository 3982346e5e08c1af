from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from localchat.discord.ids import made_at
from localchat.discord.times import iso
from localchat.discord.world import Overwrite
from localchat.wire import Json

if TYPE_CHECKING:
    from localchat.discord.guild import GuildState
    from localchat.discord.messages import Message

Kind = Literal["text", "dm", "thread"]
TYPES = {"text": 0, "dm": 1, "thread": 11}
ARCHIVES_AFTER = 1440  # minutes


@dataclass(eq=False, slots=True)
class Place:
    """Where messages are: a guild's channel, a thread, or a direct message."""

    id: str
    name: str
    kind: Kind = "text"
    guild: "GuildState | None" = None
    parent: "Place | None" = None  # of a thread
    topic: str = ""
    overwrites: list[Overwrite] = field(default_factory=list)
    slowmode: int = 0
    position: int = 0
    recipients: tuple[str, ...] = ()  # both ends of a direct message
    owner_id: str = ""  # who began a thread
    messages: "dict[str, Message]" = field(default_factory=dict)  # by id, oldest first
    last_message_id: str | None = None
    sent_count: int = 0
    is_archived: bool = False
    is_locked: bool = False
    joined: set[str] = field(default_factory=set)  # members of a thread
    spoke_at: dict[str, float] = field(default_factory=dict)  # for slowmode

    @property
    def type(self) -> int:
        """Discord's number for its kind."""
        return TYPES[self.kind]

    @property
    def guild_id(self) -> str:
        """Its guild's id; empty for a direct message."""
        return self.guild.id if self.guild else ""

    def other_than(self, person_id: str) -> str:
        """The other end of a direct message."""
        return next((each for each in self.recipients if each != person_id), person_id)


def channel_json(place: Place) -> Json:
    """A guild's channel as the API shows it."""
    return {
        "id": place.id,
        "type": place.type,
        "guild_id": place.guild_id,
        "name": place.name,
        "topic": place.topic or None,
        "position": place.position,
        "permission_overwrites": [
            {
                "id": each.id,
                "type": 0 if each.kind == "role" else 1,
                "allow": str(each.allow),
                "deny": str(each.deny),
            }
            for each in place.overwrites
        ],
        "parent_id": None,
        "rate_limit_per_user": place.slowmode,
        "last_message_id": place.last_message_id,
        "nsfw": False,
        "flags": 0,
    }


def thread_json(place: Place) -> Json:
    """A thread as the API shows it."""
    made = iso(made_at(place.id))
    return {
        "id": place.id,
        "type": place.type,
        "guild_id": place.guild_id,
        "parent_id": place.parent.id if place.parent else None,
        "owner_id": place.owner_id,
        "name": place.name,
        "last_message_id": place.last_message_id,
        "rate_limit_per_user": place.slowmode,
        "message_count": place.sent_count,
        "total_message_sent": place.sent_count,
        "member_count": len(place.joined),
        "flags": 0,
        "thread_metadata": {
            "archived": place.is_archived,
            "archive_timestamp": made,
            "auto_archive_duration": ARCHIVES_AFTER,
            "locked": place.is_locked,
            "create_timestamp": made,
        },
    }

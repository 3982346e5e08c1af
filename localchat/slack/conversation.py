from dataclasses import dataclass, field

from localchat.slack.messages import Message
from localchat.wire import Json
from localchat.world import Channel, Kind


@dataclass(slots=True)
class Conversation:
    """A channel or direct message, with its members and messages."""

    id: str
    name: str
    kind: Kind
    topic: str = ""
    members: dict[str, None] = field(default_factory=dict)  # an ordered set
    messages: dict[str, Message] = field(default_factory=dict)  # by ts, oldest first
    is_archived: bool = False
    is_ext_shared: bool = False
    is_read_only: bool = False
    created: int = 0

    @classmethod
    def of(cls, seed: Channel, created: int) -> "Conversation":
        """An empty conversation as the world describes it."""
        return cls(
            seed.id,
            seed.name,
            seed.kind,
            seed.topic,
            dict.fromkeys(seed.members),
            is_archived=seed.is_archived,
            is_ext_shared=seed.is_ext_shared,
            is_read_only=seed.is_read_only,
            created=created,
        )

    @property
    def is_public(self) -> bool:
        """True when any full member may read and join."""
        return self.kind == "channel"

    @property
    def last_ts(self) -> str | None:
        """The newest message's timestamp."""
        return next(reversed(self.messages), None)

    def other_than(self, person_id: str) -> str:
        """The other person of a direct message."""
        return next((m for m in self.members if m != person_id), person_id)

    def as_seen_by(self, person_id: str, team_id: str) -> Json:
        """The conversation object of `conversations.info`."""
        shown: Json = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.is_archived,
            "is_im": self.kind == "dm",
            "is_mpim": self.kind == "mpim",
            "is_org_shared": False,
            "is_ext_shared": self.is_ext_shared,
            "is_shared": self.is_ext_shared,
            "context_team_id": team_id,
        }
        if self.kind == "dm":
            return shown | {"user": self.other_than(person_id), "is_open": True}
        return shown | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "private",
            "is_private": self.kind != "channel",
            "is_general": self.name == "general",
            "is_member": person_id in self.members,
            "is_read_only": self.is_read_only,
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(self.members),
        }

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from localchat.discord import flags
from localchat.discord.files import Attachment
from localchat.discord.ids import made_at
from localchat.discord.mentions import Mentions
from localchat.discord.times import iso
from localchat.wire import Json

if TYPE_CHECKING:
    from localchat.discord.files import Files
    from localchat.discord.place import Place
    from localchat.discord.workspace import Workspace

HIDDEN = {"content": "", "embeds": [], "components": [], "attachments": []}  # D21
DEFAULT, REPLY, COMMAND_ANSWER, MENU_ANSWER = 0, 19, 20, 23  # types of messages


@dataclass(eq=False, slots=True)
class Message:
    """One message as Discord keeps it."""

    id: str
    place: "Place"
    author_id: str
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    type: int = DEFAULT
    nonce: str | int | None = None
    mentions: Mentions = field(default_factory=Mentions)
    edited_at: float | None = None
    reference: Json | None = None
    referenced: "Message | None" = None
    reactions: dict[str, list[str]] = field(default_factory=dict)  # emoji to people's ids
    thread: "Place | None" = None
    ephemeral_to: str = ""  # the one person who sees it
    token: str = ""  # of the interaction it answers; empty for the others
    interaction: Json | None = None  # the interaction_metadata
    is_tts: bool = False
    is_deleted: bool = False

    @property
    def is_v2(self) -> bool:
        """True for a message made of V2 components."""
        return bool(self.flags & flags.IS_COMPONENTS_V2)

    @property
    def is_loading(self) -> bool:
        """True while its app is "thinking"."""
        return bool(self.flags & flags.LOADING)

    @property
    def made_at(self) -> float:
        """When it was posted."""
        return made_at(self.id)


class MessageView:
    """Shows messages as the API does."""

    def __init__(self, workspace: "Workspace", files: "Files") -> None:
        self._workspace = workspace
        self._files = files

    def json(self, message: Message, *, with_referenced: bool = True) -> Json:
        """The message object."""
        workspace = self._workspace
        mentions = message.mentions
        shown: Json = {
            "id": message.id,
            "type": message.type,
            "channel_id": message.place.id,
            "author": workspace.user(message.author_id),
            "content": message.content,
            "timestamp": iso(message.made_at),
            "edited_timestamp": iso(message.edited_at) if message.edited_at else None,
            "tts": message.is_tts,
            "mention_everyone": mentions.everyone,
            "mentions": [workspace.user(u) for u in mentions.users if u in workspace.people],
            "mention_roles": list(mentions.roles),
            "attachments": [self._files.as_json(each) for each in message.attachments],
            "embeds": message.embeds,
            "components": message.components,
            "pinned": False,
            "flags": message.flags,
        }
        if message.nonce is not None:
            shown["nonce"] = message.nonce
        if message.reactions:
            shown["reactions"] = self._reactions(message)
        if message.token:
            shown["webhook_id"] = shown["application_id"] = workspace.application.id
        if message.interaction:
            shown["interaction_metadata"] = message.interaction
        if message.thread:
            shown["thread"] = workspace.place_json(message.thread)
        if message.reference:
            shown["message_reference"] = message.reference
            if with_referenced:
                shown["referenced_message"] = self._referenced(message)
        return shown

    def for_app(self, message: Message) -> Json:
        """The message object, empty where the app was not granted to read it."""
        shown = self.json(message)
        if self._workspace.application.may_read_content or not self.is_private(message):
            return shown
        return shown | HIDDEN

    def is_private(self, message: Message) -> bool:
        """True when only apps with MESSAGE_CONTENT may read it: neither theirs nor to them."""
        bot_id = self._workspace.bot_id
        is_theirs = message.author_id == bot_id or bot_id in message.mentions.users
        return message.place.guild is not None and not is_theirs

    def event(self, message: Message) -> Json:
        """The message as gateway events show it: with its guild and the author's membership."""
        shown = self.json(message)
        shown["channel_type"] = message.place.type
        guild = message.place.guild
        if guild:
            shown["guild_id"] = guild.id
            if message.author_id in guild.members:
                member = self._workspace.member(guild, message.author_id)
                del member["user"]
                shown["member"] = member
        return shown

    def _referenced(self, message: Message) -> Json | None:
        referenced = message.referenced
        if referenced is None or referenced.is_deleted:
            return None
        return self.json(referenced, with_referenced=False)

    def _reactions(self, message: Message) -> list[Json]:
        return [
            {
                "emoji": {"id": None, "name": name},
                "count": len(people),
                "count_details": {"burst": 0, "normal": len(people)},
                "burst_colors": [],
                "me": self._workspace.bot_id in people,
                "me_burst": False,
            }
            for name, people in message.reactions.items()
            if people
        ]

"""From an app's request body to a message: the part that all ways of posting share."""

from dataclasses import dataclass, field, replace

from localchat.discord import flags, normal, permissions
from localchat.discord.errors import refused
from localchat.discord.files import Attachment, Upload
from localchat.discord.mentions import ALL, USERS_ONLY, Mentions, mentions_of
from localchat.discord.messages import Message
from localchat.discord.place import Place
from localchat.discord.posting import Posting, refer
from localchat.discord.problems import invalid
from localchat.discord.rules import parts
from localchat.discord.rules.components import every
from localchat.discord.rules.embeds import is_blank
from localchat.discord.rules.messages import LEGACY_WITH_V2, number
from localchat.wire import Json

WRITTEN = ("content", "embeds", "components", "attachments", "mentions", "flags")


@dataclass(slots=True)
class Draft:
    """A checked body and the files that came with it."""

    body: Json
    uploads: list[Upload] = field(default_factory=list)


class Writing:
    """Makes and changes an app's messages."""

    def __init__(self, posting: Posting) -> None:
        self._posting = posting
        self._workspace = posting.workspace

    def make(
        self,
        place: Place,
        draft: Draft,
        *,
        allowed_flags: int,
        ephemeral_to: str = "",
        token: str = "",
        reply_to: Message | None = None,
    ) -> Message:
        """A message of the bot, not posted yet.

        Raises:
            DiscordError: 50006: it is empty.
        """
        body = draft.body
        message = Message(
            self._workspace.ids.new(),
            place,
            self._workspace.bot_id,
            flags=number(body.get("flags")) & allowed_flags,
            ephemeral_to=ephemeral_to,
            token=token,
        )
        if ephemeral_to:
            message.flags |= flags.EPHEMERAL
        if reply_to:
            refer(message, reply_to)
        self.fill(message, draft)
        message.is_tts = bool(body.get("tts"))
        if is_empty(message):
            raise refused(50006)
        return message

    def fill(self, message: Message, draft: Draft) -> None:
        """Put what the body holds into the message; what it leaves out stays as it is."""
        body = draft.body
        if "content" in body:
            message.content = (body["content"] or "").strip()
        if draft.uploads or body.get("attachments") is not None:
            message.attachments = self._attachments(message, draft)
        if "embeds" in body:
            given = [e for e in body["embeds"] or [] if not is_blank(e)]
            message.embeds = normal.embeds(given, self._media_of(message))
        if "components" in body:
            message.components = normal.components(
                body["components"] or [], self._media_of(message)
            )
        message.mentions = self._mentions(message, body.get("allowed_mentions"))

    def change(self, message: Message, draft: Draft) -> None:
        """Edit a message.

        Raises:
            DiscordError: 50006: nothing would be left of it. 50035: V2 and legacy would be mixed.
        """
        is_loaded = message.is_loading
        after = replace(message, flags=_edited_flags(message, draft.body))
        self.fill(after, draft)
        if is_empty(after):
            raise refused(50006)
        if after.is_v2:
            _refuse_legacy(after)
        changes = {name: getattr(after, name) for name in WRITTEN}
        self._posting.edit(message, is_loaded=is_loaded, **changes)

    def _attachments(self, message: Message, draft: Draft) -> list[Attachment]:
        """What hangs on the message now: what `attachments` lists, and what is new: D18."""
        listed = draft.body.get("attachments") or []
        details = {str(each["id"]): each for each in listed}
        kept = [old for old in message.attachments if old.id in details]
        for old in kept:
            old.description = details[old.id].get("description", old.description)
        is_ephemeral = bool(message.ephemeral_to)
        new = [
            self._posting.files.keep(
                message.place.id,
                upload,
                details.get(upload.number, {}),
                is_ephemeral=is_ephemeral,
            )
            for upload in draft.uploads
        ]
        return kept + new

    def _media_of(self, message: Message) -> normal.MediaOf:
        files = self._posting.files
        by_name = {each.filename: each for each in message.attachments}

        def media_of(url: str) -> Json:
            scheme, _, name = url.partition("://")
            if scheme != "attachment":
                return {"id": "0", "url": url, "proxy_url": url}
            if name not in by_name:
                words = f"The referenced attachment {name} was not found"
                raise invalid((), "REFERENCED_FILE_ATTACHMENT_NOT_FOUND", words)
            shown = files.as_json(by_name[name])
            return {
                "id": shown["id"],
                "attachment_id": shown["id"],
                "url": shown["url"],
                "proxy_url": shown["url"],
                "content_type": shown["content_type"],
                "name": name,
                "size": shown["size"],
            }

        return media_of

    def _mentions(self, message: Message, allowed: Json | None) -> Mentions:
        text = message.content or displayed(message.components)
        may_all = bool(
            self._workspace.may(message.author_id, message.place) & permissions.MENTION_EVERYONE
        )
        default = USERS_ONLY if message.token else ALL
        found = mentions_of(text, allowed, default, may_all=may_all)
        wants_reply = (default if allowed is None else allowed).get("replied_user")
        replied = message.referenced
        if replied and wants_reply and replied.author_id not in found.users:
            return Mentions((*found.users, replied.author_id), found.roles, found.everyone)
        return found


def _edited_flags(message: Message, body: Json) -> int:
    """Flags that an edit leaves: what it leaves out stays, V2 cannot be taken back."""
    if body.get("flags") is None and not message.is_loading:
        return message.flags
    wanted = number(body.get("flags")) & flags.ON_EDIT
    return message.flags & ~(flags.SUPPRESS_EMBEDS | flags.LOADING) | wanted


def _refuse_legacy(message: Message) -> None:
    """A message that becomes V2 must give its content and embeds up in the same edit."""
    for name in ("content", "embeds"):
        if getattr(message, name):
            raise invalid((name,), LEGACY_WITH_V2, f"The '{name}' field is still there")


def displayed(components: list[Json]) -> str:
    """All text of V2 components."""
    return "\n".join(each["content"] for _, each in every(components) if each["type"] == parts.TEXT)


def is_empty(message: Message) -> bool:
    """True when it shows nothing."""
    return not (message.content or message.embeds or message.components or message.attachments)

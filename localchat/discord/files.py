import mimetypes
import re
from dataclasses import dataclass

from localchat.discord.ids import Snowflakes
from localchat.wire import Json

UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(eq=False, slots=True)
class Attachment:
    """A file that hangs on a message."""

    id: str
    channel_id: str
    filename: str
    content: bytes
    content_type: str
    description: str | None = None
    is_ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in a request: `files[n]`."""

    number: str
    filename: str
    content: bytes
    content_type: str


class Files:
    """Keeps attachments and gives them addresses on this server."""

    def __init__(self, ids: Snowflakes) -> None:
        self._ids = ids
        self._kept: dict[str, Attachment] = {}
        self.base_url = ""

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def get(self, attachment_id: str) -> Attachment | None:
        """An attachment by its id."""
        return self._kept.get(attachment_id)

    def keep(
        self, channel_id: str, upload: Upload, details: Json, *, is_ephemeral: bool = False
    ) -> Attachment:
        """Make an attachment of an upload; `details` are its entry in `attachments`."""
        name = UNSAFE.sub("_", details.get("filename") or upload.filename) or "file"
        guessed = mimetypes.guess_type(name)[0] or upload.content_type
        made = Attachment(
            self._ids.new(),
            channel_id,
            name,
            upload.content,
            guessed or "application/octet-stream",
            details.get("description"),
            is_ephemeral,
        )
        self._kept[made.id] = made
        return made

    def as_json(self, attachment: Attachment) -> Json:
        """The attachment object."""
        folder = "ephemeral-attachments" if attachment.is_ephemeral else "attachments"
        path = f"{folder}/{attachment.channel_id}/{attachment.id}/{attachment.filename}"
        url = f"{self.base_url}/cdn/{path}"
        shown: Json = {
            "id": attachment.id,
            "filename": attachment.filename,
            "size": len(attachment.content),
            "url": url,
            "proxy_url": url,
            "content_type": attachment.content_type,
        }
        if attachment.description:
            shown["description"] = attachment.description
        if attachment.is_ephemeral:
            shown["ephemeral"] = True
        return shown

import mimetypes
from dataclasses import dataclass
from urllib.parse import quote

from localchat.clock import Clock
from localchat.slack.ids import Ids, secret
from localchat.wire import Json


@dataclass(slots=True)
class File:
    """A file, from the promise to upload it to its use in a message."""

    id: str
    name: str
    title: str
    length: int  # bytes promised
    url: str
    owner_id: str
    app_id: str
    created: int
    alt_text: str = ""
    content: bytes = b""
    is_uploaded: bool = False  # all bytes have arrived
    is_complete: bool = False  # files.completeUploadExternal has been called
    ready_at: float = 0.0  # from then on blocks may show it

    @property
    def mimetype(self) -> str:
        """What the name's ending says it is."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def as_json(self) -> Json:
        """The file object."""
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title,
            "mimetype": self.mimetype,
            "filetype": self.name.rpartition(".")[2],
            "size": len(self.content),
            "user": self.owner_id,
            "mode": "hosted",
            "is_external": False,
            "url_private": self.url,
            "url_private_download": self.url,
            "permalink": self.url,
            **({"alt_txt": self.alt_text} if self.alt_text else {}),
        }


class Files:
    """Every file of the workspace."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self.base_url = ""
        self.clear()

    def clear(self) -> None:
        """Forget all files."""
        self._files: dict[str, File] = {}
        self._by_url: dict[str, File] = {}
        self._uploads: dict[str, File] = {}

    def promise(self, name: str, length: int, owner_id: str, app_id: str) -> tuple[File, str]:
        """A file that is yet to come, and the address to send its bytes to."""
        file_id = self._ids.new("F")
        url = f"{self.base_url}/files/{file_id}/{quote(name)}"
        created = int(self._clock.now())
        file = File(file_id, name, name, length, url, owner_id, app_id, created)
        self._files[file_id] = self._by_url[url] = file
        ticket = secret()
        self._uploads[ticket] = file
        return file, f"{self.base_url}/upload/v1/{ticket}"

    def receive(self, ticket: str, content: bytes) -> File | None:
        """Store uploaded bytes; the file counts as uploaded when none is missing."""
        file = self._uploads.get(ticket)
        if file:
            file.content = content
            file.is_uploaded = len(content) == file.length
        return file

    def get(self, file_id: str) -> File | None:
        """The file by id."""
        return self._files.get(file_id)

    def is_shown(self, reference: Json) -> bool:
        """Whether an image may use `slack_file`: the file is complete and has been processed."""
        file = self._files.get(reference.get("id", "")) or self._by_url.get(
            reference.get("url", "")
        )
        return bool(file and file.is_complete and self._clock.now() >= file.ready_at)

from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from localchat.newest import Newest
from localchat.wire import Json


@dataclass(slots=True)
class Request:
    """One REST request as it came in and as it was answered."""

    at: float
    method: str
    path: str  # without /api/v10
    query: Json
    body: Any  # JSON, of multipart bodies the payload_json
    files: list[str]  # names
    status: int  # HTTP; 0 when the connection was cut instead
    response: Any
    fault: str = ""  # what was made to go wrong with it

    @property
    def name(self) -> str:
        """`METHOD /path`, as faults name it."""
        return f"{self.method} {self.path}"

    def as_json(self) -> Json:
        """For /control/discord/requests."""
        return asdict(self)


class RequestLog(Newest[Request]):
    """The newest requests."""

    def of(self, pattern: str = "*") -> list[Request]:
        """Those that fit `METHOD /path`, with wildcards, oldest first."""
        return self.that(lambda request: fnmatchcase(request.name, pattern))

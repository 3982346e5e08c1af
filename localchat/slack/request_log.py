from collections import deque
from dataclasses import asdict, dataclass

from localchat.wire import Json


@dataclass(slots=True)
class Request:
    """One Web API call as it came in and as it was answered."""

    at: float
    method: str
    args: Json  # merged from query, form and JSON body; without the token
    app_id: str
    status: int  # HTTP; 0 when the connection was cut instead
    response: Json
    fault: str = ""  # what was made to go wrong with it

    def as_json(self) -> Json:
        """For /control/requests."""
        return asdict(self)


class RequestLog:
    """The newest calls."""

    def __init__(self, size: int) -> None:
        self._requests: deque[Request] = deque(maxlen=size)

    def add(self, request: Request) -> None:
        """Remember one."""
        self._requests.append(request)

    def clear(self) -> None:
        """Forget all."""
        self._requests.clear()

    def of(self, method: str = "") -> list[Request]:
        """Calls to `method`, or all, oldest first."""
        return [r for r in self._requests if method in ("", r.method)]

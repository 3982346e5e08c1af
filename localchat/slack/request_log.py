from dataclasses import asdict, dataclass

from localchat.newest import Newest
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


class RequestLog(Newest[Request]):
    """The newest calls."""

    def of(self, method: str = "") -> list[Request]:
        """Calls to `method`, or all, oldest first."""
        return self.that(lambda call: method in ("", call.method))

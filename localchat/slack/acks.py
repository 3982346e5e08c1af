from dataclasses import dataclass
from typing import Literal

from localchat.wire import Json


@dataclass(slots=True)
class Ack:
    """How an app answered one delivery.

    `no_ack`: silence until the time was up. `unreachable`: no socket, or no HTTP answer.
    `refused`: an HTTP answer other than 200.
    """

    kind: Literal["acked", "no_ack", "unreachable", "refused"]
    ms: float = 0.0
    payload: Json | None = None  # what the app sent along with the ack
    text: str = ""  # a plain-text HTTP body
    status: int = 200
    no_retry: bool = False  # the app sent X-Slack-No-Retry: 1

    @property
    def is_acked(self) -> bool:
        """True when the app acknowledged in time."""
        return self.kind == "acked"

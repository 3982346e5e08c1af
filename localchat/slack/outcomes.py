from dataclasses import asdict, dataclass, field

from localchat.slack.acks import Ack
from localchat.wire import Json

SILENCE = "This app didn't respond."
TROUBLE = "We had some trouble connecting. Try again?"  # maintainer, slackapi/bolt-js issue 1208


@dataclass(slots=True)
class Outcome:
    """What a person sees after doing something that an app must answer."""

    ok: bool
    error: str = ""
    message: str = ""  # in words, as Slack would show it
    ack_ms: float = 0.0
    response: Json | None = None  # what the app sent with its acknowledgement
    errors: dict[str, str] = field(default_factory=dict)  # of a modal, by block id

    def as_json(self) -> Json:
        """For the control and page APIs."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None, {})}


def refusal(error: str, message: str) -> Outcome:
    """Something that could not even be tried."""
    return Outcome(False, error, message)


def from_ack(ack: Ack, silence: str = SILENCE) -> Outcome:
    """Success, or the way in which the app failed to answer."""
    if ack.is_acked:
        return Outcome(True, ack_ms=ack.ms, response=ack.payload)
    error = "no_ack" if ack.kind == "no_ack" else "dispatch_failed"
    return Outcome(False, error, silence, ack.ms)

from dataclasses import asdict, dataclass

from localchat.wire import Json

FAILED = "This interaction failed"  # at a component
SILENCE = "The application did not respond"  # after a command
TROUBLE = "Something went wrong. Try again."  # in a modal


@dataclass(slots=True)
class Outcome:
    """What a person sees after doing something that the app must answer."""

    ok: bool
    error: str = ""
    message: str = ""  # in words, as Discord would show it
    ack_ms: float = 0.0
    type: int = 0  # of the callback
    response: Json | None = None  # the message, the modal or the choices that came of it

    def as_json(self) -> Json:
        """For the control and page APIs."""
        shown = {name: value for name, value in asdict(self).items() if value not in ("", None, 0)}
        return shown | {"ok": self.ok, "ack_ms": round(self.ack_ms, 3)}


def refusal(error: str, message: str) -> Outcome:
    """Something that could not even be tried."""
    return Outcome(False, error, message)

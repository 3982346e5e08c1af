"""Why a call to a platform has no answer: each is another thing to do, so each has its class."""


class CallError(Exception):
    """The base: a call without the answer it should have."""


class LimitedError(CallError):
    """Too many calls; nothing happened. Carries the seconds to wait."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"ratelimited, for {retry_after:.0f} s")
        self.retry_after = retry_after


class LostError(CallError):
    """No clear answer came back: the call may have taken effect all the same."""


class UnreachableError(CallError):
    """Nothing was sent: there is no connection to the platform."""

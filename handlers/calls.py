"""Why a call to a platform has no answer: each is another thing to do, so each has its class."""


class CallError(Exception):
    """The base: a call without the answer it should have."""


class LimitedError(CallError):
    """Too many calls; nothing happened. Carries the seconds to wait, and whether for all calls."""

    def __init__(self, retry_after: float, *, is_everywhere: bool = False) -> None:
        super().__init__(f"ratelimited, for {retry_after:.0f} s")
        self.retry_after = retry_after
        self.is_everywhere = is_everywhere


class RefusalError(CallError):
    """The platform says no; why, each platform says in its own way."""

    @property
    def is_token(self) -> bool:
        """Whether every other call would be refused as well."""
        return False


class LostError(CallError):
    """No clear answer came back: the call may have taken effect all the same."""


class UnreachableError(CallError):
    """Nothing was sent: there is no connection to the platform."""


class NotThereError(CallError):
    """Whatever answered does not know this call, or left out what the answer is for."""

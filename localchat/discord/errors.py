"""How Discord refuses. Codes: Discord's docs, topics/opcodes-and-status-codes."""

from localchat.wire import Json


class DiscordError(Exception):
    """A request that Discord would refuse, with the status and body that say so."""

    def __init__(self, status: int, code: int, message: str, **fields: object) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields
        self.headers: dict[str, str] = {}

    def body(self) -> Json:
        """The response's JSON."""
        return {"message": self.message, "code": self.code, **self.fields}


UNKNOWN = {
    "Application": 10002,
    "Channel": 10003,
    "Guild": 10004,
    "Member": 10007,
    "Message": 10008,
    "Role": 10011,
    "User": 10013,
    "Webhook": 10015,
    "interaction": 10062,
    "application command": 10063,
}
KNOWN_ERRORS = {  # code: (status, message)
    0: (500, "500: Internal Server Error"),
    20016: (429, "This action cannot be performed due to slowmode rate limit."),
    20028: (429, "The write action you are performing on the channel has hit the write rate limit"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later."),
    40001: (401, "Unauthorized"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50024: (403, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    50278: (403, "Cannot send messages to this user due to having no mutual guilds"),
    160004: (400, "A thread has already been created for this message"),
    **{code: (404, f"Unknown {what}") for what, code in UNKNOWN.items()},
}


def refused(code: int, **fields: object) -> DiscordError:
    """The refusal with this code."""
    status, message = KNOWN_ERRORS[code]
    return DiscordError(status, code, message, **fields)


def unknown(what: str) -> DiscordError:
    """404: there is no such thing, or no longer."""
    return refused(UNKNOWN[what])


def unauthorized() -> DiscordError:
    """401 for a missing or wrong token."""
    return DiscordError(401, 0, "401: Unauthorized")


def not_found() -> DiscordError:
    """404 for an address that is none."""
    return DiscordError(404, 0, "404: Not Found")

from localchat.wire import Json


class SlackError(Exception):
    """A Web API call that Slack would refuse, with the body that says so."""

    def __init__(self, error: str, **fields: object) -> None:
        super().__init__(error)
        self.error = error
        self.fields = fields

    def body(self) -> Json:
        """The response's JSON."""
        return {"ok": False, "error": self.error, **self.fields}


def invalid_arguments(*problems: str) -> SlackError:
    """The general refusal, with one line per problem."""
    messages = [f"[ERROR] {problem}" for problem in problems]
    return SlackError("invalid_arguments", response_metadata={"messages": messages})

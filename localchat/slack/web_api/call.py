"""One Web API call, and the registry of methods."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localchat.slack.conversation import Conversation
from localchat.slack.errors import SlackError, invalid_arguments
from localchat.slack.tokens import TokenKind
from localchat.wire import Json
from localchat.world import App

if TYPE_CHECKING:
    from localchat.slack.service import Slack


class Arguments:
    """What a call was given, wherever it stood: query, form or JSON body."""

    def __init__(self, given: Json) -> None:
        self.given = given

    def text(self, name: str, default: str = "") -> str:
        """The argument as text."""
        value = self.given.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """The argument as text.

        Raises:
            SlackError: invalid_arguments: it is missing or empty.
        """
        if not (value := self.text(name)):
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """The argument as true or false."""
        value = self.given.get(name)
        return default if value is None else value in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int) -> int:
        """The argument as a whole number.

        Raises:
            SlackError: invalid_arguments: it is something else.
        """
        try:
            return int(self.given.get(name) or default)
        except (TypeError, ValueError):
            raise invalid_arguments(f"must provide an integer [json-pointer:/{name}]") from None

    def names(self, name: str) -> list[str]:
        """The argument as a list: JSON, or separated by commas."""
        value = self.given.get(name)
        if isinstance(value, list):
            return [str(each) for each in value]
        return [each.strip() for each in str(value or "").split(",") if each.strip()]

    def structure(self, name: str, error: str) -> Any:
        """The argument as a structure, which may come as JSON in a string; None when absent.

        Raises:
            SlackError: `error`: the string is not JSON.
        """
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None


@dataclass(slots=True)
class Call:
    """One call by one app."""

    slack: "Slack"
    app: App
    args: Arguments
    warnings: list[str] = field(default_factory=list)

    def channel(self, name: str = "channel") -> Conversation:
        """The conversation that an argument names by id.

        Raises:
            SlackError: channel_not_found: there is none, or it is private and the app is not in it.
        """
        channel = self.slack.workspace.channels.get(self.args.required(name))
        if channel is None or not (channel.is_public or self.app.bot_user_id in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def need_scope(self, scope: str) -> None:
        """Refuse apps without a scope that only some arguments need.

        Raises:
            SlackError: missing_scope.
        """
        if scope not in self.app.scopes:
            provided = ",".join(sorted(self.app.scopes))
            raise SlackError("missing_scope", needed=scope, provided=provided)


Handler = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """One Web API method: what it needs, how often it may be called, what it does."""

    name: str
    handler: Handler
    scopes: tuple[str, ...]  # any one of them is enough
    token: TokenKind
    tier: int
    needs_token: bool


METHODS: dict[str, Method] = {}


def method(
    name: str,
    *scopes: str,
    tier: int,
    token: TokenKind = "bot",  # noqa: S107  # a kind of token, no token
    needs_token: bool = True,
) -> Callable[[Handler], Handler]:
    """Register a handler for a method; tiers as in docs.slack.dev/apis/web-api/rate-limits."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(name, handler, scopes, token, tier, needs_token)
        return handler

    return register

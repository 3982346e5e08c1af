from dataclasses import dataclass
from typing import Literal

from localchat.slack.errors import SlackError
from localchat.slack.workspace import Workspace
from localchat.world import App

TokenKind = Literal["bot", "app"]
State = Literal["valid", "token_revoked", "account_inactive"]


@dataclass(slots=True)
class Token:
    """A token and whether it still opens doors."""

    app: App
    kind: TokenKind
    state: State = "valid"


class Tokens:
    """Who calls, and whether they may."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._tokens: dict[str, Token] = {}
        self.load()

    def load(self) -> None:
        """Begin again with the tokens of the workspace's apps."""
        self._tokens = {}
        for app in self._workspace.apps.values():
            self.add(app)

    def add(self, app: App) -> None:
        """Make an app's two tokens valid."""
        self._tokens[app.bot_token] = Token(app, "bot")
        self._tokens[app.app_token] = Token(app, "app")

    def set_state(self, token: str, state: State) -> None:
        """Revoke a token, or restore it.

        Raises:
            KeyError: nobody has this token.
        """
        self._tokens[token].state = state

    def check(self, text: str, kind: TokenKind, scopes: tuple[str, ...]) -> App:
        """The app that calls.

        Raises:
            SlackError: not_authed, invalid_auth, token_revoked, account_inactive,
                not_allowed_token_type or missing_scope.
        """
        if not text:
            raise SlackError("not_authed")
        token = self._tokens.get(text)
        if token is None:
            raise SlackError("invalid_auth")
        if token.state != "valid":
            raise SlackError(token.state)
        if token.kind != kind:
            raise SlackError("not_allowed_token_type")
        if scopes and token.app.scopes.isdisjoint(scopes):
            provided = ",".join(sorted(token.app.scopes))
            raise SlackError("missing_scope", needed=scopes[0], provided=provided)
        return token.app

    def owner(self, text: str) -> str:
        """The id of the app with this token; "" for strangers."""
        token = self._tokens.get(text)
        return token.app.id if token else ""

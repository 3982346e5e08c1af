"""Who is acting, as Slack's own record says: asked of `users.info`, never of the click."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import UncheckedError
from bot.facts import Identity
from handlers.calls import CallError, LostError
from handlers.slack.api import Json, RefusedError, ask

FRESH_FOR = timedelta(minutes=10)
FAILED_FOR = 1.0  # seconds; after a failure nobody is asked about before
ASK_WITHIN = 1.8  # seconds; a click must be answered in three
REMEMBERED = 10_000

log = logging.getLogger(__name__)

BARS = (  # flag of users.info -> why it rules the account out
    ("deleted", "Your account is deactivated, so it cannot vote."),
    ("is_bot", "Programs cannot vote."),
    ("is_stranger", "Your account is from another workspace, so it cannot vote here."),
    ("is_ultra_restricted", "Guests cannot vote."),
    ("is_restricted", "Guests cannot vote."),
)
UNCHECKED = (
    "Slack did not tell us who you are just now. Your click was not counted; try again in a minute."
)
FOREIGN = "Your account is from another workspace, so it cannot vote here."


@dataclass(frozen=True, slots=True)
class Home:
    """The workspace that the token belongs to, and the account of the bot itself."""

    team_ref: str
    enterprise_ref: str = ""
    bot_user_ref: str = ""
    bot_ref: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    identity: Identity
    until: datetime


class Identities:
    """Looks accounts up, each once for everybody who waits, and remembers for ten minutes."""

    def __init__(
        self, client: AsyncWebClient, now: Callable[[], datetime], team_ref: str | None = None
    ) -> None:
        self._client = client
        self._now = now
        self._team_ref = team_ref  # the rulebook's one workspace, when it names one
        self._home: Home | None = None
        self._known: dict[str, _Known] = {}
        self._asked: dict[str, asyncio.Task[Identity]] = {}
        self._not_before: datetime | None = None  # after a failure

    def cached(self, user_ref: str) -> Identity | None:
        """Who this is, if it is known already."""
        known = self._known.get(user_ref)
        return known.identity if known and known.until > self._now() else None

    async def of(self, user_ref: str) -> Identity:
        """Who this is.

        Raises:
            UncheckedError: Slack could not be asked; fail closed.
        """
        if identity := self.cached(user_ref):
            return identity
        task = self._asked.get(user_ref)
        if task is None and self._not_before is not None and self._now() < self._not_before:
            raise UncheckedError(UNCHECKED, "slack", user_ref)
        if task is None:
            task = self._asked[user_ref] = asyncio.create_task(self._look_up(user_ref))
            task.add_done_callback(lambda _: self._asked.pop(user_ref, None))
        try:
            async with asyncio.timeout(ASK_WITHIN):
                return await asyncio.shield(task)
        except (CallError, TimeoutError) as problem:
            log.warning("users.info of %s: %s", user_ref, problem or "no answer in time")
            wait = getattr(problem, "retry_after", FAILED_FOR)
            self._not_before = self._now() + timedelta(seconds=wait)
            raise UncheckedError(UNCHECKED, "slack", user_ref) from problem

    def forget(self, user_ref: str) -> None:
        """Something about this account has changed."""
        self._known.pop(user_ref, None)

    async def home(self) -> Home:
        """The workspace that the token belongs to.

        Raises:
            CallError: Slack does not say.
        """
        if self._home is None:
            said = await ask(self._client.auth_test())
            self._home = Home(
                _text(said, "team_id"),
                _text(said, "enterprise_id"),
                _text(said, "user_id"),
                _text(said, "bot_id"),
            )
        return self._home

    async def _look_up(self, user_ref: str) -> Identity:
        home = await self.home()
        try:
            user = user_in(await ask(self._client.users_info(user=user_ref)), user_ref)
        except RefusedError as problem:
            if problem.error not in ("user_not_found", "user_not_visible"):
                raise
            user = {"is_stranger": True}
        if user is None:
            raise LostError("the answer is about nobody, or about somebody else")
        identity = identity_of(user_ref, user, home, self._team_ref)
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[user_ref] = _Known(identity, self._now() + FRESH_FOR)
        return identity


def user_in(said: Json, user_ref: str) -> Json | None:
    """The `user` of an answer of `users.info`; None when it is not about whom we asked about."""
    user = said.get("user")
    if not isinstance(user, dict):
        return None
    grid = user.get("enterprise_user")
    ids = (user.get("id"), grid.get("id") if isinstance(grid, dict) else None)
    return user if user_ref in ids else None


def identity_of(user_ref: str, user: Json, home: Home, team_ref: str | None = None) -> Identity:
    """What `users.info` says, as an identity; a flag that is not there is not set.

    Args:
        user_ref: who was asked about.
        user: the `user` object.
        home: where the token belongs.
        team_ref: the workspace, or the Grid organisation, that the rules name.
    """
    ours = {home.team_ref, home.enterprise_ref} - {""}
    grid = user.get("enterprise_user") or {}
    theirs = {_text(user, "team_id"), _text(grid, "enterprise_id"), *(grid.get("teams") or ())}
    theirs -= {""}
    barred = next((why for flag, why in BARS if _is_set(user.get(flag))), "")
    if theirs and not theirs & ours:
        return Identity("slack", user_ref, _text(user, "team_id"), barred=barred or FOREIGN)
    team = team_ref if team_ref in ours and team_ref else home.team_ref
    return Identity("slack", user_ref, team, barred=barred)


def _is_set(flag: Any) -> bool:
    """Whether a flag bars: whatever is not plainly a no is a yes."""
    return str(flag).strip().lower() not in ("none", "false", "0", "")


def _text(said: Json, name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""

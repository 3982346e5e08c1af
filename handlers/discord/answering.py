"""One interaction, and the ways to answer it: at once, after deferring, and when it is too late."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from discord.utils import snowflake_time

from bot.card_parts import Reply
from bot.facts import Identity
from bot.safe_text import say
from handlers.calls import CallError
from handlers.discord.api import File, RefusedError, attachments_of
from handlers.discord.blocks import Json
from handlers.discord.client import Interaction
from handlers.discord.codes import ANSWERED_ALREADY, UNKNOWN_INTERACTION
from handlers.discord.desk import DiscordDesk
from handlers.discord.identity import Account, account_in
from handlers.discord.render import EPHEMERAL, digest_in, reply_of

LATE_AFTER = 2.5  # seconds; Discord gives up on an interaction after three
NO_WINDOW = Reply(
    ((say("Your click reached us too late to open its window. Press the button again."),),)
)

log = logging.getLogger(__name__)


class Callback(IntEnum):
    """The first answer to an interaction. Source: Discord's docs, receiving-and-responding."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    WINDOW = 9


class Stage(IntEnum):
    """How far an interaction is answered."""

    OPEN = 0
    DEFERRED = 1  # a message of our own is promised
    DONE = 2  # more goes as follow-ups; the message clicked can be edited
    ELSEWHERE = 3  # another process with our token answers
    LOST = 4  # Discord no longer knows it


@dataclass(frozen=True, slots=True)
class Clicked:
    """The message whose button was pressed."""

    channel_ref: str
    message_ref: str
    is_ephemeral: bool
    attachment_refs: tuple[str, ...]
    read_digest: str  # of the content whose page it is, or ""


class Answer:
    """What one person did, and what they get to see for it."""

    def __init__(self, desk: DiscordDesk, interaction: Interaction) -> None:
        self.desk = desk
        self.account: Account = account_in(interaction)
        self.clicked = _clicked(interaction)
        self._ref = str(interaction.id)
        self._age_when_heard = age_of(interaction.id, desk.house.now())
        self._token = interaction.token
        self._application_ref = interaction.client.application_ref
        self._stage = Stage.OPEN
        self._heard_at = asyncio.get_running_loop().time()

    @property
    def is_open(self) -> bool:
        """Whether nothing has been answered, so that a window can still be opened."""
        return self._stage is Stage.OPEN

    @property
    def card(self) -> tuple[str, str] | None:
        """The message that was clicked, when everybody sees it."""
        clicked = self.clicked
        if clicked is None or clicked.is_ephemeral:
            return None
        return clicked.channel_ref, clicked.message_ref

    @property
    def who(self) -> Callable[[], Awaitable[Identity]]:
        """Asks who acted."""
        return lambda: self.desk.identities.of(self.account)

    async def reply(self, reply: Reply) -> bool:
        """Tells the person; in place of the message clicked, when only they see that."""
        return await self.tell(reply_of(reply))

    async def tell(
        self, body: Json, files: Sequence[File] = (), *, keeps_files: bool = False
    ) -> bool:
        """Shows the person a message; whether it is before them.

        Args:
            body: the message. It takes the place of the one clicked, when only they see that.
            files: what goes with it.
            keeps_files: whether the files of the message clicked stay in its place.
        """
        replaces = self.clicked is not None and self.clicked.is_ephemeral
        kept = self.clicked.attachment_refs if self.clicked and keeps_files else ()
        body = {"flags": 0, **body, "attachments": attachments_of(files, kept)}
        match self._stage:
            case Stage.OPEN:
                kind = Callback.UPDATE if replaces else Callback.MESSAGE
                first = body if replaces else _private(body)
                return await self._first(kind, first, files) or await self._by_other_ways(body)
            case Stage.DEFERRED:
                self._stage = Stage.DONE
                return await self._edit(body, files)
            case Stage.DONE if replaces:
                return await self._edit(body, files)
            case Stage.DONE:
                return await self._follow_up(body, files)
        return await self._by_other_ways(body)

    async def show_anew(self, body: Json) -> bool:
        """Puts the newest state into the message clicked; whether it is there."""
        kept = self.clicked.attachment_refs if self.clicked else ()
        if kept:
            body = {**body, "attachments": attachments_of((), kept)}
        if self._stage is Stage.OPEN:
            return await self._first(Callback.UPDATE, body)
        return await self._edit(body) if self._stage is Stage.DONE else False

    async def open_window(self, window: Json) -> bool:
        """Opens a modal; only as the first answer."""
        is_shown = self.is_open and await self._first(Callback.WINDOW, window)
        if self._stage is Stage.LOST:
            await self.reply(NO_WINDOW)
        return is_shown

    async def suggest(self, choices: list[Json]) -> None:
        """Answers an autocompletion."""
        await self._first(Callback.CHOICES, {"choices": choices})

    async def defer(self) -> None:
        """Promises an answer; after it no window can be opened."""
        if not self.is_open:
            return
        if self.clicked is not None:
            await self._first(Callback.DEFERRED_UPDATE)
        elif await self._first(Callback.DEFERRED_MESSAGE, {"flags": EPHEMERAL}):
            self._stage = Stage.DEFERRED

    async def _first(
        self, kind: Callback, data: Json | None = None, files: Sequence[File] = ()
    ) -> bool:
        answer = {"type": kind, **({"data": data} if data is not None else {})}
        self._stage = Stage.DONE
        try:
            await self.desk.api.call_back(self._ref, self._token, answer, files)
        except CallError as problem:
            return await self._not_taken(problem)
        return True

    async def _not_taken(self, problem: CallError) -> bool:
        """The first answer did not get through: another's did, or it came too late."""
        code = problem.code if isinstance(problem, RefusedError) else 0
        held = asyncio.get_running_loop().time() - self._heard_at
        waited = self._age_when_heard + held
        if code == ANSWERED_ALREADY or (code == UNKNOWN_INTERACTION and waited < LATE_AFTER):
            self._stage = Stage.ELSEWHERE
            log.info("Discord: another process has answered: %s", problem)
        elif code == UNKNOWN_INTERACTION:
            self._stage = Stage.LOST
            log.warning("Discord: answered after %.1f s, which is too late", waited)
        else:
            log.warning("Discord: an answer was not taken: %s", problem)
        return False

    async def _by_other_ways(self, body: Json) -> bool:
        """What is left when the first answer was not taken, or nobody knows whether it was."""
        body = {**body, "attachments": []}
        match self._stage:
            case Stage.DONE:
                return await self._follow_up(body)
            case Stage.LOST:
                return await self._tell_directly(body)
        return False

    async def _edit(self, body: Json, files: Sequence[File] = ()) -> bool:
        return await self._sent(
            self.desk.api.edit_original(self._application_ref, self._token, body, files)
        )

    async def _follow_up(self, body: Json, files: Sequence[File] = ()) -> bool:
        call = self.desk.api.follow_up(self._application_ref, self._token, _private(body), files)
        sent = await self._sent(call)
        return sent or await self._tell_directly(body)

    async def _tell_directly(self, body: Json) -> bool:
        """The last way: a direct message."""

        async def send() -> None:
            channel_ref = await self.desk.api.direct(self.account.user_ref)
            await self.desk.api.post(channel_ref, body)

        return await self._sent(send())

    async def _sent(self, call: Awaitable[None]) -> bool:
        try:
            await call
        except CallError as problem:
            log.warning("Discord: %s could not be answered: %s", self.account.user_ref, problem)
            return False
        return True


def age_of(interaction_id: int, now: datetime) -> float:
    """Seconds since somebody acted, by the time in the id; 0 where our clock is behind Discord's.

    What was done while we were away comes with the RESUME, and is old when it is heard.
    """
    return max(0.0, (now - snowflake_time(interaction_id)).total_seconds())


def _clicked(interaction: Interaction) -> Clicked | None:
    message = interaction.message
    if message is None:
        return None
    return Clicked(
        channel_ref=str(message.channel.id),
        message_ref=str(message.id),
        is_ephemeral=message.flags.ephemeral,
        attachment_refs=tuple(str(each.id) for each in message.attachments),
        read_digest=digest_in([dict(embed.to_dict()) for embed in message.embeds]),
    )


def _private(body: Json) -> Json:
    """The message as one that only whoever acted sees."""
    return {**body, "flags": body["flags"] | EPHEMERAL}

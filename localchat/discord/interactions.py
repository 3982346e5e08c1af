"""Interactions between a person's click or command and the end of their token."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

from localchat.clock import Clock
from localchat.discord.errors import refused, unknown
from localchat.discord.ids import Snowflakes, secret
from localchat.discord.messages import Message
from localchat.discord.options import Options
from localchat.discord.place import Place
from localchat.wire import Json

CLEAN_EVERY = 256  # interactions


@dataclass(slots=True)
class Callback:
    """How an app answered."""

    type: int
    ms: float
    message: Message | None = None
    body: Json = field(default_factory=dict)  # its `data`: choices, or the modal


@dataclass(eq=False, slots=True)
class Interaction:
    """One interaction, and what has become of it."""

    id: str
    token: str
    kind: int
    person_id: str
    place: Place
    began_at: float
    answer: "asyncio.Future[Callback]"
    started: float  # by the processor's clock, for milliseconds
    source: Message | None = None  # the message whose component was used, if one was
    metadata: Json = field(default_factory=dict)  # what messages tell of it
    callback: Callback | None = None
    original: Message | None = None  # what `@original` names
    message_ids: set[str] = field(default_factory=set)
    is_given_up: bool = False  # the person was told that it failed


class Interactions:
    """The interactions whose tokens still work."""

    def __init__(self, clock: Clock, ids: Snowflakes, options: Options) -> None:
        self._clock = clock
        self._ids = ids
        self._options = options
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._by_id: dict[str, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self._ages: deque[Interaction] = deque()

    def new(
        self, kind: int, person_id: str, place: Place, source: Message | None = None
    ) -> Interaction:
        """Begin one."""
        made = Interaction(
            self._ids.new(),
            secret(64),
            kind,
            person_id,
            place,
            self._clock.now(),
            asyncio.get_running_loop().create_future(),
            time.perf_counter(),
            source,
        )
        self._by_id[made.id] = self._by_token[made.token] = made
        self._ages.append(made)
        if len(self._ages) % CLEAN_EVERY == 0:
            self._forget_old()
        return made

    def unanswered(self, interaction_id: str, token: str) -> Interaction:
        """The interaction that a callback wants to answer.

        Raises:
            DiscordError: 10062: unknown, or too late. 40060: it was answered before.
        """
        found = self._by_id.get(interaction_id)
        if found is None or found.token != token:
            raise unknown("interaction")
        if found.callback:
            raise refused(40060)
        age = self._clock.now() - found.began_at
        if age > self._options.callback_within or found.is_given_up:
            raise unknown("interaction")
        return found

    def answered(self, token: str) -> Interaction:
        """The interaction whose webhook is used.

        Raises:
            DiscordError: 10015: there is none, or it was not answered. 50027: its time is over.
        """
        found = self._by_token.get(token)
        if found is None:
            raise refused(50027)
        if self._clock.now() - found.began_at > self._options.token_lives_for:
            raise refused(50027)
        if found.callback is None:
            raise unknown("Webhook")
        return found

    def settle(self, interaction: Interaction, callback: Callback) -> None:
        """Note the answer, and tell whoever waits for it."""
        interaction.callback = callback
        if callback.message:
            interaction.original = callback.message
            interaction.message_ids.add(callback.message.id)
        if not interaction.answer.done():
            interaction.answer.set_result(callback)

    def _forget_old(self) -> None:
        oldest = self._clock.now() - 2 * self._options.token_lives_for
        while self._ages and self._ages[0].began_at < oldest:
            gone = self._ages.popleft()
            self._by_id.pop(gone.id, None)
            self._by_token.pop(gone.token, None)

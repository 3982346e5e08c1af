"""Refusals that depend on what was done before: repeated nonces, old messages, busy channels."""

from collections import OrderedDict, deque

from localchat.clock import Clock
from localchat.discord.errors import DiscordError, refused
from localchat.discord.messages import Message
from localchat.discord.options import Options
from localchat.discord.place import Place
from localchat.wire import Json

HOUR = 3600.0  # seconds
WRITES_PER = 10.0  # seconds


class Nonces:
    """Messages by nonce, for the few minutes in which a nonce is enforced: D12."""

    def __init__(self, clock: Clock, options: Options) -> None:
        self._clock = clock
        self._options = options
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._known: OrderedDict[str, Message] = OrderedDict()

    def earlier(self, body: Json) -> Message | None:
        """The message that was posted with this nonce, if the request insists on it."""
        if not body.get("enforce_nonce") or body.get("nonce") is None:
            return None
        self._forget_old()
        known = self._known.get(str(body["nonce"]))
        return known if known and not known.is_deleted else None

    def remember(self, message: Message) -> None:
        """Note a new message's nonce."""
        if message.nonce is not None:
            self._known.setdefault(str(message.nonce), message)

    def _forget_old(self) -> None:
        oldest = self._clock.now() - self._options.nonce_lives_for
        while self._known and next(iter(self._known.values())).made_at < oldest:
            self._known.popitem(last=False)


class Limits:
    """How often a channel may be written to, and its old messages edited."""

    def __init__(self, clock: Clock, options: Options) -> None:
        self._clock = clock
        self._options = options
        self.clear()

    def clear(self) -> None:
        """Begin to count again."""
        self._writes: dict[str, deque[float]] = {}
        self._old_edits: dict[str, deque[float]] = {}

    def count_write(self, place: Place) -> None:
        """Count a new message.

        Raises:
            DiscordError: 20028: there were too many in this channel.
        """
        most = self._options.writes_per_channel
        if most is not None:
            _count(self._writes, place.id, most, self._clock.now(), WRITES_PER, 20028)

    def count_edit(self, message: Message) -> None:
        """Count an edit, if the message is old: D10.

        Raises:
            DiscordError: 30046: there were too many in its channel.
        """
        most = self._options.old_edits_max
        now = self._clock.now()
        if most is not None and now - message.made_at > self._options.old_after:
            _count(self._old_edits, message.place.id, most, now, HOUR, 30046)


def _count(
    counts: dict[str, deque[float]], key: str, most: int, now: float, within: float, code: int
) -> None:
    times = counts.setdefault(key, deque())
    while times and times[0] <= now - within:
        times.popleft()
    if len(times) >= most:
        raise busy(code, within - (now - times[0]))
    times.append(now)


def busy(code: int, retry_after: float) -> DiscordError:
    """A refusal with 429 that is about a thing, not about the bot."""
    fields = {"retry_after": round(retry_after, 3), "global": False}
    error = refused(code, **fields)
    error.headers = {"Retry-After": str(int(retry_after) + 1), "X-RateLimit-Scope": "shared"}
    return error

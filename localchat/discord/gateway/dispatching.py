import asyncio
from collections.abc import Iterator

from localchat.discord.changes import Change
from localchat.discord.faults import Fault, Faults
from localchat.discord.gateway.events import Event, Events
from localchat.discord.gateway.session import Session
from localchat.wire import Json, dumps


class Dispatching:
    """Brings events to the bot's sessions: to every one of them, as Discord does (D24)."""

    def __init__(self, events: Events, faults: Faults) -> None:
        self._events = events
        self._faults = faults
        self._late: set[asyncio.TimerHandle] = set()
        self.sessions: dict[str, Session] = {}

    def close(self) -> None:
        """Forget what is held back."""
        for each in self._late:
            each.cancel()
        self._late.clear()

    def on_change(self, change: Change) -> None:
        """Tell the sessions of a change, if the bot is told of it."""
        if not self.sessions:
            return
        if event := self._events.of(change):
            self.send(event)

    def interact(self, data: Json, guild_id: str) -> bool:
        """Send INTERACTION_CREATE; False when no session is there to get it."""
        is_heard = any(each.wants_guild(guild_id) for each in self.sessions.values())
        self.send(Event("INTERACTION_CREATE", data, guild_id))
        return is_heard

    def send(self, event: Event) -> None:
        """Dispatch an event, with whatever fault it meets."""
        fault = self._faults.for_dispatch(event.name)
        if fault is None:
            self._send(event)
        elif fault.kind == "malformed":
            event.data, event.without_content = fault.data, None
            self._send(event)
        elif fault.kind != "lost":
            self._send_oddly(event, fault)

    def _send_oddly(self, event: Event, fault: Fault) -> None:
        if fault.kind == "duplicate":
            for _ in range(fault.times):
                self._send(event)
            return
        loop = asyncio.get_running_loop()
        self._late.add(loop.call_later(fault.seconds, self._send, event))

    def _send(self, event: Event) -> None:
        texts: dict[int, str] = {}
        for session in self._interested(event):
            data = event.for_session(session.intents)
            if id(data) not in texts:
                texts[id(data)] = dumps(data)
            session.dispatch(event.name, texts[id(data)])

    def _interested(self, event: Event) -> Iterator[Session]:
        for session in self.sessions.values():
            wanted = not event.intent or session.intents & event.intent
            if wanted and session.wants_guild(event.guild_id):
                yield session

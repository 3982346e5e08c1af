from typing import Any

from localchat.discord.gateway import intents
from localchat.discord.gateway.budget import IdentifyBudget
from localchat.discord.gateway.dispatching import Dispatching
from localchat.discord.gateway.events import Events
from localchat.discord.gateway.session import Connection, Session
from localchat.discord.ids import secret
from localchat.discord.options import Options
from localchat.discord.workspace import Workspace
from localchat.wire import Json, dumps

INVALID_SESSION = 9
CHUNK = 1000  # members in one GUILD_MEMBERS_CHUNK


class CloseError(Exception):
    """The connection must be closed with `code`."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Handshake:
    """Begins sessions, takes them up again, and lets them go."""

    def __init__(
        self,
        workspace: Workspace,
        events: Events,
        dispatching: Dispatching,
        budget: IdentifyBudget,
        options: Options,
    ) -> None:
        self._workspace = workspace
        self._events = events
        self._sessions = dispatching.sessions
        self._budget = budget
        self._options = options
        self.gateway_url = ""

    def identify(self, connection: Connection, data: Any) -> None:
        """Begin a session.

        Raises:
            CloseError: the token, the intents or the shard are not acceptable.
        """
        if connection.session:
            raise CloseError(4005, "Already authenticated.")
        if not isinstance(data, dict) or not isinstance(data.get("intents"), int):
            raise CloseError(4002, "Error while decoding payload.")
        self._check_token(data)
        if data["intents"] & ~intents.KNOWN:
            raise CloseError(4013, "Invalid intent(s).")
        if not intents.are_allowed(data["intents"], self._workspace.application):
            raise CloseError(4014, "Disallowed intent(s).")
        number, count = shard = tuple(data.get("shard") or (0, 1))
        if not 0 <= number < count:
            raise CloseError(4010, "Invalid shard.")
        if self._budget.left == 0:
            raise CloseError(4004, "Authentication failed.")  # the token was reset
        if not self._budget.spend():
            connection.send_op(INVALID_SESSION, False)
            return
        self._begin(connection, data["intents"], shard)

    def _begin(self, connection: Connection, wanted: int, shard: tuple[int, int]) -> None:
        session = Session(secret(), wanted, shard, connection=connection)
        connection.session = session
        self._forget_old()
        self._sessions[session.id] = session
        ready = self._events.ready(session.id, self.gateway_url, shard)
        session.dispatch("READY", dumps(ready))
        if wanted & intents.GUILDS:
            for guild in self._events.guilds_of_the_bot():
                if session.wants_guild(guild.id):
                    created = self._events.guild_created(guild, wanted)
                    session.dispatch("GUILD_CREATE", dumps(created))

    def resume(self, connection: Connection, data: Any) -> None:
        """Take a session up again, and send what it missed, in order.

        Raises:
            CloseError: the token is wrong, or the sequence was never reached.
        """
        if not isinstance(data, dict):
            raise CloseError(4002, "Error while decoding payload.")
        self._check_token(data)
        session = self._sessions.get(str(data.get("session_id")))
        sequence = data.get("seq") or 0
        if session is None or self._is_over(session):
            connection.send_op(INVALID_SESSION, False)
            return
        if sequence > session.sequence:
            raise CloseError(4007, "Invalid seq.")
        if session.connection and session.connection is not connection:
            session.connection.session = None
        session.connection, session.lost_at = connection, None
        connection.session = session
        if session.replay(sequence):
            session.dispatch("RESUMED", dumps({"_trace": []}))
        else:
            self.forget(connection)
            connection.send_op(INVALID_SESSION, False)

    def list_members(self, session: Session, data: Any) -> None:
        """Answer REQUEST_GUILD_MEMBERS."""
        guild = self._workspace.guilds.get(str(data.get("guild_id")))
        if guild is None or self._workspace.bot_id not in guild.members:
            return
        ids = data.get("user_ids")
        wanted = [ids] if isinstance(ids, str) else ids
        query = str(data.get("query") or "").lower()
        found = [
            person_id
            for person_id in guild.members
            if (wanted is None or person_id in wanted)
            and self._workspace.people[person_id].name.startswith(query)
        ]
        chunks = [found[start : start + CHUNK] for start in range(0, len(found), CHUNK)] or [[]]
        for index, chunk in enumerate(chunks):
            shown: Json = {
                "guild_id": guild.id,
                "members": [self._workspace.member(guild, each) for each in chunk],
                "chunk_index": index,
                "chunk_count": len(chunks),
                "not_found": [w for w in wanted or () if w not in guild.members],
            }
            if "nonce" in data:
                shown["nonce"] = data["nonce"]
            session.dispatch("GUILD_MEMBERS_CHUNK", dumps(shown))

    def lose(self, connection: Connection) -> None:
        """The connection is gone; its session waits to be resumed."""
        session, connection.session = connection.session, None
        connection.waiting.put_nowait(None)
        if session and session.connection is connection:
            session.connection = None
            session.lost_at = self._workspace.clock.now()

    def forget(self, connection: Connection) -> None:
        """The session is over, and cannot be resumed."""
        session, connection.session = connection.session, None
        if session:
            session.connection = None
            self._sessions.pop(session.id, None)

    def clear(self) -> None:
        """End all sessions."""
        self._sessions.clear()

    def _check_token(self, data: Json) -> None:
        token = str(data.get("token", "")).removeprefix("Bot ")
        if token != self._workspace.application.bot_token:
            raise CloseError(4004, "Authentication failed.")

    def _is_over(self, session: Session) -> bool:
        if session.lost_at is None:
            return False
        age = self._workspace.clock.now() - session.lost_at
        return age > self._options.session_lives_for

    def _forget_old(self) -> None:
        for session in list(self._sessions.values()):
            if self._is_over(session):
                del self._sessions[session.id]

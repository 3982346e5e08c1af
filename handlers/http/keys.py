"""Who calls: API keys, looked up briefly cached; what each may do."""

import asyncio
import hashlib
import logging

from starlette.requests import Request

from bot.errors import SignoffError
from bot.flows.keeping import authenticate, touch_key
from bot.flows.opening import Producer
from handlers.app import House
from handlers.http.problems import ProblemError

FRESH_FOR = 5.0  # seconds; a revoked key works no longer than that
TOUCHED_EVERY = 60.0  # seconds
KEPT_MAX = 1_000  # keys in the cache
CHALLENGE = 'Bearer realm="signoff"'

log = logging.getLogger(__name__)


class Gate:
    """Admits a request by its key. Nothing of a key is kept but its hash."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._known: dict[bytes, tuple[float, Producer]] = {}
        self._touched_at: dict[str, float] = {}
        self._touching: set[asyncio.Task[None]] = set()

    async def admit(self, request: Request, scope: str) -> Producer:
        """The producer behind the request, if its key may do this.

        Raises:
            ProblemError: 401 without a living key, 403 when the key lacks the scope.
            BusyError: the memory could not be asked.
        """
        producer = await self._known_by(_secret_in(request))
        request.state.producer = producer.name
        self._touch(producer.name)
        if scope not in producer.scopes:
            challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'
            raise ProblemError(
                "scope-missing",
                f"The key {producer.name!r} lacks the scope {scope!r}. Whoever runs Signoff can "
                f"make one that has it: signoff keys add NAME --can {scope}",
                headers={"WWW-Authenticate": challenge},
            )
        return producer

    async def _known_by(self, secret: str) -> Producer:
        now = asyncio.get_running_loop().time()
        hashed = hashlib.sha256(secret.encode()).digest()
        fresh_until, producer = self._known.get(hashed, (0.0, None))
        if producer is not None and now < fresh_until:
            return producer
        found = await self._house.see(authenticate, secret)
        if found is None:
            self._known.pop(hashed, None)
            raise ProblemError(
                "key-unknown",
                "This key is not known, or it was revoked.",
                headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'},
            )
        if len(self._known) >= KEPT_MAX:
            self._known.clear()
        self._known[hashed] = (now + FRESH_FOR, found)
        return found

    def _touch(self, name: str) -> None:
        """Has the key's last use written down, now and then, without anybody waiting for it."""
        now = asyncio.get_running_loop().time()
        if now - self._touched_at.get(name, -TOUCHED_EVERY) < TOUCHED_EVERY:
            return
        self._touched_at[name] = now
        task = asyncio.create_task(self._write_touch(name))
        self._touching.add(task)
        task.add_done_callback(self._touching.discard)

    async def _write_touch(self, name: str) -> None:
        try:
            await self._house.do(touch_key, name, self._house.now())
        except SignoffError as problem:
            log.warning("the last use of a key was not written down: %s", problem)


def _secret_in(request: Request) -> str:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret:
        raise ProblemError(
            "key-missing",
            "Send an API key with the header: Authorization: Bearer sgn_… "
            "Whoever runs Signoff makes one: signoff keys add NAME --can submit,read",
            headers={"WWW-Authenticate": CHALLENGE},
        )
    return secret

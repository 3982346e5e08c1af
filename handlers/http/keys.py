"""Who calls: API keys, looked up briefly cached; what each may do, and how often."""

import asyncio
import hashlib
import logging
from collections import Counter

from starlette.requests import Request

from bot.errors import SignoffError
from bot.flows.keeping import Pass, is_dead, look_up, touch_key
from bot.flows.opening import Producer
from handlers.app import House
from handlers.http.limits import Limits
from handlers.http.problems import ProblemError, wait_for

FRESH_FOR = 1.0  # seconds; a revoked key works no longer than that
TOUCHED_EVERY = 60.0  # seconds
KEPT_MAX = 1_000  # keys in the cache
CHALLENGE = 'Bearer realm="signoff"'

log = logging.getLogger(__name__)


class Gate:
    """Admits a request by its key. Nothing of a key is kept but its hash."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._known: dict[bytes, tuple[float, Pass]] = {}
        self._touched_at: dict[str, float] = {}
        self._touching: set[asyncio.Task[None]] = set()
        self._limits = Limits()

    async def admit(self, request: Request, *scopes: str) -> Producer:
        """The program behind the request, if its key may do this.

        Args:
            request: one that has not been admitted yet.
            *scopes: each of them is enough.

        Raises:
            ProblemError: 401 without a living key, 403 when the key lacks the scope, 429 when it
                asks too often, 400 when the address has parameters that the route does not know.
            BusyError: the memory could not be asked.
        """
        return (await self._admit(request, scopes)).producer

    async def admit_voter(self, request: Request) -> tuple[Producer, str]:
        """The key's name behind a voting request, and the person whose votes it casts.

        Raises:
            ProblemError: as `admit`.
            BusyError: as `admit`.
        """
        found = await self._admit(request, ("vote",))
        if found.person_id is None:
            raise _lacking(found.producer.name, ("vote",))
        return found.producer, found.person_id

    def charge(self, request: Request, cost: int) -> None:
        """Counts so many requests more for one that was admitted.

        Raises:
            ProblemError: 429, the key asks too often.
        """
        found: Pass = request.state.key
        rate = found.rate or self._house.settings.rate
        now = asyncio.get_running_loop().time()
        wait, headers = self._limits.take(found.producer.name, rate, cost, now)
        request.state.headers = headers
        if wait:
            raise ProblemError(
                "too-many-requests",
                f"The key {found.producer.name!r} may ask {rate} times a minute. "
                f"Ask again in {wait:.1f} seconds.",
                headers=wait_for(wait),
            )

    async def is_alive(self, request: Request) -> bool:
        """Whether the key of an admitted request still opens the door."""
        try:
            found = await self._known_by(_secret_in(request))
        except ProblemError:
            return False
        admitted: Pass = request.state.key
        return found.producer.scopes == admitted.producer.scopes

    async def _admit(self, request: Request, scopes: tuple[str, ...]) -> Pass:
        found = await self._known_by(_secret_in(request))
        name = found.producer.name
        request.state.producer = name
        request.state.key = found
        self._touch(name)
        self.charge(request, 1)
        if found.producer.scopes.isdisjoint(scopes):
            raise _lacking(name, scopes)
        _refuse_unknown(request)
        return found

    async def _known_by(self, secret: str) -> Pass:
        now = asyncio.get_running_loop().time()
        hashed = hashlib.sha256(secret.encode()).digest()
        fresh_until, found = self._known.get(hashed, (0.0, None))
        if found is None or now >= fresh_until:
            found = await self._house.see(look_up, secret)
        if found is None or is_dead(found, self._house.now()):
            self._known.pop(hashed, None)
            raise _dead(found)
        if now >= fresh_until:
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
            "Whoever runs Signoff makes one: signoff keys add NAME --can submit,read,redeem",
            headers={"WWW-Authenticate": CHALLENGE},
        )
    return secret


def _dead(found: Pass | None) -> ProblemError:
    """Why a key opens nothing. Who holds the secret may know which of its ends it has met."""
    headers = {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'}
    if found is None:
        return ProblemError("key-unknown", "This key is not known.", headers=headers)
    name = found.producer.name
    if found.revoked_at:
        detail = f"The key {name!r} was revoked on {found.revoked_at:%Y-%m-%d %H:%M} UTC."
        return ProblemError("key-revoked", detail, headers=headers)
    detail = (
        f"The key {name!r} ended on {found.ends_at:%Y-%m-%d %H:%M} UTC. Whoever runs Signoff can "
        "make its successor: signoff keys rotate NAME --expires 90d"
    )
    return ProblemError("key-expired", detail, headers=headers)


def _lacking(name: str, scopes: tuple[str, ...]) -> ProblemError:
    challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{scopes[0]}"'
    wanted = " or ".join(repr(scope) for scope in scopes)
    return ProblemError(
        "scope-missing",
        f"The key {name!r} lacks the scope {wanted}. Whoever runs Signoff can "
        f"make one that has it: signoff keys add NAME --can {scopes[0]}",
        headers={"WWW-Authenticate": challenge},
    )


def _refuse_unknown(request: Request) -> None:
    """A misspelt filter must not mean "all", nor a misspelt wait "at once"."""
    route = request.scope.get("route")
    dependant = getattr(route, "dependant", None)
    known = [param.alias for param in dependant.query_params] if dependant else []
    for name, count in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in known:
            there = ", ".join(known) or "none"
            raise ProblemError(
                "unknown-parameter", f"There is no parameter {name[:80]!a} here; there is: {there}."
            )
        if count > 1:
            raise ProblemError("unknown-parameter", f"The parameter {name!r} stands there twice.")

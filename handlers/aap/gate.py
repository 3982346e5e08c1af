"""Who calls: an instance by its credential, or a provisioner by its token. Never both.

Each is looked up for every request: a deleted instance is shut out at once.
"""

import asyncio
import logging

from starlette.requests import Request

from bot.errors import SignoffError
from bot.flows import aap, aap_instances, aap_provisioners
from bot.flows.aap import Instance
from bot.flows.aap_provisioners import Provisioner
from handlers.aap.problems import AapProblemError
from handlers.app import House
from handlers.http.limits import Limits
from handlers.http.problems import wait_for

TOUCHED_EVERY = 60.0  # seconds
PROVISIONER_RATE = 60  # requests a minute; each may send a stranger's address a message
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="signoff-aap"'}
KEY_MAX = 1_000  # characters of an idempotency key

log = logging.getLogger(__name__)


class Gate:
    """Admits a request by its bearer token. Nothing of a token is kept."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._limits = Limits()
        self._touched_at: dict[str, float] = {}
        self._touching: set[asyncio.Task[None]] = set()

    async def instance(self, request: Request) -> Instance:
        """The instance behind the request.

        Raises:
            AapProblemError: 401 without a living credential, 403 with a provisioner's token, 429
                when it asks too often.
            BusyError: the memory could not be asked.
        """
        secret = _secret_in(request)
        if secret.startswith(aap_provisioners.MARK):
            raise _forbidden("A provisioner's token cannot ask for approvals.")
        found = await self._house.see(aap.authenticate, secret, self._house.now())
        if found is None:
            raise _unknown()
        request.state.producer = found.producer.name
        self._charge(request, found.producer.name, self._house.settings.rate)
        self._touch(found)
        return found

    async def provisioner(self, request: Request) -> tuple[Provisioner, str]:
        """The provisioner behind the request, and its token.

        Raises:
            AapProblemError: 401 without a living token, 403 with an instance's credential, 429
                when it asks too often.
            BusyError: the memory could not be asked.
        """
        secret = _secret_in(request)
        if secret.startswith(aap_instances.MARK):
            raise _forbidden("An instance's credential cannot manage instances.")
        found = await self._house.see(aap_provisioners.authenticate, secret, self._house.now())
        if found is None:
            raise _unknown()
        request.state.producer = f"aap-provisioner:{found.name}"
        self._charge(request, f"provisioner:{found.name}", PROVISIONER_RATE)
        return found, secret

    def _charge(self, request: Request, name: str, rate: int) -> None:
        now = asyncio.get_running_loop().time()
        wait, headers = self._limits.take(name, rate, 1, now)
        request.state.headers = headers
        if wait:
            message = f"At most {rate} requests a minute. Ask again in {wait:.1f} seconds."
            raise AapProblemError(429, "too_many_requests", message, headers=wait_for(wait))

    def _touch(self, instance: Instance) -> None:
        """Has the instance's last sign of life written down, now and then."""
        now = asyncio.get_running_loop().time()
        if now - self._touched_at.get(instance.id, -TOUCHED_EVERY) < TOUCHED_EVERY:
            return
        self._touched_at[instance.id] = now
        task = asyncio.create_task(self._write_touch(instance))
        self._touching.add(task)
        task.add_done_callback(self._touching.discard)

    async def _write_touch(self, instance: Instance) -> None:
        try:
            await self._house.do(aap.touch, instance, self._house.now())
        except SignoffError as problem:
            log.warning("the last use of an instance was not written down: %s", problem)


def key_of(request: Request) -> str:
    """The request's idempotency key.

    Raises:
        AapProblemError: there is none, or it is too long.
    """
    key = request.headers.get("idempotency-key", "")
    if not key:
        message = "Send the header Idempotency-Key, and the same again when you repeat this."
        raise AapProblemError(400, "missing_idempotency_key", message)
    if len(key) > KEY_MAX:
        message = f"Idempotency-Key may have at most {KEY_MAX:,} characters."
        raise AapProblemError(400, "invalid_idempotency_key", message)
    return key


def _secret_in(request: Request) -> str:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret:
        message = "Send a credential with the header Authorization: Bearer …"
        raise AapProblemError(401, "missing_credential", message, headers=CHALLENGE)
    return secret


def _unknown() -> AapProblemError:
    message = "This credential is not known, or it has expired or was revoked."
    return AapProblemError(401, "invalid_credential", message, headers=CHALLENGE)


def _forbidden(message: str) -> AapProblemError:
    return AapProblemError(403, "wrong_credential", message)

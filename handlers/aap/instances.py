"""`/api/aap/v1/instances`: what a provisioner may do, receivers looked at first."""

import asyncio
import json
from typing import Any
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import Response

from bot import aap
from bot.flows import aap_instances
from bot.flows import aap_provisioning as flows
from bot.flows.aap import UnknownInstanceError
from bot.flows.aap_events import Delivery
from bot.flows.aap_provisioning import Made, Wanted
from handlers.aap.envelope import UUID
from handlers.aap.gate import Gate, key_of
from handlers.aap.problems import AapProblemError, invalid
from handlers.aap.reading import read_object, shaped
from handlers.aap.receivers import verify
from handlers.aap.shapes import stamp
from handlers.app import House
from handlers.outside import Outside


class InstanceDoor:
    """Instances of the provisioner that calls; another's are not there."""

    def __init__(self, house: House, gate: Gate, outside: Outside) -> None:
        self._house = house
        self._gate = gate
        self._outside = outside
        self._locks: WeakValueDictionary[tuple[str, ...], asyncio.Lock] = WeakValueDictionary()

    async def provision(self, request: Request) -> Response:
        """Makes an instance; a receiver must have agreed before anything is kept."""
        provisioner, token = await self._gate.provisioner(request)
        key, given = key_of(request), await read_object(request)
        asked = _shaped(given, aap.NEW_INSTANCE)
        said = aap.digest_of(given)
        delivery = self._delivery(asked.delivery)
        async with self._turn(provisioner.name, key):
            house = self._house
            made = await house.see(flows.made_before, provisioner, token, key, said)
            if made is None:
                wanted = Wanted.fresh(key, said, asked.instance_name, delivery)
                await self._agree(wanted.id, delivery)
                made = await house.do(flows.provision, provisioner, token, wanted, house.now())
        return _made(made)

    async def show(self, request: Request) -> Response:
        """An instance; never its secrets."""
        provisioner, _ = await self._gate.provisioner(request)
        return _json(await self._house.see(flows.show, provisioner, _id_of(request)))

    async def change(self, request: Request) -> Response:
        """Another name, another receiver, or none; all of it or nothing."""
        house = self._house
        provisioner, _ = await self._gate.provisioner(request)
        instance_id, key = _id_of(request), key_of(request)
        given = await read_object(request)
        asked = _shaped(given, aap.CHANGED_INSTANCE)
        said = aap.digest_of(given)
        changes: dict[str, Any] = {}
        if asked.instance_name is not None:
            changes["name"] = asked.instance_name
        if "delivery" in asked.model_fields_set:
            changes["delivery"] = self._delivery(asked.delivery)
        async with self._turn(provisioner.name, instance_id, key):
            about = (provisioner, instance_id, key, said)
            answer = await house.see(flows.changed_before, *about)
            if answer is None:
                await self._agree(instance_id, changes.get("delivery"))
                answer = await house.do(flows.change, *about, changes, house.now())
        return _json(answer)

    async def delete(self, request: Request) -> Response:
        """Ends an instance and what it waits for."""
        house = self._house
        provisioner, _ = await self._gate.provisioner(request)
        instance_id = _id_of(request)
        await house.do(aap_instances.delete, house.rulebook, provisioner, instance_id, house.now())
        return Response(status_code=204)

    def _delivery(self, receiver: aap.Receiver | None) -> Delivery | None:
        if receiver is None:
            return None
        if fault := self._outside.fault_of(receiver.url):
            raise invalid("delivery.url", fault, "invalid_webhook_url")
        return Delivery(receiver.url, receiver.registration_id, receiver.signing_secret)

    def _turn(self, *names: str) -> asyncio.Lock:
        """One submission of a key at a time: repetitions do not multiply what is sent out."""
        lock = self._locks.get(names)
        if lock is None:
            lock = self._locks[names] = asyncio.Lock()
        return lock

    async def _agree(self, instance_id: str, delivery: Delivery | None) -> None:
        if delivery is None:
            return
        if not await verify(self._outside, instance_id, delivery, self._house.now()):
            message = "The webhook receiver could not be verified."
            raise AapProblemError(422, "webhook_verification_failed", message, param="delivery")


def _shaped(given: dict[str, Any], shape: Any) -> Any:
    delivery = given.get("delivery")
    kind = delivery.get("type") if isinstance(delivery, dict) else None
    if isinstance(kind, str) and kind != "webhook":
        raise invalid("delivery.type", "must be webhook", "unsupported_delivery_type")
    return shaped(given, shape)


def _made(made: Made) -> Response:
    credential: dict[str, str] = {"token": made.credential}
    if made.expires_at:
        credential["expires_at"] = stamp(made.expires_at)
    body = {"instance": made.instance, "credential": credential}
    return _json(body, 201 if made.is_new else 200)


def _id_of(request: Request) -> str:
    instance_id: str = request.path_params["id"]
    if not UUID.fullmatch(instance_id):
        raise UnknownInstanceError("There is no such instance.")
    return instance_id.lower()


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, media_type="application/json")

"""Webhooks: where a program wants to be told, what was sent there, and sending it again."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field, StringConstraints, TypeAdapter, field_validator
from starlette.requests import Request
from starlette.responses import Response

from bot.content import Submitted
from bot.errors import UnknownItemError
from bot.flows import hooking
from bot.flows.hooking import Delivery, Hook
from bot.rules.events import EVENTS
from handlers.app import House
from handlers.http.items import json_answer
from handlers.http.keys import Gate
from handlers.http.problems import Fault, invalid
from handlers.http.reading import parse, read_body
from handlers.http.shapes import Answer
from handlers.outside import Outside

URL_MAX = 2_000  # characters
PAGE_MAX = 200  # deliveries
HOOK_ID = re.compile("whk_[2-9A-Z]{12}")
DELIVERY_ID = re.compile("msg_[2-9A-Z]{12}_([0-9]{1,18})")
KNOWN = tuple(EVENTS.values())

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="Deliveries on one page.")]
After = Annotated[str | None, Query(description="`next_cursor` of the page before.")]


class WebhookRequest(Submitted):
    """Where to tell what."""

    url: Annotated[
        str,
        StringConstraints(min_length=1, max_length=URL_MAX),
        Field(
            description="An `https` address that is public, or one that SIGNOFF_WEBHOOK_ALLOW "
            "names. It is looked at again for every delivery; redirects are not followed."
        ),
    ]
    events: Annotated[
        tuple[str, ...],
        Field(description=f"Some of {', '.join(f'`{name}`' for name in KNOWN)}; all by default."),
    ] = KNOWN
    queue: Annotated[
        str | None, StringConstraints(max_length=200), Field(description="Only items of it.")
    ] = None

    @field_validator("events")
    @classmethod
    def _known(cls, events: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in events if name not in KNOWN]
        if unknown or not events:
            there = ", ".join(KNOWN)
            raise ValueError(f"names {unknown[0][:80]!a}" if unknown else f"may hold {there}")
        return tuple(dict.fromkeys(events))


WEBHOOK: TypeAdapter[WebhookRequest] = TypeAdapter(WebhookRequest)


class WebhookAnswer(Answer):
    """A receiver."""

    id: Annotated[str, Field(description="Its name here.")]
    url: Annotated[str, Field(description="Where it listens.")]
    events: Annotated[list[str], Field(description="What it is told.")]
    queue: Annotated[str | None, Field(description="The only queue it is told about.")]
    created_at: Annotated[datetime, Field(description="It is told what happened since.")]
    failing_since: Annotated[
        datetime | None, Field(description="The first failure after the last success.")
    ]
    disabled_at: Annotated[
        datetime | None, Field(description="Since when it is told nothing any more.")
    ]
    why: Annotated[str | None, Field(description="Why it is disabled.")]
    secret: Annotated[
        str | None,
        Field(description="`whsec_…`, to check signatures with: shown when it is made, only then."),
    ] = None


class WebhooksAnswer(Answer):
    """A key's receivers."""

    webhooks: Annotated[list[WebhookAnswer], Field(description="Oldest first.")]


class DeliveryAnswer(Answer):
    """One event for one receiver."""

    id: Annotated[str, Field(description="The `webhook-id` of every attempt.")]
    event: Annotated[str, Field(description="What happened.")]
    item_id: Annotated[str, Field(description="To which item.")]
    status: Annotated[
        Literal["waiting", "sent", "gone"],
        Field(description="`gone`: given up after three days, or at once after `410`."),
    ]
    tries: Annotated[int, Field(description="Attempts so far.")]
    created_at: Annotated[datetime, Field(description="RFC 3339, UTC.")]
    due_at: Annotated[datetime | None, Field(description="The next attempt, while it waits.")]
    sent_at: Annotated[datetime | None, Field(description="When it was taken.")]
    last_status: Annotated[int | None, Field(description="Of the last answer.")]
    problem: Annotated[str | None, Field(description="What was wrong with the last attempt.")]


class DeliveriesAnswer(Answer):
    """Some deliveries, the newest first."""

    deliveries: Annotated[list[DeliveryAnswer], Field(description="To this receiver.")]
    next_cursor: Annotated[str | None, Field(description="Where the next page begins.")]


class WebhookDoor:
    """`/v1/webhooks`. Another key's webhook is not there."""

    def __init__(self, house: House, gate: Gate, outside: Outside) -> None:
        self._house = house
        self._gate = gate
        self._outside = outside

    async def add(self, request: Request) -> Response:
        """Has events of the key's items sent to an address, from now on.

        Each is signed by the Standard Webhooks specification and sent until it is answered with
        2xx: at least once, under one `webhook-id`, for up to three days.
        """
        producer = await self._gate.admit(request, "webhooks")
        asked = parse(await read_body(request), WEBHOOK)
        if asked.queue is not None and asked.queue not in self._house.rulebook.queues:
            raise invalid(Fault("queue", "is none that is here"))
        if fault := await self._outside.fault_at(asked.url):
            raise invalid(Fault("url", fault))
        stated = (producer.name, asked.url, asked.events, asked.queue)
        hook, secret = await self._house.do(hooking.add_hook, *stated, self._house.now())
        headers = {"Location": f"/v1/webhooks/{hook.id}"}
        return json_answer(_json(_hook(hook, secret)), 201, headers)

    async def list_(self, request: Request) -> Response:
        """The key's webhooks."""
        producer = await self._gate.admit(request, "webhooks")
        hooks = await self._house.see(hooking.list_hooks, producer.name)
        return json_answer(_json(WebhooksAnswer(webhooks=[_hook(hook) for hook in hooks])))

    async def show(self, request: Request, webhook_id: str) -> Response:
        """One webhook."""
        name = await self._admit(request, webhook_id)
        return json_answer(_json(_hook(await self._house.see(hooking.find_hook, name, webhook_id))))

    async def remove(self, request: Request, webhook_id: str) -> Response:
        """Sends nothing more there, what waits included."""
        name = await self._admit(request, webhook_id)
        await self._house.do(hooking.remove_hook, name, webhook_id, self._house.now())
        return Response(status_code=204)

    async def rotate(self, request: Request, webhook_id: str) -> Response:
        """Makes a new secret. For a day each delivery carries a signature of either."""
        name = await self._admit(request, webhook_id)
        now = self._house.now()
        hook, secret = await self._house.do(hooking.rotate_hook, name, webhook_id, now)
        return json_answer(_json(_hook(hook, secret)))

    async def enable(self, request: Request, webhook_id: str) -> Response:
        """Sends there again, after it was disabled; what happened in between is not told."""
        name = await self._admit(request, webhook_id)
        now = self._house.now()
        return json_answer(
            _json(_hook(await self._house.do(hooking.enable_hook, name, webhook_id, now)))
        )

    async def deliveries(
        self, request: Request, webhook_id: str, limit: Limit = 50, cursor: After = None
    ) -> Response:
        """What was to be sent there, the newest first."""
        name = await self._admit(request, webhook_id)
        before = _line_in(cursor)
        found = await self._house.see(hooking.list_deliveries, name, webhook_id, before, limit + 1)
        then = found[limit - 1].id if len(found) > limit else None
        page = DeliveriesAnswer(
            deliveries=[_delivery(each) for each in found[:limit]], next_cursor=then
        )
        return json_answer(_json(page))

    async def redrive(self, request: Request, webhook_id: str, delivery_id: str) -> Response:
        """Sends a delivery once more, from the beginning, under the same id."""
        name = await self._admit(request, webhook_id)
        if not DELIVERY_ID.fullmatch(delivery_id):
            raise UnknownItemError("There is no such delivery.")
        now = self._house.now()
        sent = await self._house.do(hooking.redrive, name, webhook_id, delivery_id, now)
        return json_answer(_json(_delivery(sent)))

    async def _admit(self, request: Request, webhook_id: str) -> str:
        producer = await self._gate.admit(request, "webhooks")
        if not HOOK_ID.fullmatch(webhook_id):
            raise UnknownItemError("There is no such webhook.")
        return producer.name


def _json(answer: Answer) -> bytes:
    return answer.model_dump_json().encode()


def _hook(hook: Hook, secret: str | None = None) -> WebhookAnswer:
    known: dict[str, Any] = {
        name: getattr(hook, name)
        for name in ("id", "url", "queue", "created_at", "failing_since", "disabled_at", "why")
    }
    return WebhookAnswer(**known, events=list(hook.events), secret=secret)


def _delivery(delivery: Delivery) -> DeliveryAnswer:
    is_over = delivery.sent_at or delivery.gone_at
    return DeliveryAnswer(
        id=delivery.id,
        event=delivery.event,
        item_id=delivery.item_id,
        status="sent" if delivery.sent_at else "gone" if delivery.gone_at else "waiting",
        tries=delivery.tries,
        created_at=delivery.created_at,
        due_at=None if is_over else delivery.due_at,
        sent_at=delivery.sent_at,
        last_status=delivery.status,
        problem=delivery.problem,
    )


def _line_in(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    found = DELIVERY_ID.fullmatch(cursor)
    if found is None:
        raise invalid(Fault("cursor", "is none that was given out here"))
    return int(found[1])

"""Talking to receivers: the question whether they want this, and the word that there is news.

Both are Standard Webhooks: HMAC-SHA256 over the id, the time of the attempt and the exact body.
Where they go is looked at before every connection (see handlers.outside).
"""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import datetime
from typing import Any

from bot.flows.aap_events import Delivery, Event
from handlers.aap.shapes import stamp
from handlers.outside import Lost, Outside, Said

ANSWERS_WITHIN = 10.0  # seconds; the protocol's


async def verify(outside: Outside, instance_id: str, delivery: Delivery, now: datetime) -> bool:
    """Whether the receiver expects this registration: it gives back a challenge that we make up."""
    challenge = str(uuid.uuid4())
    message = {
        "id": str(uuid.uuid4()),
        "type": "webhook.verification",
        "registration_id": delivery.registration_id,
        "instance_id": instance_id,
        "created_at": stamp(now),
        "challenge": challenge,
    }
    said = await _send(outside, delivery, message, now)
    return isinstance(said, Said) and said.status == 200 and _echoes(said.body, challenge)


async def tell(outside: Outside, event: Event, now: datetime) -> Said | Lost:
    """What the receiver says to the news, if it says anything. The body never changes."""
    message = {
        "id": event.id,
        "type": "request.resolved",
        "instance_id": event.instance_id,
        "request_id": event.request_id,
        "created_at": stamp(event.decided_at),
    }
    return await _send(outside, event.delivery, message, now)


def signature(secret: str, message_id: str, at: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    digest = hmac.new(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


async def _send(
    outside: Outside, delivery: Delivery, message: dict[str, str], now: datetime
) -> Said | Lost:
    body = json.dumps(message, separators=(",", ":")).encode()
    at = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message["id"],
        "webhook-timestamp": str(at),
        "webhook-signature": signature(delivery.signing_secret, message["id"], at, body),
    }
    return await outside.post(delivery.url, headers, body, ANSWERS_WITHIN)


def _echoes(body: bytes, challenge: str) -> bool:
    try:
        answered: Any = json.loads(body)
    except ValueError:
        return False
    return isinstance(answered, dict) and answered.get("challenge") == challenge

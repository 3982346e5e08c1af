"""One attempt to tell a receiver, as the Standard Webhooks specification has it.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import json
from collections.abc import Mapping
from datetime import datetime

from standardwebhooks import Webhook

from bot.flows.relaying import Parcel
from bot.flows.reporting import Known
from bot.rules.webhooks import Attempt
from config.policies import Person
from handlers.http.shapes import stated_item, to_json
from handlers.outside import Lost, Outside

ANSWERS_WITHIN = 5.0  # seconds


def body_of(name: str, at: datetime, known: Known, people: Mapping[str, Person]) -> str:
    """What is sent, the same in every attempt: the event, its instant, and the item by then."""
    told = {"type": name, "timestamp": at, "data": stated_item(known, people)}
    return to_json(told).decode()


def headers_of(parcel: Parcel, now: datetime) -> dict[str, str]:
    """Who says it and when, signed with every secret that holds now."""
    signed = (Webhook(secret).sign(parcel.id, now, parcel.body) for secret in parcel.secrets)
    return {
        "Content-Type": "application/json",
        "webhook-id": parcel.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }


async def attempt(outside: Outside, parcel: Parcel, now: datetime) -> Attempt:
    """What came of sending it once."""
    headers = headers_of(parcel, now)
    said = await outside.post(parcel.url, headers, parcel.body.encode(), ANSWERS_WITHIN)
    if isinstance(said, Lost):
        return Attempt(problem=said.why)
    if 200 <= said.status < 300:
        return Attempt(said.status)
    is_busy = said.status in (429, 503)
    wait = said.retry_after(now) if is_busy else 0.0
    return Attempt(said.status, _why(said.status), wait)


def _why(status: int) -> str:
    if 300 <= status < 400:
        return f"HTTP {status}: redirects are not followed"
    return f"HTTP {status}"


def one_line(parcel: Parcel, tried: Attempt) -> str:
    """For the log: ids only, never an address, a secret or a body."""
    told = {"delivery": parcel.id, "webhook": parcel.hook_id, "try": parcel.tries}
    return json.dumps(told | {"status": tried.status, "problem": tried.problem})

"""What this door answers: requests as the protocol's version 1 has them, field by field."""

import json
from datetime import datetime
from typing import Any

from bot import aap
from bot.facts import Execution, Item, Outcome
from bot.flows.aap import Asked

STATUSES = {Execution.EXECUTED: "succeeded", Execution.FAILED: "failed"}


def request_answer(asked: Asked) -> dict[str, Any]:
    """A request as it stands; the submitted fields exactly as they came."""
    item = asked.item
    stated: dict[str, Any] = {
        **json.loads(asked.submitted),
        "id": asked.id,
        "status": aap.status_of(item),
        "created_at": stamp(item.opened_at),
        "deadline_at": stamp(item.due_at),
    }
    if item.outcome is not None:
        stated["decision"] = _decision(item, item.outcome)
    if item.grant is not None and item.grant.redeemed_at is not None:
        stated["consumption"] = _consumption(item, item.grant.redeemed_at)
    return stated


def stamp(instant: datetime) -> str:
    """RFC 3339, UTC, to the microsecond."""
    return f"{instant:%Y-%m-%dT%H:%M:%S.%f}Z"


def _decision(item: Item, outcome: Outcome) -> dict[str, Any]:
    decided: dict[str, Any] = {
        "status": aap.status_of(item),
        "decided_at": stamp(max(outcome.decided_at, item.opened_at)),
    }
    if note := aap.note_of(item, outcome):
        decided["note"] = note
    if decided["status"] == "approved" and item.grant is not None:
        decided["expires_at"] = stamp(item.grant.expires_at)
    return decided


def _consumption(item: Item, redeemed_at: datetime) -> dict[str, Any]:
    """Machines' clocks differ a little; the protocol wants one thing after the other."""
    decided_at = item.outcome.decided_at if item.outcome else item.opened_at
    consumed_at = max(redeemed_at, decided_at)
    consumed: dict[str, Any] = {"consumed_at": stamp(consumed_at)}
    told = item.report
    if told is not None and told.execution in STATUSES:
        ended = {
            "status": STATUSES[told.execution],
            "reported_at": stamp(max(told.reported_at, consumed_at)),
        }
        consumed["outcome"] = ended | ({"note": told.note} if told.note else {})
    return consumed

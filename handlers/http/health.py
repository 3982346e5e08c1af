"""Whether Signoff does what it should: the database answers, and no deadline is forgotten."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.errors import BusyError
from bot.flows.reporting import Health, health
from handlers.app import House
from handlers.http.problems import RETRY_AFTER, ProblemError

ANSWERS_WITHIN = 5.0  # seconds, for the database
OVERDUE_MAX = 60.0  # seconds; TRUST.md promises a terminal state by the deadline and a minute


class HealthDoor:
    """`GET /healthz`, for monitors: without a key, and without a word about any item."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def show(self, _request: Request) -> Response:
        """How the database, the clock and the ledger are."""
        now = self._house.now()
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                found = await self._house.see(health, now)
        except (BusyError, TimeoutError):
            raise _unhealthy("The database does not answer.", database="unreachable") from None
        overdue = (now - found.oldest_overdue).total_seconds() if found.oldest_overdue else 0.0
        if overdue > OVERDUE_MAX:
            raise _unhealthy(
                f"A deadline passed {overdue:.0f} seconds ago and was not applied: "
                "does `signoff clock` run?",
                **_figures(found, overdue),
            )
        return JSONResponse({"status": "ok", **_figures(found, overdue)})


def _figures(found: Health, overdue: float) -> dict[str, Any]:
    return {
        "database": "ok",
        "ledger": {"count": found.ledger.count},
        "oldest_overdue_seconds": round(overdue, 3),
        **({"paused": {"since": found.pause.paused_at.isoformat()}} if found.pause else {}),
    }


def _unhealthy(detail: str, **figures: Any) -> ProblemError:
    return ProblemError("unhealthy", detail, headers={"Retry-After": RETRY_AFTER}, **figures)

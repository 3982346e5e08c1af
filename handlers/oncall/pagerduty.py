"""PagerDuty: who is on call there, and an event per item that escalates.

Source: https://developer.pagerduty.com/docs/events-api-v2/trigger-events and the REST API's
GET /oncalls. An event's dedup_key is the item's id, so that a repeated one changes nothing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from bot.errors import SignoffError
from bot.flows.delivering import Gone, Result, RetryAt, Sent
from bot.rules.oncall.calendars import Entry
from config.schedules import Schedule
from config.settings import Settings

SUMMARY_MAX = 1_024  # characters; payload.summary
WITHIN = 10.0  # seconds, for one call
AHEAD = timedelta(days=60)  # of shifts; a query takes three months at most
PAGE_SIZE, PAGES_MAX = 100, 20
ANSWER_MAX = 2_000_000  # bytes
ACCEPTS = "application/vnd.pagerduty+json;version=2"
FIRST_LEVEL = 1  # of an escalation policy


class PagerDutyError(SignoffError):
    """PagerDuty gave no answer that can be used; says why, without a secret."""


class PagerDuty:
    """The calls that are made. Lives in one event loop."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._session = session

    async def tell(self, action: str, item_id: str, summary: str, now: datetime) -> Result:
        """Triggers or resolves the item's event.

        Args:
            action: "trigger" or "resolve".
            item_id: the event's dedup_key.
            summary: what is asked.
            now: the instant.
        """
        key = self._settings.pagerduty_routing_key.get_secret_value()
        if not key:
            return Gone("there is no PAGERDUTY_ROUTING_KEY")
        body: dict[str, Any] = {"routing_key": key, "event_action": action, "dedup_key": item_id}
        if action == "trigger":
            body |= {
                "client": "Signoff",
                "payload": {
                    "summary": summary[:SUMMARY_MAX],
                    "source": "signoff",
                    "severity": "critical",
                    "component": "signoff",
                },
            }
        url = f"{self._settings.pagerduty_events_url}v2/enqueue"
        try:
            async with self._session.post(url, json=body, timeout=_timeout()) as answer:
                return _result(answer, item_id, now)
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            return RetryAt(now + timedelta(seconds=10), type(problem).__name__)

    async def shifts(self, schedule: Schedule, now: datetime) -> tuple[Entry, ...]:
        """Who is on call there, from now on, by the names that PagerDuty has.

        Raises:
            PagerDutyError: it did not say.
        """
        if not self._settings.pagerduty_api_token.get_secret_value():
            raise PagerDutyError("there is no PAGERDUTY_API_TOKEN")
        found: list[dict[str, Any]] = []
        if schedule.pagerduty_schedules:
            found += await self._oncalls("schedule_ids[]", schedule.pagerduty_schedules, now)
        if schedule.pagerduty_policies:
            listed = await self._oncalls(
                "escalation_policy_ids[]", schedule.pagerduty_policies, now
            )
            found += [each for each in listed if each.get("escalation_level") == FIRST_LEVEL]
        try:
            return tuple(dict.fromkeys(_entry(each, now) for each in found))
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise PagerDutyError(
                f"its answer has another form ({type(problem).__name__})"
            ) from problem

    async def _oncalls(self, name: str, ids: Sequence[str], now: datetime) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        offset = 0
        for _ in range(PAGES_MAX):
            query = [(name, each) for each in ids]
            query += [
                ("include[]", "users"),
                ("since", now.isoformat()),
                ("until", (now + AHEAD).isoformat()),
                ("time_zone", "UTC"),
                ("limit", str(PAGE_SIZE)),
                ("offset", str(offset)),
            ]
            answer = await self._get("oncalls", query)
            if not isinstance(answer, dict) or not isinstance(answer.get("oncalls"), list):
                raise PagerDutyError("its answer has another form")
            found += answer["oncalls"]
            if not answer.get("more"):
                break
            offset += len(answer["oncalls"]) or PAGE_SIZE
        return found

    async def _get(self, path: str, query: list[tuple[str, str]]) -> Any:
        token = self._settings.pagerduty_api_token.get_secret_value()
        headers = {"Authorization": f"Token token={token}", "Accept": ACCEPTS}
        url = f"{self._settings.pagerduty_api_url}{path}"
        try:
            async with self._session.get(
                url, params=query, headers=headers, timeout=_timeout(), allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    raise PagerDutyError(
                        f"it answered {answer.status} {answer.reason or ''}".strip()
                    )
                if (answer.content_length or 0) > ANSWER_MAX:
                    raise PagerDutyError("its answer is too large")
                return await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as problem:
            raise PagerDutyError(f"it does not answer ({type(problem).__name__})") from problem


def _timeout() -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=WITHIN)


def _result(answer: aiohttp.ClientResponse, item_id: str, now: datetime) -> Result:
    if answer.status == 202 or answer.status == 200:
        return Sent("pagerduty", item_id)
    if answer.status == 429 or answer.status >= 500:
        stated = answer.headers.get("Retry-After", "")
        wait = int(stated[:5]) if stated.isascii() and stated.isdecimal() else 30
        return RetryAt(now + timedelta(seconds=min(max(wait, 1), 3_600)), str(answer.status))
    return Gone(f"PagerDuty answered {answer.status}")


def _entry(found: dict[str, Any], now: datetime) -> Entry:
    """One on-call; without start and end it is for good."""
    user = found["user"]
    names = [user.get(key) for key in ("email", "id", "name", "summary")]
    start = _instant(found.get("start")) or now
    end = _instant(found.get("end")) or now + AHEAD
    kept = dict.fromkeys(name for name in names if isinstance(name, str) and name)
    return Entry(start, end, (tuple(kept),))


def _instant(stated: str | None) -> datetime | None:
    if not stated:
        return None
    return datetime.fromisoformat(stated.replace("Z", "+00:00")).astimezone(UTC)

"""Slack's Web API: a call answers, or says in one of five ways why it did not."""

import ipaddress
import json as jsons
import logging
from collections.abc import Awaitable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from config.settings import Settings
from handlers.calls import (
    CallError,
    LimitedError,
    LostError,
    NotThereError,
    RefusalError,
    UnreachableError,
)

Json = dict[str, Any]

CALL_WITHIN = 10  # seconds; a courier's claim holds for sixty
RETRY_AFTER = 5.0  # seconds, where a 429 does not say
TOKEN_ERRORS = frozenset(
    [
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "missing_scope",
        "no_permission",
        "org_login_required",
        "ekm_access_denied",
        "not_allowed_token_type",
    ]
)
UNCLEAR_ERRORS = frozenset(  # the call may have taken effect; docs: "fatal_error"
    ("internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org")
)


class FormClient(AsyncWebClient):
    """Sends every call as POST, its arguments in the body: as a form, where they are not JSON.

    Slack takes each of its methods so; the SDK asks some by GET, which other servers do not route.
    """

    async def api_call(
        self,
        api_method: str,
        *,
        params: Json | None = None,
        data: Any = None,
        json: Json | None = None,
        headers: Json | None = None,
        **options: Any,
    ) -> AsyncSlackResponse:
        """The answer to one call; the SDK's `http_verb` is not heeded."""
        options.pop("http_verb", None)
        if json is None and (data is None or isinstance(data, dict)):
            form = {**(params or {}), **(data or {})}
            if token := form.pop("token", None):
                headers = {"Authorization": f"Bearer {token}", **(headers or {})}
            data, params = {name: _field(value) for name, value in form.items()}, None
        return await super().api_call(
            api_method, params=params, data=data, json=json, headers=headers, **options
        )


def _field(value: Any) -> Any:
    """A value as a form carries it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return jsons.dumps(value) if isinstance(value, dict | list) else value


class RefusedError(RefusalError):
    """Slack says no; carries its word for why."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(f"{error} {detail}".strip())
        self.error = error
        self.detail = detail

    @property
    def is_token(self) -> bool:
        """Whether every other call would be refused as well."""
        return self.error in TOKEN_ERRORS


def open_client(
    settings: Settings, session: aiohttp.ClientSession, token: str | None
) -> AsyncWebClient:
    """A client that sends each call once: what is to be sent again, the courier decides."""
    client = FormClient(
        token=token,
        base_url=settings.slack_api_url,
        timeout=CALL_WITHIN,
        session=session,
        retry_handlers=[],
        logger=logging.getLogger("handlers.slack.sdk"),
    )
    if is_direct(settings.slack_api_url):
        client.proxy = None
    return client


def is_direct(url: str) -> bool:
    """Whether an address is reached without the proxy that the environment may name."""
    return _is_direct(urlsplit(url).hostname or "")


@lru_cache(maxsize=64)
def _is_direct(host: str) -> bool:
    if host == "localhost" or proxy_bypass(host):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def ask(call: Awaitable[AsyncSlackResponse]) -> Json:
    """The answer to a call.

    Raises:
        CallError: there is none; the subclass says what that means.
    """
    try:
        response = await call
    except SlackApiError as problem:
        raise _meaning(problem) from problem
    except aiohttp.ClientConnectorError as problem:
        raise UnreachableError(str(problem)) from problem
    except (aiohttp.ClientError, TimeoutError, OSError, SlackRequestError) as problem:
        raise LostError(f"{type(problem).__name__}: {problem}") from problem
    data = response.data
    return data if isinstance(data, dict) else {}


def _meaning(problem: SlackApiError) -> CallError:
    response = problem.response
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    headers = getattr(response, "headers", {})
    body = getattr(response, "data", None)
    body = body if isinstance(body, dict) else {}
    error = str(body.get("error") or "")
    if status == 429 or error in ("ratelimited", "rate_limited"):
        return LimitedError(_seconds(headers))
    if 400 <= status < 500 and status != 408 and not error:
        return NotThereError(f"HTTP {status} without a word of Slack's")
    if status >= 500 or not error or error in UNCLEAR_ERRORS:
        return LostError(f"HTTP {status} {error}".strip())
    return RefusedError(error, _detail(body))


def _detail(body: Json) -> str:
    """What Slack adds: the needed scope, or the place in the blocks that it does not like."""
    if body.get("needed"):
        return f"(needs {body['needed']})"
    messages = (body.get("response_metadata") or {}).get("messages") or body.get("errors") or []
    return "; ".join(map(str, messages))[:500]


def _seconds(headers: Any) -> float:
    stated = next((headers[name] for name in headers if name.lower() == "retry-after"), "")
    try:
        return max(0.5, float(stated[0] if isinstance(stated, list) else stated))
    except (ValueError, IndexError):
        return RETRY_AFTER

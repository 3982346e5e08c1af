"""What went wrong, as the Agent Approval Protocol says it: a type, a code and a message."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from bot.errors import (
    BadSubmissionError,
    BusyError,
    FloodError,
    GrantExpiredError,
    GrantMismatchError,
    GrantUsedError,
    NotApprovedError,
    NotRedeemedError,
    PausedError,
    SignoffError,
    UnknownItemError,
)
from bot.flows.aap import ConflictError, UnknownInstanceError
from handlers.http.problems import ProblemError, wait_for

TYPES = {  # HTTP status -> the protocol's type of error
    400: "invalid_request",
    401: "authentication",
    403: "authorization",
    404: "not_found",
    405: "invalid_request",
    409: "conflict",
    422: "invalid_request",
    429: "rate_limit",
    500: "internal",
    503: "dependency",
}
CODES = {  # how a flow refuses -> status, code
    UnknownItemError: (404, "request_not_found"),
    UnknownInstanceError: (404, "instance_not_found"),
    NotApprovedError: (409, "not_approved"),
    GrantMismatchError: (409, "not_approved"),
    GrantUsedError: (409, "already_consumed"),
    GrantExpiredError: (409, "approval_expired"),
    NotRedeemedError: (409, "not_consumed"),
    PausedError: (503, "paused"),
    BadSubmissionError: (503, "queue_unavailable"),  # the instance's queue, not what it sent
    BusyError: (503, "busy"),
    FloodError: (429, "too_many_pending"),
}
RETRY_SOON = {"Retry-After": "2"}


class AapProblemError(Exception):
    """A problem that ends the request; carries all that its answer says."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        self.headers = headers


def invalid(param: str, message: str, code: str = "invalid_field") -> AapProblemError:
    """A request with a fault in this field."""
    return AapProblemError(400, code, f"{param} {message}.", param=param)


def answer(problem: AapProblemError, request_id: str) -> Response:
    """The problem as a response."""
    error: dict[str, Any] = {
        "type": TYPES[problem.status],
        "code": problem.code,
        "message": problem.message,
        "request_id": request_id,
    }
    if problem.param:
        error["param"] = problem.param
    body = json.dumps({"error": error})
    headers = dict(problem.headers or {})
    return Response(body, problem.status, headers, media_type="application/json")


def of_flow(error: SignoffError) -> AapProblemError:
    """What a flow refused, as this protocol says it."""
    if isinstance(error, ConflictError):
        return AapProblemError(409, error.code, str(error))
    status, code = CODES.get(type(error), (409, "conflict"))
    headers = RETRY_SOON if status == 503 else None
    if isinstance(error, FloodError):
        headers = wait_for(error.retry_after)
    return AapProblemError(status, code, str(error), headers=headers)


def of_http(problem: ProblemError, status: int) -> AapProblemError:
    """What the HTTP door's readers and limits refused, as this protocol says it."""
    if problem.errors:
        first = problem.errors[0]
        return AapProblemError(400, "invalid_field", problem.detail, param=first.field or None)
    status = 400 if status in (408, 413, 415, 422) else status
    status = status if status in TYPES else 400
    code = problem.name.replace("-", "_")
    return AapProblemError(status, code, problem.detail, headers=problem.headers)

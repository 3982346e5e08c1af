"""What went wrong, as Problem Details (RFC 9457): one shape for every error of this door."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from starlette.responses import Response

from bot.errors import (
    BadSubmissionError,
    BusyError,
    ChangedError,
    FloodError,
    GrantExpiredError,
    GrantMismatchError,
    GrantUsedError,
    KeyTakenError,
    NeedsReadingError,
    NotAllowedError,
    NotApprovedError,
    NotRedeemedError,
    PausedError,
    ReasonNeededError,
    SettledError,
    SignoffError,
    UnknownChoiceError,
    UnknownItemError,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "2"  # seconds; longer than the memory's own patience
TITLES = {  # problem -> status, title; part of the interface, like the names of fields
    "bad-request": (400, "The request cannot be read"),
    "unknown-parameter": (400, "The address has a parameter that nothing here knows"),
    "key-missing": (401, "An API key is needed"),
    "key-unknown": (401, "The API key is not known"),
    "key-expired": (401, "The API key has expired"),
    "key-revoked": (401, "The API key was revoked"),
    "scope-missing": (403, "The API key may not do this"),
    "not-allowed": (403, "This is not allowed"),
    "not-found": (404, "There is no such thing here"),
    "method-not-allowed": (405, "This address does not take that method"),
    "too-slow": (408, "The body did not arrive in time"),
    "conflict": (409, "This does not fit the item as it stands"),
    "needs-reading": (409, "The item must be read whole first"),
    "reason-needed": (409, "A vote needs a reason here"),
    "changed": (409, "The item is another by now"),
    "key-taken": (409, "The key names another item"),
    "already-settled": (409, "The item has its outcome already"),
    "not-approved": (409, "The action is not approved"),
    "grant-used": (409, "The grant was redeemed already"),
    "grant-mismatch": (409, "Another action was approved"),
    "not-redeemed": (409, "The grant was not redeemed"),
    "grant-expired": (410, "The grant was not used in time"),
    "too-large": (413, "The body is too large"),
    "not-json": (415, "The body must be JSON"),
    "invalid": (422, "The request cannot be taken as it is"),
    "paused": (423, "Signoff is paused"),
    "too-many-requests": (429, "Too many requests"),
    "too-many-open": (429, "Too many items wait already"),
    "bug": (500, "Something went wrong here"),
    "busy": (503, "Not now"),
    "unhealthy": (503, "Signoff is not healthy"),
}
BY_STATUS = {status: name for name, (status, _) in reversed(TITLES.items())}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field: its path as the producer wrote it, "" for the whole body."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field or 'the body'} {self.message}"


class ProblemError(Exception):
    """A problem that ends the request; carries all that its answer says."""

    def __init__(
        self,
        name: str,
        detail: str,
        *,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = detail
        self.errors = errors
        self.headers = headers
        self.more = more


def invalid(*faults: Fault) -> ProblemError:
    """A request with faults in these fields; at least one."""
    first = str(faults[0])
    others = f" There are {len(faults) - 1} more faults." if len(faults) > 2 else ""
    others = " There is 1 more fault." if len(faults) == 2 else others
    return ProblemError("invalid", f"{first[:1].upper()}{first[1:]}.{others}", errors=faults)


def answer(problem: ProblemError, request_id: str) -> Response:
    """The problem as a response. Its JSON is ASCII, so whatever was quoted can be sent."""
    body = document(problem, request_id)
    headers = dict(problem.headers or {})
    return Response(json.dumps(body), body["status"], headers, media_type=MEDIA_TYPE)


def document(problem: ProblemError, request_id: str) -> dict[str, Any]:
    """The problem as Problem Details."""
    status, title = TITLES[problem.name]
    return {
        "type": f"/docs#{problem.name}",
        "title": title,
        "status": status,
        "detail": problem.detail,
        **({"errors": [asdict(fault) for fault in problem.errors]} if problem.errors else {}),
        **problem.more,
        "request_id": request_id,
    }


def wait_for(seconds: float) -> dict[str, str]:
    """The header that says when to come back; in whole seconds, at least one."""
    return {"Retry-After": str(max(1, ceil(seconds)))}


def of_flow(error: SignoffError) -> ProblemError:
    """What a flow refused, as this door says it."""
    match error:
        case UnknownItemError():
            return ProblemError("not-found", "There is no item with this id among yours.")
        case KeyTakenError():
            return ProblemError("key-taken", str(error), item_id=error.item_id)
        case BadSubmissionError():
            fault = Fault(error.field, str(error))
            return ProblemError("invalid", str(error), errors=[fault])
        case UnknownChoiceError():
            return ProblemError("invalid", str(error))
        case BusyError():
            return ProblemError("busy", str(error), headers={"Retry-After": RETRY_AFTER})
        case FloodError():
            return ProblemError("too-many-open", str(error), headers=wait_for(error.retry_after))
        case _:
            return ProblemError(_NAMED.get(type(error), "conflict"), str(error))


_NAMED: dict[type[SignoffError], str] = {  # refusals whose name says it all
    SettledError: "already-settled",
    NotApprovedError: "not-approved",
    GrantUsedError: "grant-used",
    GrantMismatchError: "grant-mismatch",
    GrantExpiredError: "grant-expired",
    NotRedeemedError: "not-redeemed",
    PausedError: "paused",
    NotAllowedError: "not-allowed",
    NeedsReadingError: "needs-reading",
    ReasonNeededError: "reason-needed",
    ChangedError: "changed",
}


def of_status(status: int, detail: str, headers: Mapping[str, str] | None) -> ProblemError:
    """What the framework refused before any of our code saw it."""
    name = BY_STATUS.get(status, "invalid" if status < 500 else "bug")
    return ProblemError(name, detail, headers=headers)

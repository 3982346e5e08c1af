"""One request, repeated until it is answered: what is sent twice is done once on the other side."""

import random
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from signoff.answers import Item
from signoff.errors import (
    AlreadySettled,
    Fault,
    GrantExpired,
    GrantMismatch,
    GrantUsed,
    Invalid,
    KeyTaken,
    Misconfigured,
    NotAdmitted,
    NotFound,
    NotGranted,
    Paused,
    Refused,
    Unreachable,
)
from signoff.steps import Flow, LostError, Now, Reply, Send, Sleep

FIRST_PAUSE = 0.1  # seconds; a restarting server is back within a few
LONGEST_PAUSE = 5.0
PATIENCE = 30.0  # seconds that a request is repeated when its caller does not say
CROWD_PATIENCE = 300.0  # while Signoff answers that it has too much from us, and says when to ask
ANSWERS_WITHIN = 15.0  # seconds for one attempt
TOO_MANY = 429
COMES_BACK = frozenset({408, 425, TOO_MANY, 500, 502, 503, 504})
PROBLEMS: dict[str, type[Refused]] = {
    "key-taken": KeyTaken,
    "already-settled": AlreadySettled,
    "not-approved": NotGranted,
    "grant-used": GrantUsed,
    "grant-mismatch": GrantMismatch,
    "grant-expired": GrantExpired,
    "paused": Paused,
}
STATUSES: dict[int, type[Refused]] = {
    401: NotAdmitted,
    403: NotAdmitted,
    404: NotFound,
    410: GrantExpired,
    413: Invalid,
    422: Invalid,
    423: Paused,
}
T = TypeVar("T")


def exchange(send: Send, until: float | None = None) -> Flow[dict[str, Any]]:
    """The answer's body, however often it takes to get it.

    Args:
        send: the request; it must be safe to repeat.
        until: when to give up, on the driver's clock; None: `PATIENCE` from now.

    Raises:
        Refused: Signoff said no.
        Misconfigured: the address leads elsewhere.
        Unreachable: nobody answered in time.
    """
    started = yield Now()
    give_up_at = started + PATIENCE if until is None else until
    tries = 0
    while True:
        tries += 1
        asked_to_wait, is_crowded = None, False
        try:
            reply: Reply = yield send
            if reply.status < 400:
                return _taken(reply)
            if reply.status not in COMES_BACK:
                raise refusal(reply)
            why, asked_to_wait = f"it answered {reply.status}", retry_after(reply.headers)
            is_crowded = reply.status == TOO_MANY and until is None
        except LostError as problem:
            why = str(problem)
        rest = pause_after(tries) if asked_to_wait is None else asked_to_wait
        resumes_at = (yield Now()) + rest
        if is_crowded and resumes_at < started + CROWD_PATIENCE:
            give_up_at = resumes_at + PATIENCE  # it is there, and busy with us
        if resumes_at >= give_up_at:
            raise Unreachable(
                f"Signoff could not be reached ({why}; {tries} attempts at {send.method} "
                f"{send.path.partition('?')[0]})."
            )
        yield Sleep(rest)


def ask_item(send: Send, until: float | None = None) -> Flow[Item]:
    """The same, for an answer that is an item."""
    return read_item((yield from exchange(send, until)))


def entries(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What an answer lists as its items.

    Raises:
        Unreachable: it lists none: another program answers there.
    """
    listed = body.get("items")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Unreachable("What answers there is not Signoff: it lists no items.")
    return listed


def read_item(body: Mapping[str, Any] | None) -> Item:
    """An item out of JSON; fields that we do not know are left out.

    Raises:
        Unreachable: it is no item of Signoff's: another program answers there.
    """
    from signoff.reading import ITEM, ValidationError  # noqa: PLC0415  loads pydantic

    try:
        return ITEM.validate_python(body)
    except ValidationError as problem:
        raise Unreachable(f"What answers there is not Signoff: {problem.error_count()} fields "
                          "of the item are missing or wrong.") from problem  # fmt: skip


def _taken(reply: Reply) -> dict[str, Any]:
    """The body; a redirect is not followed: the key goes nowhere but where it was meant for."""
    if reply.status < 300:
        return reply.json()
    place = reply.headers.get("location", "")
    raise Misconfigured(
        f"Signoff's address answers with a redirect ({reply.status}) to {place[:200]!r}, which is "
        "not followed: set the address that it leads to."
    )


def refusal(reply: Reply) -> Refused:
    """The exception that says what Signoff said (Problem Details, RFC 9457)."""
    try:
        body = reply.json()
    except LostError:
        body = {}
    name = str(body.get("type", "")).rpartition("#")[2]
    kind = PROBLEMS.get(name) or STATUSES.get(reply.status, Refused)
    faults = [one for one in body.get("errors") or () if isinstance(one, dict)]
    return kind(
        str(body.get("detail") or body.get("title") or f"HTTP status {reply.status}"),
        status=reply.status,
        problem=name,
        errors=[Fault(str(one.get("field", "")), str(one.get("message", ""))) for one in faults],
        request_id=str(body.get("request_id") or reply.headers.get("x-request-id", "")),
        item_id=str(body["item_id"]) if body.get("item_id") else None,
    )


def pause_after(tries: int) -> float:
    """Seconds to rest after so many failures: doubling, and never in step with others."""
    longest: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries - 1, 10))
    return longest * random.uniform(0.5, 1)  # noqa: S311  no secret depends on it


def retry_after(headers: Mapping[str, str]) -> float | None:
    """What the server asks for, in seconds (RFC 9110, 10.2.3); None when it says nothing usable."""
    stated = headers.get("retry-after", "").strip()
    if stated.isdecimal():
        return float(stated[:9]) * random.uniform(1, 1.1)  # noqa: S311  as above
    try:
        at, sent = parsedate_to_datetime(stated), parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return max(0.0, (at - sent).total_seconds())

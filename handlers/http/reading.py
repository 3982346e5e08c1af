"""A request's body, read strictly: at most so large, JSON as RFC 8259 and I-JSON have it."""

import asyncio
import json
from collections import Counter
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json
from starlette.requests import Request

from handlers.http.faults import Doubled, Odd, of_validation, of_values
from handlers.http.problems import Fault, ProblemError, invalid

BODY_MAX = 2 * 1024 * 1024  # bytes
ARRIVES_WITHIN = 30.0  # seconds, for a whole body
DEPTH_MAX = 200  # arrays and objects inside each other; pydantic_core's own limit

T = TypeVar("T")


async def read_body(request: Request) -> bytes:
    """The whole body, if it says that it is JSON and is not too large, whatever it announces.

    Raises:
        ProblemError: it is none that is taken here.
    """
    headers = request.headers
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise ProblemError("not-json", "Send JSON, with the header Content-Type: application/json.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError("not-json", "Send the JSON as it is: no Content-Encoding is taken.")
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > BODY_MAX:
        raise _too_large()
    try:
        async with asyncio.timeout(ARRIVES_WITHIN):
            return await _arrived(request)
    except TimeoutError:
        detail = f"The body must be here within {ARRIVES_WITHIN:g} seconds."
        raise ProblemError("too-slow", detail, headers={"Connection": "close"}) from None


def parse(body: bytes, shape: TypeAdapter[T]) -> T:
    """What the body says, in this shape.

    Raises:
        ProblemError: it is not JSON, or has another shape; names every field.
    """
    value = read_json(body)
    if not isinstance(value, dict):
        raise invalid(Fault("", "must be a JSON object, with braces around it"))
    try:
        return shape.validate_python(value)
    except ValidationError as refused:
        raise invalid(*(of_values(value) or of_validation(refused))) from None


def read_json(body: bytes) -> Any:
    """The JSON value, or a problem: no key twice, no NaN, only text that is text, not too deep.

    The first reader is strict about the grammar and quick; only the second one sees doubled keys.
    """
    try:
        from_json(body, allow_inf_nan=False)
    except ValueError as refused:
        raise invalid(*_why(body, str(refused))) from None
    try:
        return _STRICT.decode(body.decode())
    except ValueError as refused:
        raise invalid(*_why(body, str(refused))) from None


async def _arrived(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_MAX:
            raise _too_large()
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large() -> ProblemError:
    return ProblemError("too-large", f"A body may have at most {BODY_MAX:,} bytes.")


def _why(body: bytes, refusal: str) -> list[Fault]:
    """What a strict reader met, with the field's name as far as a lenient one can tell."""
    if not body.strip():
        return [Fault("", "is empty: send a JSON object")]
    if "recursion limit" in refusal:
        return [Fault("", f"is nested more than {DEPTH_MAX} deep")]
    try:
        odd = of_values(_LENIENT.decode(body.decode()))
    except UnicodeDecodeError:
        return [Fault("", "is not UTF-8 text")]
    except (ValueError, RecursionError):
        odd = []
    return odd or [Fault("", f"is not JSON: {refusal}")]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return read


def _marked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) == len(pairs):
        return read
    doubled = Doubled(read)
    doubled.twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
    return doubled


_STRICT = json.JSONDecoder(object_pairs_hook=_once)
_LENIENT = json.JSONDecoder(object_pairs_hook=_marked, parse_constant=Odd)

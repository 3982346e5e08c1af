"""A body of the protocol, read strictly; its numbers can be given back exactly as they came."""

import json
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from handlers.aap.problems import AapProblemError, invalid
from handlers.http.faults import of_validation, of_values
from handlers.http.problems import ProblemError
from handlers.http.problems import invalid as faulty
from handlers.http.reading import read_body, read_json

T = TypeVar("T")


async def read_object(request: Request) -> dict[str, Any]:
    """The JSON object that came.

    Raises:
        AapProblemError: it is none, or holds a number that a double does not keep.
        ProblemError: it is too large, too slow or no JSON.
    """
    body = await read_body(request)
    value = read_json(body)
    if not isinstance(value, dict):
        raise AapProblemError(400, "invalid_json", "The body must be a JSON object.")
    if odd := of_values(value):
        raise faulty(*odd)
    _refuse_inexact(body)
    return value


def shaped(value: dict[str, Any], shape: TypeAdapter[T]) -> T:
    """The object in this shape.

    Raises:
        ProblemError: it has another; names the fields.
    """
    try:
        return shape.validate_python(value)
    except ValidationError as refused:
        raise _refusal(refused) from None


def _refusal(refused: ValidationError) -> ProblemError:
    return faulty(*of_validation(refused))


def too_large(refused: ValidationError) -> AapProblemError:
    """What fits the protocol and still cannot be put before people."""
    fault = of_validation(refused)[0]
    names = {"args": "arguments"}  # of the action, whose own names are the rest
    param = names.get(fault.field, fault.field)
    return invalid(param, fault.message)


def _refuse_inexact(body: bytes) -> None:
    """What is approved must be what runs: no digits that get lost between the two."""

    def exact(literal: str) -> float:
        if Decimal(literal) != Decimal(repr(float(literal))):
            raise invalid(literal[:40], "has more digits than a JSON number keeps: send it as text")
        return float(literal)

    json.loads(body, parse_float=exact)

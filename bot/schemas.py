"""What arguments must keep to: a producer's JSON Schema, applied without trusting it.

A schema comes from a program and is applied where votes are counted, so it may neither reach for
another address nor take long: no remote references, few references, only patterns that are quick.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from re import _constants as codes  # type: ignore[attr-defined]  # what the standard parser names
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

FAULTS_MAX = 5
REFERENCES_MAX = 1_000  # followed in one check; nested ones multiply
PATTERN_MAX = 200  # characters
ENDLESS_MAX = 2  # repeats of a pattern that may take any number of characters
FEW = 100  # a repeat of at most so many is not endless
MESSAGE_MAX = 200
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


class _TooMuchError(Exception):
    """The check would take too long."""


def fault_of_schema(schema: Mapping[str, Any], size_max: int = 20_000) -> str | None:
    """Why this is no schema that can be applied here; None when it is one."""
    try:
        text = json.dumps(schema)
    except RecursionError:
        return "is nested too deep"
    if len(text) > size_max:
        return f"takes {len(text):,} characters; at most {size_max:,} are taken"
    return _fault_in(text)


@lru_cache(maxsize=512)  # a program has few schemas, and its items are read again and again
def _fault_in(text: str) -> str | None:
    from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415  slow, and seldom used

    schema = json.loads(text)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as fault:
        return f"is no JSON Schema (2020-12): {fault.message[:MESSAGE_MAX]}"
    except RecursionError:
        return "is nested too deep"
    for keyword, value in _keywords(schema):
        if keyword in _REFERENCES and not value.startswith("#"):
            return f"refers to {value[:MESSAGE_MAX]!r}: only references within itself are followed"
        if keyword not in _REFERENCES and not _is_quick(value):
            return f"holds the pattern {value[:MESSAGE_MAX]!r}, which could take very long to match"
    return None


def faults_of(args: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """What in the arguments does not fit, each with its path; empty when all of it does."""
    from jsonschema.exceptions import ValidationError  # noqa: PLC0415  as above

    try:
        found: list[ValidationError] = list(islice(_validator(schema).iter_errors(args), 50))
    except (_TooMuchError, RecursionError):
        return ["cannot be checked: the schema's references lead too far"]
    except Exception as problem:  # noqa: BLE001  whatever a schema breaks, nothing is let through
        return [f"cannot be checked against the schema: {type(problem).__name__}"]
    found.sort(key=lambda fault: [str(step) for step in fault.absolute_path])
    return [
        f"{fault.json_path.removeprefix('$').lstrip('.') or 'the arguments'}: "
        f"{fault.message[:MESSAGE_MAX]}"
        for fault in found[:FAULTS_MAX]
    ]


def _validator(schema: Mapping[str, Any]) -> Any:
    """A validator that knows no address but the schema itself, and counts its references."""
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415  as above
    from referencing import Registry  # noqa: PLC0415  as above

    left = [REFERENCES_MAX]

    def counted(keyword: str) -> Any:
        follow = Draft202012Validator.VALIDATORS.get(keyword)

        def check(validator: Any, value: Any, instance: Any, within: Any) -> Iterator[Any]:
            left[0] -= 1
            if left[0] < 0:
                raise _TooMuchError
            if follow is not None:
                yield from follow(validator, value, instance, within) or ()

        return check

    followed = {keyword: counted(keyword) for keyword in ("$ref", "$dynamicRef")}
    strict: Any = validators.extend(Draft202012Validator, followed)  # type: ignore[no-untyped-call]
    return strict(schema, registry=Registry())


def _keywords(value: Any) -> Iterator[tuple[str, str]]:
    """References and patterns anywhere within; a property of that name counts too, to be safe."""
    stack = [value]
    while stack:
        inner = stack.pop()
        if isinstance(inner, dict):
            for keyword in (*_REFERENCES, "pattern"):
                if isinstance(inner.get(keyword), str):
                    yield keyword, inner[keyword]
            if isinstance(inner.get("patternProperties"), dict):
                yield from (
                    ("patternProperties", pattern) for pattern in inner["patternProperties"]
                )
            stack += inner.values()
        elif isinstance(inner, list):
            stack += inner


def _is_quick(pattern: str) -> bool:
    """Whether matching takes no more than the square of the text's length."""
    if len(pattern) > PATTERN_MAX:
        return False
    try:
        tree = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    endless = list(_repeats(tree, inside=False))
    return len(endless) <= ENDLESS_MAX and not any(endless)


def _repeats(tree: Any, *, inside: bool) -> Iterator[bool]:
    """For each endless repeat, and each repeat within a repeat: whether it is a nested one."""
    for code, argument in tree:
        repeats = code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
        if code is codes.GROUPREF:
            yield True  # a text that must come again: matched by trying
        if repeats and (inside or argument[1] > FEW):
            yield inside
        for branch in _within(argument):
            yield from _repeats(branch, inside=inside or repeats)


def _within(argument: Any) -> Iterator[Any]:
    """The patterns within a part of a pattern, wherever the parser put them."""
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for inner in argument:
            yield from _within(inner)

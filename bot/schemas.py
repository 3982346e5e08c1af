"""What arguments must keep to: a producer's JSON Schema, applied without trusting it.

A schema comes from a program and is applied where votes are counted, so it may neither reach for
another address nor take long: no remote references, few references, no pattern that could take for
ever, and only so much matching in one check.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from bot.patterns import effort_of

FAULTS_MAX = 5
REFERENCES_MAX = 1_000  # followed in one check; nested ones multiply
STEPS_MAX = 20_000_000  # of matching patterns in one check; about half a second
MESSAGE_MAX = 200
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_COUNTED = ("$ref", "$dynamicRef", "pattern", "patternProperties", "additionalProperties",
            "unevaluatedProperties")  # fmt: skip


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
        if keyword not in _REFERENCES and effort_of(value) is None:
            return f"holds the pattern {value[:MESSAGE_MAX]!r}, which could take very long to match"
    return None


def faults_of(args: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """What in the arguments does not fit, each with its path; empty when all of it does."""
    from jsonschema.exceptions import ValidationError  # noqa: PLC0415  as above

    try:
        found: list[ValidationError] = list(islice(_validator(schema).iter_errors(args), 50))
    except (_TooMuchError, RecursionError):
        return ["cannot be checked: the schema's references or patterns lead too far"]
    except Exception as problem:  # noqa: BLE001  whatever a schema breaks, nothing is let through
        return [f"cannot be checked against the schema: {type(problem).__name__}"]
    found.sort(key=lambda fault: [str(step) for step in fault.absolute_path])
    return [
        f"{fault.json_path.removeprefix('$').lstrip('.') or 'the arguments'}: "
        f"{fault.message[:MESSAGE_MAX]}"
        for fault in found[:FAULTS_MAX]
    ]


def _validator(schema: Mapping[str, Any]) -> Any:
    """A validator that knows no address but the schema itself, and counts what it does."""
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415  as above
    from referencing import Registry  # noqa: PLC0415  as above

    left = {"references": REFERENCES_MAX, "steps": STEPS_MAX}

    def spend(what: str, cost: int) -> None:
        left[what] -= cost
        if left[what] < 0:
            raise _TooMuchError

    def counted(keyword: str) -> Any:
        follow = Draft202012Validator.VALIDATORS[keyword]

        def check(validator: Any, value: Any, instance: Any, within: Any) -> Iterator[Any]:
            if keyword in _REFERENCES:
                spend("references", 1)
            else:
                spend("steps", _steps(keyword, value, instance, within))
            yield from follow(validator, value, instance, within) or ()

        return check

    followed = {keyword: counted(keyword) for keyword in _COUNTED}
    strict: Any = validators.extend(Draft202012Validator, followed)  # type: ignore[no-untyped-call]
    return strict(schema, registry=Registry())


def _steps(keyword: str, value: Any, instance: Any, within: Any) -> int:
    """What matching this keyword's patterns may take, on this part of the arguments."""
    if keyword == "pattern":
        return _matching([value], [instance]) if isinstance(instance, str) else 0
    if not isinstance(instance, dict):
        return 0
    if keyword == "unevaluatedProperties":  # asks every part of its schema about every name
        patterns = [text for name, text in _keywords(within) if name == "patternProperties"]
    else:
        patterns = list(within.get("patternProperties", ()))
    return _matching(patterns, list(instance))


def _matching(patterns: list[str], texts: list[str]) -> int:
    efforts = [effort_of(pattern) for pattern in patterns]
    if None in efforts:
        return STEPS_MAX + 1
    return sum(effort.steps(len(text)) for effort in efforts if effort for text in texts)


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

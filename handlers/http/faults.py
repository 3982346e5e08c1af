"""What is wrong with a body, field by field, in words for somebody who never saw our code."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.aap import DURATION
from bot.content import (
    Action,
    Approval,
    Audit,
    Candidate,
    ImageEvidence,
    Label,
    LinkEvidence,
    Pair,
    Prediction,
    TextEvidence,
)
from bot.facts import Kind
from handlers.http.problems import Fault

FAULTS_MAX = 20
KINDS = frozenset(Kind)
EXACT = 2**53 - 1  # the largest integer that every JSON reader takes exactly; RFC 8785, RFC 7493
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,80}")
SURROGATE = re.compile("[\ud800-\udfff]")
LEADING_PATH = re.compile(r"([a-z_]+(?:\.[a-z_]+)+) (.+)", re.DOTALL)
MODELS = (
    Approval, Label, Audit, Pair, Candidate, Action, Prediction, TextEvidence, ImageEvidence,
    LinkEvidence,
)  # fmt: skip
FIELDS = sorted({name for model in MODELS for name in model.model_fields} | {"kind"})

Path = tuple[str | int, ...]


class Odd(str):
    """`NaN`, `Infinity` or `-Infinity` in place of a JSON number."""


class Doubled(dict[str, Any]):
    """An object that holds one key twice."""

    twice = ""


def of_validation(refused: ValidationError) -> list[Fault]:
    """Pydantic's findings, with the path as it was written and without its union's tags."""
    found = refused.errors(include_url=False, include_input=False)
    return [_of_error(error) for error in islice(found, FAULTS_MAX)]


def of_values(value: Any) -> list[Fault]:
    """What no shape shows: text that is none, numbers that are none or are not exact, twice a key.

    It descends without recursion: how deep a body is nested is the sender's choice.
    """
    return list(islice(_odd_values(value), FAULTS_MAX))


def placed(fault: Fault, place: str) -> Fault:
    """The same fault of a part, by its path in the whole."""
    if not fault.field:
        return Fault(place, fault.message)
    joint = "" if fault.field.startswith("[") else "."
    return Fault(f"{place}{joint}{fault.field}", fault.message)


def path_of(path: Path) -> str:
    """`action.args.paths[0]`; a key that would not read as one is quoted."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{step[:80]!a}]"
    return text


def _of_error(error: ErrorDetails) -> Fault:
    path = _without_tags(error["loc"])
    if error["type"].startswith("union_tag"):
        path = (*path, "kind")
    message = _message(error, path)
    if not path and (named := LEADING_PATH.fullmatch(message)):
        return Fault(named[1], named[2])
    return Fault(path_of(path), message)


def _without_tags(loc: Path) -> Path:
    """Pydantic names the union's member behind the place where the union stands."""
    path = loc[1:] if loc and loc[0] in KINDS else loc
    if len(path) > 2 and path[0] == "evidence":
        path = (*path[:2], *path[3:])
    return path


def _message(error: ErrorDetails, path: Path) -> str:
    say = MESSAGES.get(error["type"])
    context = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        return _unknown_field(str(path[-1]))
    if error["type"] == "union_tag_invalid":
        return _unknown_kind(str(context["tag"]), str(context["expected_tags"]))
    if path == ("due_in",) and error["type"] == "greater_than":
        return "must be more than 0 seconds: the deadline would be in the past"
    if say is None:
        return error["msg"][:1].lower() + error["msg"][1:]
    return say(context)


def _unknown_field(name: str) -> str:
    close = get_close_matches(name, FIELDS, n=1)
    return "is not a field here" + (f"; did you mean {close[0]!r}?" if close else "")


def _unknown_kind(tag: str, expected: str) -> str:
    return f"must be one of {expected}, not {tag[:80]!a}"


Say = Callable[[Mapping[str, Any]], str]


def _plain(limit: float) -> str:
    return f"{int(limit):,}" if limit == int(limit) else str(limit)


def _fixed(message: str) -> Say:
    return lambda _context: message


def _too_short(least: int) -> str:
    return "must not be empty" if least == 1 else f"needs at least {least} characters"


ODD_FORM = "has another form than this field takes"
FORMS = {  # a field's pattern -> what it means
    f"^{DURATION.pattern}$": "must be a whole number and its unit, such as 30s, 30m or 24h",
    r"^https?://": "must start with https:// or http://",
    r"^[0-9a-f]{64}$": "must be 64 hexadecimal digits, in lower case",
    r"^[A-Za-z0-9._:-]+$": "may hold letters, digits and . _ : - only",
}

MESSAGES: dict[str, Say] = {
    "missing": _fixed("is missing"),
    "union_tag_not_found": _fixed("is missing"),
    "string_type": _fixed("must be text"),
    "string_unicode": _fixed("holds half of a surrogate pair, which is not text"),
    "string_too_short": lambda context: _too_short(context["min_length"]),
    "string_too_long": lambda context: f"is longer than {context['max_length']:,} characters",
    "string_pattern_mismatch": lambda context: FORMS.get(context["pattern"], ODD_FORM),
    "finite_number": _fixed("must be a finite number"),
    "float_type": _fixed("must be a number"),
    "float_parsing": _fixed("must be a number"),
    "int_type": _fixed("must be a whole number"),
    "bool_type": _fixed("must be true or false"),
    "bool_parsing": _fixed("must be true or false"),
    "greater_than": lambda context: f"must be more than {_plain(context['gt'])}",
    "greater_than_equal": lambda context: f"must be at least {_plain(context['ge'])}",
    "less_than": lambda context: f"must be less than {_plain(context['lt'])}",
    "less_than_equal": lambda context: f"must be at most {_plain(context['le'])}",
    "dict_type": _fixed("must be an object"),
    "model_type": _fixed("must be an object"),
    "model_attributes_type": _fixed("must be an object"),
    "tuple_type": _fixed("must be an array"),
    "too_short": lambda context: f"needs at least {context['min_length']} entries",
    "too_long": lambda context: f"takes at most {context['max_length']} entries",
    "enum": lambda context: f"must be {context['expected']}",
    "literal_error": lambda context: f"must be {context['expected']}",
    "value_error": lambda context: str(context["error"]),
}


def _odd_values(value: Any) -> Iterator[Fault]:
    stack: list[tuple[Path, Any]] = [((), value)]
    while stack:
        path, value = stack.pop()
        if message := _oddity(value):
            yield Fault(path_of(path), message)
        if isinstance(value, dict):
            yield from _odd_keys(path, value)
            stack += [((*path, key), inner) for key, inner in reversed(value.items())]
        elif isinstance(value, list):
            stack += [((*path, place), inner) for place, inner in reversed([*enumerate(value)])]


def _odd_keys(path: Path, value: dict[str, Any]) -> Iterator[Fault]:
    if isinstance(value, Doubled):
        yield Fault(path_of((*path, value.twice)), "stands twice in one object")
    for key in value:
        if SURROGATE.search(key):
            message = "has half of a surrogate pair in its name, which is not text"
            yield Fault(path_of((*path, key)), message)


def _oddity(value: Any) -> str | None:
    if isinstance(value, Odd):
        return f"must be a finite number: {value} is not JSON"
    if isinstance(value, str) and SURROGATE.search(value):
        return "holds half of a surrogate pair, which is not text"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "is too large for a JSON number"
    if isinstance(value, int) and abs(value) > EXACT:
        return f"is an integer beyond ±{EXACT:,}, which JSON does not keep exactly: send it as text"
    return None


def of_query(found: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """What is wrong with the parameters behind the question mark."""
    return [
        Fault(str(error["loc"][-1]), _message(cast(ErrorDetails, error), error["loc"]))
        for error in found
    ]

"""What an approval is bound to: values as exact JSON, and the digest of an action.

Nothing here guesses: a value whose JSON form could mean something else is refused.
"""

import dataclasses
import hashlib
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path, PosixPath, PurePosixPath, PureWindowsPath, WindowsPath
from typing import Any
from uuid import UUID

from signoff.answers import Action
from signoff.errors import NotBindable

ACTION_TAG = b"signoff/v1/action\n"
EXACT = 2**53 - 1  # the largest integer that every JSON reader takes exactly; RFC 8785, RFC 7493
DEPTH_MAX = 100
OWN_FORM = "__signoff__"  # a method by which an object says what it is

Encode = Mapping[type, Callable[[Any], Any]]  # type -> what stands for its objects

_PLAIN = (str, int, float, bool, type(None))
_PATHS = {Path, PosixPath, WindowsPath, PurePosixPath, PureWindowsPath}
_TEXTS: dict[type, Callable[[Any], str]] = {
    **dict.fromkeys(_PATHS, str),
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    UUID: str,
    Decimal: str,
}


def digest_of(action: Action) -> str:
    """SHA-256, hex, of the action: what its grant is bound to.

    Source: RFC 8785 (JSON Canonicalization Scheme), with a domain tag before it.
    """
    stated = {
        "name": action.name,
        "version": action.version,
        "args": action.args,
        "environment": action.environment,
        "target": action.target,
    }
    return hashlib.sha256(ACTION_TAG + dumps(stated)).hexdigest()


def dumps(value: Any) -> bytes:
    """RFC 8785 of a value that `as_json` gave."""
    import rfc8785  # noqa: PLC0415  a program that never asks does not load it

    return rfc8785.dumps(value)


def as_json(value: Any, where: str, encode: Encode | None = None, depth: int = 0) -> Any:
    """The value as JSON of exact types, a fresh copy.

    Args:
        value: anything that the bound arguments hold.
        where: what the value is called in a refusal, such as `config.retries[2]`.
        encode: what stands for objects of further types.
        depth: how far inside it is.

    Raises:
        NotBindable: it has no form that says exactly what it is.
    """
    if depth > DEPTH_MAX:
        raise NotBindable(where, f"it is nested more than {DEPTH_MAX} deep, or holds itself")
    kind = type(value)
    if kind in _PLAIN:
        return _plain(value, where)
    if kind in (list, tuple):
        return [
            as_json(one, f"{where}[{place}]", encode, depth + 1) for place, one in enumerate(value)
        ]
    if kind is dict:
        return dict(_entries(value, where, encode, depth))
    if kind in _TEXTS:
        return _plain(_TEXTS[kind](value), where)
    return as_json(_standing_for(value, where, encode or {}), where, encode, depth + 1)


def _plain(value: Any, where: str) -> Any:
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise NotBindable(where, "it holds half of a surrogate pair, which is not text")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise NotBindable(where, f"{value} is not a JSON number")
        if value == 0 and math.copysign(1, value) < 0:
            raise NotBindable(where, "-0.0 and 0.0 look the same in canonical JSON: pass 0.0")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > EXACT:
        raise NotBindable(where, f"the integer is beyond ±{EXACT:,}: pass it as text")
    return value


def _entries(
    value: dict[Any, Any], where: str, encode: Encode | None, depth: int
) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if type(key) is not str:
            raise NotBindable(where, f"its key {key!r} is not text")
        _plain(key, f"{where}: its key {key!a}")
        yield key, as_json(inner, f"{where}[{key!r}]", encode, depth + 1)


def _standing_for(value: Any, where: str, encode: Encode) -> Any:
    """What stands for an object: the caller's own hook first, then what we know to be safe."""
    kind = type(value)
    hook = next((encode[base] for base in kind.__mro__ if base in encode), None)
    if hook is not None:
        return _hooked(hook, value, where)
    if hasattr(kind, OWN_FORM):
        return _hooked(getattr(kind, OWN_FORM), value, where)
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value):
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    if _is_model(value):
        return _model(value)
    raise NotBindable(
        where,
        f"a {kind.__module__}.{kind.__qualname__} has no canonical form. Pass plain values, say "
        f"with encode={{{kind.__name__}: ...}} what stands for it, or give it a method {OWN_FORM}",
    )


def _duration(value: timedelta) -> str:
    """ISO 8601, in seconds, exact."""
    sign, size = ("-", -value) if value < timedelta(0) else ("", value)
    seconds = size // timedelta(seconds=1)
    rest = f".{size.microseconds:06}".rstrip("0") if size.microseconds else ""
    return f"{sign}PT{seconds}{rest}S"


_TEXTS[timedelta] = _duration


def _hooked(hook: Callable[[Any], Any], value: Any, where: str) -> Any:
    try:
        return hook(value)
    except Exception as problem:
        kind = type(value).__qualname__
        raise NotBindable(
            where,
            f"what stands for a {kind} could not be made: {type(problem).__name__}: {problem}",
        ) from problem


def _is_model(value: Any) -> bool:
    """Whether it is pydantic's; without importing pydantic when nobody has."""
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and isinstance(value, pydantic.BaseModel)


def _model(value: Any) -> dict[str, Any]:
    """A pydantic model's fields, those it does not declare included; nothing is computed."""
    fields = {name: getattr(value, name) for name in type(value).model_fields}
    return fields | (value.model_extra or {})

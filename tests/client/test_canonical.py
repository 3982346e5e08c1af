"""What an approval is bound to: the same digest on both sides, and no guessing."""

import math
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from signoff import Action, NotBindable, digest_of
from signoff.canonical import as_json

from bot import content

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False).filter(
        lambda it: math.copysign(1, it) > 0 or it
    )
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
NAMES = st.text("abcdefghij.:-é", min_size=1, max_size=20)


@given(
    name=NAMES,
    args=st.dictionaries(st.text(), JSON),
    version=st.none() | NAMES,
    environment=st.none() | NAMES,
    target=st.none() | NAMES,
)
def test_client_and_server_reckon_the_same_digest(args: dict[str, Any], **named: Any) -> None:
    ours = digest_of(Action(args=as_json(args, "args"), **named))

    assert ours == content.action_digest(content.Action(args=args, **named))


def test_every_field_of_an_action_is_in_its_digest() -> None:
    action = Action("delete", {"path": "a"}, "1", "production", "host-1")
    others = [
        replace(action, name="remove"),
        replace(action, args={"path": "b"}),
        replace(action, args={"path": "a", "force": False}),
        replace(action, version=None),
        replace(action, environment=None),
        replace(action, target=None),
        replace(action, environment="host-1", target="production"),
    ]

    digests = {digest_of(one) for one in (action, *others)}

    assert len(digests) == 1 + len(others)


class Colour(Enum):
    """A plain enum."""

    RED = "red"


class Word(StrEnum):
    """Text, and an enum."""

    YES = "yes"


class Pair(NamedTuple):
    """A tuple that is more than one."""

    a: int
    b: int


@dataclass
class Point:
    """A dataclass."""

    x: int
    where: Path


class Order(BaseModel):
    """A pydantic model."""

    number: int
    lines: list[Point] = []


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (Path("/etc/a"), "/etc/a"),
        (PurePosixPath("a"), "a"),
        (datetime(2026, 3, 2, 12, tzinfo=UTC), "2026-03-02T12:00:00+00:00"),
        (date(2026, 3, 2), "2026-03-02"),
        (time(12, 30), "12:30:00"),
        (timedelta(minutes=5), "PT300S"),
        (timedelta(seconds=-1.5), "-PT1.5S"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Decimal("1.10"), "1.10"),
        (Colour.RED, "red"),
        (Word.YES, "yes"),
        ((1, [2]), [1, [2]]),
        (Order(number=1, lines=[Point(2, Path("p"))]),
         {"number": 1, "lines": [{"x": 2, "where": "p"}]}),
        ({"a": None, "b": True}, {"a": None, "b": True}),
    ],
)  # fmt: skip
def test_what_is_known_has_one_form(value: Any, says: Any) -> None:
    assert as_json(value, "it") == says


class Sly(str):
    """Text that may say something else when it is looked at again."""

    __slots__ = ()


class SlyList(list[int]):
    """A list that may hold something else when it is looked at again."""


def _loop() -> list[Any]:
    loop: list[Any] = []
    loop.append(loop)
    return loop


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -0.0,
        2**53,
        "\ud800",
        {"\ud800": 1},
        {1: "a"},
        {Colour.RED: 1},
        {1, 2},
        b"bytes",
        iter([1]),
        open,
        object(),
        Sly("a"),
        SlyList(),
        OrderedDict(a=1),
        defaultdict(int),
        Pair(1, 2),
        _loop(),
        complex(1, 2),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_could_mean_something_else_is_refused(value: Any) -> None:
    with pytest.raises(NotBindable, match=r"The argument it\['in'\]\[1\]"):
        as_json({"in": [0, value]}, "it")


def test_the_callers_own_form_comes_first() -> None:
    found = as_json([Point(1, Path("p"))], "it", {Point: lambda point: point.x, object: repr})

    assert found == [1]


def test_a_form_that_cannot_be_made_is_refused() -> None:
    with pytest.raises(NotBindable, match="ZeroDivisionError"):
        as_json(Point(0, Path()), "it", {Point: lambda point: 1 / point.x})


def test_what_stands_for_something_is_a_copy() -> None:
    inner = [1]

    copy = as_json({"a": inner}, "it")
    inner.append(2)

    assert copy == {"a": [1]}

"""Whatever is sent, the door answers: taken, or refused with a reason. Never a fault of ours."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.doors.http_house import APPROVAL, LABEL, Door, a_house, started, stopped

texts = st.text(st.characters(exclude_categories=[]), max_size=20)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
paths = st.sampled_from(
    [
        ("queue",), ("kind",), ("key",), ("action",), ("action", "name"), ("action", "args"),
        ("action", "target"), ("reason",), ("requester",), ("due_in",), ("evidence",), ("body",),
        ("choices",), ("prediction",), ("prediction", "choice"), ("prediction", "confidence"),
    ]
)  # fmt: skip
evidence = st.lists(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["text", "diff", "image", "link", "other"])},
        optional={"text": texts, "url": texts, "title": texts, "alt": texts},
    ),
    max_size=2,
)


@st.composite
def nearly_right(draw: st.DrawFn) -> dict[str, Any]:
    """A submission with one or two things in it that nobody expects."""
    body: dict[str, Any] = json.loads(json.dumps(draw(st.sampled_from([APPROVAL, LABEL]))))
    for _ in range(draw(st.integers(1, 2))):
        *above, last = draw(paths)
        place = body
        for step in above:
            place = place.setdefault(step, {}) if isinstance(place, dict) else {}
        if isinstance(place, dict):
            place[last] = draw(evidence if last == "evidence" else values)
    return body


class Caller:
    """A served door for tests that are not coroutines: Hypothesis calls them many times."""

    def __init__(self, url: str) -> None:
        self.runner = asyncio.Runner()
        self.runner.run(self._open(url))

    async def _open(self, url: str) -> None:
        self.house = a_house(url)
        self.task, address = await started(self.house)
        self.session = aiohttp.ClientSession()
        self.door = Door(self.house, address, self.session)
        self.door.key = await self.door.make_key(rate=1_000_000)
        can = "submit,read,redeem,webhooks"
        self.every = await self.door.make_key("every", can, rate=1_000_000)

    def send(self, raw: bytes) -> tuple[int, Any]:
        """The status and the JSON that came back."""
        reply = self.runner.run(self.door.send(raw))
        return reply.status, reply.body

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """The status and the text that came back."""
        reply = self.runner.run(self.door.call(method, path, body, key=self.every))
        return reply.status, reply.text

    def close(self) -> None:
        """Closes the door."""
        self.runner.run(self._close())
        self.runner.close()

    async def _close(self) -> None:
        await self.session.close()
        await stopped(self.task)
        self.house.close()


@pytest.fixture
def caller(database_url: str) -> Iterator[Caller]:
    calling = Caller(database_url)
    yield calling
    calling.close()


often = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@often
@given(body=nearly_right())
def test_a_submission_that_is_nearly_right_is_taken_or_refused(
    caller: Caller, body: dict[str, Any]
) -> None:
    status, answered = caller.send(json.dumps(body).encode())

    assert status in (200, 201, 409, 422), answered
    assert status != 422 or all(fault["message"] for fault in answered["errors"])


@often
@given(value=values)
def test_any_json_is_refused_with_a_reason(caller: Caller, value: Any) -> None:
    status, answered = caller.send(json.dumps(value).encode())

    assert status == 422, answered
    assert answered["errors"]


@often
@given(raw=st.binary(max_size=60) | texts.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_refused_with_a_reason(caller: Caller, raw: bytes) -> None:
    status, answered = caller.send(raw)

    assert status == 422, answered
    assert answered["errors"]


sometimes = settings(often, max_examples=40)
queries = st.dictionaries(
    st.sampled_from(["queue", "kind", "status", "key", "limit", "cursor", "wait", "x"]),
    texts | st.integers().map(str),
    max_size=3,
)
places = st.sampled_from(
    [
        "/v1/items", "/v1/items/22222222", "/v1/queues", "/v1/webhooks", "/v1/reviewers",
        "/v1/webhooks/whk_222222222222", "/v1/webhooks/whk_222222222222/deliveries",
    ]
)  # fmt: skip


@sometimes
@given(place=places, query=queries)
def test_any_parameters_are_taken_or_refused_with_a_reason(
    caller: Caller, place: str, query: dict[str, str]
) -> None:
    encoded = urlencode(query, encoding="utf-8", errors="surrogatepass")

    status, text = caller.ask("GET", f"{place}?{encoded}")

    assert status in (200, 400, 403, 404, 422), text
    assert json.loads(text)


written = st.sampled_from(
    [
        "/v1/items/batch", "/v1/webhooks", "/v1/items/22222222/cancel",
        "/v1/items/22222222/grant/redeem", "/v1/items/22222222/report",
        "/v1/items/22222222/votes", "/v1/webhooks/whk_222222222222/rotate",
    ]
)  # fmt: skip
fields = st.dictionaries(
    st.sampled_from(["items", "url", "events", "queue", "choice", "attempt", "reason"]),
    values | st.lists(nearly_right(), max_size=2),
    max_size=3,
)


@sometimes
@given(place=written, body=fields)
def test_any_body_is_taken_or_refused_with_a_reason(
    caller: Caller, place: str, body: dict[str, Any]
) -> None:
    status, text = caller.ask("POST", place, body)

    assert status in (200, 201, 403, 404, 409, 422), text
    assert json.loads(text)

"""What this door refuses, and the words in which it does: a stranger can mend the request."""

import asyncio
import io
import json
import threading
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.flows import keeping
from handlers.http.reading import BODY_MAX
from handlers.http.serving import serve
from tests.doors.http_house import APPROVAL, LABEL, Door, a_house, open_door, started, stopped
from tests.patience import PATIENCE

PAIR: dict[str, Any] = {"queue": "moderation", "kind": "preference", "key": "pair-1", "body": "Hi"}
GOLDEN: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "unknown queue": (
        APPROVAL | {"queue": "agents"},
        {"queue": "There is no queue 'agents'; there is: agent-actions, moderation."},
    ),
    "a kind that the queue does not take": (
        LABEL | {"queue": "agent-actions"},
        {"kind": "The queue 'agent-actions' takes approval only."},
    ),
    "unknown kind": (
        APPROVAL | {"kind": "poll"},
        {"kind": "must be one of 'approval', 'label', 'audit', 'preference', not 'poll'"},
    ),
    "an audit of nothing": (
        {key: LABEL[key] for key in LABEL if key != "prediction"} | {"kind": "audit"},
        {"prediction": "is missing"},
    ),
    "a preference between classes": (
        LABEL | {"kind": "preference", "answers": [{"text": "a"}, {"text": "b"}]},
        {"": "choices does not belong to a preference: leave it out"},
    ),
    "a preference for one answer": (
        PAIR | {"answers": [{"text": "a"}]},
        {"answers[1]": "is missing"},
    ),
    "a preference among three": (
        PAIR | {"answers": [{"text": "a"}, {"text": "b"}, {"text": "c"}]},
        {"answers": "takes at most 2 entries"},
    ),
    "an empty answer": (
        PAIR | {"answers": [{"text": "a"}, {"text": ""}]},
        {"answers[1].text": "must not be empty"},
    ),
    "one answer twice": (
        PAIR | {"answers": [{"text": "a"}, {"text": "a"}]},
        {"": "answers are one and the same text"},
    ),
    "no kind": ({"queue": "agent-actions", "key": "k"}, {"kind": "is missing"}),
    "nothing": ({}, {"kind": "is missing"}),
    "unknown field": (
        APPROVAL | {"requestor": "me"},
        {"requestor": "is not a field here; did you mean 'requester'?"},
    ),
    "unknown field inside": (
        APPROVAL | {"action": {"name": "x", "zzz": 1}},
        {"action.zzz": "is not a field here"},
    ),
    "no action": (
        {"queue": "agent-actions", "kind": "approval", "key": "k"},
        {"action": "is missing"},
    ),
    "an action that is none": (APPROVAL | {"action": "rm"}, {"action": "must be an object"}),
    "a choice twice": (
        LABEL | {"choices": ["spam", "ham", "spam"]},
        {"choices": "names 'spam' twice"},
    ),
    "one choice": (
        LABEL | {"choices": ["spam"]},
        {"choices": "needs at least 2 entries"},
    ),
    "too many choices": (
        LABEL | {"choices": [f"choice {number}" for number in range(30)]},
        {"choices": "takes at most 20 entries"},
    ),
    "a choice of ours": (
        LABEL | {"choices": ["spam", "unsure"]},
        {"choices": "may not hold 'unsure': every card has it already"},
    ),
    "a prediction that is no choice": (
        LABEL | {"prediction": {"choice": "fish", "confidence": 0.5}},
        {"prediction.choice": "'fish' is not in choices"},
    ),
    "a confidence of two": (
        LABEL | {"prediction": {"choice": "spam", "confidence": 2}},
        {"prediction.confidence": "must be at most 1"},
    ),
    "nothing to judge": (
        {key: value for key, value in LABEL.items() if key != "body"},
        {"": "there is nothing to judge: give a body or evidence"},
    ),
    "a deadline in the past": (
        APPROVAL | {"due_in": -5},
        {"due_in": "must be more than 0 seconds: the deadline would be in the past"},
    ),
    "a deadline right now": (
        APPROVAL | {"due_in": 0},
        {"due_in": "must be more than 0 seconds: the deadline would be in the past"},
    ),
    "a deadline next year": (
        APPROVAL | {"due_in": 31536000},
        {"due_in": "must be at most 2,592,000"},
    ),
    "a deadline in words": (APPROVAL | {"due_in": "soon"}, {"due_in": "must be a number"}),
    "a megabyte of text": (
        LABEL | {"body": "x" * 1_000_000},
        {"body": "is longer than 200,000 characters"},
    ),
    "a megabyte of arguments": (
        APPROVAL | {"action": {"name": "x", "args": {"text": "x" * 1_000_000}}},
        {"action.args": "takes 1,000,011 bytes of JSON; at most 200,000 can be shown"},
    ),
    "an integer that JSON does not keep": (
        APPROVAL | {"action": {"name": "x", "args": {"n": [1, 2**53]}}},
        {
            "action.args.n[1]": "is an integer beyond ±9,007,199,254,740,991, which JSON does "
            "not keep exactly: send it as text"
        },
    ),
    "a name with a NUL": (APPROVAL | {"key": "a\0b"}, {"key": "holds control characters"}),
    "an empty name": (APPROVAL | {"key": "  "}, {"key": "must not be empty"}),
    "half a surrogate pair": (
        LABEL | {"body": "\ud800"},
        {"body": "holds half of a surrogate pair, which is not text"},
    ),
    "half a surrogate pair deep inside": (
        APPROVAL | {"action": {"name": "x", "args": {"a": {"b c": ["\udfff"]}}}},
        {"action.args.a['b c'][0]": "holds half of a surrogate pair, which is not text"},
    ),
    "half a surrogate pair in a name": (
        APPROVAL | {"\ud800": 1},
        {"['\\ud800']": "has half of a surrogate pair in its name, which is not text"},
    ),
    "evidence of an unknown kind": (
        APPROVAL | {"evidence": [{"kind": "smell", "text": "x"}]},
        {"evidence[0].kind": "must be one of 'text', 'diff', 'image', 'link', not 'smell'"},
    ),
    "evidence without its text": (
        APPROVAL | {"evidence": [{"kind": "text", "text": "a"}, {"kind": "diff"}]},
        {"evidence[1].text": "is missing"},
    ),
    "evidence that is no list": (APPROVAL | {"evidence": {}}, {"evidence": "must be an array"}),
    "a link that is none": (
        APPROVAL | {"evidence": [{"kind": "link", "url": "javascript:alert(1)"}]},
        {"evidence[0].url": "must start with https:// or http://"},
    ),
    "two faults": (
        APPROVAL | {"due_in": 0, "colour": "red"},
        {
            "due_in": "must be more than 0 seconds: the deadline would be in the past",
            "colour": "is not a field here",
        },
    ),
}
NOT_JSON: dict[str, tuple[bytes, str, str]] = {
    "nothing at all": (b"", "", "is empty: send a JSON object"),
    "an array": (b"[]", "", "must be a JSON object, with braces around it"),
    "a text": (b'"delete"', "", "must be a JSON object, with braces around it"),
    "half of it": (b'{"queue": ', "", "is not JSON: EOF while parsing a value at line 1 column 10"),
    "more than it": (b"{} {}", "", "is not JSON: trailing characters at line 1 column 4"),
    "NaN": (b'{"due_in": NaN}', "due_in", "must be a finite number: NaN is not JSON"),
    "infinity": (
        b'{"action": {"args": {"a": [-Infinity]}}}',
        "action.args.a[0]",
        "must be a finite number: -Infinity is not JSON",
    ),
    "a number beyond numbers": (
        b'{"kind": "label", "prediction": {"confidence": 1e999}}',
        "prediction.confidence",
        "is too large for a JSON number",
    ),
    "a key twice": (
        b'{"action": {"args": {"path": "a", "x": 1, "path": "b"}}}',
        "action.args.path",
        "stands twice in one object",
    ),
    "bytes that are no text": (b'{"queue": "\xff"}', "", "is not UTF-8 text"),
    "a nest": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "", "is nested more than 200 deep"),
    "a nest of brackets": (b"[" * 900_000, "", "is nested more than 200 deep"),
    "a mark of its byte order": (
        b'\xef\xbb\xbf{"a":1}',
        "",
        "is not JSON: expected value at line 1 column 1",
    ),
}


@pytest.fixture
async def door(sqlite_url: str) -> AsyncIterator[Door]:
    async with open_door(sqlite_url) as opened:
        yield opened


async def test_a_submission_with_a_fault_is_told_field_and_reason(door: Door) -> None:
    replies = {case: await door.submit(body) for case, (body, _) in GOLDEN.items()}

    assert {(reply.status, reply.body["type"]) for reply in replies.values()} == {
        (422, "/docs#invalid")
    }
    assert {case: reply.faults for case, reply in replies.items()} == {
        case: faults for case, (_, faults) in GOLDEN.items()
    }


async def test_what_is_not_strictly_json_is_refused_with_the_place(door: Door) -> None:
    replies = {case: await door.send(raw) for case, (raw, _, _) in NOT_JSON.items()}

    assert {reply.status for reply in replies.values()} == {422}
    assert {case: reply.faults for case, reply in replies.items()} == {
        case: {field: message} for case, (_, field, message) in NOT_JSON.items()
    }


async def test_the_detail_says_the_first_fault_and_counts_the_others(door: Door) -> None:
    reply = await door.submit(APPROVAL | {"due_in": 0, "colour": "red", "x": 1})

    assert reply.body["detail"] == (
        "Due_in must be more than 0 seconds: the deadline would be in the past. "
        "There are 2 more faults."
    )


@pytest.mark.parametrize("count", [1, 150])
async def test_deep_nesting_that_can_be_kept_is_taken(door: Door, count: int) -> None:
    nested: dict[str, Any] = {}
    for _ in range(count):
        nested = {"a": nested}

    reply = await door.submit(APPROVAL | {"action": {"name": "x", "args": nested}})

    assert reply.status == 201, reply.text


async def test_a_body_over_the_limit_is_refused(door: Door) -> None:
    reply = await door.call("POST", "/v1/items", raw=io.BytesIO(b" " * (BODY_MAX + 1)))

    assert reply.status == 413
    assert reply.body["detail"] == "A body may have at most 2,097,152 bytes."


async def test_a_body_in_chunks_is_counted_too(door: Door) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(BODY_MAX // 65_536 + 1):
            yield b" " * 65_536

    reply = await door.call("POST", "/v1/items", raw=chunks())

    assert reply.status == 413


async def test_a_body_that_announces_less_than_it_sends_does_no_harm(door: Door) -> None:
    address = urlsplit(door.address)
    head = (
        f"POST /v1/items HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {door.key}\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(address.hostname, address.port)

    writer.write(head.encode() + b"{}" + b"x" * 100_000)
    status = await reader.readline()
    writer.close()

    assert status.split()[1] in (b"400", b"422")
    assert (await door.submit()).status == 201


async def test_a_body_that_announces_more_than_it_sends_waits_for_nobody(door: Door) -> None:
    address = urlsplit(door.address)
    head = (
        f"POST /v1/items HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {door.key}\r\n"
        "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{}"
    )
    _, writer = await asyncio.open_connection(address.hostname, address.port)

    writer.write(head.encode())
    await writer.drain()
    writer.close()

    assert (await door.submit()).status == 201


async def test_the_announced_length_is_believed_when_it_is_too_much(door: Door) -> None:
    address = urlsplit(door.address)
    head = (
        f"POST /v1/items HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {door.key}\r\n"
        "Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(address.hostname, address.port)

    writer.write(head.encode())
    status = await reader.readline()
    writer.close()

    assert status.split()[1] == b"413"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Encoding": "gzip"},
    ],
)
async def test_what_does_not_say_that_it_is_json_is_refused(
    door: Door, headers: dict[str, str]
) -> None:
    reply = await door.submit(headers=headers)

    assert reply.status == 415
    assert reply.body["title"] == "The body must be JSON"


REFUSED = {
    ("GET", "/nowhere"): 404,
    ("GET", "/v1/items/"): 404,
    ("GET", "/v1/items/short"): 404,
    ("GET", "/v1/items/aaaaaaaa"): 404,
    ("GET", "/v1/items/%00%00%00%00%00%00%00%00"): 404,
    ("GET", "/v1/items/%F0%9F%92%A9"): 404,
    ("GET", "/v1/items/..%2f..%2fetc"): 404,
    ("PUT", "/v1/items"): 405,
    ("DELETE", "/v1/items/22222222"): 405,
    ("GET", "/v1/items/22222222?wait=61"): 422,
    ("GET", "/v1/items/22222222?wait=-1"): 422,
    ("GET", "/v1/items/22222222?wait=nan"): 422,
    ("GET", "/v1/items/22222222?wait=long"): 422,
}


async def test_every_refusal_is_a_problem_document(door: Door) -> None:
    replies = {asked: await door.call(*asked) for asked in REFUSED}

    assert {asked: reply.status for asked, reply in replies.items()} == REFUSED
    for reply in replies.values():
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "request_id"} <= set(reply.body)
        assert reply.body["status"] == reply.status
        assert reply.status != 405 or reply.headers["Allow"]
        assert reply.status != 422 or set(reply.faults) == {"wait"}


async def test_without_a_key_the_answer_says_how_to_send_one(door: Door) -> None:
    replies = [
        await door.submit(headers={"Authorization": value})
        for value in ("", "Basic YTpi", "Bearer", "Bearer   ")
    ]

    assert [reply.status for reply in replies] == [401] * 4
    assert replies[0].headers["WWW-Authenticate"] == 'Bearer realm="signoff"'
    assert replies[0].body["type"] == "/docs#key-missing"


@pytest.mark.parametrize("key", ["sgn_made-up", "sgn_" + "x" * 6_000, "\u00e9"])
async def test_an_unknown_key_is_refused_before_the_body_is_read(door: Door, key: str) -> None:
    reply = await door.submit({"nonsense": 1}, key=key)

    assert reply.status == 401
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("can", "method", "path"),
    [
        ("read", "POST", "/v1/items"),
        ("submit", "GET", "/v1/items/22222222"),
        ("read", "POST", "/v1/items/22222222/report"),
    ],
)
async def test_a_key_does_only_what_it_was_made_for(
    door: Door, can: str, method: str, path: str
) -> None:
    limited = await door.make_key("limited", can)

    reply = await door.call(method, path, {} if method == "POST" else None, key=limited)

    wanted = "read" if can == "submit" else "submit"
    assert reply.status == 403
    assert reply.body["detail"].startswith(f"The key 'limited' lacks the scope '{wanted}'")
    assert f'scope="{wanted}"' in reply.headers["WWW-Authenticate"]


async def test_the_request_id_goes_out_as_it_came_in(door: Door) -> None:
    named = await door.submit(headers={"X-Request-Id": "run-7.step:3"})
    unnamed = await door.call("GET", "/nowhere")
    hostile = await door.call("GET", "/nowhere", headers={"X-Request-Id": 'a" b\tc'})

    assert named.headers["X-Request-Id"] == "run-7.step:3"
    assert unnamed.headers["X-Request-Id"] == unnamed.body["request_id"]
    assert hostile.headers["X-Request-Id"] != 'a" b\tc'


async def test_a_revoked_key_is_useless_once_the_cache_is_stale(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.http.keys.FRESH_FOR", 0.05)
    async with open_door(sqlite_url) as door:
        assert (await door.submit()).status == 201
        await door.house.do(keeping.revoke_key, "agent", door.house.now())

        await asyncio.sleep(0.06)
        reply = await door.submit()

    assert reply.status == 401


async def test_a_key_is_looked_up_once_for_many_requests(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def look_up(unit: Any, secret: str) -> keeping.Pass | None:
        looks.append(secret)
        return keeping.look_up(unit, secret)

    monkeypatch.setattr("handlers.http.keys.look_up", look_up)
    monkeypatch.setattr("handlers.http.keys.FRESH_FOR", 60)

    for _ in range(10):
        await door.show("22222222")

    assert len(looks) == 1


async def test_the_last_use_of_a_key_is_written_down_once_a_minute(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    touched: list[object] = []
    monkeypatch.setattr(
        "handlers.http.keys.touch_key", lambda _unit, name, now: touched.append((name, now))
    )

    for _ in range(10):
        await door.show("22222222")
    await door.house.do(lambda _unit: None)

    assert touched == [("agent", door.house.now())]


async def test_a_busy_database_is_a_problem_that_says_when_to_come_back(
    sqlite_url: str,
) -> None:
    async with open_door(sqlite_url) as door:
        await door.submit()
        other = a_house(sqlite_url)
        is_held, is_enough = threading.Event(), threading.Event()
        holder = asyncio.to_thread(_hold, other, is_held, is_enough)
        holding = asyncio.create_task(holder)
        await asyncio.to_thread(is_held.wait)

        reply = await door.submit(APPROVAL | {"key": "later"})

        is_enough.set()
        await holding
        other.close()
    assert reply.status == 503
    assert reply.headers["Retry-After"] == "2"
    assert "Nothing was recorded" in reply.body["detail"]


def _hold(house: Any, is_held: threading.Event, is_enough: threading.Event) -> None:
    """Keeps the database's write lock until it is enough."""

    def hold(_unit: Any) -> None:
        is_held.set()
        is_enough.wait(PATIENCE)

    house.do_now(hold)


async def test_a_bug_is_answered_with_an_id_and_logged_without_content(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("the disk said: run-7:call-3")

    monkeypatch.setattr("handlers.http.items.open_item", fail)

    with caplog.at_level("INFO", "handlers.http"):
        reply = await door.submit()

    assert reply.status == 500
    assert reply.body["error_id"] in caplog.text
    assert "RuntimeError at" in caplog.text
    assert "run-7:call-3" not in caplog.text
    assert "run-7" not in reply.text


async def test_a_request_is_one_line_of_json_in_the_log_and_holds_ids_only(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "handlers.http.envelope"):
        reply = await door.submit(
            APPROVAL | {"reason": "private\nwords"}, headers={"X-Request-Id": "one"}
        )
        await door.call("GET", f"/v1/{door.key}%0a%1b[31m")

    lines = [json.loads(record.getMessage()) for record in caplog.records]
    assert [{**line, "ms": 0} for line in lines] == [
        {
            "request": "one",
            "method": "POST",
            "route": "/v1/items",
            "status": 201,
            "ms": 0,
            "key": "agent",
            "item": reply.body["id"],
        },
        {
            "request": lines[1]["request"],
            "method": "GET",
            "route": None,
            "status": 404,
            "ms": 0,
            "key": None,
            "item": None,
        },
    ]
    assert door.key not in caplog.text
    assert "private" not in caplog.text


async def test_a_taken_port_is_an_error_that_the_command_can_explain(sqlite_url: str) -> None:
    house = a_house(sqlite_url)
    task, address = await started(house)

    with pytest.raises(OSError, match="in use"):
        await serve(house, "127.0.0.1", int(address.rpartition(":")[2]))

    await stopped(task)
    house.close()

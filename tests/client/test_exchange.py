"""Losses, restarts and refusals, with a clock that is made up."""

from datetime import timedelta
from typing import Any

import pytest
from signoff import (
    Action,
    Expired,
    GrantUsed,
    Invalid,
    KeyTaken,
    Misconfigured,
    NotAdmitted,
    Paused,
    Question,
    Refused,
    Unreachable,
    digest_of,
)
from signoff.access import Access
from signoff.asking import ask, batch, events, items, wait
from signoff.exchange import exchange, read_item
from signoff.redeeming import redeem
from signoff.steps import Course, Event, EventReader, Give, Hear, LostError, Send
from signoff.wire import _options

from tests.client.playing import Played, a_reply, in_turn

GET = Send("GET", "/v1/items/X")
OPEN: dict[str, Any] = {
    "id": "ABCDEFGH",
    "status": "open",
    "queue": "moderation",
    "kind": "label",
    "key": "k",
    "opened_at": "2026-03-02T12:00:00Z",
    "due_at": "2026-03-02T12:05:00Z",
    "digest": "0" * 64,
    "a_field_of_the_future": {"of": "any kind"},
}
OUTCOME = {"choice": "spam", "rule": "majority", "votes": 2, "decided_at": "2026-03-02T12:01:00Z"}
ACTION = {"name": "delete", "args": {"path": "a.log"}}
APPROVED = OPEN | {
    "status": "settled",
    "kind": "approval",
    "action": ACTION,
    "action_digest": digest_of(Action("delete", {"path": "a.log"})),
    "grant": {"status": "ready"},
    "outcome": OUTCOME | {"choice": "approve"},
}
SETTLED = OPEN | {"status": "settled", "outcome": OUTCOME}
LOST = LostError("ConnectError")


def test_what_gets_lost_is_sent_again_with_longer_and_longer_rests() -> None:
    played = Played(in_turn(*[LOST] * 6, a_reply(503), a_reply(500), a_reply(body={"a": 1})))

    assert played.play(exchange(GET)) == {"a": 1}
    assert len(played.sent) == 9
    rests = [0.1 * 2**n for n in range(6)]
    assert all(rest / 2 <= slept <= rest for slept, rest in zip(played.slept, rests, strict=False))


def test_rests_are_never_the_same_for_everybody() -> None:
    slept = {
        played.slept[0]
        for played in (Played(in_turn(LOST, a_reply())) for _ in range(20))
        if played.play(exchange(GET)) == {}
    }

    assert len(slept) > 1


@pytest.mark.parametrize("status", [429, 503])
def test_the_server_says_how_long_to_wait(status: int) -> None:
    played = Played(in_turn(a_reply(status, retry_after="7"), a_reply()))

    played.play(exchange(GET))

    assert 7 <= played.slept[0] <= 7.7


def test_it_may_say_so_as_a_date() -> None:
    busy = a_reply(
        503, date="Mon, 02 Mar 2026 12:00:00 GMT", retry_after="Mon, 02 Mar 2026 12:00:09 GMT"
    )
    played = Played(in_turn(busy, a_reply()))

    played.play(exchange(GET))

    assert played.slept == [9.0]


def test_it_is_given_up_in_time() -> None:
    played = Played(lambda _send: LOST)

    with pytest.raises(Unreachable, match="ConnectError"):
        played.play(exchange(GET, until=110.0))

    assert played.now < 110.0


def test_what_asks_to_wait_longer_than_there_is_time_ends_at_once() -> None:
    played = Played(lambda _send: a_reply(429, retry_after="3600"))

    with pytest.raises(Unreachable, match="429"):
        played.play(exchange(GET, until=110.0))

    assert len(played.sent) == 1


def test_another_program_at_the_address_is_no_answer() -> None:
    login = a_reply()
    page = type(login)(200, {}, b"<html>please log in</html>")
    played = Played(lambda _send: page)

    with pytest.raises(Unreachable, match="not Signoff's"):
        played.play(exchange(GET, until=102.0))


def test_a_redirect_is_told_at_once_and_not_followed() -> None:
    played = Played(in_turn(a_reply(301, location="https://signoff.example.com/v1/items/X")))

    with pytest.raises(Misconfigured, match=r"redirect \(301\) to 'https://signoff.example.com"):
        played.play(exchange(GET))

    assert len(played.sent) == 1


def test_the_drivers_follow_no_redirect_and_check_every_certificate() -> None:
    options = _options(Access("https://signoff.example.com", "sgn_x"))

    assert options["verify"] is True
    assert not options.get("follow_redirects")


@pytest.mark.parametrize(
    "said",
    [
        {"ok": True},
        {"item": {}},
        {"item": None},
        {"item": SETTLED},
        {"item": APPROVED},
        {"item": APPROVED | {"id": "OTHER", "grant": {"status": "redeemed"}}},
        {"item": APPROVED | {"action_digest": "1" * 64, "grant": {"status": "redeemed"}}},
    ],
)
def test_an_answer_that_does_not_say_redeemed_permits_nothing(said: dict[str, Any]) -> None:
    decision = read_item(APPROVED).decision
    assert decision

    with pytest.raises(Unreachable, match="not Signoff"):
        Played(in_turn(a_reply(body=said))).play(redeem(decision))


@pytest.mark.parametrize("body", [{}, {"items": 3}, {"items": [3]}])
def test_a_list_that_is_none_is_not_taken_for_one(body: dict[str, Any]) -> None:
    with pytest.raises(Unreachable, match="lists no items"):
        Played(in_turn(a_reply(body=body))).play(items())


def test_json_that_is_no_item_is_not_taken_for_one() -> None:
    with pytest.raises(Unreachable, match="not Signoff"):
        read_item({"status": "settled", "outcome": {"choice": "approve"}})


@pytest.mark.parametrize(
    ("status", "problem", "kind"),
    [
        (401, "key-unknown", NotAdmitted),
        (403, "scope-missing", NotAdmitted),
        (409, "key-taken", KeyTaken),
        (409, "grant-used", GrantUsed),
        (422, "invalid", Invalid),
        (423, "paused", Paused),
        (418, "of-the-future", Refused),
    ],
)
def test_a_refusal_has_a_type_and_is_not_repeated(
    status: int, problem: str, kind: type[Refused]
) -> None:
    body = {
        "type": f"/docs#{problem}",
        "detail": "Why.",
        "errors": [{"field": "queue", "message": "is missing"}],
        "request_id": "r-1",
        "item_id": "ABCDEFGH",
    }
    played = Played(in_turn(a_reply(status, body)))

    with pytest.raises(kind, match=r"Why\.") as caught:
        played.play(exchange(GET))

    said = caught.value
    assert (type(said), said.status, said.problem, said.request_id, said.item_id) == (
        kind, status, problem, "r-1", "ABCDEFGH",
    )  # fmt: skip
    assert said.errors[0].field == "queue"


def test_a_wait_lives_through_losses_and_restarts() -> None:
    answers = in_turn(a_reply(body=OPEN), LOST, a_reply(502), a_reply(body=OPEN),
                      a_reply(body=SETTLED))  # fmt: skip
    played = Played(answers, takes=1.0)

    assert played.play(ask(Question("moderation", body="x", choices=["spam", "ham"]))).votes == 2


def test_a_server_that_lets_go_at_once_is_not_stormed() -> None:
    played = Played(lambda _send: a_reply(body=OPEN))

    with pytest.raises(Expired):
        played.play(wait(read_item(OPEN), within=timedelta(seconds=60)))

    assert len(played.sent) < 40


def test_a_wait_for_what_nobody_answers_ends_behind_the_deadline() -> None:
    played = Played(lambda _send: a_reply(body=OPEN), takes=20)

    with pytest.raises(Expired, match="still open"):
        played.play(wait(read_item(OPEN)))

    assert 300 <= played.now - 100 <= 400


def test_a_wait_that_ends_without_a_server_says_so() -> None:
    played = Played(lambda _send: LOST)

    with pytest.raises(Unreachable):
        played.play(wait(read_item(OPEN), within=timedelta(seconds=20)))


def test_a_stream_is_taken_up_where_it_broke_off() -> None:
    open_event = Event("item", a_reply(body=OPEN).content.decode(), "41")
    settled = Event("item", a_reply(body=SETTLED).content.decode(), "42")
    played = Played(in_turn(open_event, LOST, a_reply(body=OPEN), settled))

    decision = played.play(wait(read_item(OPEN), by="stream"))

    assert decision.outcome == "spam"
    heard = [step for step in played.sent if isinstance(step, Hear)]
    assert heard[-1].stream.last_id == "42"


def test_the_stream_of_all_items_goes_on_after_losses() -> None:
    course = Course(events(queue="moderation"))
    given: list[Any] = []
    answers = iter([LOST, Event("item", a_reply(body=OPEN).content.decode(), "7"), LOST])
    while len(given) < 1 and (step := course.step()):
        if isinstance(step, Give):
            given.append(step.value)
        elif isinstance(step, Hear):
            said = next(answers)
            course.problem, course.result = (said, None) if said is LOST else (None, said)

    assert given[0].id == "ABCDEFGH"


def test_a_batch_has_each_answer_in_its_place() -> None:
    refused = {"status": 422, "problem": {"type": "/docs#invalid", "detail": "No such queue."}}
    played = Played(in_turn(
        a_reply(body={"items": [{"status": 201, "item": SETTLED}, refused]}),
    ))  # fmt: skip

    first, second = played.play(batch([Question("moderation"), Question("nowhere")]))

    assert getattr(first, "outcome", None) == "spam"
    assert isinstance(second, Invalid)


def test_a_program_that_asks_too_much_waits_its_turn() -> None:
    """T22: the answer to a flood is thirty seconds, which is as long as a silence is borne."""
    crowded = a_reply(429, {"type": "/docs#too-many-open"}, retry_after="30")
    played = Played(in_turn(crowded, crowded, LOST, a_reply(body={"a": 1})))

    assert played.play(exchange(GET)) == {"a": 1}
    assert [rest >= 30 for rest in played.slept] == [True, True, False]


def test_its_turn_is_not_awaited_for_ever() -> None:
    played = Played(lambda _send: a_reply(429, retry_after="30"))

    with pytest.raises(Unreachable, match="429"):
        played.play(exchange(GET))

    assert 250 < played.now - 100 < 300


def test_what_a_batch_had_no_room_for_is_asked_again_alone() -> None:
    crowded = {"status": 429, "problem": {"type": "/docs#too-many-open", "detail": "Wait."}}
    both = a_reply(body={"items": [{"status": 201, "item": SETTLED}, crowded]})
    again = a_reply(429, crowded["problem"], retry_after="30")
    played = Played(in_turn(both, again, a_reply(201, SETTLED)))

    first, second = played.play(batch([Question("moderation"), Question("moderation")]))

    assert [getattr(each, "outcome", None) for each in (first, second)] == ["spam", "spam"]
    assert [send.path for send in played.sent if isinstance(send, Send)] == [
        "/v1/items/batch", "/v1/items", "/v1/items"
    ]  # fmt: skip


def test_what_never_finds_room_is_refused_in_its_place() -> None:
    crowded = {"status": 429, "problem": {"type": "/docs#too-many-open", "detail": "Wait."}}
    both = a_reply(body={"items": [crowded, {"status": 201, "item": SETTLED}]})
    played = Played(
        lambda send: (
            both if "batch" in getattr(send, "path", "") else a_reply(429, retry_after="30")
        )
    )

    first, second = played.play(batch([Question("moderation"), Question("moderation")]))

    assert isinstance(first, Refused)
    assert (first.status, str(first)) == (429, "Wait.")
    assert getattr(second, "outcome", None) == "spam"


def test_a_batch_may_ask_for_one_card() -> None:
    played = Played(lambda _send: a_reply(body={"items": [{"status": 201, "item": SETTLED}]}))

    for card in ("each", "one"):
        played.play(batch([Question("moderation")], card=card))

    bodies = [send.body for send in played.sent if isinstance(send, Send)]
    assert [body.get("card") for body in bodies if isinstance(body, dict)] == [None, "one"]


def test_events_are_read_as_the_standard_says() -> None:
    reader = EventReader()
    lines = ["retry: 2000", "", ": keep-alive", "", "event: item", "id: 7", "data: {", "data:}", ""]

    found = [event for line in lines if (event := reader.read(line))]

    assert found == [Event("item", "{\n}", "7")]

"""What can be asked of Signoff, as flows: submit, look, wait, ask, cancel, follow."""

import json
import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import quote, urlencode

from signoff.answers import Decision, Item
from signoff.errors import Expired, Refused, SignoffError, Unreachable
from signoff.exchange import (
    COMES_BACK,
    CROWD_PATIENCE,
    ask_item,
    entries,
    exchange,
    pause_after,
    read_item,
    refusal,
)
from signoff.questions import Question
from signoff.steps import Event, Flow, Give, Hear, LostError, Now, Reply, Send, Sleep, Stream

HOLD = 25.0  # seconds that Signoff may hold one look; proxies cut at 30 and 60
TRAVELS = 10.0  # seconds, for the answer to a look that was held
SLACK = 75.0  # seconds after the deadline until we stop believing that an outcome will come
BATCH_MAX = 100  # questions in one request; Signoff's limit
SOONEST = 0.5  # seconds; a held look that comes back sooner without news is not repeated at once

WaitBy = Literal["poll", "stream"]
Card = Literal["each", "one"]


def submit(question: Question) -> Flow[Item]:
    """The item: a new one, or the one that this key names already.

    Raises:
        KeyTaken: the key names another question.
        Invalid: the question cannot be taken; `errors` names the fields.
        Refused: Signoff said no for another reason.
        Unreachable: nobody answered.
    """
    return (yield from ask_item(Send("POST", "/v1/items", question.as_json())))


def look(item_id: str) -> Flow[Item]:
    """The item as it stands.

    Raises:
        NotFound: this key has no such item.
        Unreachable: nobody answered.
    """
    return (yield from ask_item(Send("GET", _path(item_id))))


def wait(
    item: Item | str, *, within: timedelta | None = None, by: WaitBy = "poll"
) -> Flow[Decision]:
    """The decision, whatever it is, as soon as it is there; restarts and losses are lived through.

    Args:
        item: what was submitted, or its id.
        within: how long to wait; None: until the item's own deadline has passed for certain.
        by: `poll` holds a request open at a time; `stream` listens to server-sent events.

    Raises:
        Expired: it is still open after that time.
        Unreachable: Signoff was not there at the end of that time.
        NotFound: this key has no such item.
    """
    started = yield Now()
    known = item if isinstance(item, Item) else (yield from look(item))
    patience = (known.due_at - known.opened_at).total_seconds() + SLACK
    until = started + (patience if within is None else within.total_seconds())
    settled = known if known.is_settled else (yield from _settled(known, until, by))
    if settled is None:
        raise Expired(f"Item {known.id} is still open; nobody waits for it any more.")
    if settled.decision is None:
        raise Expired(f"Item {known.id} is settled without an outcome.")
    return settled.decision


def ask(question: Question) -> Flow[Decision]:
    """The answer to a question, waited for.

    Raises:
        Denied: it is an approval, and people said no.
        Expired: nobody answered in time.
        Cancelled: it was taken back.
        Undecided: it was settled without a choice.
        Refused: Signoff did not take the question.
        Unreachable: nobody answered.
    """
    item = yield from submit(question)
    return (yield from wait(item)).checked()


def submit_batch(
    questions: Sequence[Question], *, card: Card = "each"
) -> Flow[list[Item | Refused]]:
    """An item, or the reason why there is none, for each question in its place.

    Args:
        questions: what is asked.
        card: `one` has two to ten approvals that differ in arguments and target only, each with
            `reversible=True`, shown on one card; people decide each of them by itself.
    """
    opened: list[Item | Refused] = []
    for start in range(0, len(questions), BATCH_MAX):
        some = questions[start : start + BATCH_MAX]
        body: dict[str, Any] = {"items": [question.as_json() for question in some]}
        if card != "each":
            body["card"] = card
        answer = yield from exchange(Send("POST", "/v1/items/batch", body))
        until = (yield Now()) + CROWD_PATIENCE
        for question, one in zip(some, entries(answer), strict=True):
            opened.append((yield from _opened(question, one, until)))
    return opened


def batch(
    questions: Sequence[Question], *, card: Card = "each"
) -> Flow[list[Decision | SignoffError]]:
    """What became of each question, in its place, once all of them are settled.

    Each has its own item, its own digest and its own decision; one that was refused, or was still
    open at its end, has the exception there instead. `card` is that of `submit_batch`.
    """
    answers: list[Decision | SignoffError] = []
    for item in (yield from submit_batch(questions, card=card)):
        if isinstance(item, Refused):
            answers.append(item)
            continue
        try:
            answers.append((yield from wait(item)))
        except Expired as problem:
            answers.append(problem)
    return answers


def cancel(item_id: str, reason: str = "") -> Flow[Item]:
    """The item, taken back; people see that it was.

    Raises:
        AlreadySettled: it has its outcome.
        NotFound: this key has no such item.
    """
    body = {"reason": reason} if reason else {}
    return (yield from ask_item(Send("POST", _path(item_id, "/cancel"), body)))


def items(
    *,
    queue: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    key: str | None = None,
) -> Flow[None]:
    """This key's items, the newest first; pages are fetched as they are needed."""
    wanted = {"queue": queue, "kind": kind, "status": status, "key": key, "limit": "200"}
    cursor: str | None = None
    while True:
        stated = {name: value for name, value in {**wanted, "cursor": cursor}.items() if value}
        page = yield from exchange(Send("GET", f"/v1/items?{urlencode(stated)}"))
        for item in entries(page):
            yield Give(read_item(item))
        cursor = page.get("next_cursor")
        if not cursor:
            return


def events(*, queue: str | None = None) -> Flow[None]:
    """Every change of this key's items from now on, for ever; losses are made good."""
    path = "/v1/events" + (f"?{urlencode({'queue': queue})}" if queue else "")
    stream, failures = Stream(path), 0
    while True:
        item = yield from _heard(stream)
        if item is None:
            failures += 1
            yield Sleep(pause_after(failures))
        else:
            failures = 0
            yield Give(item)


def _settled(item: Item, until: float, by: WaitBy) -> Flow[Item | None]:
    """The settled item; None when it is still open at the end of the time."""
    stream, rests = Stream(_path(item.id, "/events")), 0
    while (left := until - (began := (yield Now()))) > 0:
        found = (yield from _heard(stream, left)) if by == "stream" else None
        if found is None:
            hold = 0.0 if by == "stream" else min(HOLD, left)
            path = _path(item.id, f"?wait={hold:.3f}")
            found = yield from ask_item(Send("GET", path, within=hold + TRAVELS), until)
            rests = rests + 1 if (yield Now()) - began < SOONEST else 0
        if found.is_settled:
            return found
        if rests:
            yield Sleep(min(pause_after(rests), left))
    return None


def _heard(stream: Stream, within: float = math.inf) -> Flow[Item | None]:
    """The next item that a stream tells of; None when it broke off, or told nothing in time."""
    try:
        heard: Event | Reply = yield Hear(stream, within)
        if isinstance(heard, Event):
            stream.last_id = heard.id or stream.last_id
            return _read_event(heard)
    except LostError:
        return None
    if heard.status in COMES_BACK:
        return None
    raise refusal(heard)


def _read_event(event: Event) -> Item | None:
    body = Reply(200, {}, event.data.encode())
    return read_item(body.json()) if event.name == "item" else None


def _opened(question: Question, answer: dict[str, Any], until: float) -> Flow[Item | Refused]:
    """One of a batch; what there was no room for is asked again alone, until that time."""
    if "item" in answer:
        return read_item(answer["item"])
    problem, status = answer.get("problem") or {}, int(answer.get("status", 422))
    if status not in COMES_BACK:
        return refusal(_as_reply(status, problem))
    try:
        return (yield from ask_item(Send("POST", "/v1/items", question.as_json()), until))
    except Refused as refused:
        return refused
    except Unreachable:
        return refusal(_as_reply(status, problem))


def _as_reply(status: int, body: dict[str, Any]) -> Reply:
    return Reply(status, {}, json.dumps(body).encode())


def _path(item_id: str, rest: str = "") -> str:
    return f"/v1/items/{quote(item_id, safe='')}{rest}"

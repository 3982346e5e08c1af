"""Programs are told what happens to their items, at an address of theirs, at least once.

The history is the outbox: an event's line is written with the event itself, in one unit, so none
can be missed. Each line is turned into a delivery per receiver, once, and that is sent until the
receiver has it or three days are over.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from bot.flows.hooking import note
from bot.flows.listing import News, Told, news_since
from bot.flows.loading import content_of, load
from bot.flows.reporting import Known
from bot.rules.events import EVENTS
from bot.rules.webhooks import DISABLED_AFTER, GONE, Attempt, pause_after
from storage import webhooks
from storage.unit import Unit

CLAIMED_FOR = timedelta(seconds=60)  # longer than an attempt may take; then another courier tries
EACH_AT_ONCE = 4  # deliveries under way to one receiver
KEPT_FOR = timedelta(days=30)  # deliveries that have ended
Write = Callable[[str, datetime, Known], str]  # an event's name, its instant, its item -> the body


class Fate(StrEnum):
    """What became of a delivery by one attempt."""

    TAKEN = "taken"
    AGAIN = "again"
    GIVEN_UP = "given up"
    DISABLED = "disabled"  # given up, and its receiver is told nothing any more
    LOST = "lost"  # another courier has it by now


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed delivery with all that sending it needs."""

    id: str
    claim: str
    hook_id: str
    tries: int  # this one included
    url: str
    secrets: tuple[str, ...]  # the newest first
    body: str


def unread(unit: Unit, seen: int) -> News:
    """What the history tells that is not on its way yet, behind a line that was looked at."""
    hooks = webhooks.living(unit.connection)
    return news_since(unit, max(seen, _start(unit, hooks))) if hooks else News(seen)


def fan_out(unit: Unit, write: Write, now: datetime) -> int:
    """Turns lines of history into deliveries, each once; the line up to which that is done."""
    position = webhooks.position(unit.connection, locked=True)
    hooks = webhooks.living(unit.connection)
    if not hooks:
        return position
    news = news_since(unit, max(position, min(hook.since for hook in hooks)))
    for told in news.told:
        _deliver(unit, told, hooks, write, now)
    webhooks.move(unit.connection, news.upto)
    return news.upto


def is_due(unit: Unit, now: datetime) -> bool:
    """Whether there is anything to send now: asking writes nothing."""
    return webhooks.is_due(unit.connection, now)


def claim_parcels(unit: Unit, now: datetime, limit: int) -> tuple[Parcel, ...]:
    """Deliveries that are due, held for this courier."""
    rows = webhooks.claim(
        unit.connection,
        now,
        until=now + CLAIMED_FOR,
        claim=secrets.token_hex(8),
        limit=limit,
        each=EACH_AT_ONCE,
    )
    return tuple(
        Parcel(row.id, row.claim, row.webhook_id, row.tries, row.url, _secrets(row, now), row.body)
        for row in rows
    )


def attempted(unit: Unit, parcel: Parcel, attempt: Attempt, chance: float, now: datetime) -> Fate:
    """What one attempt makes of a delivery and of its receiver."""
    hook = webhooks.find(unit.connection, parcel.hook_id, locked=True)
    pause = None if attempt.is_taken else pause_after(parcel.tries, attempt, chance)
    if hook is None or not _end_attempt(unit, parcel, attempt, pause, now):
        return Fate.LOST
    failing_since = None if attempt.is_taken else hook.failing_since or now
    if failing_since != hook.failing_since:
        webhooks.change(unit.connection, hook.id, failing_since=failing_since)
    if attempt.is_taken:
        return Fate.TAKEN
    return _given_up(unit, hook, attempt, now) if pause is None else Fate.AGAIN


def forget_old(unit: Unit, now: datetime) -> int:
    """Removes deliveries that ended a month ago; how many that were."""
    return webhooks.forget(unit.connection, now - KEPT_FOR)


def _end_attempt(
    unit: Unit, parcel: Parcel, attempt: Attempt, pause: timedelta | None, now: datetime
) -> bool:
    """Whether it was this courier's to write down."""
    if attempt.is_taken:
        ended = {"sent_at": now}
    else:
        ended = {"gone_at": now} if pause is None else {"due_at": now + pause}
    said = {"status": attempt.status, "problem": attempt.problem}
    return webhooks.release(unit.connection, parcel.id, parcel.claim, **said, **ended)


def _given_up(unit: Unit, hook: Row[Any], attempt: Attempt, now: datetime) -> Fate:
    """A receiver that says it is gone, or has failed for days, is told nothing any more."""
    if attempt.status == GONE:
        why = "It answered 410 Gone."
    elif hook.failing_since and now - hook.failing_since >= DISABLED_AFTER:
        why = f"It has failed since {hook.failing_since:%Y-%m-%d %H:%M} UTC."
    else:
        return Fate.GIVEN_UP
    webhooks.change(unit.connection, hook.id, disabled_at=now, why=why)
    note(unit, "webhook-disabled", hook.producer, hook.id, now)
    return Fate.DISABLED


def _start(unit: Unit, hooks: Sequence[Row[Any]]) -> int:
    """Behind which line the living receivers have not been told yet."""
    first: int = min(hook.since for hook in hooks)
    return max(webhooks.position(unit.connection), first)


def _deliver(
    unit: Unit, told: Told, hooks: Sequence[Row[Any]], write: Write, now: datetime
) -> None:
    name = EVENTS[told.event]
    wanting = [hook for hook in hooks if _wants(hook, told, name)]
    if not wanting:
        return
    known = Known(load(unit, told.item_id), content_of(unit, told.item_id))
    body = write(name, told.at, known)
    for hook in wanting:
        webhooks.deliver(
            unit.connection,
            id=f"msg_{hook.id.removeprefix('whk_')}_{told.seq}",
            webhook_id=hook.id,
            item_id=told.item_id,
            seq=told.seq,
            event=name,
            body=body,
            created_at=now,
            due_at=now,
            tries=0,
        )


def _wants(hook: Row[Any], told: Told, name: str) -> bool:
    is_own = hook.producer == told.producer and told.seq > hook.since
    return is_own and hook.queue in (None, told.queue) and name in hook.events.split(",")


def _secrets(row: Row[Any], now: datetime) -> tuple[str, ...]:
    if row.old_secret is None or row.old_until <= now:
        return (row.secret,)
    return row.secret, row.old_secret

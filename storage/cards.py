"""Placed cards: level-triggered, so only the newest revision of each is ever sent."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    case,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from storage.prepared import Prepared
from storage.tables import ITEM, PLACED_CARD, Instant

_FRESH = {"batch_id": None, "message_ref": None, "shown": 0, "claimed_until": None, "claim": None,
          "tries": 0, "gone": None}  # fmt: skip
_place = Prepared(
    insert(PLACED_CARD).values(
        {column.name: bindparam(column.name, type_=column.type)
         for column in PLACED_CARD.columns if column.name != "id"}
    )
)  # fmt: skip
_raise = (
    update(PLACED_CARD)
    .where(PLACED_CARD.c.item_id == bindparam("item"), PLACED_CARD.c.batch_id.is_(None))
    .values(wanted=bindparam("revision"), tries=0)
    .returning(PLACED_CARD.c.platform)
)
_raise_batch = (
    update(PLACED_CARD)
    .where(PLACED_CARD.c.batch_id == bindparam("batch"))
    .values(wanted=PLACED_CARD.c.wanted + 1, tries=0)
    .returning(PLACED_CARD.c.platform)
)
_at_once = literal_column("0", Instant)
_wish = Prepared(_raise)
_wish_now = Prepared(_raise.values(due_at=_at_once))
_wish_batch = Prepared(_raise_batch)
_wish_batch_now = Prepared(_raise_batch.values(due_at=_at_once))
_leave = Prepared(
    update(PLACED_CARD)
    .where(PLACED_CARD.c.item_id == bindparam("item"), PLACED_CARD.c.batch_id.is_(None))
    .where(PLACED_CARD.c.message_ref == bindparam("message"))
    .values(due_at=bindparam("until", type_=Instant))
    .returning(PLACED_CARD.c.id)
)
_show = Prepared(
    update(PLACED_CARD)
    .where(PLACED_CARD.c.platform == bindparam("on"))
    .where(PLACED_CARD.c.channel_ref == bindparam("channel"))
    .where(PLACED_CARD.c.message_ref == bindparam("message"))
    .where(PLACED_CARD.c.shown < bindparam("revision"))
    .values(shown=bindparam("revision"))
    .returning(PLACED_CARD.c.id)
)
_is_free = or_(
    PLACED_CARD.c.claimed_until.is_(None), PLACED_CARD.c.claimed_until <= bindparam("now")
)
_to_send = and_(
    PLACED_CARD.c.platform == bindparam("platform"),
    PLACED_CARD.c.shown < PLACED_CARD.c.wanted,
    PLACED_CARD.c.gone.is_(None),
    PLACED_CARD.c.due_at <= bindparam("now"),
    _is_free,
)
_first_posts_first = case((PLACED_CARD.c.message_ref.is_(None), 0), else_=1)


def place(connection: Connection, **values: Any) -> None:
    """A card is wanted in one more channel, or stands in one more message."""
    _place(connection, **{**_FRESH, **values})


def wish(connection: Connection, item_id: str, revision: int, *, is_urgent: bool) -> set[str]:
    """Wants this revision on every card of the item; the platforms that have one.

    An urgent one does not wait for the time that was set for the one before.
    """
    wish = _wish_now if is_urgent else _wish
    return {row.platform for row in wish(connection, item=item_id, revision=revision)}


def wish_batch(connection: Connection, batch_id: str, *, is_urgent: bool) -> set[str]:
    """One item of a batch has a new revision: the batch's cards want one more, as `wish` does.

    A batch's revision is the sum of its items', so no two changes can hide one another.
    """
    wish = _wish_batch_now if is_urgent else _wish_batch
    return {row.platform for row in wish(connection, batch=batch_id)}


def leave(connection: Connection, item_id: str, message_ref: str, until: datetime) -> None:
    """Keeps the couriers from one of the item's messages until then: somebody else shows it."""
    _leave(connection, item=item_id, message=message_ref, until=until)


def claim(
    connection: Connection, platform: str, now: datetime, *, until: datetime, claim: str, limit: int
) -> Sequence[Row[Any]]:
    """Cards to send now, first posts before edits, held by this claim until then."""
    chosen = (
        select(PLACED_CARD.c.id)
        .where(_to_send)
        .order_by(_first_posts_first, PLACED_CARD.c.urgency, PLACED_CARD.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = connection.execute(chosen, {"platform": platform, "now": now}).scalars().all()
    if not ids:
        return []
    held = (
        update(PLACED_CARD)
        .where(PLACED_CARD.c.id.in_(ids))
        .values(claimed_until=until, claim=claim, tries=PLACED_CARD.c.tries + 1)
        .returning(PLACED_CARD)
    )
    rows = {row.id: row for row in connection.execute(held)}
    return [rows[placed_id] for placed_id in ids]


def release(connection: Connection, placed_id: int, claim: str, **values: Any) -> bool:
    """Writes down what became of a claimed card; False when the claim is another's by now."""
    named = {f"new_{name}": value for name, value in values.items()}
    released = _release(frozenset(values))
    return bool(released(connection, placed=placed_id, held_by=claim, **named))


@cache  # building a statement takes longer than running it
def _release(names: frozenset[str]) -> Prepared:
    fresh: dict[str, Any] = {
        name: bindparam(f"new_{name}", type_=PLACED_CARD.c[name].type) for name in names
    }
    return Prepared(
        update(PLACED_CARD)
        .where(PLACED_CARD.c.id == bindparam("placed"), PLACED_CARD.c.claim == bindparam("held_by"))
        .values(claim=None, claimed_until=None, **fresh)
        .returning(PLACED_CARD.c.id)
    )


def show(
    connection: Connection, platform: str, channel_ref: str, message_ref: str, revision: int
) -> None:
    """Writes down that a message shows this revision, by way of the click's own answer."""
    _show(connection, on=platform, channel=channel_ref, message=message_ref, revision=revision)


def of_item(connection: Connection, item_id: str) -> Sequence[Row[Any]]:
    """Every card that shows one item, those that show its batch among them."""
    batch = select(ITEM.c.batch_id).where(ITEM.c.id == item_id).scalar_subquery()
    is_its = or_(PLACED_CARD.c.item_id == item_id, PLACED_CARD.c.batch_id == batch)
    query = select(PLACED_CARD).where(is_its).order_by(PLACED_CARD.c.id)
    return connection.execute(query).all()

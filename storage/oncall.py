"""Who is on call, as far as it is not in the files: what was said in chat, copies of calendars."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, or_, select, update

from storage.dialect import insert_or_replace, insert_unless_there
from storage.tables import ABSENCE, FEED, LOOK, ON_CALL_CALENDAR, OVERRIDE, PAGE, SWAP


def add_override(connection: Connection, **values: Any) -> int:
    """Adds an override; its id."""
    return _add(connection, OVERRIDE, values)


def overrides(
    connection: Connection, schedules: Collection[str], ended_after: datetime
) -> Sequence[Row[Any]]:
    """The living overrides of schedules that end later than this, oldest first."""
    query = (
        select(OVERRIDE)
        .where(OVERRIDE.c.schedule.in_(schedules), OVERRIDE.c.end_at > ended_after)
        .where(OVERRIDE.c.revoked_at.is_(None))
        .order_by(OVERRIDE.c.id)
    )
    return connection.execute(query).all()


def override(connection: Connection, override_id: int) -> Row[Any] | None:
    """One living override, held until the unit ends."""
    query = select(OVERRIDE).where(OVERRIDE.c.id == override_id, OVERRIDE.c.revoked_at.is_(None))
    return connection.execute(query.with_for_update()).one_or_none()


def revoke_override(connection: Connection, row: Row[Any], now: datetime) -> None:
    """Takes an override back, and the other half of its swap."""
    same = OVERRIDE.c.id == row.id
    if row.swap_id is not None:
        same = or_(same, OVERRIDE.c.swap_id == row.swap_id)
    connection.execute(
        update(OVERRIDE).where(same, OVERRIDE.c.revoked_at.is_(None)).values(revoked_at=now)
    )


def add_swap(connection: Connection, **values: Any) -> int:
    """Adds a swap that is asked for; its id."""
    return _add(connection, SWAP, values)


def asked_swap(
    connection: Connection, schedule: str, first_id: str, second_id: str, asked_after: datetime
) -> Row[Any] | None:
    """The newest swap that the first asked the second for, and that is not agreed yet."""
    query = (
        select(SWAP)
        .where(SWAP.c.schedule == schedule)
        .where(SWAP.c.first_id == first_id, SWAP.c.second_id == second_id)
        .where(SWAP.c.agreed_at.is_(None), SWAP.c.asked_at > asked_after)
        .order_by(SWAP.c.id.desc())
        .limit(1)
        .with_for_update()
    )
    return connection.execute(query).one_or_none()


def agree(connection: Connection, swap_id: int, now: datetime) -> bool:
    """Whether the swap is agreed by this call."""
    agreed = (
        update(SWAP)
        .where(SWAP.c.id == swap_id, SWAP.c.agreed_at.is_(None))
        .values(agreed_at=now)
        .returning(SWAP.c.id)
    )
    return bool(connection.execute(agreed).all())


def add_absence(connection: Connection, **values: Any) -> int:
    """Adds a time in which somebody is away; its id."""
    return _add(connection, ABSENCE, values)


def absences(connection: Connection, ended_after: datetime) -> Sequence[Row[Any]]:
    """Everybody's absences that end later than this."""
    query = (
        select(ABSENCE)
        .where(ABSENCE.c.end_at > ended_after, ABSENCE.c.revoked_at.is_(None))
        .order_by(ABSENCE.c.id)
    )
    return connection.execute(query).all()


def end_absences(connection: Connection, person_id: str, now: datetime) -> int:
    """Ends what of a person's absences is not over; how many these were."""
    ended = (
        update(ABSENCE)
        .where(ABSENCE.c.person_id == person_id, ABSENCE.c.end_at > now)
        .where(ABSENCE.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(ABSENCE.c.id)
    )
    return len(connection.execute(ended).all())


def put_calendar(connection: Connection, **values: Any) -> None:
    """Keeps a schedule's copy of a source in place of the one before."""
    insert_or_replace(connection, ON_CALL_CALENDAR, values)


def calendars(connection: Connection, schedules: Collection[str]) -> Sequence[Row[Any]]:
    """The copies that schedules have."""
    query = select(ON_CALL_CALENDAR).where(ON_CALL_CALENDAR.c.schedule.in_(schedules))
    return connection.execute(query.order_by(ON_CALL_CALENDAR.c.source)).all()


def add_feed(connection: Connection, **values: Any) -> bool:
    """Whether the feed was added; not when its name is taken."""
    return insert_unless_there(connection, FEED, values)


def feed(connection: Connection, hashed: str) -> Row[Any] | None:
    """The living feed whose secret has this hash."""
    query = select(FEED).where(FEED.c.hash == hashed, FEED.c.revoked_at.is_(None))
    return connection.execute(query).one_or_none()


def feeds(connection: Connection) -> Sequence[Row[Any]]:
    """All feeds, revoked ones too."""
    return connection.execute(select(FEED).order_by(FEED.c.name)).all()


def touch_feed(connection: Connection, name: str, now: datetime) -> None:
    """Keeps when a feed was last read."""
    connection.execute(update(FEED).where(FEED.c.name == name).values(last_used_at=now))


def revoke_feed(connection: Connection, name: str, now: datetime) -> bool:
    """Whether a living feed of this name was there to revoke."""
    revoked = (
        update(FEED)
        .where(FEED.c.name == name, FEED.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(FEED.c.name)
    )
    return bool(connection.execute(revoked).all())


def add_page(connection: Connection, item_id: str, pager: str, now: datetime) -> bool:
    """Whether this pager is told of the item for the first time."""
    values = {"item_id": item_id, "pager": pager, "paged_at": now}
    return insert_unless_there(connection, PAGE, values)


def resolve_pages(connection: Connection, item_id: str, now: datetime) -> Sequence[str]:
    """The pagers that were told of the item and are not told of its end yet; now they are."""
    resolved = (
        update(PAGE)
        .where(PAGE.c.item_id == item_id, PAGE.c.resolved_at.is_(None))
        .values(resolved_at=now)
        .returning(PAGE.c.pager)
    )
    return sorted(connection.execute(resolved).scalars())


def take_look(connection: Connection, work: str, now: datetime, again_at: datetime) -> bool:
    """Whether this piece of work is due and nobody else has taken it; it is due again then."""
    if insert_unless_there(connection, LOOK, {"work": work, "due_at": again_at}):
        return True
    taken = (
        update(LOOK)
        .where(LOOK.c.work == work, LOOK.c.due_at <= now)
        .values(due_at=again_at)
        .returning(LOOK.c.work)
    )
    return bool(connection.execute(taken).all())


def hurry_look(connection: Connection, work: str, due_at: datetime) -> None:
    """Has a piece of work due at this time instead."""
    connection.execute(update(LOOK).where(LOOK.c.work == work).values(due_at=due_at))


def _add(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    added = insert(table).values(**values).returning(table.c.id)
    number: int = connection.execute(added).scalar_one()
    return number

"""The longest overdue of everything that somebody should have done by now."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, func, select, text

from storage.tables import ESCALATION, ITEM, NOTICE, PLACED_CARD


def oldest(connection: Connection) -> dict[str, datetime | None]:
    """When each kind of work was due that is due the longest; None: there is none at all."""
    return {kind: connection.execute(query).scalar() for kind, query in QUERIES.items()}


def revision(connection: Connection) -> str | None:
    """The schema's, as the migrations name it."""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _least(column: ColumnElement[datetime]) -> Select[datetime | None]:
    return select(func.min(column))


QUERIES = {
    "deadlines": _least(ITEM.c.wake_at).where(ITEM.c.wake_at.is_not(None)),
    "escalations": _least(ESCALATION.c.next_at).where(ESCALATION.c.next_at.is_not(None)),
    "cards": _least(PLACED_CARD.c.due_at).where(
        PLACED_CARD.c.shown < PLACED_CARD.c.wanted, PLACED_CARD.c.gone.is_(None)
    ),
    "notices": _least(NOTICE.c.due_at).where(NOTICE.c.sent_at.is_(None), NOTICE.c.gone.is_(None)),
}

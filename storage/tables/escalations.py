"""Escalations under way, and reminders to come."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import instant, text_column


class EscalationRow(SQLModel, table=True):
    """How far the asking of seniors has come for one item; gone with its outcome."""

    __tablename__ = "escalation"
    __table_args__ = (
        Index("escalation_due", "next_at",
              sqlite_where=text("next_at IS NOT NULL"),
              postgresql_where=text("next_at IS NOT NULL")),
    )  # fmt: skip

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    step: int = 0  # the next one
    next_at: datetime | None = instant(nullable=True)
    last_step_at: datetime | None = instant(nullable=True)
    asked: str = text_column()  # JSON list of [person id, microseconds since 1970, step]


class ReminderRow(SQLModel, table=True):
    """A reminder that an item will want; gone once it is given."""

    __tablename__ = "reminder"
    __table_args__ = (Index("reminder_due", "due_at"),)

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    due_at: datetime = instant()

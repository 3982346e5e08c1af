"""Who is on call besides the files: overrides, swaps, absences, copies of calendars, pages."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.columns import instant, text_column


class OverrideRow(SQLModel, table=True):
    """Somebody, or nobody, on call in place of whoever the schedule names."""

    __tablename__ = "on_call_override"
    __table_args__ = (Index("on_call_override_by_end", "end_at"),)

    id: int | None = Field(default=None, primary_key=True)
    schedule: str
    person_id: str | None = None  # NULL: nobody
    start_at: datetime = instant()
    end_at: datetime = instant()
    reason: str | None = text_column(nullable=True)
    swap_id: int | None = Field(default=None, foreign_key="on_call_swap.id")
    made_by: str
    made_at: datetime = instant()
    revoked_at: datetime | None = instant(nullable=True)


class SwapRow(SQLModel, table=True):
    """Two people's shifts that change hands, once both agree."""

    __tablename__ = "on_call_swap"
    __table_args__ = (Index("on_call_swap_of", "schedule", "first_id", "second_id"),)

    id: int | None = Field(default=None, primary_key=True)
    schedule: str
    first_id: str  # who asked
    first_start: datetime = instant()  # their shift, which the second takes
    first_end: datetime = instant()
    second_id: str
    second_start: datetime = instant()
    second_end: datetime = instant()
    asked_at: datetime = instant()
    agreed_at: datetime | None = instant(nullable=True)


class AbsenceRow(SQLModel, table=True):
    """A time in which somebody is not asked."""

    __tablename__ = "on_call_absence"
    __table_args__ = (Index("on_call_absence_by_end", "end_at"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: str
    start_at: datetime = instant()
    end_at: datetime = instant()
    made_by: str
    made_at: datetime = instant()
    revoked_at: datetime | None = instant(nullable=True)


class CalendarRow(SQLModel, table=True):
    """The last good copy of what a calendar, or PagerDuty, says about a schedule."""

    __tablename__ = "on_call_calendar"

    schedule: str = Field(primary_key=True)
    source: str = Field(primary_key=True)  # "calendar" or "pagerduty"
    origin: str = text_column()  # where it came from; another one makes the copy void
    bookings: str = text_column()  # JSON: [[start, end, [names]]]
    got_at: datetime | None = instant(nullable=True)  # when this copy was good
    tried_at: datetime = instant()
    problem: str | None = text_column(nullable=True)  # why the newest try brought nothing


class FeedRow(SQLModel, table=True):
    """A secret address under which a calendar program reads the shifts."""

    __tablename__ = "on_call_feed"

    name: str = Field(primary_key=True)
    hash: str = Field(unique=True)  # SHA-256 of the secret
    schedule: str | None = None  # NULL: every schedule
    person_id: str | None = None  # NULL: everybody's shifts
    created_at: datetime = instant()
    last_used_at: datetime | None = instant(nullable=True)
    revoked_at: datetime | None = instant(nullable=True)


class PageRow(SQLModel, table=True):
    """An item that a pager was told of."""

    __tablename__ = "on_call_page"

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    pager: str = Field(primary_key=True)
    paged_at: datetime = instant()
    resolved_at: datetime | None = instant(nullable=True)


class LookRow(SQLModel, table=True):
    """When a piece of the clock's work on schedules is to be done next."""

    __tablename__ = "on_call_look"

    work: str = Field(primary_key=True)
    due_at: datetime = instant()

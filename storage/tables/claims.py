"""Who holds which item, who wants it no more, how far a reader is, and what people prefer."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.columns import instant


class ClaimRow(SQLModel, table=True):
    """One reviewer holds one item, until then."""

    __tablename__ = "claim"
    __table_args__ = (Index("claim_of_person", "person_id"), Index("claim_to_return", "until"))

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    person_id: str = Field(primary_key=True)
    claimed_at: datetime = instant()
    until: datetime = instant()


class SkipRow(SQLModel, table=True):
    """One reviewer does not want one item: it is not offered to them again."""

    __tablename__ = "skip"

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    person_id: str = Field(primary_key=True)
    skipped_at: datetime = instant()


class BookmarkRow(SQLModel, table=True):
    """Up to where nothing in one round of a queue is left for one reviewer.

    It says so of items that were there at `since`; what came or came back later is looked up.
    """

    __tablename__ = "bookmark"

    person_id: str = Field(primary_key=True)
    queue: str = Field(primary_key=True)
    status: str = Field(primary_key=True)
    urgency: float
    due_at: datetime = instant()
    item_id: str  # the first one that was not seen
    since: datetime = instant()
    standing: str  # of what decides who may judge what: another standing, another bookmark


class ReviewerRow(SQLModel, table=True):
    """What one person has set for themselves; also what makes their pulls queue up."""

    __tablename__ = "reviewer"

    person_id: str = Field(primary_key=True)
    ping_by: str | None = None  # "channel", "dm" or "off"; NULL: as for everybody
    quiet_from: str | None = None  # "22:00", in their zone
    quiet_until: str | None = None
    zone: str | None = None  # NULL: the zone of people.toml
    break_until: datetime | None = instant(nullable=True)

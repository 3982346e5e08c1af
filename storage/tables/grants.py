"""Grants, and the switch that withholds all of them."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import instant, text_column


class GrantRow(SQLModel, table=True):
    """The single-use permission that an approval gives."""

    __tablename__ = "grant"
    __table_args__ = (
        Index("grant_to_wake", "wake_at", sqlite_where=text("wake_at IS NOT NULL"),
              postgresql_where=text("wake_at IS NOT NULL")),
    )  # fmt: skip

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    action_digest: str  # of the action as it was approved
    status: str
    expires_at: datetime = instant()
    attempt: str | None = None  # the redeemer's own name of its attempt; the same may ask again
    redeemed_at: datetime | None = instant(nullable=True)
    redeemed_by: str | None = None  # an API key's name
    wake_at: datetime | None = instant(nullable=True)  # NULL once time changes nothing any more


class PauseRow(SQLModel, table=True):
    """A row stands here while no grant can be redeemed; there is one at most."""

    __tablename__ = "pause"

    scope: str = Field(primary_key=True)  # "everything"
    paused_at: datetime = instant()
    paused_by: str
    source: str
    reason: str | None = text_column(nullable=True)

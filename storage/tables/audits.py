"""Looking again: audits and what they found, and the questions whose answer is known."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import instant, text_column


class StratumRow(SQLModel, table=True):
    """How many items of one class and confidence bin a queue's machine has settled in one week."""

    __tablename__ = "audit_stratum"

    queue: str = Field(primary_key=True)
    week: str = Field(primary_key=True)  # ISO, such as "2026-W10"
    label: str = Field(primary_key=True)  # the machine's choice
    confidence_bin: int = Field(primary_key=True)
    seen: int
    drawn: int


class AuditRow(SQLModel, table=True):
    """One blind look at a machine's answer, and what it found."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("audit_of_item", "audited_id"),
        Index("audit_by_time", "found_at", sqlite_where=text("found_at IS NOT NULL"),
              postgresql_where=text("found_at IS NOT NULL")),
    )  # fmt: skip

    item_id: str = Field(primary_key=True, foreign_key="item.id")  # the item that people judge
    audited_id: str | None = Field(default=None, foreign_key="item.id")  # NULL: asked by a producer
    queue: str
    label: str  # the machine's choice
    confidence: float | None = None
    confidence_bin: int
    chance: float  # of being drawn, fixed at that moment: it stands for 1 / chance items
    people: str | None = None  # their choice; NULL until then, and when they found none
    is_right: bool | None = None
    drawn_at: datetime = instant()
    found_at: datetime | None = instant(nullable=True)


class CorrectionRow(SQLModel, table=True):
    """A machine's answer that an audit found wrong."""

    __tablename__ = "correction"
    __table_args__ = (Index("correction_by_time", "found_at"),)

    item_id: str = Field(primary_key=True, foreign_key="item.id")  # whose outcome is wrong
    queue: str
    machine: str
    people: str  # the audit's answer
    found_by: str = text_column()  # JSON list of person ids
    audit_id: str = Field(foreign_key="item.id")
    reopened_id: str | None = Field(default=None, foreign_key="item.id")  # where all are asked
    found_at: datetime = instant()
    closed_at: datetime | None = instant(nullable=True)
    answer: str | None = None  # what holds in the end; NULL while open, and when nobody knows


class GoldRow(SQLModel, table=True):
    """A question whose answer is known: a gold item, or as an approval a probe."""

    __tablename__ = "gold"
    __table_args__ = (Index("gold_of_queue", "queue", "digest", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    queue: str
    kind: str
    digest: str  # of the content
    content: str = text_column()  # JSON, as a producer would submit it
    answer: str
    posed_by: str | None = None  # as whose question it passes; NULL: of whoever asked just before
    added_at: datetime = instant()
    used_count: int = 0
    retired_at: datetime | None = instant(nullable=True)


class PlantedRow(SQLModel, table=True):
    """A gold item or a probe among the real ones."""

    __tablename__ = "planted"
    __table_args__ = (Index("planted_of_gold", "gold_id"),)

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    gold_id: int = Field(foreign_key="gold.id")
    answer: str

"""Items, what people said about them, and the history of both."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import instant, text_column


class ItemRow(SQLModel, table=True):
    """One item."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("producer", "key"),
        Index("item_to_wake", "wake_at", sqlite_where=text("wake_at IS NOT NULL"),
              postgresql_where=text("wake_at IS NOT NULL")),
        Index("item_to_judge", "queue", "urgency", "id",
              sqlite_where=text("wake_at IS NOT NULL"),
              postgresql_where=text("wake_at IS NOT NULL")),
    )  # fmt: skip

    id: str = Field(primary_key=True)
    queue: str
    kind: str
    status: str
    producer: str
    key: str
    digest: str  # of the content; tells the same body from another one
    content: str = text_column()  # JSON as submitted
    policy: str = text_column()  # JSON, frozen at opening
    choices: str = text_column()  # JSON list
    requester: str | None = None
    owners: str = text_column()  # JSON list of person ids
    predicted: str | None = None
    confidence: float | None = None
    needs_reading: bool = False
    urgency: float
    revision: int = 1
    opened_at: datetime = instant()
    due_at: datetime = instant()
    escalate_at: datetime | None = instant(nullable=True)
    escalated_at: datetime | None = instant(nullable=True)
    trigger: str | None = None
    settles_at: datetime | None = instant(nullable=True)
    wake_at: datetime | None = instant(nullable=True)  # NULL once settled
    outcome_choice: str | None = None
    outcome_rule: str | None = None
    outcome_votes: int | None = None
    outcome_by: str | None = text_column(nullable=True)  # JSON list of person ids
    decided_at: datetime | None = instant(nullable=True)
    execution: str | None = None
    reported_at: datetime | None = instant(nullable=True)
    report_note: str | None = text_column(nullable=True)


class VoteRow(SQLModel, table=True):
    """One reviewer's standing vote on one item."""

    __tablename__ = "vote"

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    person_id: str = Field(primary_key=True)
    choice: str
    reason: str | None = text_column(nullable=True)
    as_senior: bool = False
    cast_at: datetime = instant()
    source: str  # the platform it came from


class ReadingRow(SQLModel, table=True):
    """One person has had every character of one item before them."""

    __tablename__ = "reading"

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    person_id: str = Field(primary_key=True)
    digest: str
    read_at: datetime = instant()


class LedgerRow(SQLModel, table=True):
    """One line of history, chained to the line before by its hash."""

    __tablename__ = "ledger"
    __table_args__ = (Index("ledger_of_item", "item_id"),)

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = instant()
    event: str
    item_id: str | None = None
    actor: str
    source: str
    body: str = text_column()  # canonical JSON
    hash: str  # SHA-256 of the line before's hash and this line

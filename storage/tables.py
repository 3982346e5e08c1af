"""What is kept. Instants are aware UTC outside and microseconds since 1970 in the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Dialect, Index, Text, UniqueConstraint, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored exactly and alike in both databases; a naive one is refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        """Microseconds since 1970."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        """An aware UTC instant."""
        return None if value is None else EPOCH + value * MICROSECOND


def _instant(*, nullable: bool = False) -> Any:
    return Field(sa_column=Column(Instant, nullable=nullable))


def _text(*, nullable: bool = False) -> Any:
    return Field(sa_column=Column(Text, nullable=nullable))


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
    content: str = _text()  # JSON as submitted
    policy: str = _text()  # JSON, frozen at opening
    choices: str = _text()  # JSON list
    requester: str | None = None
    owners: str = _text()  # JSON list of person ids
    predicted: str | None = None
    confidence: float | None = None
    needs_reading: bool = False
    urgency: float
    revision: int = 1
    opened_at: datetime = _instant()
    due_at: datetime = _instant()
    escalate_at: datetime | None = _instant(nullable=True)
    escalated_at: datetime | None = _instant(nullable=True)
    trigger: str | None = None
    settles_at: datetime | None = _instant(nullable=True)
    wake_at: datetime | None = _instant(nullable=True)  # NULL once settled
    outcome_choice: str | None = None
    outcome_rule: str | None = None
    outcome_votes: int | None = None
    outcome_by: str | None = _text(nullable=True)  # JSON list of person ids
    decided_at: datetime | None = _instant(nullable=True)
    execution: str | None = None
    reported_at: datetime | None = _instant(nullable=True)
    report_note: str | None = _text(nullable=True)


class VoteRow(SQLModel, table=True):
    """One reviewer's standing vote on one item."""

    __tablename__ = "vote"

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    person_id: str = Field(primary_key=True)
    choice: str
    reason: str | None = _text(nullable=True)
    as_senior: bool = False
    cast_at: datetime = _instant()
    source: str  # the platform it came from


class ReadingRow(SQLModel, table=True):
    """One person has had every character of one item before them."""

    __tablename__ = "reading"

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    person_id: str = Field(primary_key=True)
    digest: str
    read_at: datetime = _instant()


class PlacedCardRow(SQLModel, table=True):
    """A card in one channel: which revision it should show, and which it does."""

    __tablename__ = "placed_card"
    __table_args__ = (
        Index("placed_card_of_item", "item_id"),
        Index("placed_card_by_message", "message_ref"),
        Index("placed_card_to_send", "platform", "due_at",
              sqlite_where=text("shown < wanted AND gone IS NULL"),
              postgresql_where=text("shown < wanted AND gone IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    item_id: str = Field(foreign_key="item.id")
    platform: str
    channel_ref: str
    message_ref: str | None = None
    wanted: int
    shown: int = 0
    urgency: float
    due_at: datetime = _instant()  # not before
    claimed_until: datetime | None = _instant(nullable=True)
    claim: str | None = None  # who holds it; a late result of another holder is no result
    tries: int = 0
    gone: str | None = _text(nullable=True)  # why it can never be sent


class NoticeRow(SQLModel, table=True):
    """Something to be sent once."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("notice_to_send", "platform", "due_at",
              sqlite_where=text("sent_at IS NULL AND gone IS NULL"),
              postgresql_where=text("sent_at IS NULL AND gone IS NULL")),
    )  # fmt: skip

    key: str = Field(primary_key=True)  # names the occasion, so that it is never sent twice
    item_id: str = Field(foreign_key="item.id")
    platform: str
    channel_ref: str
    template: str
    due_at: datetime = _instant()
    claimed_until: datetime | None = _instant(nullable=True)
    claim: str | None = None
    tries: int = 0
    sent_at: datetime | None = _instant(nullable=True)
    message_ref: str | None = None
    gone: str | None = _text(nullable=True)


class UploadRow(SQLModel, table=True):
    """A picture of an item that a platform holds for us."""

    __tablename__ = "upload"

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    position: int = Field(primary_key=True)  # among the item's evidence
    platform: str = Field(primary_key=True)
    file_ref: str


class LedgerRow(SQLModel, table=True):
    """One line of history, chained to the line before by its hash."""

    __tablename__ = "ledger"
    __table_args__ = (Index("ledger_of_item", "item_id"),)

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = _instant()
    event: str
    item_id: str | None = None
    actor: str
    source: str
    body: str = _text()  # canonical JSON
    hash: str  # SHA-256 of the line before's hash and this line


class ApiKeyRow(SQLModel, table=True):
    """A producer's key; the key itself is shown once and never kept."""

    __tablename__ = "api_key"

    name: str = Field(primary_key=True)
    prefix: str
    hash: str = Field(unique=True)  # SHA-256 of the key
    scopes: str  # words, a comma between
    owners: str = _text()  # JSON list of person ids
    created_at: datetime = _instant()
    last_used_at: datetime | None = _instant(nullable=True)
    revoked_at: datetime | None = _instant(nullable=True)


ITEM, VOTE, READING, PLACED_CARD, NOTICE, UPLOAD, LEDGER, API_KEY = (
    SQLModel.metadata.tables[name]
    for name in ("item", "vote", "reading", "placed_card", "notice", "upload", "ledger", "api_key")
)

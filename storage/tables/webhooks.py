"""Where programs want to be told what happened, and what is on its way there."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import instant, text_column


class WebhookRow(SQLModel, table=True):
    """One receiver of one producer."""

    __tablename__ = "webhook"
    __table_args__ = (Index("webhook_of_producer", "producer"),)

    id: str = Field(primary_key=True)
    producer: str
    url: str = text_column()
    events: str = text_column()  # words, a comma between
    queue: str | None = None  # the only one it is told about
    secret: str  # it signs, so it is kept as it is
    old_secret: str | None = None  # signs too, until then
    old_until: datetime | None = instant(nullable=True)
    created_at: datetime = instant()
    since: int = Field(sa_column=Column(BigInteger, nullable=False))  # tells later lines only
    failing_since: datetime | None = instant(nullable=True)  # the first failure after a success
    disabled_at: datetime | None = instant(nullable=True)
    why: str | None = text_column(nullable=True)  # it is disabled


class WebhookDeliveryRow(SQLModel, table=True):
    """One event for one receiver; its id is the `webhook-id` of every attempt."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("webhook_delivery_of", "webhook_id", "seq"),
        Index("webhook_delivery_to_send", "due_at",
              sqlite_where=text("sent_at IS NULL AND gone_at IS NULL"),
              postgresql_where=text("sent_at IS NULL AND gone_at IS NULL")),
    )  # fmt: skip

    id: str = Field(primary_key=True)
    webhook_id: str = Field(foreign_key="webhook.id")
    item_id: str = Field(foreign_key="item.id")
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))  # the line of history it tells
    event: str
    body: str = text_column()  # the same in every attempt
    created_at: datetime = instant()
    due_at: datetime = instant()
    claimed_until: datetime | None = instant(nullable=True)
    claim: str | None = None
    tries: int = 0
    sent_at: datetime | None = instant(nullable=True)
    gone_at: datetime | None = instant(nullable=True)  # given up: a dead letter
    status: int | None = None  # of the last answer
    problem: str | None = text_column(nullable=True)  # what was wrong with the last attempt


class TellingRow(SQLModel, table=True):
    """How far the history has been turned into deliveries."""

    __tablename__ = "telling"

    name: str = Field(primary_key=True)  # who reads the history
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))  # the last line that was read

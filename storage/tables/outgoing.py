"""What is on its way to a chat: cards, notices and pictures."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import instant, text_column


class PlacedCardRow(SQLModel, table=True):
    """A card in one channel: which revision it should show, and which it does."""

    __tablename__ = "placed_card"
    __table_args__ = (
        Index("placed_card_of_item", "item_id"),
        Index("placed_card_of_batch", "batch_id", sqlite_where=text("batch_id IS NOT NULL"),
              postgresql_where=text("batch_id IS NOT NULL")),
        Index("placed_card_by_message", "message_ref"),
        Index("placed_card_to_send", "platform", "due_at",
              sqlite_where=text("shown < wanted AND gone IS NULL"),
              postgresql_where=text("shown < wanted AND gone IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    item_id: str = Field(foreign_key="item.id")  # of a batch: the first of its items
    batch_id: str | None = None  # the card shows all of these; its revision is the sum of theirs
    platform: str
    channel_ref: str
    message_ref: str | None = None
    wanted: int
    shown: int = 0
    urgency: float
    due_at: datetime = instant()  # not before
    claimed_until: datetime | None = instant(nullable=True)
    claim: str | None = None  # who holds it; a late result of another holder is no result
    tries: int = 0
    gone: str | None = text_column(nullable=True)  # why it can never be sent


class NoticeRow(SQLModel, table=True):
    """Something to be sent once."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("notice_to_send", "platform", "due_at",
              sqlite_where=text("sent_at IS NULL AND gone IS NULL"),
              postgresql_where=text("sent_at IS NULL AND gone IS NULL")),
    )  # fmt: skip

    key: str = Field(primary_key=True)  # names the occasion, so that it is never sent twice
    item_id: str | None = Field(default=None, foreign_key="item.id")
    platform: str
    channel_ref: str  # a channel's id, or a person's account for a direct message
    template: str  # which letter is written (see bot.flows.letters)
    body: str | None = text_column(nullable=True)  # JSON: what the letter is written from
    thread_key: str | None = None  # the notice below which this one stands, once that is sent
    due_at: datetime = instant()
    claimed_until: datetime | None = instant(nullable=True)
    claim: str | None = None
    tries: int = 0
    sent_at: datetime | None = instant(nullable=True)
    message_ref: str | None = None
    gone: str | None = text_column(nullable=True)


class UploadRow(SQLModel, table=True):
    """A picture of an item that a platform holds for us."""

    __tablename__ = "upload"

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    position: int = Field(primary_key=True)  # among the item's evidence
    platform: str = Field(primary_key=True)
    file_ref: str

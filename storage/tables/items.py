"""Items, what people said about them, and the history of both."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import instant, text_column


class ItemRow(SQLModel, table=True):
    """One item."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("producer", "key"),
        Index("item_to_wake", "wake_at", sqlite_where=text("wake_at IS NOT NULL"),
              postgresql_where=text("wake_at IS NOT NULL")),
        Index("item_by_producer", "producer", "opened_at", "id"),
        Index("item_by_opening", "opened_at", "id"),
        Index("item_waiting_by_opening", "opened_at", "id",
              sqlite_where=text("wake_at IS NOT NULL"),
              postgresql_where=text("wake_at IS NOT NULL")),
        Index("item_settled", "queue", "decided_at"),
        Index("item_to_judge", "queue", "urgency", "id",
              sqlite_where=text("wake_at IS NOT NULL"),
              postgresql_where=text("wake_at IS NOT NULL")),
        Index("item_to_pull", "queue", "status", "urgency", "due_at", "id",
              sqlite_where=text("votes_wanted > claim_count"),
              postgresql_where=text("votes_wanted > claim_count")),
        Index("item_to_pull_anew", "queue", "status", "available_at",
              sqlite_where=text("votes_wanted > claim_count"),
              postgresql_where=text("votes_wanted > claim_count")),
        Index("item_of_producer", "queue", "producer", "waits_for_card", "urgency", "opened_at",
              sqlite_where=text("wake_at IS NOT NULL"),
              postgresql_where=text("wake_at IS NOT NULL")),
        Index("item_of_batch", "batch_id", "batch_place", sqlite_where=text("batch_id IS NOT NULL"),
              postgresql_where=text("batch_id IS NOT NULL")),
        Index("item_paused", "id", sqlite_where=text("paused"), postgresql_where=text("paused")),
        Index("item_with_errand", "errand_at", sqlite_where=text("errand_at IS NOT NULL"),
              postgresql_where=text("errand_at IS NOT NULL")),
    )  # fmt: skip

    id: str = Field(primary_key=True)
    queue: str
    kind: str
    status: str
    producer: str
    purpose: str | None = None  # why Signoff asks; NULL: a producer does
    posed_by: str | None = None  # whom cards name in place of the producer
    about_id: str | None = None  # the item that this one looks at again
    correction: str | None = None  # what people found right where the machine was wrong
    errand_at: datetime | None = instant(nullable=True)  # when the clock has more to do about it
    key: str
    digest: str  # of the content as it stands
    content: str = text_column()  # JSON as submitted, or as a reviewer has edited it since
    action_digest: str | None = None  # approvals: of the action that a grant would be bound to
    edited_by: str | None = None
    edited_at: datetime | None = instant(nullable=True)
    submitted_args: str | None = text_column(nullable=True)  # JSON, before anybody edited them
    submitted_digest: str | None = None  # of the content, likewise: tells the same body again
    policy: str = text_column()  # JSON, frozen at opening
    choices: str = text_column()  # JSON list
    requester: str | None = None
    owners: str = text_column()  # JSON list of person ids
    predicted: str | None = None
    confidence: float | None = None
    needs_reading: bool = False
    urgency: float
    votes_wanted: int = 0  # by its round; none once settled or in its grace window
    claim_count: int = 0  # rows of `claim`
    available_at: datetime = instant()  # since when it can be pulled, or could once more
    waits_for_card: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    batch_id: str | None = None  # others that it shares one card with
    batch_place: int | None = None  # which of them it is, from 1
    revision: int = 1
    opened_at: datetime = instant()
    due_at: datetime = instant()
    first_vote_at: datetime | None = instant(nullable=True)
    escalate_at: datetime | None = instant(nullable=True)
    escalated_at: datetime | None = instant(nullable=True)
    trigger: str | None = None
    attended_by: str | None = None  # who said that they are on it
    attended_until: datetime | None = instant(nullable=True)
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
    outcome_words: str | None = text_column(nullable=True)  # an answer, or why it was withdrawn
    paused: bool = False  # its cards say that grants are withheld


class VoteRow(SQLModel, table=True):
    """One reviewer's standing vote on one item."""

    __tablename__ = "vote"
    __table_args__ = (Index("vote_of_person", "person_id", "cast_at"),)

    item_id: str = Field(primary_key=True, foreign_key="item.id")
    person_id: str = Field(primary_key=True)
    choice: str
    reason: str | None = text_column(nullable=True)
    as_senior: bool = False
    cast_at: datetime = instant()
    source: str  # the platform it came from
    seconds: float | None = None  # of active work on it, where that is known
    left: str | None = None  # of a pair: the answer that stood on this reviewer's left


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

"""Producers' keys."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.columns import instant, text_column


class ApiKeyRow(SQLModel, table=True):
    """A producer's key; the key itself is shown once and never kept."""

    __tablename__ = "api_key"
    __table_args__ = (Index("api_key_old_hash", "old_hash", unique=True),)

    name: str = Field(primary_key=True)
    prefix: str
    hash: str = Field(unique=True)  # SHA-256 of the key
    scopes: str  # words, a comma between
    owners: str = text_column()  # JSON list of person ids
    created_at: datetime = instant()
    last_used_at: datetime | None = instant(nullable=True)
    revoked_at: datetime | None = instant(nullable=True)
    expires_at: datetime | None = instant(nullable=True)
    person: str | None = None  # whose votes a voting key casts
    rate: int | None = None  # requests a minute; None: the installation's
    old_hash: str | None = None  # of the key before the last rotation
    old_until: datetime | None = instant(nullable=True)  # when that one dies
